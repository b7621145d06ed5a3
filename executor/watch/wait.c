/* SPDX-License-Identifier: ISC */
/*
 * Opening what lets one wait: a FIFO without another end, a file of which
 * somebody has a lease.  A child waits in place of init, and there are only
 * so many.
 */
#include "config.h"

#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/watch_priv.h"

#define LOOK_US		20000	/* does the caller still wait for it? */
#define ERESTARTSYS	512	/* the kernel's own: interrupted */

int
wait_open(const struct walk *w, int obj, int flags)
{
	char name[16];
	int fd;

	(void)snprintf(name, sizeof(name), "%d", obj);
	fd = openat(w->self, name, flags);
	return (fd == -1 ? -errno : fd);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* A mask of signals of the caller's. */
static uint64_t
signals(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return (p == NULL ? 0 : strtoull(p + strlen(key), NULL, 16));
}

/*
 * Has the caller a signal to attend to?  Since Linux 5.19 it is not woken by
 * one any more, and we say for the kernel that it was interrupted.  So that
 * the call is begun anew, as SA_RESTART wants it, the kernel takes
 * ERESTARTSYS, but from a thread that has been told of the signal: one's own
 * is, and one for the process, if there is no other thread to be told.
 * Elsewhere the call ends.
 */
static int
interrupted(const struct walk *w)
{
	static char text[4096];
	uint64_t own, all, blocked;
	const char *p;

	if (walk_text(w, "status", text, sizeof(text)) < 0)
		return (0);
	blocked = signals(text, "\nSigBlk:\t");
	own = signals(text, "\nSigPnd:\t") & ~blocked;
	all = signals(text, "\nShdPnd:\t") & ~blocked;
	p = strstr(text, "\nThreads:\t");
	if (own != 0 || (all != 0 && p != NULL &&
	    strtoul(p + strlen("\nThreads:\t"), NULL, 10) == 1))
		return (-ERESTARTSYS);
	return (all != 0 ? -EINTR : 0);
}

/* Waits for the other end in place of init, as long as the caller does. */
static void __attribute__((__noreturn__))
help(const struct call *c, int obj, int flags, int cloexec)
{
	const struct itimerval tick = { { 0, LOOK_US }, { 0, LOOK_US } };
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };
	struct sigaction sa;
	struct walk w;
	sigset_t set;
	int fd;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	/* init has it blocked for itself */
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGALRM);
	if (sigaction(SIGALRM, &sa, NULL) == -1 ||
	    sigprocmask(SIG_UNBLOCK, &set, NULL) == -1 || walk_init(&w) == -1 ||
	    setitimer(ITIMER_REAL, &tick, NULL) == -1)
		_exit(1);
	w.tid = c->w->walk.tid;
	do {
		if (call_valid(c) < 0)
			_exit(0);
		fd = wait_open(&w, obj, flags);
	} while (fd == -EINTR && (fd = interrupted(&w)) == 0);
	/* nothing interrupts what follows */
	(void)setitimer(ITIMER_REAL, &none, NULL);
	call_answer(c, fd < 0 ? fd : call_give(c, fd, cloexec));
	_exit(0);
}

int
wait_let(struct call *c, int obj, int flags, int cloexec)
{
	struct helper *h = NULL;
	pid_t pid;
	int i;

	for (i = 0; i < HELPERS_MAX; i++)
		if (c->w->helper[i].pid == 0)
			h = &c->w->helper[i];
	if (h == NULL)
		return (-EAGAIN);
	if ((pid = fork()) == -1)
		return (-EAGAIN);
	if (pid == 0)
		help(c, obj, flags, cloexec);
	h->pid = pid;
	h->id = c->n.id;
	return (WATCH_LATER);
}

/* It has answered, or was killed before it could. */
void
wait_ended(struct watch *w, pid_t pid)
{
	struct call c;
	int i;

	for (i = 0; i < HELPERS_MAX; i++) {
		if (w->helper[i].pid != pid)
			continue;
		w->helper[i].pid = 0;
		if (w->listener == -1)
			return;
		c.w = w;
		c.n.id = w->helper[i].id;
		call_answer(&c, -EINTR);
		return;
	}
}
