/* SPDX-License-Identifier: ISC */
/* How a process ended, in words, of processes that have ended so. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>

#include <signal.h>

#include "common/waitstatus.h"

/* Ends with a status, or by a signal: that many below 0. */
static int
end(void *arg)
{
	static const struct rlimit none = { 0, 0 };
	int how = *(int *)arg;

	if (how >= 0)
		return (how);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(-how, SIG_DFL);
	(void)raise(-how);
	return (0);
}

static const char *
told(int how)
{
	static char text[128];

	waitstatus_text(in_child(end, &how), text, sizeof(text));
	return (text);
}

static void
test_ends(void **state)
{
	(void)state;
	assert_string_equal(told(0), "exited with status 0");
	assert_string_equal(told(71), "exited with status 71");
	assert_string_equal(told(-SIGKILL), "was ended by signal 9 (Killed)");
	assert_string_equal(told(-SIGSEGV), "was ended by signal 11 "
	    "(Segmentation fault)");
	assert_string_equal(told(-SIGSYS), "was ended by signal 31 (Bad "
	    "system call); the kernel's log has the number of the call");
}

/* It has not ended; and room for less than is to be said. */
static void
test_odd(void **state)
{
	char text[8];

	(void)state;
	waitstatus_text(0x137f, text, sizeof(text));
	assert_string_equal(text, "ended w");
	waitstatus_text(0, text, 1);
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_odd)
	};

	return (cmocka_run_group_tests_name("waitstatus", tests, NULL,
	    NULL));
}
