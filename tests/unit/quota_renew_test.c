/* SPDX-License-Identifier: ISC */
/* What was counted goes on under another configuration. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/run/releases.h"
#include "tests/quota.h"

/* The same channels and skills in another order and place. */
static struct conf *
another(const struct fixture *f)
{
	static struct conf_channel ch[2];
	static struct conf_skill sk[2];
	static struct conf conf;

	conf = f->conf;
	ch[0] = f->ch[1];
	ch[1] = f->ch[0];
	sk[0] = f->sk[1];
	sk[1] = f->sk[0];
	conf.channels = ch;
	conf.skills = sk;
	return (&conf);
}

/* Releases count on by the names of skill and secret, under another limit. */
static void
test_releases(void **state)
{
	struct fixture *f = setup();
	struct release_show r;
	struct breaker_key k;
	struct quota_no no;
	struct conf *next;

	(void)state;
	strv_add(&f->sk[0].secrets, "TOKEN");
	f->sk[0].releases[0].per_minute = 5;
	f->q = quota_new(&f->conf);
	assert_int_equal(run(f, 0, 0, 1000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 2000, OUTCOME_EXITED), 0);
	next = another(f);
	memset(&next->skills[1].secrets, 0, sizeof(next->skills[1].secrets));
	strv_add(&next->skills[1].secrets, "KEY");
	strv_add(&next->skills[1].secrets, "TOKEN");
	next->skills[1].releases[0].per_minute = 1;
	next->skills[1].releases[1].per_minute = 2;
	quota_renew(f->q, next);
	strv_free(&f->sk[0].secrets);
	memset(f->ch, 0xff, sizeof(f->ch));
	memset(f->sk, 0xff, sizeof(f->sk));
	assert_int_equal(releases_show(quota_releases(f->q), &next->skills[1],
	    0, 3000, &r), 0);
	assert_int_equal(r.used, 0);
	breaker_key(&k, &next->channels[1], &next->skills[1], 1000, NULL);
	assert_int_equal(quota_check(f->q, &k, 3000, &no), -1);
	assert_string_equal(no.kind, "releases");
	assert_int_equal(no.retry_ms, 58000);
	assert_int_equal(quota_check(f->q, &k, 61000, &no), 0);
	quota_free(f->q);
	strv_free(&next->skills[1].secrets);
}

/* What was counted counts on, by name, under limits that are others. */
static void
test_renew(void **state)
{
	struct fixture *f = setup();
	struct quota_hold h;
	struct quota_no no;
	struct breaker_key k;
	struct conf *next;
	int i;

	(void)state;
	f->ch[0].rate.per_minute = 4;
	f->ch[0].rate.concurrent = 2;
	f->ch[0].rate.api_per_hour = 3;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 3; i++) {
		assert_int_equal(run(f, 0, 0, 1000 + i, OUTCOME_EXITED), 0);
		assert_int_equal(quota_request(f->q, &f->ch[0], 1000, &no),
		    0);
	}
	assert_int_equal(quota_take(f->q, key(f, 0, 1), 2000, &h, &no), 0);
	next = another(f);
	next->channels[1].rate.per_minute = 6;
	next->channels[1].rate.concurrent = 1;
	next->channels[1].rate.api_per_hour = 4;
	quota_renew(f->q, next);
	quota_renew_hold(&h, next);
	/* all that is left must come from the new one */
	memset(f->ch, 0xff, sizeof(f->ch));
	memset(f->sk, 0xff, sizeof(f->sk));
	breaker_key(&k, &next->channels[1], &next->skills[1], 1000, NULL);
	assert_int_equal(quota_check(f->q, &k, 3000, &no), -1);
	assert_string_equal(no.kind, "concurrent");
	assert_int_equal(quota_request(f->q, &next->channels[1], 3000, &no),
	    0);
	assert_int_equal(quota_request(f->q, &next->channels[1], 3000, &no),
	    -1);
	quota_release(f->q, &h, OUTCOME_EXITED, 3000);
	for (i = 0; i < 2; i++) {
		assert_int_equal(quota_take(f->q, &k, 4000, &h, &no), 0);
		quota_release(f->q, &h, OUTCOME_EXITED, 4000);
	}
	assert_int_equal(quota_take(f->q, &k, 4000, &h, &no), -1);
	assert_string_equal(no.kind, "rate");
	/* the other channel has none of it */
	breaker_key(&k, &next->channels[0], &next->skills[1], 1000, NULL);
	for (i = 0; i < 20; i++) {
		assert_int_equal(quota_take(f->q, &k, 4000, &h, &no), 0);
		quota_release(f->q, &h, OUTCOME_EXITED, 4000);
	}
	quota_free(f->q);
}

/* A smaller window keeps the newest; a limit that goes forgets, and back. */
static void
test_renew_window(void **state)
{
	struct fixture *f = setup();
	struct conf next;
	int i;

	(void)state;
	f->conf.rate.per_minute = 5;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 5; i++)
		assert_int_equal(run(f, 0, 0, i * 1000, OUTCOME_EXITED), 0);
	next = f->conf;
	next.rate.per_minute = 2;
	quota_renew(f->q, &next);
	assert_int_equal(run(f, 0, 0, 62999, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 0, 0, 63000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 63999, OUTCOME_EXITED), -1);
	next.rate.per_minute = CONF_UNSET;
	quota_renew(f->q, &next);
	for (i = 0; i < 100; i++)
		assert_int_equal(run(f, 0, 0, 64000, OUTCOME_EXITED), 0);
	next.rate.per_minute = 1;
	quota_renew(f->q, &next);
	assert_int_equal(run(f, 0, 0, 64000, OUTCOME_EXITED), 0);
	assert_int_equal(run(f, 0, 0, 64000, OUTCOME_EXITED), -1);
	quota_free(f->q);
}

/* Failures stay; a limit that was lowered is passed by the next one. */
static void
test_renew_breaker(void **state)
{
	struct fixture *f = setup();
	struct conf next;
	int i;

	(void)state;
	f->conf.brk_failures = 20;
	f->q = quota_new(&f->conf);
	for (i = 0; i < 8; i++)
		assert_int_equal(run(f, 0, 0, 1000, OUTCOME_SIGNALED), 0);
	next = f->conf;
	next.brk_failures = 4;
	quota_renew(f->q, &next);
	assert_int_equal(run(f, 0, 0, 1000, OUTCOME_SIGNALED), 0);
	assert_int_equal(run(f, 0, 0, 1000, OUTCOME_EXITED), -1);
	assert_int_equal(run(f, 1, 0, 1000, OUTCOME_EXITED), 0);
	quota_free(f->q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_renew_window),
		cmocka_unit_test(test_renew_breaker),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
