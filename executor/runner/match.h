/* SPDX-License-Identifier: ISC */
/*
 * What the executor asks for, against what the skill has: account, grants,
 * network, limits, secrets, protected names, variables.  The executor has
 * chosen it, the supervisor has looked at it, and a ticket may be for it; but
 * a spawner was told of its skill before anybody could ask for anything.
 */
#ifndef EXECUTOR_RUNNER_MATCH_H
#define EXECUTOR_RUNNER_MATCH_H

#include "executor/runner/runner.h"

/* May a sandbox of the skill be built from this?  0, or -1 and *t. */
int	match_profile(const struct job *, struct trouble *);
/*
 * May this plan be executed in that sandbox?  0, or -1 and *t, which names
 * what differs.
 */
int	match_plan(const struct job *, const struct plan *, struct trouble *);

#endif
