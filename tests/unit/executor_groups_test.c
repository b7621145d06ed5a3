/* SPDX-License-Identifier: ISC */
/*
 * Groups of a skill's runs in its spawner, with plain directories in place of
 * the kernel's: made before a runner is there, gone after it, and no sooner.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "executor/spawner/groups.h"
#include "executor/spawner/spawner.h"

static char dir[64];
static int sv[2];
static int said[2];		/* the log, and who reads it */

static struct {
	unsigned	n;
	pid_t		pid;
	int		status;
} ended;			/* how many, and the last one that was killed */

static void
on_end(pid_t pid, int status)
{
	ended.n++;
	if (!WIFSIGNALED(status))
		return;
	ended.pid = pid;
	ended.status = status;
}

static int
exists(const char *name)
{
	return (faccessat(SPAWNER_FD_CGROUP, name, F_OK, 0) == 0);
}

/*
 * As long as nobody says something, what has ended is taken away.  Somebody
 * does after a moment, or when that process, if it is one, was waited for.
 */
static void
wait_for(pid_t gone)
{
	pid_t pid;
	int i;

	if ((pid = fork()) == 0) {
		(void)usleep(200000);
		for (i = 0; gone != 0 && kill(gone, 0) == 0 && i < 6000; i++)
			(void)usleep(10000);
		_exit(write(sv[1], "x", 1) == 1 ? 0 : 1);
	}
	assert_int_equal(groups_wait(sv[0], -1, said[1]), GROUPS_SOCK);
	assert_int_equal(read(sv[0], &(char){ 0 }, 1), 1);
}

/* It lives until it is ended, unless it cannot hear of its children. */
static pid_t
runner(void)
{
	sigset_t now;
	pid_t pid;

	if ((pid = fork()) != 0)
		return (pid);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	groups_child();
	(void)sigprocmask(SIG_BLOCK, NULL, &now);
	if (sigismember(&now, SIGCHLD))
		_exit(1);
	for (;;)
		(void)pause();
}

/* What is beside the socket is told apart from it. */
static void
beside(void)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(groups_wait(sv[0], p[0], said[1]), GROUPS_BESIDE);
	assert_int_equal(write(sv[1], "x", 1), 1);
	assert_int_equal(groups_wait(sv[0], p[0], said[1]),
	    GROUPS_SOCK | GROUPS_BESIDE);
	assert_int_equal(read(sv[0], &(char){ 0 }, 1), 1);
	(void)close(p[0]);
	(void)close(p[1]);
}

/* Whoever read the log is gone, and nothing is said any more. */
static void
alone(void)
{
	int log[2];

	assert_int_equal(pipe(log), 0);
	(void)close(log[0]);
	assert_int_equal(groups_wait(sv[0], -1, log[1]), -1);
	(void)close(log[1]);
}

static void
test_none(void **state)
{
	struct cgroup cg;
	pid_t pid;
	int i;

	(void)state;
	groups_init(0, on_end);
	assert_int_equal(groups_new(&cg), 0);
	assert_int_equal(cg.dir, -1);
	groups_born(&cg, pid = runner());
	wait_for(0);
	assert_int_equal(ended.n, 0);
	assert_int_equal(kill(pid, SIGABRT), 0);
	wait_for(pid);
	/* and who has spoken last time, who may take longer for that */
	for (i = 0; ended.n < 2 && i < 300; i++)
		wait_for(0);
	assert_true(ended.n >= 2);
	assert_int_equal(ended.pid, pid);
	assert_int_equal(WTERMSIG(ended.status), SIGABRT);
	beside();
	alone();
	groups_end();
}

static void
test_life(void **state)
{
	struct cgroup a, b, c;
	pid_t pa, pb;

	(void)state;
	groups_init(CGROUP_ANY, on_end);
	assert_int_equal(groups_new(&a), 0);
	assert_true(exists("r1"));
	groups_born(&a, pa = runner());
	assert_int_equal(groups_new(&b), 0);
	groups_born(&b, pb = runner());
	/* no runner: no group */
	assert_int_equal(groups_new(&c), 0);
	assert_true(exists("r3"));
	groups_born(&c, -1);
	assert_false(exists("r3"));
	/* one that is empty belongs to who may yet need it */
	wait_for(0);
	assert_true(exists("r1"));
	assert_true(exists("r2"));
	assert_int_equal(kill(pa, SIGKILL), 0);
	wait_for(pa);
	assert_false(exists("r1"));
	assert_true(exists("r2"));
	/* what is in use still is tried again */
	assert_int_equal(mkdirat(SPAWNER_FD_CGROUP, "r2/x", 0700), 0);
	assert_int_equal(kill(pb, SIGKILL), 0);
	wait_for(pb);
	assert_true(exists("r2"));
	assert_int_equal(unlinkat(SPAWNER_FD_CGROUP, "r2/x", AT_REMOVEDIR), 0);
	groups_end();
	assert_false(exists("r2"));
}

static void
test_alone(void **state)
{
	struct cgroup a;

	(void)state;
	alone();
	assert_int_equal(groups_new(&a), 0);
	groups_born(&a, runner());
	groups_kill();
	groups_end();
	assert_int_equal(rmdir(dir), 0);	/* it is empty */
	assert_int_equal(mkdir(dir, 0700), 0);
}

static int
set_up(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/groups_test.XXXXXX");
	if (mkdtemp(dir) == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1 ||
	    (fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	/* what has that number now moves out of the way */
	if (sv[0] == SPAWNER_FD_CGROUP)
		sv[0] = dup(sv[0]);
	if (sv[1] == SPAWNER_FD_CGROUP)
		sv[1] = dup(sv[1]);
	if (fd != SPAWNER_FD_CGROUP &&
	    dup2(fd, SPAWNER_FD_CGROUP) != SPAWNER_FD_CGROUP)
		return (-1);
	return (pipe(said));
}

static int
tear_down(void **state)
{
	(void)state;
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_alone),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
