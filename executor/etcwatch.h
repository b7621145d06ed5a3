/* SPDX-License-Identifier: ISC */
/*
 * The host's /etc changes while the daemon runs: programs are installed, name
 * servers and hosts are others.  The executor hears of that and can open
 * nothing in there; it tells the spawners, which make /etc of their views anew
 * before the next sandbox is built, and gives up those that wait.
 */
#ifndef EXECUTOR_ETCWATCH_H
#define EXECUTOR_ETCWATCH_H

#include "executor/executor.h"

/* The descriptor by which grants are heard of, too, or -1: a word of log. */
int	etcwatch_open(void);
/* Once the view is there.  Without it /etc stays as it was: a word of log. */
void	etcwatch_prepare(struct executor *);
/* Once the event base is there. */
void	etcwatch_init(struct executor *);

#endif
