/* SPDX-License-Identifier: ISC */
/*
 * What a runner makes of the bytes in a secret's pipe: the value and the
 * versions that are only hidden, in whatever pieces they come, and nothing at
 * all of what is no whole release.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "executor/runner/runner.h"

static struct plan plan;

static void
plan_init(void)
{
	memset(&plan, 0, sizeof(plan));
	strv_add(&plan.secrets, "TOKEN");
	plan.secret_how[0] = PLAN_SECRET_ENV;
}

static void
put(struct buf *b, const char *value)
{
	buf_put_u32(b, (uint32_t)strlen(value));
	buf_put(b, value, strlen(value));
}

/* Takes p in two pieces, cut at that byte.  0 or the CBE_* that it says. */
static int
take(struct secrets *v, const void *p, size_t len, size_t at)
{
	struct trouble t;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	memset(&t, 0, sizeof(t));
	assert_int_equal(secrets_open(v, &fd[0], 1, &t), 0);
	assert_true(fcntl(fd[0], F_GETFL) & O_NONBLOCK);
	(void)fcntl(fd[1], F_SETPIPE_SZ, 1024 * 1024);
	if (at != 0) {
		assert_int_equal(write(fd[1], p, at), at);
		if (secrets_read(v, 0, "TOKEN", &t) == -1) {
			(void)close(fd[1]);
			return (t.err);
		}
		assert_true(secrets_wait(v));
	}
	assert_int_equal(write(fd[1], (const char *)p + at, len - at),
	    len - at);
	(void)close(fd[1]);
	if (secrets_read(v, 0, "TOKEN", &t) == -1 ||
	    secrets_check(v, &plan, &t) == -1) {
		assert_false(secrets_wait(v));
		return (t.err);
	}
	assert_false(secrets_wait(v));
	return (0);
}

static void
drop(struct secrets *v)
{
	size_t k;

	for (k = 0; k < NELEM(v->s[0].v); k++)
		sodium_free(v->s[0].v[k].p);
}

/* What is shown of a text. */
static void
shown(const struct secrets *v, const char *text, const char *want)
{
	struct masker *m = masker_new();
	char *s;

	secrets_hide(v, m);
	assert_int_equal(masker_build(m), 0);
	s = masker_text(m, xstrdup(text));
	assert_string_equal(s, want);
	free(s);
	masker_free(m);
}

static void
test_versions(void **state)
{
	struct secrets v;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1024);
	put(&b, "third-value-3\n");
	put(&b, "second-value-2");
	put(&b, "one");
	buf_put_u32(&b, 0);
	for (i = 0; i < b.len; i++) {
		assert_int_equal(take(&v, b.data, b.len, i), 0);
		assert_int_equal(v.s[0].nv, 3);
		assert_int_equal(v.s[0].v[0].len, 14);
		assert_memory_equal(v.s[0].v[0].p, "third-value-3\n", 14);
		if (i == 0)
			shown(&v, "third-value-3 second-value-2 one",
			    MASK_MARK " " MASK_MARK " one");
		drop(&v);
	}
	/* all of it, or nothing */
	for (i = 0; i < b.len; i++) {
		assert_int_equal(take(&v, b.data, i, 0), CBE_AGAIN);
		drop(&v);
	}
	buf_put_u8(&b, 0);
	assert_int_equal(take(&v, b.data, b.len, 0), CBE_INTERNAL);
	drop(&v);
	buf_free(&b);
}

/* What of it is hidden in a new value of another secret. */
static void
shown_in(const struct secrets *v, const char *rotates, const char *text,
    const char *want)
{
	struct masker *m = masker_new();
	char *s;

	secrets_hide_others(v, &plan.secrets, rotates, m);
	assert_int_equal(masker_build(m), 0);
	s = masker_text(m, xstrdup(text));
	assert_string_equal(s, want);
	free(s);
	masker_free(m);
}

static void
test_others(void **state)
{
	static const char key[] = "-----BEGIN KEY-----\nc2VjcmV0LWxpbmU=\n"
	    "-----END KEY-----\n";
	struct secrets v;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	put(&b, key);
	put(&b, "second-value-2");
	buf_put_u32(&b, 0);
	assert_int_equal(take(&v, b.data, b.len, 0), 0);
	shown_in(&v, "TOKEN", key, key);
	shown_in(&v, "OTHER", key, "-----BEGIN KEY-----\n" MASK_MARK "\n"
	    "-----END KEY-----\n");
	shown_in(&v, "OTHER", "-----BEGIN KEY-----\nof another one\n"
	    "-----END KEY-----\n", "-----BEGIN KEY-----\nof another one\n"
	    "-----END KEY-----\n");
	shown_in(&v, "OTHER", "second-value-2 c2VjcmV0LWxpbmU=",
	    MASK_MARK " " MASK_MARK);
	drop(&v);
	buf_free(&b);
}

/* Only what the command gets goes to it. */
static void
test_passed(void **state)
{
	char got[256];
	struct secrets v;
	struct buf b;
	ssize_t n;
	int sv[2];

	(void)state;
	buf_init(&b, 1024);
	put(&b, "second-value-2");
	put(&b, "first-value-1");
	buf_put_u32(&b, 0);
	assert_int_equal(take(&v, b.data, b.len, 0), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	assert_int_equal(secrets_pass(&v, sv[0]), 1);
	n = recv(sv[1], got, sizeof(got), 0);
	assert_true(n > 0);
	assert_non_null(memmem(got, (size_t)n, "second-value-2", 14));
	assert_null(memmem(got, (size_t)n, "first-value-1", 13));
	(void)close(sv[0]);
	(void)close(sv[1]);
	drop(&v);
	buf_free(&b);
}

static void
test_bounds(void **state)
{
	static char big[MSG_SECRET_MAX + 2];
	struct secrets v;
	struct buf b;
	unsigned i;

	(void)state;
	memset(big, 'b', MSG_SECRET_MAX + 1);
	buf_init(&b, 1024 * 1024);
	put(&b, big);
	assert_int_equal(take(&v, b.data, b.len, 0), CBE_INTERNAL);
	drop(&v);
	buf_reset(&b);
	big[MSG_SECRET_MAX] = '\0';
	for (i = 0; i < SECRETS_VERSIONS; i++)
		put(&b, big);
	buf_put_u32(&b, 0);
	assert_int_equal(take(&v, b.data, b.len, 0), 0);
	assert_int_equal(v.s[0].nv, SECRETS_VERSIONS);
	drop(&v);
	b.len -= 4;
	put(&b, "one too many");
	assert_int_equal(take(&v, b.data, b.len, 0), CBE_INTERNAL);
	drop(&v);
	buf_reset(&b);
	put(&b, "one");
	put(&b, "longer-before");
	buf_put_u32(&b, 0);
	assert_int_equal(take(&v, b.data, b.len, 0), CBE_REFUSED);
	drop(&v);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_bounds),
	};

	if (sodium_init() == -1)
		return (1);
	plan_init();
	return (cmocka_run_group_tests_name("executor_runsecret", tests, NULL,
	    NULL));
}
