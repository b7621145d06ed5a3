/* SPDX-License-Identifier: ISC */
/*
 * A spawner that was taken over; see common/takeover.h.  CLAWBOT_HOSTILE is the
 * path of the file, so that those whose skill cannot see it stay what they
 * are.
 */
#ifndef EXECUTOR_SPAWNER_HOSTILE_SPAWNER_H
#define EXECUTOR_SPAWNER_HOSTILE_SPAWNER_H

#include "executor/runner/runner.h"

#if CB_TEST_HOOKS
/* A sandbox is about to be built. */
void	hostile_spawner_job(struct job *);
#else
#define hostile_spawner_job(job)	((void)0)
#endif

#endif
