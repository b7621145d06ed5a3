/* SPDX-License-Identifier: ISC */
/* A sandbox as the executor has it: a runner's socket, and a control group. */
#ifndef EXECUTOR_SANDBOX_H
#define EXECUTOR_SANDBOX_H

#include "executor/executor.h"

/*
 * Has one built.  The descriptor that controls it, or -1 and errno; *cg is
 * to be given to sandbox_drop once that is closed.
 */
int	sandbox_new(struct executor *, const struct skill *,
	    const struct profile *, struct cgroup *);
/* Its group goes, at once or as soon as it is empty. */
void	sandbox_drop(struct executor *, struct cgroup *);
/* Once there is an event base: goes on with what was dropped before. */
void	sandbox_sweep(struct executor *);
/* Before the executor ends: takes away what can be. */
void	sandbox_end(struct executor *);

#endif
