/* SPDX-License-Identifier: ISC */
/*
 * What detached runs have printed: two files in memory for each, written by
 * its runner, and kept here until the supervisor has them forgotten; and
 * those who read them.  Copying goes by events and never waits, so a reader
 * that is slow or gone costs itself alone.
 */
#ifndef EXECUTOR_SPOOL_H
#define EXECUTOR_SPOOL_H

#include <stdint.h>

#include "executor/executor.h"

/*
 * A place for the output of this run; fds become the runner's ends, standard
 * output and error.  0, or -1 and errno.
 */
int	spool_open(struct executor *, uint64_t run, int fds[2]);
/* It has printed the last of it. */
void	spool_over(struct executor *, uint64_t run);
/* Forgets a run, or ends a reader; nothing if there is no such one. */
void	spool_forget(struct executor *, uint64_t id);
/*
 * Takes two pipes, into which goes what the run has printed, with follow
 * until its end; X_LOGGED with this id when that is done.
 */
void	spool_read(struct executor *, uint64_t id, uint64_t run, int follow,
	    const int fds[2]);

#endif
