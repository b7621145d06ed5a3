/* SPDX-License-Identifier: ISC */
/*
 * Spawners: one small process for each skill.  It lives in a mount namespace
 * whose root is the skill's view, so that the namespace of a run is a copy
 * of a dozen mounts and not of all skills', and it forks runners and nothing
 * else, from a memory that has neither the ticket key nor a plan in it.
 */
#ifndef EXECUTOR_SPAWNER_H
#define EXECUTOR_SPAWNER_H

#include "executor/executor.h"

/* Starts it; s->spawner and s->pid are set. 0, or -1 and errno. */
int	spawner_start(struct executor *, struct skill *);
/*
 * Asks for a runner.  The descriptors (see runner.h) are closed, also on
 * failure. 0 or -1 and errno; whether the runner lives, shows on JOB_CTL.
 */
int	spawner_ask(const struct skill *, int probe, const int *fds,
	    unsigned nfds);

#endif
