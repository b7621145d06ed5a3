/* SPDX-License-Identifier: ISC */
/* Standing approvals: what each is for, how often, and when it ends. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/defs.h"
#include "supervisor/run/standing.h"
#include "tests/asked.h"

#define HOUR	(3600 * 1000)

/* One table, and somebody who asks. */
static struct standings *st;
static struct conf conf;
static uid_t members[] = { 10, 11, 12 };
static struct asked ask;
static struct standing_for want;

static int
setup(void **state)
{
	(void)state;
	conf.approvers.members.uids = members;
	conf.approvers.members.n = NELEM(members);
	asked_init(&ask, "touch made");
	want.key.channel = "cli";
	want.key.skill = "dev";
	want.key.uid = 1000;
	want.key.policy = "p1";
	want.plan = &ask.plan;
	want.digest = ask.digest;
	want.names = &ask.names;
	want.conf = &conf;
	st = standings_new();
	return (0);
}

static int
teardown(void **state)
{
	struct standing *t;
	int s;

	(void)state;
	for (s = STANDING_PENDING; s <= STANDING_ENDING; s++)
		while ((t = standing_next(st, (enum standing_state)s, NULL)) !=
		    NULL)
			standing_remove(st, t);
	free(st);
	asked_free(&ask);
	return (0);
}

/* text: of a pattern, or NULL */
static struct standing *
add(uint64_t id, const char *text, int64_t now, uint32_t uses)
{
	struct pattern *p = NULL;
	struct standing *t;
	const char *err;
	char why[256];

	if (text != NULL)
		assert_non_null(p = pattern_new(text, &err));
	t = standing_add(st, id, &want, p, 10, now, HOUR, uses, why,
	    sizeof(why));
	assert_non_null(t);
	return (t);
}

static struct standing *
holds(uint64_t id, const char *text, int64_t now, uint32_t uses)
{
	struct standing *t = add(id, text, now, uses);

	t->state = STANDING_HOLDS;
	return (t);
}

/* Exactly the same, and before it is durable nothing. */
static void
test_whose(void **state)
{
	struct standing *t = add(1, NULL, 0, 0);
	static const struct standing_key others[] = {
		{ "web", "dev", 1000, "p1" }, { "cli", "ops", 1000, "p1" },
		{ "cli", "dev", 1001, "p1" }, { "cli", "dev", 1000, "p2" },
	};
	struct standing_key key = want.key;
	size_t i;

	(void)state;
	t->run = 77;
	assert_ptr_equal(standing_by_run(st, 77), t);
	assert_false(standing_any(st, &key, 0));
	assert_null(standing_find(st, &want, 0));
	t->state = STANDING_HOLDS;
	assert_null(standing_by_run(st, 77));
	assert_true(standing_any(st, &key, 0));
	assert_ptr_equal(standing_find(st, &want, 0), t);
	for (i = 0; i < NELEM(others); i++) {
		want.key = others[i];
		assert_false(standing_any(st, &want.key, 0));
		assert_null(standing_find(st, &want, 0));
	}
	want.key = key;
	ask.digest[0] ^= 1;
	assert_null(standing_find(st, &want, 0));
}

/* At its last millisecond, and not at the next. */
static void
test_time(void **state)
{
	struct standing *t = holds(1, NULL, 500, 0);

	(void)state;
	assert_ptr_equal(standing_find(st, &want, 500 + HOUR - 1), t);
	standings_end(st, "p1", &conf.approvers, 500 + HOUR - 1);
	assert_int_equal(t->state, STANDING_HOLDS);
	assert_null(standing_find(st, &want, 500 + HOUR));
	standings_end(st, "p1", &conf.approvers, 500 + HOUR);
	assert_int_equal(t->state, STANDING_ENDED);
	assert_int_equal(standings_ids(st, NULL), 0);
	assert_ptr_equal(standing_next(st, STANDING_ENDED, NULL), t);
	/* what has ended does not begin again */
	assert_null(standing_find(st, &want, 600));
}

/* A use that did not come about is somebody else's. */
static void
test_count(void **state)
{
	struct standing *t = holds(1, NULL, 0, 2);

	(void)state;
	standing_take(t);
	assert_non_null(standing_find(st, &want, 0));
	standing_take(t);
	assert_null(standing_find(st, &want, 0));
	assert_false(standing_any(st, &want.key, 0));
	standings_end(st, "p1", &conf.approvers, 0);
	assert_int_equal(t->state, STANDING_HOLDS);
	standing_give_back(t);
	assert_ptr_equal(standing_find(st, &want, 0), t);
	standing_take(t);
	standing_use(t);
	standing_use(t);
	assert_null(standing_find(st, &want, 0));
	standings_end(st, "p1", &conf.approvers, 0);
	assert_int_equal(t->state, STANDING_ENDED);
	assert_string_equal(t->why, "it is used up");
}

static void
test_ends(void **state)
{
	struct standing *t = holds(1, NULL, 0, 0), *u = holds(2, NULL, 0, 0);

	(void)state;
	standings_end(st, "p2", &conf.approvers, 0);
	assert_int_equal(t->state, STANDING_ENDED);
	assert_int_equal(u->state, STANDING_ENDED);
	standing_remove(st, t);
	standing_remove(st, u);
	/* who gave it may approve nothing any more, of root that is not so */
	t = holds(3, NULL, 0, 0);
	u = holds(4, NULL, 0, 0);
	u->approver = 0;
	conf.approvers.members.uids = members + 1;
	conf.approvers.members.n = 2;
	assert_ptr_equal(standing_find(st, &want, 0), u);
	standings_end(st, "p1", &conf.approvers, 0);
	assert_int_equal(t->state, STANDING_ENDED);
	assert_int_equal(u->state, STANDING_HOLDS);
	standing_end(u, "it was revoked");
	assert_null(standing_find(st, &want, 0));
}

/* What is like it: in the same directory, by the same file. */
static void
test_pattern(void **state)
{
	struct standing *t = holds(1, "touch m*", 0, 0);

	(void)state;
	memset(ask.digest, 1, sizeof(ask.digest));
	assert_ptr_equal(standing_find(st, &want, 0), t);
	ask.plan.cwd_ino++;
	assert_null(standing_find(st, &want, 0));
	ask.plan.cwd_ino--;
	ask.plan.tty = 1;
	assert_null(standing_find(st, &want, 0));
	ask.plan.tty = 0;
	strv_add(&ask.plan.asked_env, "FOO");
	assert_null(standing_find(st, &want, 0));
	strv_free(&ask.plan.asked_env);
	free(ask.plan.argv.v[1]);
	ask.plan.argv.v[1] = xstrdup("other");
	assert_null(standing_find(st, &want, 0));
	free(ask.plan.argv.v[1]);
	ask.plan.argv.v[1] = xstrdup("more");
	assert_ptr_equal(standing_find(st, &want, 0), t);
	/* that very plan's comes before */
	assert_ptr_not_equal(holds(2, NULL, 0, 0), t);
	assert_int_equal(standing_find(st, &want, 0)->id, 2);
	standing_remove(st, standing_by_id(st, 2));
	/* another file: it has ended, also for the one that it was */
	ask.plan.exe.digest[0] ^= 1;
	assert_null(standing_find(st, &want, 0));
	assert_int_equal(t->state, STANDING_ENDED);
	ask.plan.exe.digest[0] ^= 1;
	assert_null(standing_find(st, &want, 0));
}

/* Nobody has more than his share, and it says so. */
static void
test_bounds(void **state)
{
	char why[256];
	uint64_t id = 1;
	size_t i;

	(void)state;
	for (i = 0; i < STANDINGS_UID; i++)
		(void)holds(id++, NULL, 0, 0);
	assert_null(standing_add(st, id, &want, NULL, 11, 0, HOUR, 0, why,
	    sizeof(why)));
	assert_non_null(strstr(why, "uid 1000"));
	for (; id <= STANDINGS_APPROVER; want.key.uid++)
		for (i = 0; i < STANDINGS_UID && id <= STANDINGS_APPROVER; i++)
			if (want.key.uid != 1000)
				(void)holds(id++, NULL, 0, 0);
			else
				break;
	assert_null(standing_add(st, id, &want, NULL, 10, 0, HOUR, 0, why,
	    sizeof(why)));
	assert_non_null(strstr(why, "that you gave"));
	for (; id <= STANDINGS_MAX; id++) {
		want.key.uid = (uid_t)(5000 + id / 100);
		assert_non_null(standing_add(st, id, &want, NULL, 11, 0, HOUR,
		    0, why, sizeof(why)));
	}
	want.key.uid = 9999;
	assert_null(standing_add(st, id, &want, NULL, 12, 0, HOUR, 0, why,
	    sizeof(why)));
	assert_non_null(strstr(why, "all there can be"));
	/* one that ends makes room */
	standing_remove(st, standing_by_id(st, 3));
	assert_non_null(standing_add(st, id, &want, NULL, 12, 0, HOUR, 0, why,
	    sizeof(why)));
}

#define SET(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SET(test_whose),
		SET(test_time),
		SET(test_count),
		SET(test_ends),
		SET(test_pattern),
		SET(test_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
