/* SPDX-License-Identifier: ISC */
/*
 * Somebody lays hands on gateway.log while it is in use: the next record finds
 * out, nothing is answered, and the file is left as it was found.
 */
#include "config.h"

#include <string.h>

#include "tests/unit/auditor_util.h"
#include "tests/unit/hands_util.h"
#include "tests/unit/unit.h"

#define BIG	(UINT64_C(64) << 20)

static char *
path_of(const char *dir, const char *name)
{
	char *path;

	xasprintf(&path, "%s/%s", dir, name);
	return (path);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* What is done to a file of that size behind path; what is said of it. */
struct hand {
	void		(*lay)(const char *path, const char *s, size_t len);
	const char	*said;
};

static void
put_at(const char *path, const void *p, size_t n, off_t at)
{
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, p, n, at), n);
	assert_int_equal(close(fd), 0);
}

static void
append(const char *path, const char *s, size_t len)
{
	put_at(path, s, 10, (off_t)len);
}

/* A letter of the last record, the size stays. */
static void
change(const char *path, const char *s, size_t len)
{
	(void)s;
	put_at(path, "X", 1, (off_t)len - 60);
}

static void
take_away(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(unlink(path), 0);
}

/* By one with the same bytes: who has it open would write to nobody. */
static void
replace(const char *path, const char *s, size_t len)
{
	int fd;

	take_away(path, s, len);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, s, len), len);
	assert_int_equal(close(fd), 0);
}

static const struct hand hands[] = {
	{ empty, "was cut" }, { cut, "was cut" },
	{ append, "written to by somebody else" },
	{ change, "written to by somebody else" },
	{ take_away, "was moved away" }, { replace, "was replaced" },
};

static void
lay(const struct hand *h, const char *dir)
{
	char *path = path_of(dir, LOG_CURRENT), *s, *now, *said;
	size_t len, n;
	struct aud a;
	int fd;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	aud_intent(&a, 1, "before");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	s = aud_file(dir, LOG_CURRENT, &len);
	h->lay(path, s, len);
	free(s);
	s = aud_file(dir, LOG_CURRENT, &len);
	aud_intent(&a, 2, "behind");
	assert_int_equal(aud_recv(&a), MSG_NONE);
	assert_int_not_equal(fd = dup(a.logfd), -1);
	assert_int_equal(aud_status(&a), EXIT_IO);
	said = aud_slurp(fd, NULL);
	if (strstr(said, h->said) == NULL)
		print_error("said: %s\n", said);
	assert_non_null(strstr(said, h->said));
	free(said);
	now = aud_file(dir, LOG_CURRENT, &n);
	assert_true((s == NULL) == (now == NULL));
	if (s != NULL) {
		assert_int_equal(n, len);
		assert_memory_equal(now, s, n);
	}
	free(now);
	free(s);
	free(path);
}

static void
test_hands(void **state)
{
	size_t i;
	char *dir;

	(void)state;
	for (i = 0; i < NELEM(hands); i++) {
		dir = aud_tmpdir();
		lay(&hands[i], dir);
		aud_rmdir(dir);
	}
}

/* An end of any length is known, short records and long ones. */
static void
test_lengths(void **state)
{
	char text[2 * SEGMENT_END + 1];
	struct aud a;
	size_t n;

	assert_int_equal(aud_up(&a, *state, 4096), MSG_READY);
	memset(text, 'x', sizeof(text));
	for (n = 1; n < sizeof(text); n += 37) {
		text[n] = '\0';
		aud_intent(&a, n, text);
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		aud_close(&a, n);
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
		text[n] = 'x';
	}
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Nothing is known of an empty file but that it is empty. */
static void
test_from_the_start(void **state)
{
	struct aud a;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	aud_intent(&a, 1, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(aud_shutdown(&a), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_hands), T(test_lengths), T(test_from_the_start),
	};

	return (cmocka_run_group_tests_name("auditor watch", tests, NULL,
	    NULL));
}
