/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks and started with CLAWBOT_HOSTILE, init turns hostile
 * when a program is to be executed whose last word is "hostile=WHAT", and tells
 * the runner what somebody who had taken it over would; if that is "continue",
 * it answers no call of a run itself; "continue all": nor of the battery.
 */
#ifndef EXECUTOR_WATCH_HOSTILE_INIT_H
#define EXECUTOR_WATCH_HOSTILE_INIT_H

#include "executor/watch/hold_priv.h"

#if CB_TEST_HOOKS
/* What was read of an exec, before the runner is told; key is the last one. */
void	hostile_held(int box, uint64_t key, const struct sought *);
/* Whose init this is: of the battery, or of a run. */
void	hostile_of(int probe);
/* Does it let go on whatever it is asked about? */
int	hostile_continues(void);
#else
#define hostile_of(probe)		((void)0)
#define hostile_continues()		0
#define hostile_held(box, key, w)	((void)0)
#endif

#endif
