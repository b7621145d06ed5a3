/* SPDX-License-Identifier: ISC */
/* Windows, slots and breakers, on a clock of the test's own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/run/share.h"
#include "supervisor/run/releases.h"
#include "tests/quota.h"

static void
test_unlimited(void **state)
{
	struct fixture *f = setup();
	int i;

	(void)state;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 10000; i++)
		assert_int_equal(run(f, 0, 0, i, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

static void
test_minute(void **state)
{
	struct fixture *f = setup();
	struct quota_no no;

	(void)state;
	f->conf.rate.per_minute = 3;
	f->q = quota_new(&f->conf);
	assert_int_equal(run(f, 0, 0, 1000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 1, 0, 2000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 1, 3000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 3000, OUTCOME_EXITED), -1);
	assert_int_equal(quota_check(f->q, key(f, 0, 0), 3000, &no),
	    -1);
	assert_string_equal(no.kind, "rate");
	assert_int_equal(no.retry_ms, 58000);
	assert_non_null(strstr(no.reason, "try again in 58 s"));
	/* the window slides: exactly one place at a time */
	assert_int_equal(run(f, 0, 0, 60999, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 61000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 61000, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 62000, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

static void
test_channel_is_narrower(void **state)
{
	struct fixture *f = setup();

	(void)state;
	f->conf.rate.per_minute = 3;
	f->ch[1].rate.per_minute = 1;
	f->q = quota_new(&f->conf);
	assert_int_equal(run(f, 1, 0, 0, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 1, 0, 0, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), 0);
	/* refused ones took nothing */
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), -1);
	quota_free(f->q);
}

/* Of each secret of a skill, on whatever channel, but of no other skill. */
static void
test_releases(void **state)
{
	struct fixture *f = setup();
	struct release_show r;
	struct quota_hold h;
	struct quota_no no;

	(void)state;
	strv_add(&f->sk[0].secrets, "KEY");
	strv_add(&f->sk[0].secrets, "TOKEN");
	f->sk[0].releases[0].per_minute = CONF_UNSET;
	f->sk[0].releases[1].per_minute = 2;
	f->q = quota_new(&f->conf);
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 1, 0, 1000, OUTCOME_SIGNALED), 0);
	assert_int_equal(quota_check(f->q, key(f, 0, 0), 2000, &no), -1);
	assert_int_equal(quota_take(f->q, key(f, 1, 0), 2000, &h, &no), -1);
	assert_string_equal(no.kind, "releases");
	assert_string_equal(no.reason, "secret TOKEN: 2 of 2 releases to runs "
	    "of skill dev in the last minute; try again in 58 s");
	assert_int_equal(no.retry_ms, 58000);
	assert_int_equal(run(f, 0, 1, 2000, OUTCOME_EXITED), 0);
	assert_int_equal(releases_show(quota_releases(f->q), &f->sk[0], 0,
	    2000, &r), 0);
	assert_int_equal(r.limit, CONF_UNSET);
	assert_int_equal(releases_show(quota_releases(f->q), &f->sk[0], 1,
	    2000, &r), 0);
	assert_int_equal(r.used, 2);
	assert_int_equal(r.wait_ms, 58000);
	assert_int_equal(releases_show(quota_releases(f->q), &f->sk[0], 2,
	    2000, &r), -1);
	/* what was refused took nothing; each leaves a minute later */
	assert_int_equal(run(f, 0, 0, 59999, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 60000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 60001, OUTCOME_EXITED), -1);
	quota_free(f->q);
	strv_free(&f->sk[0].secrets);
}

static void
test_none_at_all(void **state)
{
	struct fixture *f = setup();

	(void)state;
	f->ch[0].rate.per_minute = 0;
	f->ch[1].rate.concurrent = 0;
	f->q = quota_new(&f->conf);
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 1, 0, 0, OUTCOME_EXITED), -1);
	quota_free(f->q);
}

static void
test_seed(void **state)
{
	struct fixture *f = setup();
	struct quota_show s;

	(void)state;
	f->conf.rate.per_minute = 4;
	f->ch[0].rate.per_minute = 2;
	f->q = quota_new(&f->conf);
	/* in no order, some from before the boot, some of channels gone */
	quota_seed(f->q, cli, -70000);
	quota_seed(f->q, cli, -1000);
	quota_seed(f->q, cli, -30000);
	quota_seed(f->q, "gone", -2000);
	assert_int_equal(quota_show(f->q, 0, 0, &s), 0);
	assert_int_equal(s.rate_used, 3);
	assert_int_equal(run(f, 0, 0, 0, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 1, 0, 0, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 1, 0, 0, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 30000, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

static void
test_seed_keeps_newest(void **state)
{
	struct fixture *f = setup();
	int i;

	(void)state;
	f->conf.rate.per_minute = 2;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 50; i++)
		quota_seed(f->q, cli, i);
	quota_seed(f->q, cli, -5);
	assert_int_equal(run(f, 0, 0, 60047, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 60048, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

static void
test_concurrent(void **state)
{
	struct fixture *f = setup();
	struct quota_hold a, b, c;
	struct quota_no no;

	(void)state;
	f->conf.rate.concurrent = 2;
	f->q = quota_new(&f->conf);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), 0, &a, &no),
	    0);
	assert_int_equal(quota_take(f->q, key(f, 1, 0), 0, &b, &no),
	    0);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), 0, &c, &no),
	    -1);
	assert_string_equal(no.kind, "concurrent");
	quota_release(f->q, &a, OUTCOME_EXITED, 0);
	/* giving back twice gives nothing */
	quota_release(f->q, &a, OUTCOME_EXITED, 0);
	quota_release(f->q, &c, OUTCOME_EXITED, 0);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), 0, &a, &no),
	    0);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), 0, &c, &no),
	    -1);
	quota_free(f->q);
}

static void
test_breaker(void **state)
{
	static const unsigned bad[] = { OUTCOME_SIGNALED, OUTCOME_TIMEOUT,
	    OUTCOME_LIMITED, OUTCOME_ERROR };
	static const unsigned neutral[] = { OUTCOME_EXITED, OUTCOME_KILLED,
	    OUTCOME_DENIED, 0 };
	struct fixture *f;
	struct quota_no no;
	size_t i, k;

	(void)state;
	for (i = 0; i < 4; i++) {
		f = setup();
		f->q = quota_new(&f->conf);
		for (k = 0; k < 20; k++)
			assert_int_equal(run(f, 0, 0, 0, neutral[i]), 0);
		for (k = 0; k < 3; k++)
			assert_int_equal(run(f, 0, 0, 1000, bad[i]), 0);
		assert_int_equal(quota_check(f->q, key(f, 0, 0),
		    1000, &no), -1);
		assert_string_equal(no.kind, "breaker");
		assert_int_equal(no.retry_ms, 300000);
		/* the others are not concerned */
		assert_int_equal(run(f, 0, 1, 1000, OUTCOME_EXITED), 0);
		assert_int_equal(run(f, 1, 0, 1000, OUTCOME_EXITED), 0);
		quota_free(f->q);
	}
}

static void
test_breaker_window(void **state)
{
	struct fixture *f = setup();
	int64_t t;

	(void)state;
	f->q = quota_new(&f->conf);
	/* never three within a minute */
	for (t = 0; t < 3000000; t += 30000)
		assert_int_equal(run(f, 0, 0, t, OUTCOME_SIGNALED), 0);
	assert_int_equal(run(f, 0, 0, t, OUTCOME_SIGNALED), 0);
	assert_int_equal(run(f, 0, 0, t + 1, OUTCOME_SIGNALED), 0);
	assert_int_equal(run(f, 0, 0, t + 2, OUTCOME_SIGNALED), -1);
	quota_free(f->q);
}

static void
test_half_open(void **state)
{
	struct fixture *f = setup();
	struct quota_hold probe, other;
	struct quota_no no;
	struct breaker_show s;
	int64_t t = 300000;
	int i;

	(void)state;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 3; i++)
		(void)run(f, 0, 0, 0, OUTCOME_ERROR);
	assert_int_equal(run(f, 0, 0, t - 1, OUTCOME_EXITED), -1);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), t, &probe,
	    &no), 0);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), t, &other,
	    &no), -1);
	/* a probe that says nothing leaves the place to the next */
	quota_release(f->q, &probe, OUTCOME_KILLED, t);
	assert_int_equal(quota_take(f->q, key(f, 0, 0), t, &probe,
	    &no), 0);
	quota_release(f->q, &probe, OUTCOME_TIMEOUT, t);
	assert_int_equal(run(f, 0, 0, t + 299999, OUTCOME_EXITED), -1);
	assert_int_equal(breaker_show(quota_breakers(f->q), 0, t, &s), 0);
	assert_string_equal(s.state, "open");
	t += 300000;
	assert_int_equal(breaker_show(quota_breakers(f->q), 0, t, &s), 0);
	assert_string_equal(s.state, "half-open");
	assert_int_equal(run(f, 0, 0, t, OUTCOME_EXITED), 0);
	/* it has nothing to remember */
	assert_int_equal(breaker_show(quota_breakers(f->q), 0, t, &s), -1);
	/* and it takes all of them to open it again */
	assert_int_equal(run(f, 0, 0, t, OUTCOME_ERROR), 0);
	assert_int_equal(run(f, 0, 0, t, OUTCOME_ERROR), 0);
	assert_int_equal(run(f, 0, 0, t, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

/* What is refused counts like a run, once, and not if the quota said no. */
static void
test_refused(void **state)
{
	struct fixture *f = setup();
	struct quota_hold h;
	struct quota_no no;
	int i;

	(void)state;
	f->conf.rate.per_minute = 3;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 3; i++) {
		memset(&h, 0, sizeof(h));
		assert_int_equal(quota_check(f->q, key(f, 0, 0), 1000, &no), 0);
		quota_count(f->q, &f->conf.channels[0], 1000, &h);
		quota_count(f->q, &f->conf.channels[0], 1000, &h);
		quota_release(f->q, &h, OUTCOME_DENIED, 1000);
	}
	assert_int_equal(quota_take(f->q, key(f, 0, 0), 1001, &h, &no), -1);
	assert_string_equal(no.kind, "rate");
	quota_count(f->q, &f->conf.channels[0], 30000, &h);
	assert_int_equal(quota_check(f->q, key(f, 0, 0), 61000, &no), 0);
	quota_free(f->q);
}

/* An hour of requests, of any kind. */
static void
test_requests(void **state)
{
	struct fixture *f = setup();
	const struct conf_channel *a, *b;
	struct quota_show s;
	struct quota_no no;
	int i;

	(void)state;
	f->conf.rate.api_per_hour = 5;
	f->conf.channels[0].rate.api_per_hour = 3;
	a = &f->conf.channels[0];
	b = &f->conf.channels[1];
	f->q = quota_new(&f->conf);
	for (i = 0; i < 3; i++)
		assert_int_equal(quota_request(f->q, a, 10000 + i * 60000,
		    &no), 0);
	assert_int_equal(quota_request(f->q, a, 200000, &no), -1);
	assert_string_equal(no.kind, "requests");
	assert_int_equal(no.retry_ms, 10000 + 3600000 - 200000);
	assert_non_null(strstr(no.reason, "3 of 3 requests"));
	/* another channel has its own, and all together the global one */
	assert_int_equal(quota_request(f->q, b, 200000, &no), 0);
	assert_int_equal(quota_request(f->q, b, 200000, &no), 0);
	assert_int_equal(quota_request(f->q, b, 200000, &no), -1);
	assert_non_null(strstr(no.reason, "all channels"));
	assert_int_equal(quota_show(f->q, 0, 200000, &s), 0);
	assert_int_equal(s.requests, 5);
	assert_int_equal(s.request_limit, 5);
	/* those that were refused have not counted */
	assert_int_equal(quota_request(f->q, a, 3609999, &no), -1);
	assert_int_equal(quota_request(f->q, a, 3610000, &no), 0);
	assert_int_equal(quota_request(f->q, a, 3610000, &no), -1);
	/* a long silence */
	assert_int_equal(quota_request(f->q, a, 99610000, &no), 0);
	assert_int_equal(quota_show(f->q, 0, 99610000, &s), 0);
	assert_int_equal(s.requests, 1);
	quota_free(f->q);
}

static void
test_no_requests(void **state)
{
	struct fixture *f = setup();
	struct quota_no no;

	(void)state;
	f->conf.rate.api_per_hour = 0;
	f->q = quota_new(&f->conf);
	assert_int_equal(quota_request(f->q, &f->conf.channels[0], 5, &no),
	    -1);
	assert_int_equal(no.retry_ms, 0);
	quota_free(f->q);
}

static void
test_show(void **state)
{
	struct fixture *f = setup();
	struct quota_show s;

	(void)state;
	f->conf.rate.per_minute = 7;
	f->q = quota_new(&f->conf);
	assert_int_equal(quota_show(f->q, 0, 0, &s), 0);
	assert_string_equal(s.name, "global");
	assert_int_equal(s.rate_limit, 7);
	assert_int_equal(quota_show(f->q, 2, 0, &s), 0);
	assert_string_equal(s.name, "web");
	assert_int_equal(quota_show(f->q, 3, 0, &s), -1);
	quota_free(f->q);
}

static int
take_as(struct fixture *f, uid_t uid, int64_t now, struct quota_hold *h,
    struct quota_no *no)
{
	struct breaker_key k;

	breaker_key(&k, &f->ch[0], &f->sk[0], uid, NULL);
	return (quota_take(f->q, &k, now, h, no));
}

/* Who has more than another that waits does not get what becomes free. */
static void
test_shared(void **state)
{
	struct fixture *f = setup();
	struct quota_hold h[4], other, third;
	struct quota_no no;
	int i;

	(void)state;
	f->conf.rate.concurrent = 4;
	f->q = quota_new(&f->conf);
	/* alone one may have all */
	for (i = 0; i < 4; i++)
		assert_int_equal(take_as(f, 1, 0, &h[i], &no), 0);
	assert_int_equal(take_as(f, 2, 1000, &other, &no), -1);
	assert_string_equal(no.kind, "concurrent");
	quota_release(f->q, &h[0], 0, 2000);
	assert_int_equal(take_as(f, 1, 2000, &h[0], &no), -1);
	assert_string_equal(no.kind, "concurrent");
	assert_non_null(strstr(no.reason, "3 of 4"));
	assert_non_null(strstr(no.reason, "have fewer"));
	/* two that wait have one each */
	quota_release(f->q, &h[1], 0, 2000);
	assert_int_equal(take_as(f, 3, 2000, &third, &no), 0);
	assert_int_equal(take_as(f, 1, 2000, &h[0], &no), -1);
	assert_int_equal(take_as(f, 2, 2000, &other, &no), 0);
	/* nobody is owed one any more: the next one is anybody's */
	quota_release(f->q, &h[2], 0, 3000);
	assert_int_equal(take_as(f, 1, 3000, &h[2], &no), 0);
	quota_release(f->q, &third, 0, 4000);
	/* who waits and has as many as another is owed nothing of his */
	assert_int_equal(take_as(f, 2, 4000, &third, &no), 0);
	assert_int_equal(take_as(f, 2, 4000, &h[0], &no), -1);
	quota_release(f->q, &h[3], 0, 4000);
	assert_int_equal(take_as(f, 1, 4000, &h[3], &no), 0);
	quota_free(f->q);
}

/* A debt ends: who went away keeps nobody out. */
static void
test_owed(void **state)
{
	struct fixture *f = setup();
	struct quota_hold h[2], other;
	struct quota_no no;

	(void)state;
	f->conf.rate.concurrent = 2;
	f->q = quota_new(&f->conf);
	assert_int_equal(take_as(f, 1, 0, &h[0], &no), 0);
	assert_int_equal(take_as(f, 1, 0, &h[1], &no), 0);
	assert_int_equal(take_as(f, 2, 0, &other, &no), -1);
	quota_release(f->q, &h[0], 0, 0);
	assert_int_equal(take_as(f, 1, SHARE_OWED_MS - 1, &h[0], &no), -1);
	assert_int_equal(take_as(f, 1, SHARE_OWED_MS, &h[0], &no), 0);
	/* and there is a bound on how many are owed one */
	for (uid_t uid = 10; uid < 10 + 2 * SHARE_MAX; uid++)
		assert_int_equal(take_as(f, uid, 100000, &other, &no), -1);
	quota_release(f->q, &h[0], 0, 100000);
	quota_release(f->q, &h[1], 0, 100000);
	assert_int_equal(take_as(f, 5, 100000, &other, &no), 0);
	quota_free(f->q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_minute),
		cmocka_unit_test(test_channel_is_narrower),
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_none_at_all),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_seed_keeps_newest),
		cmocka_unit_test(test_concurrent),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_owed),
		cmocka_unit_test(test_breaker),
		cmocka_unit_test(test_breaker_window),
		cmocka_unit_test(test_half_open),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_no_requests),
		cmocka_unit_test(test_show),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
