/* SPDX-License-Identifier: ISC */
/*
 * One call, and the process that waits for it: what is read there, and what
 * it is answered.  What an attacker could try is in watch.c.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/thread.h"
#include "executor/watch/watch_priv.h"

#define SMALL_PAGE	4096U	/* others are multiples of that */
#define READ_PAGES	(CALL_READ_MAX / SMALL_PAGE + 1)
#define WRITE_TRIES	16U	/* while threads come and go */

/* How much there is up to the end of the page. */
static size_t
in_page(uint64_t addr, size_t len)
{
	size_t n = SMALL_PAGE - (size_t)(addr % SMALL_PAGE);

	return (n < len ? n : len);
}

/*
 * Nothing is kept for that: whose memory it is a number tells, of which
 * call_valid() says afterwards that it was the caller's all the time.
 */
int
call_read(struct call *c, uint64_t addr, void *p, size_t len)
{
	struct iovec from[READ_PAGES], to = { p, 0 };
	unsigned long parts = 0;
	ssize_t n;
	size_t part;

	/* what is not there of a part leaves out all of the part */
	for (; to.iov_len < len && parts < READ_PAGES; parts++) {
		part = in_page(addr + to.iov_len, len - to.iov_len);
		from[parts].iov_base = (void *)(uintptr_t)(addr + to.iov_len);
		from[parts].iov_len = part;
		to.iov_len += part;
	}
	n = process_vm_readv(c->w->walk.tid, &to, 1, from, parts, 0);
	/* nor does it let itself be looked at where that is not permitted */
	if (n == -1 && (errno == EPERM || errno == ESRCH))
		return (-errno);
	return (n <= 0 ? -EFAULT : (int)n);
}

/* Most end within a page. */
int
call_path(struct call *c, unsigned arg, unsigned i)
{
	uint64_t addr = ARG(c, arg);
	size_t len = in_page(addr, PATH_MAX);
	int more, n;

	if ((n = call_read(c, addr, c->path[i], len)) < 0)
		return (n);
	if (memchr(c->path[i], '\0', (size_t)n) != NULL)
		return (0);
	if ((size_t)n == len && len < PATH_MAX) {
		more = call_read(c, addr + len, c->path[i] + len,
		    PATH_MAX - len);
		if (more < 0)
			return (more);
		n += more;
		if (memchr(c->path[i], '\0', (size_t)n) != NULL)
			return (0);
	}
	return (n == PATH_MAX ? -ENAMETOOLONG : -EFAULT);
}

int
call_valid(const struct call *c)
{
	uint64_t id = c->n.id;

	if (ioctl(c->w->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0)
		return (0);
	thread_gone();
	return (-ESRCH);
}

/* A number of the caller's status, which is read once. */
static int
status_number(struct call *c, const char *key, int base, long *v)
{
	int r;

	if (!c->known && (r = walk_status_text(&c->w->walk, c->status)) < 0)
		return (r);
	c->known = 1;
	return (walk_number(c->status, key, base, v));
}

static pid_t
thread_number(const struct dirent *de)
{
	return ((pid_t)strtol(de->d_name, NULL, 10));
}

/* The i-th thread of the process besides its first one, or the last; or 0. */
static int
other_thread(const struct walk *w, unsigned i, pid_t *tid)
{
	struct dirent *de;
	DIR *d;
	int fd;

	if ((fd = walk_proc(w, "task", O_RDONLY | O_DIRECTORY)) < 0)
		return (fd);
	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (-errno);
	}
	*tid = 0;
	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.' && thread_number(de) != w->tid) {
			*tid = thread_number(de);
			if (i-- == 0)
				break;
		}
	(void)closedir(d);
	return (0);
}

/*
 * A number by which the caller's memory is written to.  A thread that executes
 * a program takes the number of its process's first one, whose call then ends,
 * and leaves its own.  So what is not the first one's is never that of another
 * program, and the first one's is not where it has no other threads: it waits.
 */
static int
writable_by(struct call *c, unsigned i, pid_t *tid)
{
	const struct walk *w = &c->w->walk;
	long first, threads;
	int r;

	c->known = 0;
	if ((r = status_number(c, "\nTgid:\t", 10, &first)) < 0 ||
	    (r = status_number(c, "\nThreads:\t", 10, &threads)) < 0)
		return (r);
	*tid = w->tid;
	return (first != w->tid || threads == 1 ? 0 :
	    other_thread(w, i, tid));
}

/*
 * What is written cannot be taken back, so that it is the caller's memory is
 * found out first, and stays so: but for threads that are killed and a number
 * that is given anew within two system calls.
 */
int
call_write(struct call *c, uint64_t addr, const void *p, size_t len)
{
	struct iovec from = { (void *)(uintptr_t)p, len }, to;
	unsigned i;
	ssize_t n;
	pid_t tid;
	int r;

	to.iov_base = (void *)(uintptr_t)addr;
	to.iov_len = len;
	for (i = 0; i < WRITE_TRIES; i++) {
		if ((r = writable_by(c, i, &tid)) < 0)
			/* hidden, as what may not be looked at */
			return (r == -ENOENT ? -EPERM : r);
		if ((r = call_valid(c)) < 0)
			return (r);
		if (tid == 0)
			continue;
		n = process_vm_writev(tid, &from, 1, &to, 1, 0);
		if (n == (ssize_t)len)
			return (0);
		/* that thread has ended, or executes something */
		if (n != -1 || errno != ESRCH)
			return (n == -1 && errno == EPERM ? -EPERM : -EFAULT);
	}
	return (-EAGAIN);
}

static long ours = -1;	/* umask */

mode_t
call_mask(void)
{
	return ((mode_t)ours & 0777);
}

/* Nobody else has it where there is no other thread to change it. */
static int
ask_umask(struct call *c, long *mask)
{
	long threads;
	int r;

	if ((r = status_number(c, "\nUmask:\t", 8, mask)) < 0)
		return (r);
	if (!c->w->shares &&
	    status_number(c, "\nThreads:\t", 10, &threads) == 0 &&
	    threads == 1)
		thread_set_umask(*mask);
	return (0);
}

int
call_umask(struct call *c)
{
	long mask;
	int r;

	if ((mask = thread_umask()) == -1 && (r = ask_umask(c, &mask)) < 0)
		return (r);
	if (mask != ours)
		(void)umask((mode_t)mask & 0777);
	ours = mask;
	return (0);
}

/* Is there no number below the limit that is not taken? */
static int
all_taken(const struct walk *w, uint64_t limit)
{
	struct dirent *de;
	struct stat st;
	uint64_t n = 0;
	DIR *d;
	int fd;

	if ((fd = walk_proc(w, "fd", O_RDONLY | O_DIRECTORY)) < 0)
		return (0);
	/* since Linux 6.2 this is their number */
	if (fstat(fd, &st) == 0 && st.st_size != 0 &&
	    (uint64_t)st.st_size < limit) {
		(void)close(fd);
		return (0);
	}
	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (0);
	}
	while ((de = readdir(d)) != NULL)
		n += de->d_name[0] != '.' &&
		    strtoull(de->d_name, NULL, 10) < limit;
	(void)closedir(d);
	return (n >= limit);
}

int
call_room(struct call *c)
{
	const struct walk *w = &c->w->walk;
	struct rlimit rl;
	struct stat st;
	long slots;

	if (prlimit(w->tid, RLIMIT_NOFILE, NULL, &rl) == -1)
		return (0);
	/* since Linux 6.2 this is how many it has, and not 0 */
	if (thread_stat(w->proc, w->tid, "fd", &st) == 0 &&
	    st.st_size != 0 && (rlim_t)st.st_size < rl.rlim_cur)
		return (0);
	/* a table that may still grow is not full */
	if (status_number(c, "\nFDSize:\t", 10, &slots) < 0 ||
	    rl.rlim_cur > (rlim_t)slots)
		return (0);
	return (all_taken(w, rl.rlim_cur) ? -EMFILE : 0);
}

int
call_put(const struct call *c, int fd, int cloexec)
{
	struct seccomp_notif_addfd a;
	int r;

	memset(&a, 0, sizeof(a));
	a.id = c->n.id;
	a.srcfd = (uint32_t)fd;
	a.newfd_flags = cloexec ? O_CLOEXEC : 0;
	r = ioctl(c->w->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &a);
	return (r == -1 ? -errno : r);
}

int
call_give(const struct call *c, int fd, int cloexec)
{
	int r = call_put(c, fd, cloexec);

	(void)close(fd);
	return (r);
}

void
call_answer(const struct call *c, int r)
{
	struct seccomp_notif_resp a;

	memset(&a, 0, sizeof(a));
	a.id = c->n.id;
	if (r < 0)
		a.error = r;
	else
		a.val = r;
	/* its caller may be gone */
	(void)ioctl(c->w->listener, SECCOMP_IOCTL_NOTIF_SEND, &a);
}

int
call_continue(const struct call *c)
{
	struct seccomp_notif_resp a;

	memset(&a, 0, sizeof(a));
	a.id = c->n.id;
	a.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	(void)ioctl(c->w->listener, SECCOMP_IOCTL_NOTIF_SEND, &a);
	return (WATCH_LATER);
}
