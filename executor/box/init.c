/* SPDX-License-Identifier: ISC */
/*
 * Process 1 of a sandbox.  It is started in namespaces of its own, still
 * with the executor's capabilities; it arranges the last mounts, gives all
 * privileges up, and then only waits: when it ends, the kernel ends what is
 * left in there.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/priv.h"
#include "executor/box/box.h"
#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/watch/changes.h"
#include "executor/watch/hold.h"
#include "executor/watch/hostile_init.h"
#include "executor/watch/watch.h"

#define ENDED_MAX	8

static uint64_t
usec(const struct timeval *tv)
{
	return ((uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec);
}

/* In one place: a page that is written to is init's own. */
static struct {
	int		loadavg;	/* open before there is a new proc */
	uint64_t	user;		/* when the command started */
	uint64_t	sys;
} begun = { -1, 0, 0 };

/*
 * How many tasks there were.  Ids are handed out in turn, to threads too: 1
 * was init's, and the kernel tells the last one of the namespace that it is
 * asked in.  What init had to fork for the run (watch/open.c) is among them.
 * After kernel.pid_max they begin anew, and so does the count.
 */
static uint64_t
count_tasks(void)
{
	char text[128], *last;
	ssize_t n;

	n = pread(begun.loadavg, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return (0);
	text[n] = '\0';
	/* three loads, how many can run, and the last id */
	if ((last = strrchr(text, ' ')) == NULL)
		return (0);
	return (strtoull(last, NULL, 10) - 1);
}

/* What init has used; from the command's start on it works for the run. */
static void
own_time(uint64_t *user, uint64_t *sys)
{
	struct rusage ru;

	*user = *sys = 0;
	if (getrusage(RUSAGE_SELF, &ru) == 0) {
		*user = usec(&ru.ru_utime);
		*sys = usec(&ru.ru_stime);
	}
}

/*
 * The child that becomes the command, with another signal at its end than
 * children have: execve(2) makes that SIGCHLD, and nothing else does.  So it
 * is one of those that wait(2) knows as clone children exactly until it is
 * executed, and no end of it before that can be taken for the command's.
 */
static pid_t
fork_command(void)
{
	static const unsigned long sig = WATCH_EARLY_END;

#ifdef __s390__
	return ((pid_t)syscall(SYS_clone, NULL, sig, NULL, NULL, NULL));
#else
	return ((pid_t)syscall(SYS_clone, sig, NULL, NULL, NULL, NULL));
#endif
}

/* Of a command that was not waited for yet. */
static int
is_executed(pid_t command)
{
	siginfo_t si;

	return (hold_seen() || (waitid(P_PID, (id_t)command, &si, WEXITED |
	    WNOHANG | WNOWAIT | __WCLONE) == -1 && errno == ECHILD));
}

/* What is said must arrive: nobody else knows it. */
static void
say(const struct box *bx, const void *m, size_t len)
{
	unsigned tries = 0;

	while (send(bx->sock, m, len, MSG_NOSIGNAL) == -1 &&
	    lack_again(&tries))
		;
}

/*
 * Whoever is left is a child, since its parents are not there any more.  The
 * kernel looks at every process of the host for kill(-1), behind a lock that
 * all of them need: so only if there is one, or there were some that had ended
 * already, of which there may be more as fast as they are waited for.
 */
static void
end_all(void)
{
	pid_t pid;
	int i;

	for (i = 0; i < ENDED_MAX; i++) {
		pid = waitpid(-1, NULL, WNOHANG | __WALL);
		if (pid == -1 && errno == ECHILD)
			return;
		if (pid == 0)
			break;
	}
	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) != -1 || errno == EINTR)
		;
}

/*
 * The command has ended.  Whatever it left behind ends now, so that its time
 * is counted and nothing writes any more when the report is out.
 */
static void __attribute__((__noreturn__))
report(const struct box *bx, int status, int executed)
{
	uint8_t m[INSIDE_ENDED_MAX];
	struct ended r;
	struct rusage ru;
	struct buf b;
	uint64_t user, sys;

	end_all();
	memset(&r, 0, sizeof(r));
	r.executed = executed;
	r.status = status;
	if (getrusage(RUSAGE_CHILDREN, &ru) == 0) {
		r.user_us = usec(&ru.ru_utime);
		r.sys_us = usec(&ru.ru_stime);
		r.maxrss_kb = (uint64_t)ru.ru_maxrss;
	}
	own_time(&user, &sys);
	r.user_us += user - begun.user;
	r.sys_us += sys - begun.sys;
	watch_refused(&r);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		r.counted[COUNTED_NETWORK] = box_unreached(bx);
	changes_tell();
	r.changes = changes_count();
	r.processes = count_tasks();
	inside_begin(&b, m, sizeof(m), INSIDE_ENDED);
	ended_put(&b, &r);
	say(bx, m, b.len);
	_exit(0);
}

static void
reap(const struct box *bx, pid_t command)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (hold_event(pid, status))
			continue;
		if (pid == command)
			report(bx, status, 1);
		watch_reaped(pid);
	}
	if (!hold_seen() &&
	    waitpid(command, &status, WNOHANG | __WCLONE) == command)
		report(bx, status, 0);
	hold_again();
}

/* One word of the runner; is there another one? */
static int
obey(const struct box *bx, pid_t command)
{
	static const uint8_t executed = INSIDE_EXECUTED;
	uint8_t m[INSIDE_SETTLED_MAX + 1];
	unsigned nfds = 0;
	uint32_t more;
	uint64_t key;
	enum settled how;
	ssize_t n;

	n = fds_recv(bx->sock, m, sizeof(m), NULL, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EINTR || lack_is(errno)))
		return (0);
	/* EOF: the runner is gone, and this is no run any more */
	if (n <= 0)
		_exit(0);
	switch (inside_type(IN_INIT, IW_RUNNER, m, (size_t)n, nfds)) {
	case INSIDE_TERM:
		(void)kill(-1, SIGTERM);
		(void)kill(-1, SIGCONT);
		/* it may be the last thing that we are asked */
		changes_tell();
		break;
	case INSIDE_ASK:
		if (is_executed(command))
			say(bx, &executed, 1);
		break;
	case INSIDE_STILL:
		hold_still();
		break;
	case INSIDE_SETTLED:
		if (settled_get(m, (size_t)n, &key, &how) == 0)
			hold_settled(key, how);
		break;
	case INSIDE_AHEAD:
		if (ahead_get(m, (size_t)n, &more) == 0)
			hold_ahead(more);
		break;
	default:
		_exit(EXIT_SYSTEM);
	}
	return (1);
}

static void __attribute__((__noreturn__))
look_after(const struct box *bx, int sigfd, pid_t command)
{
	struct signalfd_siginfo si;
	struct pollfd p[3];
	unsigned tries = 0;

	for (;;) {
		p[0].fd = bx->sock;
		p[1].fd = sigfd;
		p[0].events = p[1].events = POLLIN;
		watch_poll(&p[2]);
		if (poll(p, 3, watch_listens() ? 0 : -1) == -1) {
			if (!lack_again(&tries))
				_exit(EXIT_SYSTEM);
			continue;
		}
		tries = 0;
		if (p[1].revents != 0)
			(void)!read(sigfd, &si, sizeof(si));
		/* watch_serve() may have had the signal */
		if (p[1].revents != 0 || watch_listens())
			reap(bx, command);
		if (p[0].revents != 0)
			while (obey(bx, command))
				;
		if (p[2].revents != 0 || watch_listens())
			watch_serve(bx->sock);
	}
}

/* The way by which the listener comes, if it is needed. */
static void
start_watch(struct box *bx)
{
	const struct xskill *s = bx->skill;
	int sv[2];

	bx->watch = -1;
	if (!watch_counts(s))
		return;
	hostile_of(bx->profile->probe);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1 ||
	    watch_start(sv[0], bx->sock, s, bx->profile->uid,
	    box_meminfo_kb(bx->profile)) == -1)
		box_fail(bx, CBE_INTERNAL, "watched calls");
	if (watch_tells(s) && !bx->profile->probe)
		changes_start(bx->sock);
	bx->watch = sv[1];
}

static int
watch_children(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, WATCH_EARLY_END);
	/* watch_serve() waits for it, too */
	(void)sigaddset(&set, SIGIO);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return (-1);
	return (signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

/*
 * What else is open is the command's by now; its streams above all, whose
 * ends show by that.
 */
static void
keep_own(const struct box *bx, int sigfd)
{
	int keep[3 + WATCH_FDS];

	keep[0] = bx->sock;
	keep[1] = sigfd;
	keep[2] = begun.loadavg;
	priv_closebut(keep, 3 + watch_fds(&keep[3]));
}

void
box_init(const struct box *given)
{
	static const char name[] = "clawbot";
	struct box own = *given, *bx = &own;
	int keep[8], sigfd;
	pid_t pid;

	memcpy(keep, bx->stdio, sizeof(bx->stdio));
	keep[3] = bx->sock;
	keep[4] = bx->go;
	keep[5] = bx->trouble;
	keep[6] = bx->idns;
	keep[7] = bx->door;
	priv_closebut(keep, 8);
	(void)umask(022);
	/* not as a flag of clone3, which would root it in the runner's group */
	if (bx->grouped && unshare(CLONE_NEWCGROUP) == -1)
		box_fail(bx, CBE_INTERNAL, "cgroup namespace");
	box_loopback(bx);
	if (sethostname(name, sizeof(name) - 1) == -1)
		box_fail(bx, CBE_INTERNAL, "sethostname");
	if ((begun.loadavg = open("/proc/loadavg", O_RDONLY | O_CLOEXEC)) == -1)
		box_fail(bx, CBE_INTERNAL, "/proc/loadavg");
	/* before /tmp is another one: what is granted there lies beneath it */
	box_nested_check(bx, 1);
	box_mounts(bx);
	box_drop(bx);
	if ((sigfd = watch_children()) == -1)
		box_fail(bx, CBE_INTERNAL, "signalfd");
	start_watch(bx);
	if ((pid = fork_command()) == 0)
		box_exec(bx);
	if (pid == -1)
		box_fail(bx, CBE_INTERNAL, "fork");
	keep_own(bx, sigfd);
	own_time(&begun.user, &begun.sys);
	hold_command(pid);
	look_after(bx, sigfd, pid);
}
