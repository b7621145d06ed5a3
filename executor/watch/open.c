/* SPDX-License-Identifier: ISC */
/*
 * Opening for somebody else.  What exists is held first (O_PATH), looked at,
 * and then opened again by its descriptor; what does not is made with O_EXCL
 * in a directory that is held.
 *
 * What an attacker could try: let us wait for the other end of a FIFO or for
 * somebody to give up a lease (a child of ours waits, and there are only so
 * many), open what is open in here through /proc (refused while walking),
 * take our terminal for theirs (we have none).
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/watch_priv.h"

#define CREATE_TRIES	100
#define TTY_MAJOR	5	/* /dev/tty is 5:0 */
#define PTS_MAJOR	136
#define ALIVE_S		1	/* does somebody still wait for the helper? */
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

static int
open_self(const struct walk *w, int obj, int flags)
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

/* Waits for the other end in place of init, as long as the caller does. */
static void __attribute__((__noreturn__))
help(const struct call *c, int obj, int flags, int cloexec)
{
	const struct itimerval tick = { { ALIVE_S, 0 }, { ALIVE_S, 0 } };
	struct sigaction sa;
	struct walk w;
	int fd;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	if (sigaction(SIGALRM, &sa, NULL) == -1 || walk_init(&w) == -1 ||
	    setitimer(ITIMER_REAL, &tick, NULL) == -1)
		_exit(1);
	do {
		if (call_valid(c) < 0)
			_exit(0);
		fd = open_self(&w, obj, flags);
	} while (fd == -EINTR);
	call_answer(c, fd < 0 ? fd : call_give(c, fd, cloexec));
	_exit(0);
}

static int
let_wait(struct call *c, int obj, int flags, int cloexec)
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

/* The device of the caller's terminal, or 0. */
static unsigned long
tty_of(const struct call *c)
{
	char text[512], *p;
	ssize_t n;
	int fd, i;

	if ((fd = walk_proc(&c->w->walk, "stat", O_RDONLY)) < 0)
		return (0);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (0);
	text[n] = '\0';
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
		fd = open_self(&c->w->walk, tty.obj, again(h) | O_NONBLOCK);
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
		fd = open_self(&c->w->walk, s->obj, flags | O_NONBLOCK);
	if (wait && ((fd == -ENXIO && S_ISFIFO(s->st.st_mode)) ||
	    fd == -EAGAIN)) {
		*later = 1;
		return (let_wait(c, s->obj, flags,
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
		return (-EEXIST);
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
	r = changes(h) ? may_change(c, s) : may_look(c, s);
	if (r < 0)
		return (r);
	if ((r = call_valid(c)) < 0)
		return (r);
	r = reopen(c, h, s, &later);
	return (later ? r : give(c, h, r));
}

static int
open_new(struct call *c, const struct open_args *h, const struct spot *s)
{
	int fd, r;

	if (!(h->flags & O_CREAT))
		return (-ENOENT);
	if (s->slash)
		return (-EISDIR);
	if ((r = may_name(c, s, DO_MAKE)) < 0 || (r = call_umask(c)) < 0 ||
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
	return (give(c, h, fd));
}

/* By openat2(2) with a way to go: the kernel's own walk, without magic. */
static int
walk_resolve(struct call *c, const struct open_args *h, struct spot *s)
{
	const int last = h->flags & O_NOFOLLOW;
	struct open_how how;
	struct spot base;
	int r;

	if (h->resolve & RESOLVE_CACHED)
		return (-EAGAIN);
	s->dir = s->obj = -1;
	s->slash = 0;
	s->name[0] = '\0';
	if (c->path[0][0] == '/' && !(h->resolve & RESOLVE_IN_ROOT)) {
		if (h->resolve & RESOLVE_BENEATH)
			return (-EXDEV);
		r = walk_path(&c->w->walk, AT_FDCWD, "/", WALK_NAME, &base);
	} else
		r = walk_fd(&c->w->walk, h->dirfd, &base);
	if (r < 0)
		return (r);
	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)(O_PATH | O_CLOEXEC | last);
	how.resolve = h->resolve | RESOLVE_NO_MAGICLINKS;
	s->obj = (int)syscall(SYS_openat2, base.obj, c->path[0], &how,
	    sizeof(how));
	r = s->obj == -1 ? -errno : 0;
	walk_done(&base);
	if (r == 0 && fstat(s->obj, &s->st) == -1)
		r = -errno;
	return (r);
}

static int
open_once(struct call *c, const struct open_args *h)
{
	const int made = O_CREAT | O_EXCL;
	struct spot s;
	int r;

	if (h->resolve != 0) {
		/* making something that way: programs do without, too */
		if ((h->flags & O_CREAT) != 0)
			return (-ENOSYS);
		r = walk_resolve(c, h, &s);
	} else
		r = walk_path(&c->w->walk, h->dirfd, c->path[0],
		    (h->flags & O_NOFOLLOW) || (h->flags & made) == made ?
		    WALK_NAME : WALK_FOLLOW, &s);
	if (r < 0)
		return (r);
	if ((h->flags & O_CREAT) && s.slash)
		r = -EISDIR;
	else
		r = s.obj != -1 ? open_there(c, h, &s) : open_new(c, h, &s);
	walk_done(&s);
	return (r);
}

static int
open_by(struct call *c, struct open_args *h)
{
	int i, r;

	if ((h->flags & TMPFILE) && (!(h->flags & O_DIRECTORY) ||
	    (h->flags & O_CREAT) || (h->flags & O_ACCMODE) == O_RDONLY))
		return (-EINVAL);
	if ((h->flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return (-EINVAL);
	h->mode &= 07777;
	/* somebody outside may make or remove it between our two looks */
	for (i = 0; i < CREATE_TRIES; i++) {
		r = open_once(c, h);
		if (r != -EEXIST || (h->flags & O_EXCL))
			return (r);
	}
	return (r);
}

static int
plain_open(struct call *c, int dirfd, unsigned path, int flags, mode_t mode)
{
	struct open_args h = { dirfd, flags & KNOWN, mode, 0 };
	int r;

	if ((r = call_path(c, path, 0)) < 0)
		return (r);
	return (open_by(c, &h));
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
	if ((r = call_path(c, 1, 0)) < 0)
		return (r);
	h.dirfd = ARG_INT(c, 0);
	h.flags = (int)a.how.flags;
	h.mode = (mode_t)a.how.mode;
	h.resolve = a.how.resolve;
	return (open_by(c, &h));
}

/* Of the process that asks, not ours; SIGXFSZ as the kernel sends it. */
static int
too_large(const struct call *c, uint64_t length)
{
	struct rlimit rl;

	if (prlimit(c->w->walk.tid, RLIMIT_FSIZE, NULL, &rl) == -1)
		return (-errno);
	if (rl.rlim_cur == RLIM_INFINITY || length <= rl.rlim_cur)
		return (0);
	(void)kill(c->w->walk.tid, SIGXFSZ);
	return (-EFBIG);
}

int
call_truncate(struct call *c)
{
	struct spot s;
	int fd, r;

	if ((int64_t)ARG(c, 1) < 0)
		return (-EINVAL);
	if ((r = call_path(c, 0, 0)) < 0 || (r = walk_path(&c->w->walk,
	    AT_FDCWD, c->path[0], WALK_FOLLOW, &s)) < 0)
		return (r);
	if (s.obj == -1)
		r = -ENOENT;
	else if (s.slash && !S_ISDIR(s.st.st_mode))
		r = -ENOTDIR;
	else if (S_ISDIR(s.st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(s.st.st_mode))
		r = -EINVAL;
	else if ((r = may_change(c, &s)) == 0 && (r = call_valid(c)) == 0 &&
	    ((uint64_t)s.st.st_size >= ARG(c, 1) ||
	    (r = too_large(c, ARG(c, 1))) == 0)) {
		fd = open_self(&c->w->walk, s.obj, O_WRONLY | O_NONBLOCK |
		    O_CLOEXEC);
		r = fd < 0 ? fd : 0;
		if (fd >= 0 && ftruncate(fd, (off_t)ARG(c, 1)) == -1)
			r = -errno;
		if (fd >= 0)
			(void)close(fd);
	}
	walk_done(&s);
	return (r);
}
