/* SPDX-License-Identifier: ISC */
/* What a role says, decoded. */
#ifndef SUPERVISOR_ROLEGET_H
#define SUPERVISOR_ROLEGET_H

#include "common/payload.h"
#include "supervisor/daemon.h"

/*
 * The payload of a role's message, as the table has it; payload_close
 * afterwards.  One that does not decode ends the daemon.
 */
void	role_get(struct daemon *, const struct proc *, const struct ipc_msg *,
	    struct payload *);

#endif
