/* SPDX-License-Identifier: ISC */
/*
 * A runner judges what its run executes: init holds each exec, the runner
 * looks at the files by their descriptors and decides by the rules of the
 * skill, as the supervisor has decided about the request.  What needs an
 * approval is asked about by way of the executor, and the answer is sealed
 * with a key that the runner and the auditor have and nobody else.  All of it
 * is recorded: a batch of rows at a time, and no more than EXECS_ROWS that are
 * not on disk yet.
 */
#ifndef EXECUTOR_RUNNER_ARBITER_H
#define EXECUTOR_RUNNER_ARBITER_H

#include <stddef.h>
#include <stdint.h>

#include "common/xconf.h"

struct runner;

/*
 * In the spawner: the rules of its skill, for what it forks from then on. 0, or
 * -1: they are none.
 */
int	arbiter_rules(const struct xskill *);

/* Messages that are of these; what is malformed ends the run. */
/* Descriptors are closed. */
void	arbiter_held(struct runner *, const void *m, size_t len, const int *fds,
	    unsigned nfds);
void	arbiter_shown(struct runner *, const void *m, size_t len,
	    const int *fds, unsigned nfds);
void	arbiter_fate(struct runner *, const void *m, size_t len);
void	arbiter_repeated(struct runner *, const void *m, size_t len);
void	arbiter_answer(struct runner *, const void *m, size_t len);
void	arbiter_execed(struct runner *, const void *m, size_t len);

/* Is a program held for which somebody is, or is to be, asked? */
int	arbiter_asks(void);
/* When it has something to do again, us; INT64_MAX: nothing. */
int64_t	arbiter_time(const struct runner *);
/* Does what is due. */
void	arbiter_step(struct runner *, int64_t now);
/* The run is over: hands up what is left. */
void	arbiter_end(struct runner *);

#endif
