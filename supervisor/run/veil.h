/* SPDX-License-Identifier: ISC */
/*
 * What somebody says who changes or sees the vault, or asks for runs: the
 * executor looks what of it is a value that the vault has, or matches
 * logging.redact, before anything of that goes on.  One that does not answer
 * in time hides all of it.
 */
#ifndef SUPERVISOR_VEIL_H
#define SUPERVISOR_VEIL_H

#include "supervisor/run/operation.h"

/*
 * Looks at o->why, which is replaced; go is called then, and says which state
 * follows.  The operation must not have been told of to any role, and may be
 * over when this returns; so it is, without go, where its client goes before
 * the executor has answered.
 */
void	veil_begin(struct daemon *, struct op *,
	    enum op_state (*go)(struct daemon *, struct op *));
/* The action and the lapse of kinds that begin so. */
enum op_state veil_hidden(struct daemon *, struct op *, const struct proc *,
	    struct payload *);
int	veil_lapsed(struct daemon *, struct op *);

#endif
