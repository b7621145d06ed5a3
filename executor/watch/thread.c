/* SPDX-License-Identifier: ISC */
/*
 * What stays open of threads; see thread.h.
 *
 * What an attacker could try: end, and have another process of the same number
 * call (a directory of proc and a pidfd are of the one that they were opened
 * of, and give nothing when that has ended; what was opened while a call waited
 * that is not there any more goes); execute something else, move or close what
 * it had (nothing of that is kept: memory, directory and descriptors are taken
 * anew for each call); change a umask by another thread (it is kept where there
 * is none, and all of them are forgotten whenever one is changed); call from
 * many threads (one takes the other's place).
 */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "executor/watch/thread.h"

#define THREADS_KEPT	64U
#define KEPT_FROM	3	/* of its calls: many make no more than two */
#define THREAD_NAME	64
/* Linux 6.9: a pidfd of a thread that is not the first of its process. */
#define PIDFD_OF_THREAD	O_EXCL

static struct thread {
	pid_t	 tid;		/* 0: none */
	unsigned calls;		/* up to KEPT_FROM */
	int	 proc;		/* its directory there; -1: not open */
	int	 pidfd;		/* -1: none */
	long	 umask;		/* -1: not known */
} threads[THREADS_KEPT];

/* Whose call is answered. */
static struct {
	int		 proc;
	pid_t		 tid;
	struct thread	*kept;		/* NULL: nothing is */
	int		 proven;	/* it is of this thread */
} now;

static void
forget(struct thread *t)
{
	if (t->tid != 0 && t->proc != -1)
		(void)close(t->proc);
	if (t->tid != 0 && t->pidfd != -1)
		(void)close(t->pidfd);
	t->tid = 0;
	t->calls = 0;
	t->proc = t->pidfd = -1;
	t->umask = -1;
}

static int
open_pidfd(pid_t tid)
{
	static int threads_too = 1;
	int fd = -1;

	if (threads_too) {
		fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_OF_THREAD);
		threads_too = fd != -1 || errno != EINVAL;
	}
	return (fd != -1 ? fd : (int)syscall(SYS_pidfd_open, tid, 0));
}

/* Both at once: they are of the same, or the call is found to be gone. */
static void
keep(struct thread *t, int proc)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", (int)t->tid);
	t->proc = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	t->pidfd = t->proc == -1 ? -1 : open_pidfd(t->tid);
}

void
thread_calls(int proc, pid_t tid)
{
	struct thread *t = &threads[(unsigned)tid % THREADS_KEPT];

	now.proc = proc;
	now.tid = tid;
	now.kept = NULL;
	now.proven = 0;
	if (t->tid != tid) {
		forget(t);
		t->tid = tid;
	}
	if (t->calls < KEPT_FROM)
		t->calls++;
	if (t->calls == KEPT_FROM && t->proc == -1)
		keep(t, proc);
	if (t->proc != -1)
		now.kept = t;
}

void
thread_gone(void)
{
	if (now.kept != NULL)
		forget(now.kept);
	now.kept = NULL;
}

/* What is open has answered, or it is of one that has ended. */
static int
answered(int r)
{
	if (r != -1)
		now.proven = 1;
	else if (errno == ENOENT || errno == ESRCH) {
		thread_gone();
		return (0);
	}
	return (1);
}

static struct thread *
kept_of(pid_t tid)
{
	return (now.tid == tid ? now.kept : NULL);
}

static void
name_it(pid_t tid, const char *name, char path[THREAD_NAME])
{
	(void)snprintf(path, THREAD_NAME, "%d/%s", (int)tid, name);
}

int
thread_open(int proc, pid_t tid, const char *name, int flags)
{
	const struct thread *t = kept_of(tid);
	char path[THREAD_NAME];
	int fd;

	if (t != NULL) {
		fd = openat(t->proc, name, flags | O_CLOEXEC);
		if (answered(fd))
			return (fd);
	}
	name_it(tid, name, path);
	return (openat(proc, path, flags | O_CLOEXEC));
}

int
thread_stat(int proc, pid_t tid, const char *name, struct stat *st)
{
	const struct thread *t = kept_of(tid);
	char path[THREAD_NAME];
	int r;

	if (t != NULL) {
		r = fstatat(t->proc, name, st, 0);
		if (answered(r))
			return (r);
	}
	name_it(tid, name, path);
	return (fstatat(proc, path, st, 0));
}

int
thread_take(pid_t tid, int fd)
{
	const struct thread *t = kept_of(tid);
	int r;

	if (t != NULL && t->pidfd != -1) {
		r = (int)syscall(SYS_pidfd_getfd, t->pidfd, fd, 0);
		if (answered(r) && (r != -1 || errno == EBADF))
			return (r);
	}
	errno = ENOSYS;
	return (-1);
}

long
thread_umask(void)
{
	struct stat st;

	if (now.kept == NULL || now.kept->umask == -1)
		return (-1);
	/* that of who has the number, and not of who had it */
	if (!now.proven && thread_stat(now.proc, now.tid, "fd", &st) == -1)
		return (-1);
	return (now.kept == NULL ? -1 : now.kept->umask);
}

void
thread_set_umask(long mask)
{
	if (now.kept != NULL)
		now.kept->umask = mask;
}

void
thread_forget_umask(void)
{
	size_t i;

	for (i = 0; i < THREADS_KEPT; i++)
		threads[i].umask = -1;
}
