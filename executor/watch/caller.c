/* SPDX-License-Identifier: ISC */
/*
 * One call, and the process that waits for it: what is read there, and what
 * it is answered.  What an attacker could try is in watch.c.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/watch_priv.h"

int
call_read(struct call *c, uint64_t addr, void *p, size_t len)
{
	ssize_t n;

	if (c->mem == -1 &&
	    (c->mem = walk_proc(&c->w->walk, "mem", O_RDONLY)) < 0) {
		int r = c->mem;

		c->mem = -1;
		return (r);
	}
	/* short where the next page is not there */
	n = pread(c->mem, p, len, (off_t)addr);
	return (n <= 0 ? -EFAULT : (int)n);
}

int
call_path(struct call *c, unsigned arg, unsigned i)
{
	int n;

	if ((n = call_read(c, ARG(c, arg), c->path[i], PATH_MAX)) < 0)
		return (n);
	if (memchr(c->path[i], '\0', (size_t)n) != NULL)
		return (0);
	return (n == PATH_MAX ? -ENAMETOOLONG : -EFAULT);
}

int
call_valid(const struct call *c)
{
	uint64_t id = c->n.id;

	return (ioctl(c->w->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) ==
	    0 ? 0 : -ESRCH);
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

static long ours = -1;	/* umask */

mode_t
call_mask(void)
{
	return ((mode_t)ours & 0777);
}

int
call_umask(struct call *c)
{
	long mask;
	int r;

	if ((r = status_number(c, "\nUmask:\t", 8, &mask)) < 0)
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
	long slots;

	/* a table that may still grow is not full */
	if (prlimit(w->tid, RLIMIT_NOFILE, NULL, &rl) == -1 ||
	    status_number(c, "\nFDSize:\t", 10, &slots) < 0 ||
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
