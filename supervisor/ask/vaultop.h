/* SPDX-License-Identifier: ISC */
/*
 * The actions of secret.c, for all operations in which the vault prepares
 * something, has it recorded, and only then does it; and for what it answers
 * at once.
 */
#ifndef SUPERVISOR_VAULTOP_H
#define SUPERVISOR_VAULTOP_H

#include "supervisor/run/operation.h"

op_act	secret_names, secret_not, secret_prepared,
	secret_commit, secret_not_committed;
/* Keeps who asks, and tells it, also of one that has left. */
void	vaultop_of(struct op *, const struct client *);
void	vaultop_asked(struct daemon *, struct buf *, const struct op *);
/* What the vault names, as it is. */
void	secret_rows(struct client *, const struct msg_names *);
/* The vault forgets what it has prepared, or is about to. */
void	secret_quit(struct daemon *, struct op *);

#endif
