/* SPDX-License-Identifier: ISC */
/*
 * What stays open of threads that call: it is theirs alone, also where another
 * process has the number by then, and nothing of it outlasts them.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/sched.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "executor/watch/thread.h"

#define CALLS	4	/* after which it is kept */
#define LIVES	200	/* a descriptor of the first one */
#define OTHER	201	/* and of the second */

static char first[64], second[64];
static int proc;

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(first, sizeof(first), "/tmp/thread_test.XXXXXX");
	(void)snprintf(second, sizeof(second), "/tmp/thread_test.XXXXXX");
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return (mkdtemp(first) == NULL || mkdtemp(second) == NULL ||
	    proc == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	(void)state;
	return (rmdir(first) == -1 || rmdir(second) == -1 ? -1 : 0);
}

/* Waits in that directory, which it has open as fd; pid 0: any. */
static pid_t
begin(pid_t pid, const char *dir, int fd)
{
	struct clone_args a;
	int p[2], d;
	pid_t got;
	char c;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	memset(&a, 0, sizeof(a));
	a.exit_signal = SIGCHLD;
	if (pid != 0) {
		a.set_tid = (uint64_t)(uintptr_t)&pid;
		a.set_tid_size = 1;
	}
	got = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
	if (got == 0) {
		/* it ends with this process, whatever becomes of that */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		d = open(dir, O_RDONLY | O_DIRECTORY);
		if (d == -1 || chdir(dir) == -1 || dup2(d, fd) == -1)
			_exit(1);
		(void)close(d);
		(void)!write(p[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(p[1]);
	if (got != -1)
		assert_int_equal(read(p[0], &c, 1), 1);
	(void)close(p[0]);
	return (got);
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static unsigned
open_fds(void)
{
	unsigned n = 0;
	DIR *d;

	assert_non_null(d = opendir("/proc/self/fd"));
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return (n);
}

static int
is_dir(int fd, const char *dir)
{
	struct stat a, b;
	int r;

	r = fd >= 0 && fstat(fd, &a) == 0 && stat(dir, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	if (fd >= 0)
		(void)close(fd);
	return (r);
}

static int
stands_in(pid_t pid, const char *dir)
{
	return (is_dir(thread_open(proc, pid, "cwd", O_PATH), dir));
}

/* As init does for one that calls for the first time, and again. */
static void
kept(pid_t pid)
{
	int i;

	for (i = 0; i < CALLS; i++)
		thread_calls(proc, pid);
}

static void
test_kept(void **state)
{
	unsigned before = open_fds();
	pid_t pid;

	(void)state;
	assert_true((pid = begin(0, first, LIVES)) > 0);
	thread_calls(proc, pid);
	assert_true(stands_in(pid, first));
	assert_int_equal(open_fds(), before);	/* it may have been all */
	assert_int_equal(thread_take(pid, LIVES), -1);
	assert_int_equal(errno, ENOSYS);
	kept(pid);
	assert_int_equal(open_fds(), before + 2);
	assert_true(stands_in(pid, first));
	assert_true(is_dir(thread_take(pid, LIVES), first));
	assert_int_equal(thread_take(pid, OTHER), -1);
	assert_int_equal(errno, EBADF);
	/* of another one nothing is known */
	assert_int_equal(thread_take(getpid(), LIVES), -1);
	assert_int_equal(errno, ENOSYS);
	thread_set_umask(027);
	thread_calls(proc, pid);
	assert_int_equal(thread_umask(), 027);
	thread_forget_umask();
	assert_int_equal(thread_umask(), -1);
	end(pid);
	thread_calls(proc, pid);
	assert_int_equal(thread_open(proc, pid, "cwd", O_PATH), -1);
	assert_int_equal(open_fds(), before);
}

/* Nothing that is asked for first may be answered for who had the number. */
static void
another(const char *what)
{
	struct stat st;
	pid_t pid, same;

	assert_true((pid = begin(0, first, LIVES)) > 0);
	kept(pid);
	thread_set_umask(077);
	end(pid);
	same = begin(pid, second, OTHER);
	if (same == -1)
		skip();		/* it takes a capability */
	assert_int_equal(same, pid);
	thread_calls(proc, pid);
	switch (what[0]) {
	case 'u':
		break;
	case 'c':
		assert_true(stands_in(pid, second));
		break;
	case 's':
		assert_int_equal(thread_stat(proc, pid, "cwd", &st), 0);
		assert_true(is_dir(thread_open(proc, pid, "cwd", O_PATH),
		    second));
		break;
	default:
		assert_int_equal(thread_take(pid, LIVES), -1);
		assert_int_equal(errno, ENOSYS);
		break;
	}
	assert_int_equal(thread_umask(), -1);
	kept(pid);
	assert_int_equal(thread_umask(), -1);
	assert_true(is_dir(thread_take(pid, OTHER), second));
	assert_true(stands_in(pid, second));
	end(pid);
	thread_calls(proc, pid);
	thread_gone();
}

static void
test_another(void **state)
{
	unsigned before = open_fds();

	(void)state;
	another("cwd");
	another("umask");
	another("stat");
	another("take");
	assert_int_equal(open_fds(), before);
}

/* What was opened for a call that is not there any more is not kept. */
static void
test_gone(void **state)
{
	unsigned before = open_fds();
	pid_t pid;

	(void)state;
	assert_true((pid = begin(0, first, LIVES)) > 0);
	kept(pid);
	thread_gone();
	assert_int_equal(open_fds(), before);
	assert_true(stands_in(pid, first));
	assert_int_equal(thread_take(pid, LIVES), -1);
	assert_int_equal(errno, ENOSYS);
	end(pid);
}

/* It moves, and opens something else by the number. */
static void
test_moves(void **state)
{
	(void)state;
	kept(getpid());
	assert_int_equal(chdir(first), 0);
	assert_true(stands_in(getpid(), first));
	thread_calls(proc, getpid());
	assert_int_equal(chdir(second), 0);
	assert_true(stands_in(getpid(), second));
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dup2(proc, LIVES), LIVES);
	assert_true(is_dir(thread_take(getpid(), LIVES), "/proc"));
	assert_int_equal(close(LIVES), 0);
	assert_int_equal(thread_take(getpid(), LIVES), -1);
	assert_int_equal(errno, EBADF);
	thread_gone();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_another),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_moves),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
