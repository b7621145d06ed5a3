/* SPDX-License-Identifier: ISC */
/* Names of accounts, without the C library's name service. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/user.h"

/* An account that no host gives out: the last but one of (uid_t)-1. */
#define NOBODY_AT_ALL	((uid_t)4294967293U)

static void
check_name(const char *file, uid_t uid, const char *want)
{
	char *name = user_name(file, uid);

	if (want == NULL)
		assert_null(name);
	else {
		assert_non_null(name);
		assert_string_equal(name, want);
	}
	free(name);
}

static void
check_uid(const char *file, const char *name, long long want)
{
	uid_t uid = 77;

	assert_int_equal(user_uid(file, name, &uid), want == -1 ? -1 : 0);
	assert_int_equal(uid, want == -1 ? 77 : (uid_t)want);
}

static void
the_file_comes_first(void **state)
{
	char path[] = "/tmp/clawbot-user-XXXXXX";
	FILE *fp;
	int fd;

	(void)state;
	assert_true((fd = mkstemp(path)) != -1);
	assert_non_null(fp = fdopen(fd, "w"));
	(void)fprintf(fp, "no line at all\n:x:77:77::/:/bin/sh\n"
	    "first:x:4294967293:9::/:/bin/sh\n"
	    "second:x:4294967293:9::/:/bin/sh\nchief:x:0:0::/:/bin/sh\n"
	    "4294967293:x:12:9::/:/bin/sh\nbad:x:-1:9::/:/bin/sh\n");
	(void)fclose(fp);
	check_name(path, NOBODY_AT_ALL, "first");
	check_name(path, 0, "chief");
	check_uid(path, "second", NOBODY_AT_ALL);
	check_uid(path, "chief", 0);
	check_uid(path, "no", -1);
	/* a name is one before it is a number */
	check_uid(path, "4294967293", 12);
	check_uid(path, "bad", -1);
	check_uid(path, "", -1);
	(void)unlink(path);
}

static void
getent_knows_the_rest(void **state)
{
	(void)state;
	check_name("/dev/null", 0, "root");
	check_name("/nonexistent/passwd", 0, "root");
	check_uid("/dev/null", "root", 0);
	check_uid("/dev/null", "--help", -1);
	/* numbers need no name */
	check_uid("/dev/null", "4294967293", NOBODY_AT_ALL);
	check_uid("/dev/null", "4294967295", -1);
	check_uid("/dev/null", "18446744073709551616", -1);
	check_uid("/dev/null", "1x", -1);
	check_uid("/dev/null", "-1", -1);
}

static void
some_have_no_name(void **state)
{
	(void)state;
	check_name(USER_FILE, NOBODY_AT_ALL, NULL);
	check_name("/dev/null", NOBODY_AT_ALL, NULL);
}

static void
numbers(void **state)
{
	static const struct {
		const char	*name;
		int		 found;
		uid_t		 uid;
	} t[] = {
		{ "root", 0, 0 }, { "0", 0, 0 }, { "77", 0, 77 },
		{ "4294967294", 0, 4294967294U }, { "4294967295", -1, 0 },
		{ "99999999999999999999", -1, 0 }, { "7x", -1, 0 },
		{ "", -1, 0 }, { "no such account", -1, 0 },
		{ "--help", -1, 0 }, { "-", -1, 0 },
	};
	uid_t uid;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uid = 5;
		assert_int_equal(user_uid(USER_FILE, t[i].name, &uid),
		    t[i].found);
		if (t[i].found == 0)
			assert_int_equal(uid, t[i].uid);
	}
	/* from getent, too */
	assert_int_equal(user_uid("/dev/null", "root", &uid), 0);
	assert_int_equal(uid, 0);
}

/* Nothing of it is left: no descriptor, no child. */
static void
nothing_is_left(void **state)
{
	int before, after;

	(void)state;
	assert_true((before = dup(0)) != -1);
	(void)close(before);
	check_name("/dev/null", NOBODY_AT_ALL, NULL);
	assert_true((after = dup(0)) != -1);
	(void)close(after);
	assert_int_equal(before, after);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_comes_first),
		cmocka_unit_test(getent_knows_the_rest),
		cmocka_unit_test(some_have_no_name),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nothing_is_left),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
