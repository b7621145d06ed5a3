/* SPDX-License-Identifier: ISC */
/*
 * The threads of a run that init traces, from the word that an execve(2) may
 * go on until it has come to something.
 *
 * What an attacker could try: let many threads of one process execute at once.
 * Seizing waits while another one of them is on its way through execve(2), and
 * that one until all others have ended, which those that are traced only have
 * when init has waited for them: so init gives up in time and does that first.
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/time.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/watch/hold_priv.h"

#define SEIZE_US	10000	/* to wait for the process's other threads */

static pid_t *traced;		/* more than are on their way: calls fail */
static size_t ntraced, room;
static sigjmp_buf away;
static sigset_t alarm_set;

static void
on_alarm(int sig)
{
	(void)sig;
	siglongjmp(away, 1);
}

/* In init alone: what it forks before is to have no handlers. */
static void
expect_alarm(void)
{
	static int begun;
	struct sigaction sa;

	if (begun)
		return;
	begun = 1;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	(void)sigemptyset(&alarm_set);
	(void)sigaddset(&alarm_set, SIGALRM);
	if (sigprocmask(SIG_BLOCK, &alarm_set, NULL) == -1 ||
	    sigaction(SIGALRM, &sa, NULL) == -1)
		_exit(1);
}

void
seize_over(pid_t tid)
{
	size_t i;

	for (i = 0; i < ntraced; i++)
		if (traced[i] == tid) {
			traced[i] = traced[--ntraced];
			return;
		}
}

static int
is_traced(pid_t tid)
{
	size_t i;

	for (i = 0; i < ntraced; i++)
		if (traced[i] == tid)
			return (1);
	return (0);
}

/* As the kernel has it: what we remember is only why to ask. */
static int
still_ours(const struct walk *walk, pid_t tid)
{
	struct walk w = *walk;
	long tracer;

	w.tid = tid;
	return (walk_status(&w, "\nTracerPid:\t", 10, &tracer) == 0 &&
	    tracer == getpid());
}

static int
seize(pid_t tid)
{
	return ((int)ptrace(PTRACE_SEIZE, tid, NULL, PTRACE_O_TRACEEXEC |
	    PTRACE_O_EXITKILL));
}

/* For a moment at most, after which errno is EAGAIN. */
static int
seize_soon(const struct walk *w, pid_t tid)
{
	static const struct itimerval soon = { { 0, 0 }, { 0, SEIZE_US } };
	static const struct itimerval never;
	static const struct timespec now;
	volatile int rc = -1, error = EAGAIN;

	(void)setitimer(ITIMER_REAL, &soon, NULL);
	if (sigsetjmp(away, 0) == 0) {
		(void)sigprocmask(SIG_UNBLOCK, &alarm_set, NULL);
		rc = seize(tid);
		error = errno;
		(void)sigprocmask(SIG_BLOCK, &alarm_set, NULL);
	} else {
		(void)sigprocmask(SIG_BLOCK, &alarm_set, NULL);
		/* it may have been done when the time was over */
		rc = still_ours(w, tid) ? 0 : -1;
		error = EAGAIN;
	}
	(void)setitimer(ITIMER_REAL, &never, NULL);
	/* one that came too late must not count the next time */
	(void)sigtimedwait(&alarm_set, NULL, &now);
	errno = error;
	return (rc);
}

int
seize_take(const struct walk *w, pid_t tid, int alone)
{
	if (is_traced(tid) && still_ours(w, tid))
		return (0);
	seize_over(tid);
	/* there is no other thread to be waited for */
	if (alone) {
		if (seize(tid) == -1)
			return (-1);
	} else {
		expect_alarm();
		if (seize_soon(w, tid) == -1)
			return (-1);
	}
	if (ntraced == room) {
		room = room == 0 ? 32 : 2 * room;
		traced = xrecallocarray(traced, ntraced, room,
		    sizeof(*traced));
	}
	traced[ntraced++] = tid;
	return (0);
}
