/* SPDX-License-Identifier: ISC */
/*
 * What an attacker could try: exchange a directory for a link while we walk
 * (we hold descriptors, and what counts is where they are in the end), close
 * or replace descriptors and the working directory meanwhile (the same),
 * magic links to what is ours (/proc/1 is refused before it is followed),
 * links in circles (40, as the kernel has it), a name or path without end.
 */
#include "config.h"

#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/magic.h>
#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/within.h"
#include "executor/watch/thread.h"
#include "executor/watch/walk.h"

#define HERE		(O_PATH | O_CLOEXEC)
#define STICKY		(S_ISVTX | S_IWOTH)

/* One path on its way. */
struct way {
	const struct walk	*w;
	int			 dir;
	int			 links;
	unsigned		 to;	/* WALK_* */
	int			 makes;
	const char		*p;	/* what is left of text */
	char			 text[2 * PATH_MAX];
};

int
walk_init(struct walk *w)
{
	struct stat st;

	w->uid = geteuid();
	w->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->self = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->proc == -1 || w->self == -1 || fstat(w->proc, &st) == -1)
		return (-1);
	w->proc_dev = st.st_dev;
	return (0);
}

size_t
walk_fds(const struct walk *w, int fds[WALK_FDS])
{
	fds[0] = w->proc;
	fds[1] = w->self;
	return (WALK_FDS);
}

static int
caller_open(const struct walk *w, const char *name, int flags)
{
	int fd = thread_open(w->proc, w->tid, name, O_PATH | flags);

	if (fd != -1)
		return (fd);
	return (errno == EACCES ? -EPERM : -errno);
}

/* What was taken is the caller's own, which the kernel looks at so. */
static int
only_directory(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return (fd);
	(void)close(fd);
	return (-ENOTDIR);
}

/* Its own descriptor, or one of the same file: to look from, or at. */
static int
caller_fd(const struct walk *w, int fd, int flags)
{
	char name[32];
	int r;

	if (fd == AT_FDCWD)
		return (caller_open(w, "cwd", flags));
	if (fd < 0)
		return (-EBADF);
	if ((r = thread_take(w->tid, fd)) != -1)
		return ((flags & O_DIRECTORY) != 0 ? only_directory(r) : r);
	if (errno == EBADF)
		return (-EBADF);
	(void)snprintf(name, sizeof(name), "fd/%d", fd);
	r = caller_open(w, name, flags);
	return (r == -ENOENT ? -EBADF : r);
}

static int
read_link(int dir, const char *name, char buf[PATH_MAX])
{
	ssize_t n;

	n = readlinkat(dir, name, buf, PATH_MAX);
	if (n == -1)
		return (-errno);
	if (n >= PATH_MAX)
		return (-ENAMETOOLONG);
	buf[n] = '\0';
	return (0);
}

int
walk_where(const struct walk *w, int fd, char buf[PATH_MAX])
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", fd);
	return (read_link(w->self, name, buf));
}

void
walk_done(struct spot *s)
{
	if (s->dir != -1)
		(void)close(s->dir);
	if (s->obj != -1)
		(void)close(s->obj);
	s->dir = s->obj = -1;
}

static int
take_obj(struct spot *s, int fd)
{
	s->obj = fd;
	return (fstat(fd, &s->st) == -1 ? -errno : 0);
}

int
walk_fd(const struct walk *w, int fd, struct spot *s)
{
	int r;

	s->dir = s->obj = -1;
	s->slash = 0;
	s->name[0] = '\0';
	if ((r = caller_fd(w, fd, 0)) < 0)
		return (r);
	return (take_obj(s, r));
}

/* The directory becomes another one, which is ours to close now. */
static void
step(struct way *y, int fd)
{
	(void)close(y->dir);
	y->dir = fd;
}

/* The caller's own; 0: it has to be looked at elsewhere what it is. */
static int
own_fd(const struct walk *w, int fd, struct spot *s)
{
	int flags, r;

	if ((r = thread_take(w->tid, fd)) == -1)
		return (errno == EBADF ? -EBADF : 0);
	flags = fcntl(r, F_GETFL);
	if (flags == -1 || (flags & O_PATH)) {
		(void)close(r);
		return (-EBADF);
	}
	s->slash = 0;
	s->name[0] = '\0';
	r = take_obj(s, r);
	return (r < 0 ? r : 1);
}

int
walk_open_fd(const struct walk *w, int fd, struct spot *s)
{
	char name[32], text[WALK_STATUS];
	long flags;
	int r;

	s->dir = s->obj = -1;
	/* no other than open descriptors have that number */
	if (fd < 0)
		return (-EBADF);
	if ((r = own_fd(w, fd, s)) != 0) {
		if (r < 0)
			walk_done(s);
		return (r < 0 ? r : 0);
	}
	if ((r = walk_fd(w, fd, s)) < 0)
		return (r);
	(void)snprintf(name, sizeof(name), "fdinfo/%d", fd);
	if ((r = walk_text(w, name, text, sizeof(text))) == 0 &&
	    (r = walk_number(text, "\nflags:\t", 8, &flags)) == 0 &&
	    (flags & O_PATH))
		r = -EBADF;
	if (r < 0)
		walk_done(s);
	return (r);
}

/* "self" and "thread-self" are those of the caller, not ours. */
static int
caller_ids(const struct walk *w, const char *name, char *buf, size_t len)
{
	long pid;
	int r;

	if ((r = walk_status(w, "\nTgid:\t", 10, &pid)) < 0)
		return (r);
	if (strcmp(name, "self") == 0)
		(void)snprintf(buf, len, "%ld", pid);
	else
		(void)snprintf(buf, len, "%ld/task/%d", pid, (int)w->tid);
	return (0);
}

int
walk_ours(const char *where)
{
	return (within_dir(where, "/proc/1"));
}

/* A link of proc: its text, or *magic is what it leads to. */
static int
proc_link(const struct way *y, const char *name, char *buf, size_t len,
    int *magic)
{
	char where[PATH_MAX];
	int r;

	if ((r = walk_where(y->w, y->dir, where)) < 0)
		return (r);
	if (strcmp(where, "/proc") == 0)
		return (caller_ids(y->w, name, buf, len));
	/* nobody gets hold of what is open in here */
	if (walk_ours(where))
		return (-EACCES);
	*magic = openat(y->dir, name, HERE);
	return (*magic == -1 ? -errno : 0);
}

static int
plain_link(const struct way *y, int link, const struct stat *st, char *buf)
{
	struct stat dir;
	ssize_t n;

	/* fs.protected_symlinks, which is for lookups by the kernel alone */
	if (fstat(y->dir, &dir) == -1)
		return (-errno);
	if ((dir.st_mode & STICKY) == STICKY && st->st_uid != y->w->uid &&
	    st->st_uid != dir.st_uid)
		return (-EACCES);
	if ((n = readlinkat(link, "", buf, PATH_MAX)) == -1)
		return (-errno);
	if (n == 0)
		return (-ENOENT);
	if (n >= PATH_MAX)
		return (-ENAMETOOLONG);
	buf[n] = '\0';
	return (0);
}

/*
 * All directories at once, where no link is among them: one look-up by the
 * kernel in place of one for each name.
 */
static int
skip_directories(struct way *y)
{
	const struct open_how how = { O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
	    RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	size_t end = strlen(y->text);
	char kept;
	int fd;

	while (end > 0 && y->text[end - 1] == '/')
		end--;
	while (end > 0 && y->text[end - 1] != '/')
		end--;
	if (end <= 1 || end >= PATH_MAX)
		return (0);
	kept = y->text[end];
	y->text[end] = '\0';
	fd = (int)syscall(SYS_openat2, y->dir, y->text, &how, sizeof(how));
	y->text[end] = kept;
	if (fd == -1)
		return (errno == ELOOP ? 0 : -errno);
	step(y, fd);
	y->p = y->text + end;
	return (0);
}

/* The text of a link takes the place of its name, tail follows it. */
static int
expand(struct way *y, const char *name, const char *tail, int link,
    const struct stat *st, int *magic)
{
	char buf[PATH_MAX], next[sizeof(y->text)];
	struct statfs fs;
	int r;

	*magic = -1;
	if (++y->links > WALK_MAXLINKS)
		return (-ELOOP);
	if (fstatfs(link, &fs) == -1)
		return (-errno);
	r = fs.f_type == PROC_SUPER_MAGIC ?
	    proc_link(y, name, buf, sizeof(buf), magic) :
	    plain_link(y, link, st, buf);
	if (r < 0 || *magic != -1)
		return (r);
	r = snprintf(next, sizeof(next), "%s%s", buf, tail);
	if (r < 0 || (size_t)r >= sizeof(next))
		return (-ENAMETOOLONG);
	if (buf[0] == '/') {
		if ((r = open("/", HERE | O_DIRECTORY)) == -1)
			return (-errno);
		step(y, r);
	}
	memcpy(y->text, next, sizeof(next));
	y->p = y->text;
	/* a text of a thousand "./" in a circle would keep us for a second */
	return (skip_directories(y));
}

/* This is where it ends: nothing is called name in the directory. */
static int
arrive(struct way *y, struct spot *s)
{
	size_t n;

	s->dir = y->dir;
	y->dir = -1;
	n = strlen(s->name);
	if (s->slash && s->name[0] != '/') {
		s->name[n] = '/';
		s->name[n + 1] = '\0';
	}
	return (0);
}

/* Or it is this. */
static int
arrive_at(struct way *y, struct spot *s, int obj, const struct stat *st)
{
	s->obj = obj;
	s->st = *st;
	return (arrive(y, s));
}

/* A link on the way or at its end. 1: go on. */
static int
at_link(struct way *y, struct spot *s, const char *tail, int last, int link,
    const struct stat *st)
{
	struct stat to;
	int magic, r;

	r = expand(y, s->name, tail, link, st, &magic);
	(void)close(link);
	if (r < 0)
		return (r);
	if (magic == -1)
		return (1);
	if (last)
		return (take_obj(s, magic));
	if (fstat(magic, &to) == -1 || !S_ISDIR(to.st_mode)) {
		(void)close(magic);
		return (-ENOTDIR);
	}
	step(y, magic);
	y->p = tail;
	return (1);
}

/* One name further. 1: there is more. */
static int
advance(struct way *y, struct spot *s)
{
	const char *tail;
	struct stat st;
	size_t len;
	int fd, last, r;

	y->p += strspn(y->p, "/");
	len = strcspn(y->p, "/");
	tail = y->p + len;
	last = tail[strspn(tail, "/")] == '\0';
	s->slash = tail[0] == '/';
	if (len == 0) {		/* the root itself */
		s->name[0] = '/';
		s->name[1] = '\0';
		if (y->to != WALK_PARENT &&
		    (fd = openat(y->dir, ".", HERE)) != -1 &&
		    (r = take_obj(s, fd)) < 0)
			return (r);
		return (arrive(y, s));
	}
	/* that we may search it the next name will show */
	if (!last && len == 1 && y->p[0] == '.') {
		y->p = tail;
		return (1);
	}
	if (len > NAME_MAX + 1)
		len = NAME_MAX + 1;
	memcpy(s->name, y->p, len);
	s->name[len] = '\0';
	if (last && y->to == WALK_PARENT)
		return (arrive(y, s));
	fd = openat(y->dir, s->name, HERE | O_NOFOLLOW);
	/* whatever it is, if the directory may be searched */
	if (last && s->slash && y->makes && (fd != -1 || errno != EACCES)) {
		if (fd != -1)
			(void)close(fd);
		return (arrive(y, s));
	}
	if (fd == -1)
		return (last && errno == ENOENT ? arrive(y, s) : -errno);
	if (fstat(fd, &st) == -1) {
		(void)close(fd);
		return (-EIO);
	}
	if (S_ISLNK(st.st_mode) && (!last || s->slash ||
	    y->to == WALK_FOLLOW))
		return (at_link(y, s, tail, last, fd, &st));
	if (last)
		return (arrive_at(y, s, fd, &st));
	if (!S_ISDIR(st.st_mode)) {
		(void)close(fd);
		return (-ENOTDIR);
	}
	step(y, fd);
	y->p = tail;
	return (1);
}

/*
 * Most paths lead to something by names and links that mean the same to us: one
 * look-up by the kernel then.  1; or 0, if it has to be found by hand: what
 * is not there, or in /proc, where links are those of who asks.
 */
static int
at_once(struct way *y, int dir, struct spot *s)
{
	const struct open_how how = { HERE | (y->to == WALK_NAME ? O_NOFOLLOW :
	    0), 0, RESOLVE_NO_MAGICLINKS };
	size_t n = strlen(y->text);
	int fd;

	if (y->to == WALK_PARENT || y->makes || y->text[n - 1] == '/')
		return (0);
	fd = (int)syscall(SYS_openat2, dir, y->text, &how, sizeof(how));
	if (fd == -1)
		return (0);
	if (fstat(fd, &s->st) == -1 || s->st.st_dev == y->w->proc_dev) {
		(void)close(fd);
		return (0);
	}
	s->obj = fd;
	s->name[0] = '\0';
	return (1);
}

/* From where it is relative to, y->dir. */
static int
by_hand(struct way *y, struct spot *s)
{
	int r;

	if ((r = skip_directories(y)) == 0)
		while ((r = advance(y, s)) == 1)
			;
	if (r < 0)
		walk_done(s);
	return (r);
}

int
walk_path(const struct walk *w, int dirfd, const char *path, unsigned to,
    struct spot *s)
{
	static struct way y;
	int r = 0;

	s->dir = s->obj = -1;
	s->slash = 0;
	if (path[0] == '\0')
		return (-ENOENT);
	if (strlen(path) >= PATH_MAX)
		return (-ENAMETOOLONG);
	y.w = w;
	y.links = 0;
	y.to = to & ~(unsigned)WALK_MAKES;
	y.makes = (to & WALK_MAKES) != 0;
	(void)snprintf(y.text, sizeof(y.text), "%s", path);
	y.p = y.text;
	if (path[0] == '/' && at_once(&y, AT_FDCWD, s))
		return (0);
	y.dir = path[0] != '/' ? caller_fd(w, dirfd, O_DIRECTORY) :
	    open("/", HERE | O_DIRECTORY);
	if (y.dir < 0)
		return (path[0] != '/' ? y.dir : -errno);
	if (path[0] == '/' || !at_once(&y, y.dir, s))
		r = by_hand(&y, s);
	if (y.dir != -1)
		(void)close(y.dir);
	return (r);
}

void
spot_bare(const struct spot *s, char name[SPOT_NAME])
{
	size_t n = strlen(s->name);

	memcpy(name, s->name, n + 1);
	if (n > 1 && name[n - 1] == '/')
		name[n - 1] = '\0';
}
