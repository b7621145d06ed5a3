/* SPDX-License-Identifier: ISC */
/* Requests as they were resolved, for tests. */
#ifndef TESTS_ASKED_H
#define TESTS_ASKED_H

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "common/policy/pattern_priv.h"

/* A request, found as it would be where every name is a file in /usr/bin. */
struct asked {
	struct plan	 plan;
	struct strv	 names;
	struct strv	 same;
	uint8_t		 digest[PLAN_DIGEST];
};

static inline void
asked_init(struct asked *a, const char *line)
{
	int special, op;

	memset(a, 0, sizeof(*a));
	if (pattern_split(line, &a->plan.argv, 0, &special, &op) != NULL)
		abort();
	xasprintf(&a->plan.exe.path, "/usr/bin/%s",
	    pattern_base(a->plan.argv.v[0]));
	a->plan.cwd = xstrdup("/srv/w");
	a->plan.cwd_dev = 1;
	a->plan.cwd_ino = 2;
	memset(a->plan.exe.digest, 7, PLAN_DIGEST);
	strv_add(&a->names, a->plan.argv.v[0]);
	memset(a->digest, 9, PLAN_DIGEST);
}

static inline void
asked_free(struct asked *a)
{
	strv_free(&a->plan.argv);
	strv_free(&a->plan.asked_env);
	strv_free(&a->names);
	strv_free(&a->same);
	free(a->plan.exe.path);
	free(a->plan.script.path);
	free(a->plan.cwd);
}

#endif
