/* SPDX-License-Identifier: ISC */
/*
 * What runs execute and change, between their runners and the supervisor.
 */
#ifndef EXECUTOR_XEXECS_H
#define EXECUTOR_XEXECS_H

#include "executor/runnerctl.h"
#include "executor/xrun.h"

/*
 * HEARD_EXECS, HEARD_FILES, HEARD_ASK or HEARD_ASKED of a run goes up.  0, or
 * -1: it is malformed, or its run has not begun.
 */
int	xexecs_up(struct xrun *, const struct heard *, enum heard_what);
/*
 * X_EXECED or X_ANSWER goes down; it may cross with the end of the run.  0,
 * or -1: its runner cannot be told.
 */
int	xexecs_down(struct xrun *, enum inside, const void *, size_t);

#endif
