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
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/priv.h"
#include "executor/jail.h"

void
jail_fail(const struct jail *j, enum cberr err, const char *fmt, ...)
{
	struct trouble t;
	int saved = errno;
	va_list ap;
	size_t n;

	memset(&t, 0, sizeof(t));
	t.err = (uint16_t)err;
	va_start(ap, fmt);
	(void)vsnprintf(t.text, sizeof(t.text), fmt, ap);
	va_end(ap);
	n = strlen(t.text);
	if (saved != 0)
		(void)snprintf(t.text + n, sizeof(t.text) - n, ": %s",
		    strerror(saved));
	/* smaller than PIPE_BUF: all or nothing */
	(void)!write(j->trouble, &t, sizeof(t));
	_exit(EXIT_SYSTEM);
}

static uint64_t
usec(const struct timeval *tv)
{
	return ((uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec);
}

/*
 * The command has ended.  Whatever it left behind ends now, so that its time
 * is counted and nothing writes any more when the report is out.
 */
static void __attribute__((__noreturn__))
report(const struct jail *j, int status)
{
	struct jail_report r;
	struct rusage ru;

	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) != -1 || errno == EINTR)
		;
	memset(&r, 0, sizeof(r));
	r.status = status;
	if (getrusage(RUSAGE_CHILDREN, &ru) == 0) {
		r.user_us = usec(&ru.ru_utime);
		r.sys_us = usec(&ru.ru_stime);
		r.maxrss_kb = (uint64_t)ru.ru_maxrss;
	}
	(void)!write(j->sock, &r, sizeof(r));
	_exit(0);
}

static void
reap(const struct jail *j, pid_t command)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == command)
			report(j, status);
}

static void
obey(const struct jail *j)
{
	char c;

	/* EOF: the runner is gone, and this is no run any more */
	if (read(j->sock, &c, 1) != 1)
		_exit(0);
	if (c == JAIL_TERM) {
		(void)kill(-1, SIGTERM);
		(void)kill(-1, SIGCONT);
	}
}

static void __attribute__((__noreturn__))
watch(const struct jail *j, int sigfd, pid_t command)
{
	struct signalfd_siginfo si;
	struct pollfd p[2];

	for (;;) {
		p[0].fd = j->sock;
		p[1].fd = sigfd;
		p[0].events = p[1].events = POLLIN;
		if (poll(p, 2, -1) == -1)
			continue;
		if (p[1].revents != 0) {
			(void)!read(sigfd, &si, sizeof(si));
			reap(j, command);
		}
		if (p[0].revents != 0)
			obey(j);
	}
}

static int
watch_children(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return (-1);
	return (signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

void
jail_init(const struct jail *j)
{
	static const char name[] = "clawbot";
	int keep[6], sigfd;
	pid_t pid;

	memcpy(keep, j->stdio, sizeof(j->stdio));
	keep[3] = j->sock;
	keep[4] = j->go;
	keep[5] = j->trouble;
	priv_closebut(keep, 6);
	(void)umask(022);
	if (sethostname(name, sizeof(name) - 1) == -1)
		jail_fail(j, CBE_INTERNAL, "sethostname");
	jail_mounts(j);
	jail_drop(j);
	if ((sigfd = watch_children()) == -1)
		jail_fail(j, CBE_INTERNAL, "signalfd");
	if ((pid = fork()) == 0) {
		(void)close(sigfd);
		jail_command(j);
	}
	if (pid == -1)
		jail_fail(j, CBE_INTERNAL, "fork");
	keep[0] = j->sock;
	keep[1] = sigfd;
	priv_closebut(keep, 2);
	watch(j, sigfd, pid);
}
