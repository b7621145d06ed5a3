/* SPDX-License-Identifier: ISC */
/*
 * The calls that change what is there without opening it: mode, owner, times,
 * attributes and length, by a path or by a descriptor, which may be for reading
 * only.
 * What is wrong with an argument is said in the order of the kernel.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "common/defs.h"
#include "executor/watch/changes.h"
#include "executor/watch/watch_priv.h"

#define XATTR_NAME		255
#define XATTR_SIZE		65536
#define NAMED			(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
#define NO_PATH			UINT_MAX
/* A list of access: its name, that of a directory's, and three tags. */
#define ACL_NAME		"system.posix_acl_access"
#define ACL_DEFAULT		"system.posix_acl_default"
#define ACL_OWNER		0x01
#define ACL_GROUP		0x04
#define ACL_OTHERS		0x20

int
call_thing(struct call *c, int dirfd, unsigned path, int flags,
    struct spot *s)
{
	int r;

	if ((r = call_path(c, path, 0)) < 0)
		return (r);
	if (c->path[0][0] == '\0' && (flags & AT_EMPTY_PATH))
		return (walk_fd(&c->w->walk, dirfd, s));
	r = walk_path(&c->w->walk, dirfd, c->path[0],
	    (flags & AT_SYMLINK_NOFOLLOW) ? WALK_NAME : WALK_FOLLOW, s);
	if (r == 0 && s->obj == -1)
		r = -ENOENT;
	else if (r == 0 && s->slash && !S_ISDIR(s->st.st_mode))
		r = -ENOTDIR;
	if (r < 0)
		walk_done(s);
	return (r);
}

/* It is done, or it failed. */
static int
marked(struct call *c, int r)
{
	if (r == -1)
		return (-errno);
	changes_add(c, FILE_MARKED);
	return (0);
}

/* The last looks at what is about to change. */
static int
ready(struct call *c, const struct spot *s)
{
	int r;

	if ((r = may_mark(c, s)) < 0)
		return (r);
	return (call_valid(c));
}

static int
chmod_thing(struct call *c, struct spot *s, mode_t mode)
{
	char name[16];
	int r;

	if (S_ISLNK(s->st.st_mode))
		r = -EOPNOTSUPP;
	else if ((r = ready(c, s)) == 0) {
		(void)snprintf(name, sizeof(name), "%d", s->obj);
		r = marked(c, fchmodat(c->w->walk.self, name, mode & 07777,
		    0));
	}
	walk_done(s);
	return (r);
}

/* What a path names, or the descriptor dirfd itself. */
static int
target(struct call *c, int dirfd, unsigned path, int flags, struct spot *s)
{
	if ((flags & ~NAMED) != 0)
		return (-EINVAL);
	return (path == NO_PATH ? walk_open_fd(&c->w->walk, dirfd, s) :
	    call_thing(c, dirfd, path, flags, s));
}

static int
do_chmod(struct call *c, int dirfd, unsigned path, mode_t mode, int flags)
{
	struct spot s;
	int r;

	if ((r = target(c, dirfd, path, flags, &s)) < 0)
		return (r);
	return (chmod_thing(c, &s, mode));
}

/* Group and owner are the arguments from first on. */
static int
chown_thing(struct call *c, struct spot *s, unsigned first)
{
	int r;

	if ((r = ready(c, s)) == 0)
		r = marked(c, fchownat(s->obj, "", (uid_t)ARG(c, first),
		    (gid_t)ARG(c, first + 1), AT_EMPTY_PATH));
	walk_done(s);
	return (r);
}

static int
do_chown(struct call *c, int dirfd, unsigned path, unsigned first, int flags)
{
	struct spot s;
	int r;

	if ((r = target(c, dirfd, path, flags, &s)) < 0)
		return (r);
	return (chown_thing(c, &s, first));
}

/* ts is NULL for now.  Some calls have no path, but a descriptor. */
static int
set_times(struct call *c, int dirfd, unsigned path,
    const struct timespec ts[2], int flags)
{
	struct spot s;
	int r;

	if (ARG(c, path) == 0 && dirfd != AT_FDCWD)
		r = flags != 0 ? -EINVAL : target(c, dirfd, NO_PATH, 0, &s);
	else
		r = target(c, dirfd, path, flags, &s);
	if (r < 0)
		return (r);
	/* libc has its own opinion of these arguments */
	if ((r = ready(c, &s)) == 0)
		r = marked(c, (int)syscall(SYS_utimensat, s.obj, "", ts,
		    AT_EMPTY_PATH));
	walk_done(&s);
	return (r);
}

static int
read_all(struct call *c, unsigned arg, void *p, size_t len)
{
	int n;

	if ((n = call_read(c, ARG(c, arg), p, len)) < 0)
		return (n);
	return ((size_t)n == len ? 0 : -EFAULT);
}

static int
do_utimensat(struct call *c)
{
	struct timespec ts[2];
	int r;

	if (ARG(c, 2) == 0)
		return (set_times(c, ARG_INT(c, 0), 1, NULL, ARG_INT(c, 3)));
	if ((r = read_all(c, 2, ts, sizeof(ts))) < 0)
		return (r);
	/* not even the path is looked at */
	if (ts[0].tv_nsec == UTIME_OMIT && ts[1].tv_nsec == UTIME_OMIT)
		return (0);
	return (set_times(c, ARG_INT(c, 0), 1, ts, ARG_INT(c, 3)));
}

#ifdef SYS_utimes
/* In microseconds, which are argument path + 1. */
static int
do_utimes(struct call *c, int dirfd, unsigned path)
{
	struct timeval tv[2];
	struct timespec ts[2];
	int i, r;

	if (ARG(c, path + 1) == 0)
		return (set_times(c, dirfd, path, NULL, 0));
	if ((r = read_all(c, path + 1, tv, sizeof(tv))) < 0)
		return (r);
	for (i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return (-EINVAL);
		ts[i].tv_sec = tv[i].tv_sec;
		ts[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return (set_times(c, dirfd, path, ts, 0));
}

static int
do_utime(struct call *c)
{
	struct timespec ts[2];
	struct utimbuf u;
	int r;

	if (ARG(c, 1) == 0)
		return (set_times(c, AT_FDCWD, 0, NULL, 0));
	if ((r = read_all(c, 1, &u, sizeof(u))) < 0)
		return (r);
	ts[0].tv_sec = u.actime;
	ts[1].tv_sec = u.modtime;
	ts[0].tv_nsec = ts[1].tv_nsec = 0;
	return (set_times(c, AT_FDCWD, 0, ts, 0));
}
#endif

struct attribute {
	int	 set;
	char	 name[XATTR_NAME + 1];
	char	*value;
	size_t	 size;
	int	 flags;
};

static int
attribute_value(struct call *c, struct attribute *a)
{
	static char value[XATTR_SIZE];

	a->value = value;
	a->size = (size_t)ARG(c, 3);
	a->flags = ARG_INT(c, 4);
	if (a->size > XATTR_SIZE)
		return (-E2BIG);
	return (a->size == 0 ? 0 : read_all(c, 2, value, a->size));
}

/* All of these calls have it in the same arguments. */
static int
attribute(struct call *c, struct attribute *a, int set)
{
	int n;

	memset(a, 0, sizeof(*a));
	a->set = set;
	if (set && (ARG_INT(c, 4) & ~(XATTR_CREATE | XATTR_REPLACE)) != 0)
		return (-EINVAL);
	if ((n = call_read(c, ARG(c, 1), a->name, sizeof(a->name))) < 0)
		return (n);
	if (memchr(a->name, '\0', (size_t)n) == NULL)
		return ((size_t)n == sizeof(a->name) ? -ERANGE : -EFAULT);
	if (a->name[0] == '\0')
		return (-ERANGE);
	return (set ? attribute_value(c, a) : 0);
}

/*
 * Is it a list of who may do what that says no more than a mode does?  cp(1)
 * and tar(1) give one to each file that they make.
 */
static int
is_mode(const struct attribute *a)
{
	static const uint16_t tags[] = { ACL_OWNER, ACL_GROUP, ACL_OTHERS };
	struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entry[NELEM(tags)];
	} list;
	size_t i;

	if (!a->set)
		return (strcmp(a->name, ACL_NAME) == 0 ||
		    strcmp(a->name, ACL_DEFAULT) == 0);
	if (strcmp(a->name, ACL_NAME) != 0 || a->size != sizeof(list))
		return (0);
	memcpy(&list, a->value, sizeof(list));
	for (i = 0; i < NELEM(tags); i++)
		if (le16toh(list.entry[i].tag) != tags[i])
			return (0);
	return (1);
}

static int
xattr_thing(struct call *c, struct spot *s, const struct attribute *a)
{
	char path[64];
	int r;

	r = is_mode(a) ? may_mark(c, s) : may_change(c, s);
	if (r == 0 && (r = call_valid(c)) == 0) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
		    s->obj);
		r = marked(c, a->set ? setxattr(path, a->name, a->value,
		    a->size, a->flags) : removexattr(path, a->name));
	}
	walk_done(s);
	return (r);
}

static int
do_xattr(struct call *c, int set, int flags)
{
	struct attribute a;
	struct spot s;
	int r;

	if ((r = attribute(c, &a, set)) < 0 ||
	    (r = call_thing(c, AT_FDCWD, 0, flags, &s)) < 0)
		return (r);
	return (xattr_thing(c, &s, &a));
}

static int
do_fxattr(struct call *c, int set)
{
	struct attribute a;
	struct spot s;
	int r;

	if ((r = attribute(c, &a, set)) < 0 ||
	    (r = walk_open_fd(&c->w->walk, ARG_INT(c, 0), &s)) < 0)
		return (r);
	return (xattr_thing(c, &s, &a));
}

static int
mark_xattr(struct call *c)
{
	switch (c->n.data.nr) {
	case SYS_setxattr:
		return (do_xattr(c, 1, 0));
	case SYS_lsetxattr:
		return (do_xattr(c, 1, AT_SYMLINK_NOFOLLOW));
	case SYS_fsetxattr:
		return (do_fxattr(c, 1));
	case SYS_removexattr:
		return (do_xattr(c, 0, 0));
	case SYS_lremovexattr:
		return (do_xattr(c, 0, AT_SYMLINK_NOFOLLOW));
	case SYS_fremovexattr:
		return (do_fxattr(c, 0));
	default:
		return (-ENOSYS);
	}
}

/* The calls without a descriptor are those of x86-64 alone. */
static int
mark_old(struct call *c)
{
	switch (c->n.data.nr) {
#ifdef SYS_chmod
	case SYS_chmod:
		return (do_chmod(c, AT_FDCWD, 0, (mode_t)ARG(c, 1), 0));
	case SYS_chown:
		return (do_chown(c, AT_FDCWD, 0, 1, 0));
	case SYS_lchown:
		return (do_chown(c, AT_FDCWD, 0, 1, AT_SYMLINK_NOFOLLOW));
#endif
#ifdef SYS_utimes
	case SYS_utime:
		return (do_utime(c));
	case SYS_utimes:
		return (do_utimes(c, AT_FDCWD, 0));
	case SYS_futimesat:
		return (do_utimes(c, ARG_INT(c, 0), 1));
#endif
	default:
		return (mark_xattr(c));
	}
}

int
call_mark(struct call *c)
{
	switch (c->n.data.nr) {
	case SYS_fchmod:
		return (do_chmod(c, ARG_INT(c, 0), NO_PATH,
		    (mode_t)ARG(c, 1), 0));
	case SYS_fchmodat:
		return (do_chmod(c, ARG_INT(c, 0), 1, (mode_t)ARG(c, 2), 0));
	case NR_fchmodat2:
		return (do_chmod(c, ARG_INT(c, 0), 1, (mode_t)ARG(c, 2),
		    ARG_INT(c, 3)));
	case SYS_fchown:
		return (do_chown(c, ARG_INT(c, 0), NO_PATH, 1, 0));
	case SYS_fchownat:
		return (do_chown(c, ARG_INT(c, 0), 1, 2, ARG_INT(c, 4)));
	case SYS_utimensat:
		return (do_utimensat(c));
	default:
		return (mark_old(c));
	}
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

static int
resize(const struct call *c, const struct spot *s, uint64_t length)
{
	int fd, r = 0;

	fd = wait_open(&c->w->walk, s->obj, O_WRONLY | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0)
		return (fd);
	if ((uint64_t)s->st.st_size < length)
		r = too_large(c, length);
	if (r == 0 && ftruncate(fd, (off_t)length) == -1)
		r = -errno;
	(void)close(fd);
	return (r);
}

int
call_truncate(struct call *c)
{
	struct spot s;
	int r;

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
	    (r = resize(c, &s, ARG(c, 1))) == 0)
		changes_add(c, FILE_WRITTEN);
	walk_done(&s);
	return (r);
}
