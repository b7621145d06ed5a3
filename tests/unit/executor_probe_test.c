/* SPDX-License-Identifier: ISC */
/*
 * The table of the battery, what an attempt comes to, and the report, also as
 * an enemy writes it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/battery/probe.h"

/* Each with a layer and a reason, once; only what is refused has any. */
static void
check_answers(const struct attempt *a)
{
	size_t i, k;
	unsigned l;

	if (a->answers == NULL) {
		assert_int_equal(a->others, 0);
		return;
	}
	assert_int_not_equal(a->answers[0].err, 0);
	for (i = 0; a->answers[i].err != 0; i++) {
		for (l = 0; l < PL_LAYERS; l++)
			if (strcmp(probe_layer_name(l),
			    a->answers[i].who) == 0)
				break;
		assert_true(l < PL_LAYERS ||
		    strcmp(a->answers[i].who, "kernel") == 0);
		assert_true(strlen(a->answers[i].why) > 4);
		for (k = 0; k < i; k++)
			assert_int_not_equal(a->answers[i].err,
			    a->answers[k].err);
	}
}

static void
test_table(void **state)
{
	unsigned seen[PL_LAYERS] = { 0 };
	const struct attempt *a, *other;
	size_t i, k, n = probe_count();

	(void)state;
	assert_true(n >= 60 && n <= PROBE_ATTEMPTS_MAX);
	assert_null(probe_at(n));
	for (i = 0; i < n; i++) {
		assert_non_null(a = probe_at(i));
		assert_true(a->layer < PL_LAYERS);
		assert_non_null(a->fn);
		check_answers(a);
		seen[a->layer]++;
		for (k = 0; k < i; k++) {
			other = probe_at(k);
			assert_string_not_equal(a->name, other->name);
			assert_true(a->fn != other->fn);
		}
	}
	for (i = 0; i < PL_LAYERS; i++)
		if (seen[i] < 2)
			fail_msg("layer %s: %u attempts",
			    probe_layer_name((unsigned)i), seen[i]);
}

static void
test_names(void **state)
{
	unsigned i, k;

	(void)state;
	for (i = 0; i < PL_LAYERS; i++) {
		assert_string_not_equal(probe_layer_name(i), "unknown");
		assert_true(strlen(probe_layer_means(i)) > 10);
		for (k = 0; k < i; k++)
			assert_string_not_equal(probe_layer_name(i),
			    probe_layer_name(k));
	}
	assert_string_equal(probe_layer_name(PL_LAYERS), "unknown");
	assert_string_equal(probe_layer_means(PL_LAYERS), "unknown");
	assert_string_equal(probe_verdict_name(PROBE_HELD), "held");
	assert_string_equal(probe_verdict_name(PROBE_OPEN), "open");
	assert_string_equal(probe_verdict_name(PROBE_MISSING), "missing");
	assert_string_equal(probe_verdict_name(0), "unknown");
	assert_string_equal(probe_verdict_name(PROBE_NOTED), "noted");
	assert_string_equal(probe_verdict_name(5), "unknown");
}

static void
put_sample(struct buf *b, struct probe_result *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		r[i].verdict = (uint8_t)(PROBE_HELD + i % 4);
		r[i].err = (int)(i * 7 % 134);
	}
	buf_init(b, PROBE_REPORT_MAX);
	probe_put(b, r, n);
	assert_false(b->bad);
}

static void
test_report(void **state)
{
	struct probe_result r[PROBE_ATTEMPTS_MAX], got[PROBE_ATTEMPTS_MAX];
	size_t i, n;
	struct buf b;

	(void)state;
	for (n = 0; n <= PROBE_ATTEMPTS_MAX; n += 64) {
		put_sample(&b, r, n);
		assert_int_equal(b.len, 3 + 5 * n);
		assert_int_equal(probe_get(b.data, b.len, got, n), 0);
		for (i = 0; i < n; i++) {
			assert_int_equal(got[i].verdict, r[i].verdict);
			assert_int_equal(got[i].err, r[i].err);
		}
		buf_free(&b);
	}
}

/* Cut, longer, of another table, with verdicts and errors there are not. */
static void
test_hostile(void **state)
{
	struct probe_result r[8], got[9];
	uint8_t bad[3 + 5 * 8 + 1];
	struct buf b;
	size_t i;

	(void)state;
	put_sample(&b, r, 8);
	for (i = 0; i < b.len; i++)
		assert_int_equal(probe_get(b.data, i, got, 8), -1);
	assert_int_equal(probe_get(b.data, b.len, got, 7), -1);
	assert_int_equal(probe_get(b.data, b.len, got, 9), -1);
	memcpy(bad, b.data, b.len);
	bad[b.len] = 0;
	assert_int_equal(probe_get(bad, b.len + 1, got, 8), -1);
	for (i = 0; i < 8; i++) {
		memcpy(bad, b.data, b.len);
		bad[3 + 5 * i] = 0;
		assert_int_equal(probe_get(bad, b.len, got, 8), -1);
		bad[3 + 5 * i] = PROBE_NOTED + 1;
		assert_int_equal(probe_get(bad, b.len, got, 8), -1);
		bad[3 + 5 * i] = PROBE_HELD;
		assert_int_equal(probe_get(bad, b.len, got, 8), 0);
		bad[3 + 5 * i + 1] = 0xff;
		assert_int_equal(probe_get(bad, b.len, got, 8), -1);
	}
	buf_free(&b);
}

static const struct refuser by_test[] = {
	{ EPERM, "account", "it is a test" },
	{ ENOENT, "view", "it is not there" },
	{ ECONNREFUSED, "kernel", "nobody listens" },
	{ 0, NULL, NULL },
};

static const struct attempt attempt = {
	PL_SOCKETS, "a test", NULL, by_test, 0
};

static void
trial_init(struct trial *t)
{
	memset(t, 0, sizeof(*t));
	t->a = &attempt;
	t->verdict = PROBE_HELD;
}

/* What the call has answered counts, and not what was done to look. */
static void
judged(long r, int err, int effect, enum probe_verdict verdict, int why)
{
	struct trial t;

	trial_init(&t);
	errno = err;
	try_returned(&t, r);
	errno = EIO;
	try_effect(&t, effect);
	assert_int_equal(t.verdict, verdict);
	assert_int_equal(t.err, why);
}

static void
test_effect(void **state)
{
	struct trial t;

	(void)state;
	judged(-1, EPERM, 0, PROBE_HELD, EPERM);
	judged(-1, EXDEV, 0, PROBE_NOTED, EXDEV);
	judged(-1, EPERM, 1, PROBE_OPEN, 0);
	judged(0, 0, 1, PROBE_OPEN, 0);
	judged(0, 0, 0, PROBE_NOTED, 0);
	/* the worst of several */
	trial_init(&t);
	try_returned(&t, 0);
	try_effect(&t, 1);
	errno = EPERM;
	try_returned(&t, -1);
	try_effect(&t, 0);
	assert_int_equal(t.verdict, PROBE_OPEN);
}

/* A socket of this type with a name; its descriptor. */
static int
named_socket(int type, const char *name, int abstract)
{
	struct sockaddr_un sun;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path + abstract, name, strlen(name));
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(name) + 1)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return (fd);
}

static void
connected(const char *name, int abstract, enum probe_verdict verdict, int why)
{
	struct trial t;

	trial_init(&t);
	try_connect(&t, name, abstract);
	assert_int_equal(t.verdict, verdict);
	assert_int_equal(t.err, why);
}

static void
test_connect(void **state)
{
	char dir[] = "/tmp/probe.XXXXXX", path[64], name[64], longest[109];
	struct trial t;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/s", dir);
	(void)snprintf(name, sizeof(name), "probe-test-%d", (int)getpid());
	connected(path, 0, PROBE_HELD, ENOENT);
	connected(name, 1, PROBE_HELD, ECONNREFUSED);
	fd = named_socket(SOCK_STREAM, path, 0);
	connected(path, 0, PROBE_OPEN, 0);
	(void)close(fd);
	connected(path, 0, PROBE_HELD, ECONNREFUSED);
	(void)unlink(path);
	fd = named_socket(SOCK_STREAM, name, 1);
	connected(name, 1, PROBE_OPEN, 0);
	connected(name, 0, PROBE_HELD, ENOENT);
	(void)close(fd);
	/* of another type: by its path it was reached */
	fd = named_socket(SOCK_DGRAM, path, 0);
	connected(path, 0, PROBE_OPEN, 0);
	(void)close(fd);
	(void)unlink(path);
	fd = named_socket(SOCK_DGRAM, name, 1);
	trial_init(&t);
	try_connect(&t, name, 1);
	assert_int_not_equal(t.verdict, PROBE_OPEN);
	(void)close(fd);
	(void)rmdir(dir);
	memset(longest, 'x', sizeof(longest));
	longest[108] = '\0';
	connected(longest, 0, PROBE_OPEN, 0);
	connected(longest, 1, PROBE_OPEN, 0);
	longest[107] = '\0';
	connected(longest, 0, PROBE_HELD, ENOENT);
	connected(longest, 1, PROBE_HELD, ECONNREFUSED);
	connected("", 1, PROBE_OPEN, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_effect),
		cmocka_unit_test(test_connect),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
