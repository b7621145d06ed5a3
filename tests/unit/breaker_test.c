/* SPDX-License-Identifier: ISC */
/* Circuit breakers: whose they are, what they forget, and their places. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "supervisor/run/breaker.h"

static char cli[] = "cli", web[] = "web", dev[] = "dev", ops[] = "ops";
static struct conf_channel chs[2];
static struct conf_skill sks[2];
static struct conf conf;
static struct breakers *b;

static int
setup(void **state)
{
	(void)state;
	chs[0].name = cli;
	chs[1].name = web;
	sks[0].name = dev;
	sks[1].name = ops;
	conf.brk_failures = 3;
	conf.brk_repeats = 2;
	conf.brk_window_s = 60;
	conf.brk_cooldown_s = 300;
	b = breakers_new(&conf);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	breakers_free(b);
	return (0);
}

/* plan: 0 is none. */
static const struct breaker_key *
key(size_t ch, size_t sk, uid_t uid, unsigned plan)
{
	static struct breaker_key k;
	uint8_t digest[PLAN_DIGEST];

	memset(digest, (int)plan, sizeof(digest));
	breaker_key(&k, &chs[ch], &sks[sk], uid, plan == 0 ? NULL : digest);
	return (&k);
}

static int
may(const struct breaker_key *k, int64_t now)
{
	int64_t left;

	return (breaker_check(b, k, now, &left) == 0);
}

static void
fail_times(const struct breaker_key *k, unsigned n, int64_t now)
{
	while (n-- > 0)
		breaker_end(b, k, 0, HEALTH_BAD, now);
}

static enum breaker_change changes[8];
static uint32_t had[8];
static size_t nchanges;

static void
told(void *arg, const struct breaker_key *k, enum breaker_change what,
    uint32_t failures)
{
	assert_ptr_equal(arg, changes);
	assert_int_equal(k->uid, 7);
	if (nchanges < 8) {
		had[nchanges] = failures;
		changes[nchanges] = what;
	}
	nchanges++;
}

/* Each change is told once, and nothing that is none. */
static void
test_changes(void **state)
{
	static const enum breaker_change want[] = { BREAKER_OPENED,
	    BREAKER_TRIED, BREAKER_OPENED, BREAKER_TRIED, BREAKER_CLOSED,
	    BREAKER_OPENED };
	struct breaker_key k = *key(0, 0, 7, 0);
	size_t i;

	(void)state;
	nchanges = 0;
	breakers_tell(b, told, changes);
	fail_times(&k, 2, 1000);
	assert_int_equal(nchanges, 0);
	fail_times(&k, 5, 1000);
	assert_int_equal(nchanges, 1);
	assert_int_equal(had[0], 3);
	assert_int_equal(may(&k, 2000), 0);
	assert_int_equal(may(&k, 302000), 1);
	assert_int_equal(breaker_begin(b, &k), 1);
	breaker_end(b, &k, 1, HEALTH_BAD, 303000);
	assert_int_equal(breaker_begin(b, &k), 1);
	breaker_end(b, &k, 1, HEALTH_GOOD, 700000);
	assert_int_equal(breaker_begin(b, &k), 0);
	breaker_end(b, &k, 0, HEALTH_GOOD, 700000);
	fail_times(&k, 3, 700000);
	/* who resets tells of it */
	assert_int_equal(breaker_reset(b, NULL, NULL, NULL), 1);
	assert_int_equal(nchanges, sizeof(want) / sizeof(want[0]));
	for (i = 0; i < nchanges; i++)
		assert_int_equal(changes[i], want[i]);
}

static size_t
count(int64_t now)
{
	struct breaker_show s;
	size_t n = 0;

	while (breaker_show(b, n, now, &s) == 0)
		n++;
	return (n);
}

static void
test_whose(void **state)
{
	int64_t left;

	(void)state;
	fail_times(key(0, 0, 7, 0), 3, 1000);
	assert_false(may(key(0, 0, 7, 0), 1000));
	assert_int_equal(breaker_check(b, key(0, 0, 7, 0), 11000, &left), -1);
	assert_int_equal(left, 290000);
	/* not another account's, channel's, skill's, nor a plan's */
	assert_true(may(key(0, 0, 8, 0), 1000));
	assert_true(may(key(1, 0, 7, 0), 1000));
	assert_true(may(key(0, 1, 7, 0), 1000));
	assert_true(may(key(0, 0, 7, 1), 1000));
}

static void
test_plan(void **state)
{
	(void)state;
	fail_times(key(0, 0, 7, 5), 2, 0);
	assert_false(may(key(0, 0, 7, 5), 0));
	assert_true(may(key(0, 0, 7, 6), 0));
	assert_true(may(key(0, 0, 8, 5), 0));
	assert_true(may(key(0, 0, 7, 0), 0));
	conf.brk_repeats = 0;
	fail_times(key(0, 0, 7, 9), 100, 0);
	assert_true(may(key(0, 0, 7, 9), 0));
}

static void
test_window(void **state)
{
	(void)state;
	fail_times(key(0, 0, 7, 0), 2, 0);
	/* exactly a window ago is past */
	fail_times(key(0, 0, 7, 0), 1, 60000);
	assert_true(may(key(0, 0, 7, 0), 60000));
	fail_times(key(0, 0, 7, 0), 1, 119999);
	assert_true(may(key(0, 0, 7, 0), 119999));
	fail_times(key(0, 0, 7, 0), 1, 119999);
	assert_false(may(key(0, 0, 7, 0), 119999));
}

static void
test_probe(void **state)
{
	const struct breaker_key *k = key(0, 0, 7, 0);
	int64_t left;

	(void)state;
	assert_int_equal(breaker_begin(b, k), 0);
	fail_times(k, 3, 0);
	assert_false(may(k, 299999));
	assert_true(may(k, 300000));
	assert_int_equal(breaker_begin(b, k), 1);
	assert_int_equal(breaker_check(b, k, 300000, &left), -1);
	assert_int_equal(left, 0);
	/* what others of before come to does not decide */
	breaker_end(b, k, 0, HEALTH_GOOD, 300000);
	breaker_end(b, k, 0, HEALTH_BAD, 300000);
	assert_false(may(k, 300000));
	breaker_end(b, k, 1, HEALTH_NONE, 300000);
	assert_true(may(k, 300000));
	assert_int_equal(breaker_begin(b, k), 1);
	breaker_end(b, k, 1, HEALTH_BAD, 310000);
	assert_false(may(k, 609999));
	assert_true(may(k, 610000));
	assert_int_equal(breaker_begin(b, k), 1);
	breaker_end(b, k, 1, HEALTH_GOOD, 610000);
	assert_true(may(k, 610000));
	assert_int_equal(count(610000), 0);
}

static void
test_reset(void **state)
{
	const uid_t seven = 7;

	(void)state;
	fail_times(key(0, 0, 7, 0), 3, 0);
	fail_times(key(0, 1, 7, 0), 3, 0);
	fail_times(key(1, 1, 8, 0), 3, 0);
	fail_times(key(1, 0, 8, 0), 1, 0);
	assert_int_equal(breaker_reset(b, NULL, "none", NULL), 0);
	assert_int_equal(breaker_reset(b, "cli", "ops", NULL), 1);
	assert_true(may(key(0, 1, 7, 0), 0));
	assert_false(may(key(0, 0, 7, 0), 0));
	assert_int_equal(breaker_reset(b, NULL, NULL, &seven), 1);
	assert_true(may(key(0, 0, 7, 0), 0));
	assert_false(may(key(1, 1, 8, 0), 0));
	/* a run that was being tried then says nothing any more */
	assert_int_equal(breaker_begin(b, key(1, 1, 8, 0)), 1);
	assert_int_equal(breaker_reset(b, NULL, NULL, NULL), 1);
	breaker_end(b, key(1, 1, 8, 0), 1, HEALTH_BAD, 0);
	assert_true(may(key(1, 1, 8, 0), 0));
	assert_int_equal(count(0), 0);
}

/* However many fail, what is open stays so, and memory is bounded. */
static void
test_places(void **state)
{
	uid_t uid;

	(void)state;
	fail_times(key(0, 0, 1, 0), 3, 0);
	for (uid = 2; uid < 2 * BREAKERS_MAX; uid++)
		fail_times(key(0, 0, uid, 0), 1, (int64_t)uid);
	assert_int_equal(count(3000), BREAKERS_MAX);
	assert_false(may(key(0, 0, 1, 0), 3000));
	/* the newest are there */
	fail_times(key(0, 0, uid - 1, 0), 2, 3000);
	assert_false(may(key(0, 0, uid - 1, 0), 3000));
	/* with no place left for another one nothing happens */
	for (uid = 2; uid < 2 * BREAKERS_MAX; uid++)
		fail_times(key(0, 0, uid, 0), 3, 4000);
	assert_int_equal(count(4000), BREAKERS_MAX);
	fail_times(key(1, 1, 5, 0), 3, 4000);
	assert_true(may(key(1, 1, 5, 0), 4000));
	assert_false(may(key(0, 0, 1, 0), 4000));
}

/* What is open is told for as long as it is, and why. */
static void
test_told(void **state)
{
	struct breaker_show s;

	(void)state;
	fail_times(key(0, 0, 7, 0), 3, 0);
	assert_int_equal(breaker_show(b, 0, 61000, &s), 0);
	assert_string_equal(s.state, "open");
	assert_int_equal(s.failures, 3);
	assert_int_equal(breaker_show(b, 0, 300000, &s), 0);
	assert_string_equal(s.state, "half-open");
	assert_int_equal(s.failures, 3);
	assert_int_equal(breaker_begin(b, key(0, 0, 7, 0)), 1);
	breaker_end(b, key(0, 0, 7, 0), 1, HEALTH_BAD, 300000);
	assert_int_equal(breaker_show(b, 0, 400000, &s), 0);
	assert_string_equal(s.state, "open");
	assert_int_equal(s.failures, 3);
}

static const struct breaker_key *
plan_key(uid_t uid, unsigned plan)
{
	static struct breaker_key k;
	uint8_t digest[PLAN_DIGEST] = { 1 };

	memcpy(digest + 1, &plan, sizeof(plan));
	breaker_key(&k, &chs[0], &sks[0], uid, digest);
	return (&k);
}

/* Nobody keeps others from having one, whatever he thinks up. */
static void
test_made_up(void **state)
{
	unsigned i;
	uid_t uid;

	(void)state;
	fail_times(key(0, 0, 7, 0), 3, 0);
	for (i = 0; i < 2 * BREAKERS_MAX; i++)
		fail_times(plan_key(7, i), 2, 1000 + (int64_t)i);
	assert_int_equal(count(4000), 1 + BREAKERS_PLANS);
	assert_false(may(key(0, 0, 7, 0), 4000));
	/* the newest are there */
	assert_false(may(plan_key(7, i - 1), 4000));
	assert_true(may(plan_key(7, 0), 4000));
	/* many accounts, all that they may */
	for (uid = 100; uid < 100 + BREAKERS_MAX / BREAKERS_PLANS; uid++)
		for (i = 0; i < BREAKERS_PLANS; i++)
			fail_times(plan_key(uid, i), 2, 5000);
	assert_int_equal(count(6000), BREAKERS_MAX);
	fail_times(key(0, 0, 8, 0), 3, 6000);
	assert_false(may(key(0, 0, 8, 0), 6000));
	assert_false(may(key(0, 0, 7, 0), 6000));
	assert_int_equal(count(6000), BREAKERS_MAX);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_whose), T(test_plan), T(test_window), T(test_probe),
		T(test_reset), T(test_places), T(test_told), T(test_made_up),
		T(test_changes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
