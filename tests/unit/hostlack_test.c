/* SPDX-License-Identifier: ISC */
/*
 * Which refusals of the kernel are this host's and which pass.  The switches
 * of namespaces are those of a user namespace of the test's own.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "common/hostlack.h"

static void
test_exit(void **state)
{
	static const int lasting[] = { ENOSYS, EINVAL, ENODEV, EOPNOTSUPP,
	    EPERM, EACCES, EUSERS };
	static const int passing[] = { ENOMEM, EAGAIN, EMFILE, ENFILE, ENOSPC,
	    EINTR, EIO, ENOENT, 0 };
	char hint[80];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lasting); i++) {
		assert_int_equal(hostlack_exit(lasting[i]), EXIT_HOST);
		assert_int_equal(hostlack_ns(lasting[i], "user", hint,
		    sizeof(hint)), EXIT_HOST);
		assert_string_equal(hint, "");
	}
	for (i = 0; i < NELEM(passing); i++)
		assert_int_equal(hostlack_exit(passing[i]), EXIT_SYSTEM);
	assert_int_equal(hostlack_ns(ENOMEM, "user", hint, sizeof(hint)),
	    EXIT_SYSTEM);
	assert_string_equal(hint, "");
}

static int
set(const char *path, const char *value)
{
	ssize_t n;
	int fd;

	if ((fd = open(path, O_WRONLY)) == -1)
		return (-1);
	n = write(fd, value, strlen(value));
	(void)close(fd);
	return (n == (ssize_t)strlen(value) ? 0 : -1);
}

static int
says(const char *kinds, int status, const char *want)
{
	char hint[80];

	return (hostlack_ns(ENOSPC, kinds, hint, sizeof(hint)) == status &&
	    strcmp(hint, want) == 0);
}

static int
run_switches(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWUSER) == -1)
		return (77);
	/* whoever has no id in there may not write */
	if (set("/proc/self/uid_map", "0 0 1") == -1)
		return (10);
	if (set("/proc/sys/user/max_net_namespaces", "0") == -1 ||
	    set("/proc/sys/user/max_ipc_namespaces", "10") == -1 ||
	    set("/proc/sys/user/max_uts_namespaces", "07") == -1)
		return (11);
	if (!says("net", EXIT_HOST, " (sysctl user.max_net_namespaces is 0)"))
		return (12);
	if (!says("ipc net", EXIT_HOST,
	    " (sysctl user.max_net_namespaces is 0)"))
		return (13);
	if (!says("ipc", EXIT_SYSTEM, " (see sysctl "
	    "user.max_ipc_namespaces)") || !says("uts", EXIT_SYSTEM,
	    " (see sysctl user.max_uts_namespaces)"))
		return (14);
	/* none of that name: nothing is known */
	if (!says("none", EXIT_SYSTEM,
	    " (see sysctl user.max_none_namespaces)"))
		return (15);
	return (0);
}

static void
test_switches(void **state)
{
	int r;

	(void)state;
	if (geteuid() != 0)
		skip();
	r = in_child(run_switches, NULL);
	assert_true(WIFEXITED(r));
	if (WEXITSTATUS(r) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(r), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_switches),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
