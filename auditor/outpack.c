/* SPDX-License-Identifier: ISC */
/* Stored output is packed; see outpack.h. */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/outnames.h"
#include "auditor/outpack.h"
#include "auditor/outstore.h"
#include "auditor/packfile.h"
#include "common/io.h"
#include "common/log.h"
#include "common/outfile.h"
#include "common/record/packed.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* Between two parts, so that others have most of the time. */
#define OUTPACK_PAUSE_US	2000
#define OUTPACK_TURN		256	/* names at a time */
#define OUTPACK_LEAST		8192	/* less takes no block less */
/* What it is made as; no name of any run's output. */
#define OUTPACK_NEW		"packing"
/* That much of what is left of it must be free, and then this. */
#define OUTPACK_RATIO		4U
#define OUTPACK_SPARE		(8U * 1024 * 1024)

struct outpack {
	struct outstore	*os;
	struct event	*ev;
	int		 on;
	int		 failed;	/* was said */
	uint64_t	 before;
	DIR		*dir;		/* NULL: it rests */
	int		 again;		/* once more, from its beginning */
	/* the one that is being packed, while in is not NULL */
	char		 name[NAME_MAX + 1];
	uint64_t	 intent;
	struct packfile	*in;
	struct packwriter *out;		/* NULL: it is compared */
	struct packfile	*back;
	int		 fd;		/* of the new file, or -1 */
	uint64_t	 at;
	uint64_t	 size;
	uint64_t	 packed;	/* size of the new file */
	/* in order, those that stay as they are until the next start */
	uint64_t	*stay;
	size_t		 nstay;
	size_t		 room;		/* for so many */
	uint8_t		 part[PACKED_PART];
	uint8_t		 other[PACKED_PART];
};

static void
go_on(struct outpack *p)
{
	const struct timeval pause = { 0, OUTPACK_PAUSE_US };

	(void)event_add(p->ev, &pause);
}

static void
open_dir(struct outpack *p)
{
	int fd;

	p->again = 0;
	fd = openat(p->os->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && (p->dir = fdopendir(fd)) != NULL) {
		go_on(p);
		return;
	}
	if (!p->failed)
		log_warn("%s: nothing in it is packed for now", OUTFILE_DIR);
	p->failed = 1;
	if (fd != -1)
		(void)close(fd);
}

static void
close_dir(struct outpack *p)
{
	(void)closedir(p->dir);
	p->dir = NULL;
}

/* What there is of it is given up. */
static void
drop(struct outpack *p)
{
	packfile_close(p->in);
	packfile_close(p->back);
	packwriter_free(p->out);
	if (p->fd != -1) {
		(void)close(p->fd);
		(void)unlinkat(p->os->dirfd, OUTPACK_NEW, 0);
	}
	p->in = p->back = NULL;
	p->out = NULL;
	p->fd = -1;
}

/* Where it is among those that stay, or would be. */
static size_t
stay_at(const struct outpack *p, uint64_t intent)
{
	size_t lo = 0, hi = p->nstay, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (p->stay[mid] < intent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

static int
stays(const struct outpack *p, uint64_t intent)
{
	const size_t at = stay_at(p, intent);

	return (at < p->nstay && p->stay[at] == intent);
}

/* It is not tried again with each segment that is closed. */
static void
stay(struct outpack *p)
{
	const size_t at = stay_at(p, p->intent);

	if (p->nstay == p->room) {
		p->stay = xrecallocarray(p->stay, p->room, 2 * p->room + 64,
		    sizeof(*p->stay));
		p->room = 2 * p->room + 64;
	}
	memmove(p->stay + at + 1, p->stay + at,
	    (p->nstay - at) * sizeof(*p->stay));
	p->stay[at] = p->intent;
	p->nstay++;
}

static void
say(struct outpack *p, const char *what)
{
	if (!p->failed)
		log_warn("%s/%s stays as it is for now: %s", OUTFILE_DIR,
		    p->name, what);
	p->failed = 1;
}

/* What is wrong with one is no reason to leave the others. */
static void
pass_over(struct outpack *p, const char *what)
{
	say(p, what);
	stay(p);
	drop(p);
}

/* All that follows stays, too: what failed would do so again. */
static void
give_up(struct outpack *p, const char *what)
{
	say(p, what);
	drop(p);
	close_dir(p);
	if (p->again)
		open_dir(p);
}

static int
has_room(const struct outpack *p)
{
	uint64_t left = (p->size - p->at) / OUTPACK_RATIO;
	struct statvfs v;

	if (fstatvfs(p->fd, &v) == -1)
		return (0);
	errno = ENOSPC;
	return (v.f_frsize != 0 &&
	    v.f_bavail >= (left + OUTPACK_SPARE) / v.f_frsize);
}

/* One that is closed, and can become smaller; its descriptor, or -1. */
static int
open_plain(const struct outpack *p, const char *name, uint64_t *size)
{
	struct stat st;
	int fd;

	fd = openat(p->os->dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	*size = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 07777) == OUTFILE_MODE)
		*size = (uint64_t)st.st_size;
	if (*size >= OUTPACK_LEAST && *size <= PACKED_MAX)
		return (fd);
	(void)close(fd);
	return (-1);
}

static void
begin(struct outpack *p, const char *name)
{
	int fd;

	if (packed_name(name) || outfile_intent(name, &p->intent) == -1 ||
	    p->intent >= p->before || p->intent < p->os->first ||
	    stays(p, p->intent) ||
	    (fd = open_plain(p, name, &p->size)) == -1)
		return;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	p->at = 0;
	p->in = packfile_plain(fd);
	p->fd = openat(p->os->dirfd, OUTPACK_NEW, O_RDWR | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (p->fd == -1 || !has_room(p))
		give_up(p, "there is no room to pack it");
	else
		p->out = packwriter_new(p->fd);
}

/* The next one that is to be packed, or the end of them. */
static void
find_next(struct outpack *p)
{
	const struct dirent *d;
	int i;

	for (i = 0; i < OUTPACK_TURN && p->dir != NULL && p->in == NULL; i++) {
		if ((d = readdir(p->dir)) != NULL) {
			begin(p, d->d_name);
			continue;
		}
		close_dir(p);
		if (p->again)
			open_dir(p);
	}
}

/* Goes over from writing to comparing. */
static int
turn(struct outpack *p)
{
	int fd;

	if (packwriter_end(p->out, &p->packed) == -1 ||
	    fchmod(p->fd, OUTFILE_MODE) == -1 || io_fsync(p->fd) == -1)
		return (-1);
	packwriter_free(p->out);
	p->out = NULL;
	if ((fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 0)) == -1 ||
	    (p->back = packfile_packed(fd)) == NULL)
		return (-1);
	p->at = 0;
	return (0);
}

/* The next part, written or compared.  0, or -1 with errno. */
static int
one_part(struct outpack *p)
{
	const uint64_t left = p->size - p->at;
	const size_t n = left < PACKED_PART ? (size_t)left : PACKED_PART;

	if (p->out != NULL && !has_room(p))
		return (-1);
	errno = EIO;
	if (packfile_read(p->in, p->part, n, p->at) != (ssize_t)n)
		return (-1);
	if (p->out != NULL && packwriter_part(p->out, p->part, n) == -1)
		return (-1);
	errno = EIO;
	if (p->out == NULL && (packfile_size(p->back) != p->size ||
	    packfile_read(p->back, p->other, n, p->at) != (ssize_t)n ||
	    memcmp(p->part, p->other, n) != 0))
		return (-1);
	p->at += n;
	return (p->at == p->size && p->out != NULL ? turn(p) : 0);
}

/* Its own file, that nobody has replaced or removed meanwhile. */
static int
is_same(const struct outpack *p)
{
	struct stat was, is;

	return (fstat(packfile_fd(p->in), &was) == 0 &&
	    fstatat(p->os->dirfd, p->name, &is, AT_SYMLINK_NOFOLLOW) == 0 &&
	    was.st_dev == is.st_dev && was.st_ino == is.st_ino &&
	    (uint64_t)is.st_size == p->size);
}

/* It has its name, for good; then the plain one goes.  0, or -1 with errno. */
static int
replace(struct outpack *p)
{
	const int dir = p->os->dirfd;
	char name[NAME_MAX + sizeof(PACKED_SUFFIX)];
	uint64_t was = 0;
	struct stat st;

	(void)snprintf(name, sizeof(name), "%s" PACKED_SUFFIX, p->name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		was = (uint64_t)st.st_size;
	if (renameat(dir, OUTPACK_NEW, dir, name) == -1)
		return (-1);
	(void)close(p->fd);
	p->fd = -1;
	outstore_sized(p->os, p->intent, was, p->packed);
	outnames_packed(p->os, name);
	if (io_fsync(dir) == -1 || unlinkat(dir, p->name, 0) == -1)
		return (-1);
	outstore_sized(p->os, p->intent, p->size, 0);
	return (0);
}

static void
finish(struct outpack *p)
{
	if (outstore_takes(p->packed) >= outstore_takes(p->size))
		stay(p);
	else if (p->intent >= p->os->first && is_same(p) &&
	    replace(p) == -1) {
		pass_over(p, "it is packed beside it");
		return;
	}
	p->failed = 0;
	drop(p);
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	struct outpack *p = arg;

	(void)fd;
	(void)what;
	if (p->os->looking != NULL)
		;		/* all of it is counted first */
	else if (p->in == NULL)
		find_next(p);
	else if (one_part(p) == -1)
		(errno == ENOSPC ? give_up : pass_over)(p,
		    "it cannot be packed");
	else if (p->out == NULL && p->at == p->size)
		finish(p);
	if (p->dir != NULL)
		go_on(p);
}

void
outpack_before(struct outpack *p, uint64_t record)
{
	if (!p->on || p->os->dirfd == -1)
		return;
	p->before = record;
	if (p->dir != NULL)
		p->again = 1;
	else
		open_dir(p);
}

int
outpack_rests(const struct outpack *p)
{
	return (p->dir == NULL);
}

struct outpack *
outpack_new(struct outstore *os, struct event_base *base, int on)
{
	struct outpack *p;

	p = xcalloc(1, sizeof(*p));
	p->os = os;
	p->on = on;
	p->fd = -1;
	p->ev = event_new(base, -1, 0, on_step, p);
	if (p->ev == NULL || event_priority_set(p->ev, 1) == -1)
		fatalx(EXIT_SYSTEM, "event of stored output");
	if (os->dirfd != -1)
		(void)unlinkat(os->dirfd, OUTPACK_NEW, 0);
	return (p);
}

void
outpack_free(struct outpack *p)
{
	if (p == NULL)
		return;
	drop(p);
	if (p->dir != NULL)
		close_dir(p);
	event_free(p->ev);
	free(p->stay);
	free(p);
}
