/* SPDX-License-Identifier: ISC */
/*
 * Opening for somebody else.  What exists is held first (O_PATH), looked at,
 * and then opened again by its descriptor; what does not is made with O_EXCL
 * in a directory that is held.
 *
 * What an attacker could try: let us wait for the other end of a FIFO or for
 * somebody to give up a lease (a child of ours waits, see wait.c), open what is
 * open in here through /proc (refused while walking), take our terminal for
 * theirs (we have none).
 */
#include "config.h"

#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/changes.h"
#include "executor/watch/watch_priv.h"

#define CREATE_TRIES	100
#define TTY_MAJOR	5	/* /dev/tty is 5:0 */
#define PTS_MAJOR	136
#define TMPFILE		(O_TMPFILE & ~O_DIRECTORY)
#ifdef __x86_64__
#define LARGEFILE	0100000		/* libc says 0: it is always on */
#else
#define LARGEFILE	0400000
#endif
#define KNOWN		(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | \
			    O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC | \
			    O_ASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | \
			    O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | \
			    TMPFILE | LARGEFILE)

struct open_args {
	int	 dirfd;
	int	 flags;
	mode_t	 mode;
	uint64_t resolve;
};

/* Of what was open() asked for, what a second open() has to be told. */
static int
again(const struct open_args *h)
{
	return ((h->flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW)) | O_NOCTTY |
	    O_CLOEXEC);
}

/* The device of the caller's terminal, or 0. */
static unsigned long
tty_of(const struct call *c)
{
	char text[512], *p;
	int i;

	if (walk_text(&c->w->walk, "stat", text, sizeof(text)) < 0)
		return (0);
	/* behind the name: state, parent, group, session, terminal */
	if ((p = strrchr(text, ')')) == NULL)
		return (0);
	p++;
	for (i = 0; i < 4; i++)
		if ((p = strchr(p + 1, ' ')) == NULL)
			return (0);
	return (strtoul(p, NULL, 10));
}

/*
 * /dev/tty: the terminal of the caller.  One that came from outside is not
 * in our /dev/pts, but then the caller usually has it open.
 */
static int
find_tty(const struct call *c, struct spot *tty)
{
	unsigned long dev = tty_of(c);
	unsigned maj = (unsigned)(dev >> 8) & 0xfff;
	unsigned min = (unsigned)((dev & 0xff) | ((dev >> 12) & 0xfff00));
	char path[64];
	int fd, r;

	if (maj != PTS_MAJOR)
		return (-ENXIO);
	for (fd = 0; fd < 3; fd++) {
		if (walk_fd(&c->w->walk, fd, tty) == 0 &&
		    S_ISCHR(tty->st.st_mode) &&
		    tty->st.st_rdev == makedev(maj, min))
			return (0);
		walk_done(tty);
	}
	(void)snprintf(path, sizeof(path), "/dev/pts/%u", min);
	r = walk_path(&c->w->walk, AT_FDCWD, path, WALK_NAME, tty);
	if (r == 0 && tty->obj == -1)
		r = -ENXIO;
	return (r);
}

static int
open_tty(struct call *c, const struct open_args *h)
{
	struct spot tty;
	int fd, r;

	if ((r = find_tty(c, &tty)) < 0)
		return (r);
	if ((r = call_valid(c)) < 0)
		fd = r;
	else
		fd = wait_open(&c->w->walk, tty.obj, again(h) | O_NONBLOCK);
	walk_done(&tty);
	return (fd);
}

/* Descriptor, or WATCH_LATER by way of *later. */
static int
reopen(struct call *c, const struct open_args *h, const struct spot *s,
    int *later)
{
	int flags = again(h), fd;
	int wait = (flags & O_NONBLOCK) == 0;

	*later = 0;
	if (S_ISCHR(s->st.st_mode) &&
	    s->st.st_rdev == makedev(TTY_MAJOR, 0))
		fd = open_tty(c, h);
	else if (wait && S_ISFIFO(s->st.st_mode) &&
	    (flags & O_ACCMODE) == O_RDONLY)
		fd = -ENXIO;	/* would not wait for a writer */
	else
		fd = wait_open(&c->w->walk, s->obj, flags | O_NONBLOCK);
	if (wait && ((fd == -ENXIO && S_ISFIFO(s->st.st_mode)) ||
	    fd == -EAGAIN)) {
		*later = 1;
		return (wait_let(c, s->obj, flags,
		    (h->flags & O_CLOEXEC) != 0));
	}
	/* only for us */
	if (fd >= 0 && wait)
		(void)fcntl(fd, F_SETFL, flags & (O_APPEND | O_DIRECT |
		    O_NOATIME));
	return (fd);
}

static int
give(struct call *c, const struct open_args *h, int fd)
{
	return (fd < 0 ? fd :
	    call_give(c, fd, (h->flags & O_CLOEXEC) != 0));
}

static int
open_tmpfile(struct call *c, const struct open_args *h, const struct spot *s)
{
	char name[16];
	int fd, r;

	if ((r = call_umask(c)) < 0 || (r = call_valid(c)) < 0)
		return (r);
	(void)snprintf(name, sizeof(name), "%d", s->obj);
	fd = openat(c->w->walk.self, name, again(h) | (h->flags & O_EXCL),
	    h->mode);
	return (give(c, h, fd == -1 ? -errno : fd));
}

static int
changes(const struct open_args *h)
{
	return ((h->flags & O_ACCMODE) != O_RDONLY ||
	    (h->flags & O_TRUNC) != 0);
}

/* What there is, in the order in which the kernel looks at it. */
static int
open_there(struct call *c, const struct open_args *h, const struct spot *s)
{
	int later, r;

	if ((h->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return (skip_anew(c, s, h->flags, h->mode));
	if ((h->flags & O_CREAT) && S_ISDIR(s->st.st_mode))
		return (-EISDIR);
	if (((h->flags & O_DIRECTORY) || s->slash) &&
	    !S_ISDIR(s->st.st_mode))
		return (-ENOTDIR);
	if (S_ISLNK(s->st.st_mode))
		return (-ELOOP);
	if (h->flags & TMPFILE)
		return (open_tmpfile(c, h, s));
	if (changes(h) && S_ISDIR(s->st.st_mode))
		return (-EISDIR);
	if (changes(h) && (r = draft_anew(c, s, h->flags)) != DRAFT_NONE)
		return (r);
	r = changes(h) ? may_change(c, s) : may_look(c, s);
	if (r < 0)
		return (r);
	/* it must not be emptied in vain, nor the other end be let go */
	if (((h->flags & O_TRUNC) || S_ISFIFO(s->st.st_mode)) &&
	    (r = call_room(c)) < 0)
		return (r);
	if ((r = call_valid(c)) < 0)
		return (r);
	r = reopen(c, h, s, &later);
	if ((later || r >= 0) && changes(h) && S_ISREG(s->st.st_mode))
		changes_add(c, FILE_WRITTEN);
	return (later ? r : give(c, h, r));
}

/* Another thread has taken the last number meanwhile: it was never there. */
static void
take_back(const struct spot *s, int fd)
{
	struct stat st, now;

	if (fstat(fd, &st) == 0 &&
	    fstatat(s->dir, s->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_dev == st.st_dev && now.st_ino == st.st_ino)
		(void)unlinkat(s->dir, s->name, 0);
}

/* A file with that name, which may be made. */
static int
make_new(struct call *c, const struct open_args *h, const struct spot *s)
{
	int fd, r;

	if ((r = call_room(c)) < 0 || (r = call_umask(c)) < 0 ||
	    (r = call_valid(c)) < 0)
		return (r);
	/* O_EXCL follows no link either */
	fd = openat(s->dir, s->name, h->flags | O_EXCL | O_NOCTTY |
	    O_CLOEXEC, h->mode);
	if (fd == -1)
		return (-errno);
	if ((r = became_kept(c, s, DO_MAKE)) < 0) {
		(void)close(fd);
		return (r);
	}
	if ((r = call_put(c, fd, (h->flags & O_CLOEXEC) != 0)) < 0)
		take_back(s, fd);
	else
		changes_add(c, FILE_MADE);
	(void)close(fd);
	return (r);
}

static int
open_new(struct call *c, const struct open_args *h, const struct spot *s)
{
	int r;

	if (!(h->flags & O_CREAT))
		return (-ENOENT);
	if (s->slash)
		return (-EISDIR);
	if ((r = name_where(c, s)) < 0)
		return (r);
	if ((r = draft_new(c, s, h->flags, h->mode)) != DRAFT_NONE)
		return (r);
	if ((r = may_name_there(c, s, DO_MAKE)) == -EROFS)
		return (skip_new(c, h->flags, h->mode));
	return (r < 0 ? r : make_new(c, h, s));
}

/*
 * What must not be there, under a name that is nobody's: the kernel says when
 * it is made whether it is.  DRAFT_NONE: this has to be looked at before.
 */
static int
open_at_once(struct call *c, const struct open_args *h)
{
	struct spot s;
	int r;

	if ((r = walk_path(&c->w->walk, h->dirfd, c->path[0], WALK_PARENT,
	    &s)) < 0)
		return (r);
	if (s.slash || spot_dots(&s))
		r = DRAFT_NONE;
	else if ((r = name_where(c, &s)) == 0)
		r = protect_check(&c->w->names, c->where[AT_NAME], NULL,
		    NULL) == PROTECT_FREE ? make_new(c, h, &s) : DRAFT_NONE;
	walk_done(&s);
	return (r);
}

/* By openat2(2) with a way to go: the kernel's own walk, without magic. */
static int
resolve_at(const struct open_args *h, int base, const char *path, int flags)
{
	struct open_how how;
	int fd;

	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags);
	how.resolve = h->resolve | RESOLVE_NO_MAGICLINKS;
	fd = (int)syscall(SYS_openat2, base, path, &how, sizeof(how));
	return (fd == -1 ? -errno : fd);
}

/* What is not there, or ends in a slash: its directory, and its name. */
static int
resolve_new(const struct open_args *h, int base, const char *path, size_t *at,
    struct spot *s)
{
	char dir[PATH_MAX];
	size_t end = strlen(path);
	int r;

	for (; end > 1 && path[end - 1] == '/'; end--)
		s->slash = 1;
	for (*at = end; *at > 0 && path[*at - 1] != '/'; (*at)--)
		;
	if (end - *at > NAME_MAX)
		return (-ENAMETOOLONG);
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)*at, path);
	(void)snprintf(s->name, sizeof(s->name), "%.*s", (int)(end - *at),
	    path + *at);
	r = resolve_at(h, base, *at == 0 ? "." : dir, O_DIRECTORY);
	if (r < 0)
		return (r);
	s->dir = r;
	return (0);
}

/*
 * The kernel makes what a link leads to.  1: its text takes the place of the
 * name, which began there.  Where the way goes, the kernel says again.
 */
static int
resolve_link(char *path, size_t at, struct spot *s)
{
	char text[PATH_MAX];
	ssize_t n;

	if (s->slash ||
	    (n = readlinkat(s->dir, s->name, text, sizeof(text))) == -1)
		return (0);
	if (text[0] == '/')
		at = 0;
	if (at + (size_t)n >= PATH_MAX)
		return (-ENAMETOOLONG);
	memcpy(path + at, text, (size_t)n);
	path[at + (size_t)n] = '\0';
	walk_done(s);
	return (1);
}

static int
resolve_from(const struct open_args *h, int base, char *path, struct spot *s)
{
	const int made = O_CREAT | O_EXCL;
	const int last = (h->flags & made) == made ? O_NOFOLLOW :
	    h->flags & O_NOFOLLOW;
	size_t at;
	int r = -ENOENT;

	if (path[0] == '/' && (h->resolve & RESOLVE_BENEATH))
		return (-EXDEV);
	if (!(h->flags & O_CREAT) || path[strlen(path) - 1] != '/')
		r = resolve_at(h, base, path, last);
	if (r == -ENOENT && (h->flags & O_CREAT)) {
		if ((r = resolve_new(h, base, path, &at, s)) < 0)
			return (r);
		return (resolve_link(path, at, s));
	}
	if (r < 0)
		return (r);
	s->obj = r;
	return (fstat(s->obj, &s->st) == -1 ? -errno : 0);
}

static int
walk_resolve(struct call *c, const struct open_args *h, struct spot *s)
{
	char path[PATH_MAX];
	struct spot base;
	int links = 0, r;

	if (h->resolve & RESOLVE_CACHED)
		return (-EAGAIN);
	s->dir = s->obj = -1;
	s->name[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s", c->path[0]);
	if (path[0] == '/' && !(h->resolve & RESOLVE_IN_ROOT))
		r = walk_path(&c->w->walk, AT_FDCWD, "/", WALK_NAME, &base);
	else
		r = walk_fd(&c->w->walk, h->dirfd, &base);
	if (r < 0)
		return (r);
	do {
		s->slash = 0;
		r = resolve_from(h, base.obj, path, s);
	} while (r == 1 && ++links <= WALK_MAXLINKS);
	walk_done(&base);
	if (r != 0)
		walk_done(s);
	return (r == 1 ? -ELOOP : r);
}

static int
open_once(struct call *c, const struct open_args *h)
{
	const int made = O_CREAT | O_EXCL;
	struct spot s;
	int r;

	if (h->resolve == 0 && (h->flags & made) == made &&
	    (r = open_at_once(c, h)) != DRAFT_NONE)
		return (r);
	if (h->resolve != 0)
		r = walk_resolve(c, h, &s);
	else
		r = walk_path(&c->w->walk, h->dirfd, c->path[0],
		    ((h->flags & O_NOFOLLOW) || (h->flags & made) == made ?
		    WALK_NAME : WALK_FOLLOW) |
		    (h->flags & O_CREAT ? WALK_MAKES : 0), &s);
	if (r < 0)
		return (r);
	if ((h->flags & O_CREAT) && s.slash)
		r = -EISDIR;
	else
		r = s.obj != -1 ? open_there(c, h, &s) : open_new(c, h, &s);
	walk_done(&s);
	return (r);
}

/* DRAFT_NONE: it is none of those, or there is something to be said. */
static int
open_device(struct call *c, const struct open_args *h)
{
	int fd;

	if (h->resolve != 0 ||
	    (h->flags & (O_EXCL | O_DIRECTORY | TMPFILE)) != 0 ||
	    (fd = device_held(c->path[0])) == -1 || call_valid(c) < 0)
		return (DRAFT_NONE);
	return (give(c, h, wait_open(&c->w->walk, fd, again(h))));
}

static int
wrong_flags(const struct open_args *h)
{
	return (((h->flags & TMPFILE) && (!(h->flags & O_DIRECTORY) ||
	    (h->flags & O_CREAT) || (h->flags & O_ACCMODE) == O_RDONLY)) ||
	    (h->flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY));
}

/* In the order of the kernel: flags, path, a descriptor, the file. */
static int
open_by(struct call *c, unsigned path, struct open_args *h)
{
	int i, r, full;

	if (wrong_flags(h))
		return (-EINVAL);
	if ((r = call_path(c, path, 0)) < 0)
		return (r);
	if (c->path[0][0] == '\0')
		return (-ENOENT);
	h->mode &= 07777;
	if ((r = open_device(c, h)) >= 0)
		return (r);
	/* somebody outside may make or remove it between our two looks */
	for (i = 0; i < CREATE_TRIES; i++) {
		r = open_once(c, h);
		if (r != -EEXIST || (h->flags & O_EXCL))
			break;
	}
	/*
	 * What has an effect has looked for room before.  For what fails the
	 * look is made up for, and what just succeeds needs none.
	 */
	if (r < 0 && (full = call_room(c)) < 0)
		return (full);
	return (r);
}

static int
plain_open(struct call *c, int dirfd, unsigned path, int flags, mode_t mode)
{
	struct open_args h = { dirfd, flags & KNOWN, mode, 0 };

	return (open_by(c, path, &h));
}

int
call_open(struct call *c)
{
	return (plain_open(c, AT_FDCWD, 0, ARG_INT(c, 1),
	    (mode_t)ARG(c, 2)));
}

int
call_creat(struct call *c)
{
	return (plain_open(c, AT_FDCWD, 0, O_CREAT | O_WRONLY | O_TRUNC,
	    (mode_t)ARG(c, 1)));
}

int
call_openat(struct call *c)
{
	return (plain_open(c, ARG_INT(c, 0), 1, ARG_INT(c, 2),
	    (mode_t)ARG(c, 3)));
}

int
call_openat2(struct call *c)
{
	static struct { struct open_how how; char more[4096]; } a;
	static const char none[sizeof(a.more)];
	struct open_args h;
	size_t size = (size_t)ARG(c, 3);
	int r;

	if (size < sizeof(a.how))
		return (-EINVAL);
	if (size > 4096)
		return (-E2BIG);
	memset(&a, 0, sizeof(a));
	if ((r = call_read(c, ARG(c, 2), &a, size)) < 0)
		return (r);
	if ((size_t)r != size)
		return (-EFAULT);
	if (memcmp(a.more, none, sizeof(none)) != 0)
		return (-E2BIG);
	/* this call is strict, other than open(2) */
	if ((a.how.flags & ~(uint64_t)KNOWN) != 0 ||
	    (a.how.resolve & ~(uint64_t)0x3f) != 0 ||
	    (a.how.mode & ~(uint64_t)07777) != 0 ||
	    (a.how.mode != 0 && !(a.how.flags & (O_CREAT | TMPFILE))) ||
	    (a.how.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) ==
	    (RESOLVE_BENEATH | RESOLVE_IN_ROOT))
		return (-EINVAL);
	/* no filter sees it; see refused.h */
	if ((a.how.mode & (S_ISUID | S_ISGID)) != 0)
		return (-EPERM);
	/* the kernel hands no such descriptors over; open(2) is not asked */
	if (a.how.flags & O_PATH)
		return (-ENOSYS);
	h.dirfd = ARG_INT(c, 0);
	h.flags = (int)a.how.flags;
	h.mode = (mode_t)a.how.mode;
	h.resolve = a.how.resolve;
	return (open_by(c, 1, &h));
}
