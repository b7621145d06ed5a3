/* SPDX-License-Identifier: ISC */
/*
 * The environment of a run: a fixed part, what the skill sets, what of the
 * caller's locale is harmless, and what was asked for by name.
 */
#ifndef EXECUTOR_ENV_H
#define EXECUTOR_ENV_H

#include "common/plan.h"
#include "common/xconf.h"
#include "executor/ident.h"

#define SECRETS_DIR	"/run/secrets"

/*
 * Fills plan->env, sorted, and plan->asked_env, where plan->account and uid
 * are set.  A variable that loads or steers programs, or that the skill fixes,
 * is not taken from a client: -1 and *t.
 */
int	env_build(struct plan *, const struct xskill *, const struct runreq *,
	    struct trouble *);

#endif
