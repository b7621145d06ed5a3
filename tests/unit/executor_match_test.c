/* SPDX-License-Identifier: ISC */
/*
 * What the executor asks a spawner and a runner for is what their skill has:
 * of a plan that is, every change is refused by the name of what it changed.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "executor/env.h"
#include "executor/runner/match.h"
#include "tests/sample.h"

struct given {
	struct xskill	skill;
	struct xid	ids[2];
	struct job	job;
	struct plan	plan;
};

/* As the executor makes it of a request, without what it finds out. */
static void
make_plan(struct given *g)
{
	struct runreq q;
	struct trouble t;
	struct plan *p = &g->plan;

	memset(&q, 0, sizeof(q));
	strv_add(&q.env, "FOO=bar");
	strv_add(&q.env, "LC_ALL=C");
	strv_add(&q.locale, "LANG=C.UTF-8");
	strv_add(&q.locale, "TERM=/x");
	memset(p, 0, sizeof(*p));
	p->skill = xstrdup(g->skill.name);
	p->caller = 1000;
	p->uid = 990;
	p->gid = 991;
	p->account = xstrdup("clawbot");
	p->rotates = xstrdup("");
	p->umask = PLAN_UMASK;
	terms_copy(&p->terms, &g->skill.terms);
	assert_int_equal(env_build(p, &g->skill, &q, &t), 0);
	runreq_free(&q);
}

static void
make(struct given *g)
{
	memset(g, 0, sizeof(*g));
	sample_xskill(&g->skill);
	g->skill.run_as_caller = 0;
	g->ids[0].uid = 990;
	g->ids[0].gid = 991;
	g->ids[0].name = (char *)(uintptr_t)"clawbot";
	g->ids[1].uid = 1000;
	g->ids[1].gid = 1001;
	g->ids[1].name = (char *)(uintptr_t)"agent";
	g->job.skill = &g->skill;
	g->job.ids = g->ids;
	g->job.nids = 2;
	make_plan(g);
	profile_of(&g->job.profile, 990, 991, &g->skill.limits);
}

static void
done(struct given *g)
{
	plan_free(&g->plan);
	shape_free(&xskill_shape, &g->skill);
}

static void
fits(struct given *g)
{
	struct trouble t;

	if (match_plan(&g->job, &g->plan, &t) == -1)
		fail_msg("%s", t.text);
}

/* It is refused, and the reason names what. */
static void
differs(struct given *g, const char *what)
{
	struct trouble t;
	char text[256];

	assert_int_equal(match_plan(&g->job, &g->plan, &t), -1);
	assert_int_equal(t.err, CBE_REFUSED);
	(void)snprintf(text, sizeof(text), "another %s than", what);
	if (strstr(t.text, text) == NULL)
		fail_msg("%s: %s", what, t.text);
	done(g);
}

static void
test_fits(void **state)
{
	struct given g;
	size_t i;

	(void)state;
	make(&g);
	fits(&g);
	/* what a channel has narrowed */
	for (i = 0; i < LIMITS_N; i++)
		if (limit_rows[i].narrow == NARROW_LEAST &&
		    g.plan.limits.v[i] > limit_rows[i].min + 1)
			g.plan.limits.v[i]--;
	profile_of(&g.job.profile, 990, 991, &g.plan.limits);
	fits(&g);
	done(&g);
}

static void
test_terms(void **state)
{
	struct given g;
	size_t i;
	void *at;

	(void)state;
	for (i = 0; i < TERMS_N; i++) {
		make(&g);
		at = (char *)&g.plan.terms + term_rows[i].off;
		if (term_rows[i].kind == TERM_CHOICE)
			*(uint32_t *)at = *(uint32_t *)at == 0;
		else if (term_rows[i].kind == TERM_CHANNEL)
			(*(char **)at)[0]++;
		else
			strv_add(at, "/more");
		differs(&g, term_rows[i].kind == TERM_CHANNEL ?
		    "inner_channel" : term_rows[i].key);
	}
	make(&g);
	g.plan.secret_how[0] = PLAN_SECRET_ENV;
	differs(&g, "secret_how");
}

static void
test_limits(void **state)
{
	struct given g;
	uint32_t *v;
	size_t i;

	(void)state;
	for (i = 0; i < LIMITS_N; i++) {
		make(&g);
		v = &g.plan.limits.v[i];
		if (limit_rows[i].narrow == NARROW_LEAST)
			(*v)++;
		else
			(*v)--;
		/* the larger one would not be in this sandbox at all */
		profile_of(&g.job.profile, 990, 991, &g.plan.limits);
		differs(&g, limit_rows[i].key);
		if (limit_rows[i].narrow != NARROW_LEAST ||
		    limit_rows[i].min != 0)
			continue;
		make(&g);
		g.plan.limits.v[i] = 0;
		profile_of(&g.job.profile, 990, 991, &g.plan.limits);
		differs(&g, limit_rows[i].key);
	}
	make(&g);
	g.job.profile.tmp_mb++;
	differs(&g, "size of /tmp");
	make(&g);
	g.job.profile.shm_mb++;
	differs(&g, "size of /dev/shm");
	make(&g);
	g.job.profile.memory_mb++;
	differs(&g, "memory in /proc/meminfo");
}

static void
set(char **s, const char *to)
{
	free(*s);
	*s = xstrdup(to);
}

static void
test_account(void **state)
{
	struct trouble t;
	struct given g;

	(void)state;
	make(&g);
	assert_int_equal(match_profile(&g.job, &t), 0);
	g.job.profile.gid = 1001;
	assert_int_equal(match_profile(&g.job, &t), -1);
	profile_of(&g.job.profile, 1000, 1001, &g.plan.limits);
	assert_int_equal(match_profile(&g.job, &t), -1);
	assert_non_null(strstr(t.text, "account"));
	profile_of(&g.job.profile, 0, 0, &g.plan.limits);
	assert_int_equal(match_profile(&g.job, &t), -1);
	/* whoever asks for it */
	g.skill.run_as_caller = 1;
	assert_int_equal(match_profile(&g.job, &t), -1);
	profile_of(&g.job.profile, 1000, 1001, &g.plan.limits);
	assert_int_equal(match_profile(&g.job, &t), 0);
	g.job.profile.gid = 991;
	assert_int_equal(match_profile(&g.job, &t), -1);
	profile_of(&g.job.profile, 1002, 1001, &g.plan.limits);
	assert_int_equal(match_profile(&g.job, &t), -1);
	done(&g);
	make(&g);
	set(&g.plan.account, "agent");
	differs(&g, "account");
	make(&g);
	g.plan.caller = 990;
	differs(&g, "account for its secrets");
	make(&g);
	set(&g.plan.rotates, "TOKEN");
	fits(&g);
	strv_free(&g.skill.terms.secrets);
	strv_free(&g.plan.terms.secrets);
	g.plan.caller = 990;
	differs(&g, "account for a new value");
	make(&g);
	g.skill.run_as_caller = 1;
	differs(&g, "account");
	make(&g);
	g.plan.uid = 1000;
	assert_int_equal(match_plan(&g.job, &g.plan, &t), -1);
	assert_string_equal(t.text, "plan for another sandbox");
	done(&g);
	make(&g);
	set(&g.plan.skill, "other");
	differs(&g, "skill");
}

static void
test_env(void **state)
{
	static const char *const more[] = { "LD_PRELOAD=/tmp/x.so", "EXTRA=1",
	    "PATH=/tmp", "FOO=again", "TOKEN=value", "noequals", "" };
	struct trouble t;
	struct given g;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(more); i++) {
		make(&g);
		strv_add(&g.plan.env, more[i]);
		if (i != 5 && i != 6)
			strv_sort(&g.plan.env);
		assert_int_equal(match_plan(&g.job, &g.plan, &t), -1);
		done(&g);
	}
	for (i = 0; i < 2; i++) {
		make(&g);
		strv_add(&g.plan.env, more[i]);
		strv_add(&g.plan.asked_env, i == 0 ? "LD_PRELOAD" : "TOKEN");
		strv_sort(&g.plan.env);
		strv_sort(&g.plan.asked_env);
		assert_int_equal(match_plan(&g.job, &g.plan, &t), -1);
		done(&g);
	}
	for (i = 0; i < 8; i++) {	/* one is missing */
		make(&g);
		assert_true(i < g.plan.env.n);
		free(g.plan.env.v[i]);
		g.plan.env.v[i] = g.plan.env.v[--g.plan.env.n];
		strv_sort(&g.plan.env);
		if (strcmp(g.plan.env.v[0], "") == 0)
			fail();
		/* of what the caller said there may be less */
		if (match_plan(&g.job, &g.plan, &t) == 0)
			assert_false(strv_has(&g.plan.env, "LANG=C.UTF-8"));
		done(&g);
	}
}

static void
test_battery(void **state)
{
	struct given g;

	(void)state;
	make(&g);
	g.job.profile.probe = 1;
	differs(&g, "secrets");
	make(&g);
	g.job.profile.probe = 1;
	strv_free(&g.plan.secrets);
	limits_none(&g.plan.limits);
	fits(&g);
	done(&g);
}

/* A caller's own, for a run that acts as the caller, and for no other. */
static void
test_umask(void **state)
{
	struct given g;

	(void)state;
	make(&g);
	g.plan.umask = 0;
	differs(&g, "umask");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_umask),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_battery),
	};

	return (cmocka_run_group_tests_name("match", tests, NULL, NULL));
}
