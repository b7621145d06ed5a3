/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks and started with CLAWBOT_HOSTILE, a runner turns
 * hostile with a plan whose last word is "runner=WHAT", and says what somebody
 * who had taken it over would.
 */
#ifndef EXECUTOR_RUNNER_HOSTILE_RUNNER_H
#define EXECUTOR_RUNNER_HOSTILE_RUNNER_H

#include "executor/runner/runner_priv.h"

#if CB_TEST_HOOKS
/* It has its plan and no word to go; 1: it goes without one. */
int	hostile_runner_early(struct runner *);
/* It was given the word, and still has all that it starts a command with. */
void	hostile_runner_go(struct runner *);
#else
#define hostile_runner_early(r)	0
#define hostile_runner_go(r)	((void)0)
#endif

#endif
