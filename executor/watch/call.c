/* SPDX-License-Identifier: ISC */
/*
 * The calls that make, move and remove.  Every one is the same: read
 * the path, find the directory, look at the name, ask whether the caller
 * still waits, do it on the directory that was found.
 */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/changes.h"
#include "executor/watch/hold.h"
#include "executor/watch/thread.h"
#include "executor/watch/watch_priv.h"

/* The last name of argument path, in its directory. */
static int
find_name(struct call *c, int dirfd, unsigned path, unsigned i,
    struct spot *s)
{
	int r;

	if ((r = call_path(c, path, i)) < 0)
		return (r);
	return (walk_path(&c->w->walk, dirfd, c->path[i], WALK_PARENT, s));
}

/* The last looks before something new is made. */
static int
ready(struct call *c, const struct spot *s, enum effect e)
{
	int r;

	if ((r = may_name(c, s, e)) < 0 || (r = call_umask(c)) < 0)
		return (r);
	return (call_valid(c));
}

static int
made(struct call *c, const struct spot *s, enum effect e, enum file_what what,
    int r)
{
	if (r == -1)
		return (-errno);
	if ((r = became_kept(c, s, e)) == 0)
		changes_add(c, what);
	return (r);
}

static int
do_mkdir(struct call *c, int dirfd, unsigned path, mode_t mode)
{
	struct spot s;
	int r;

	if ((r = find_name(c, dirfd, path, 0, &s)) < 0)
		return (r);
	if ((r = ready(c, &s, DO_MKDIR)) == 0)
		r = made(c, &s, DO_MKDIR, FILE_MADE, mkdirat(s.dir, s.name,
		    mode));
	walk_done(&s);
	return (r);
}

/* The kernel looks at the kind before it looks for the place. */
static int
wrong_kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return (0);
	case S_IFDIR:
		return (-EPERM);
	default:
		return (-EINVAL);
	}
}

static int
do_mknod(struct call *c, int dirfd, unsigned path, mode_t mode, dev_t dev)
{
	struct spot s;
	int r;

	if ((r = wrong_kind(mode)) < 0)
		return (r);
	if ((r = find_name(c, dirfd, path, 0, &s)) < 0)
		return (r);
	if ((r = ready(c, &s, DO_MAKE)) == 0)
		r = made(c, &s, DO_MAKE, FILE_MADE,
		    (int)syscall(SYS_mknodat, s.dir, s.name, mode,
		    (unsigned)dev));
	walk_done(&s);
	return (r);
}

static int
do_symlink(struct call *c, unsigned text, int dirfd, unsigned path)
{
	struct spot s;
	int r;

	if ((r = call_path(c, text, 1)) < 0)
		return (r);
	if (c->path[1][0] == '\0')
		return (-ENOENT);
	if ((r = find_name(c, dirfd, path, 0, &s)) < 0)
		return (r);
	if ((r = ready(c, &s, DO_LINK)) == 0)
		r = made(c, &s, DO_LINK, FILE_SYMLINKED,
		    symlinkat(c->path[1], s.dir, s.name));
	else
		r = skip_link(c, &s, r);
	walk_done(&s);
	return (r);
}

/* A second name for what is protected would not be. */
static int
link_there(struct call *c, const struct spot *from, const struct spot *to)
{
	enum effect e = S_ISLNK(from->st.st_mode) ? DO_LINK : DO_MAKE;
	char name[16];
	int r;

	if ((r = may_change(c, from)) < 0 || (r = may_name(c, to, e)) < 0 ||
	    (r = call_valid(c)) < 0)
		return (r);
	(void)snprintf(name, sizeof(name), "%d", from->obj);
	/* what had no name before is new (O_TMPFILE) */
	return (made(c, to, e, from->st.st_nlink == 0 ? FILE_MADE :
	    FILE_LINKED, linkat(c->w->walk.self, name, to->dir, to->name,
	    AT_SYMLINK_FOLLOW)));
}

static int
do_link(struct call *c, int odir, unsigned opath, int ndir, unsigned npath,
    int flags)
{
	struct spot from, to;
	int r, find = flags & AT_EMPTY_PATH;

	if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	if (!(flags & AT_SYMLINK_FOLLOW))
		find |= AT_SYMLINK_NOFOLLOW;
	if ((r = call_thing(c, odir, opath, find, &from)) < 0)
		return (r);
	if ((r = find_name(c, ndir, npath, 1, &to)) == 0) {
		r = link_there(c, &from, &to);
		walk_done(&to);
	}
	walk_done(&from);
	return (r);
}

static int
stat_name(const struct spot *s, struct stat *st)
{
	char name[SPOT_NAME];

	spot_bare(s, name);
	return (fstatat(s->dir, name, st, AT_SYMLINK_NOFOLLOW) == -1 ?
	    -errno : 0);
}

/*
 * The kernel refuses where nothing can be written before it looks whether the
 * name is there.  Programs that remove what may be left of something in the
 * system know what to do about a name that is not.
 */
static int
not_removed(const struct spot *s, int error)
{
	struct stat st;

	if (error == EROFS && stat_name(s, &st) == -ENOENT)
		return (-ENOENT);
	return (-error);
}

static int
do_unlink(struct call *c, int dirfd, unsigned path, int flags)
{
	struct spot s;
	int r;

	if ((flags & ~AT_REMOVEDIR) != 0)
		return (-EINVAL);
	if ((r = find_name(c, dirfd, path, 0, &s)) < 0)
		return (r);
	r = may_name(c, &s, flags != 0 ? DO_RMDIR : DO_REMOVE);
	if (r == -EROFS && flags == 0)
		r = skip_removal(c, &s);
	else if (r == 0 && (r = call_valid(c)) == 0) {
		if (unlinkat(s.dir, s.name, flags) == -1)
			r = not_removed(&s, errno);
		else
			changes_add(c, FILE_REMOVED);
	}
	walk_done(&s);
	return (r);
}

static int
rename_at(const struct spot *a, const struct spot *b, unsigned flags)
{
	return ((int)syscall(SYS_renameat2, a->dir, a->name, b->dir, b->name,
	    flags));
}

/* Away from a name that is protected, to where the other one is. */
static void
set_aside(const struct call *c, const struct spot *s,
    const struct spot *other)
{
	static unsigned n;
	struct spot to = *other;
	int i;

	for (i = 0; i < ASIDE_TRIES; i++) {
		(void)snprintf(to.name, sizeof(to.name), "refused-%u", ++n);
		if (rename_at(s, &to, RENAME_NOREPLACE) == 0)
			return;
		if (errno == EACCES) {
			let_write(&c->w->walk, s->dir);
			let_write(&c->w->walk, other->dir);
		} else if (errno != EEXIST)
			break;
	}
	/* there is no room, or whatever it is */
	to.dir = s->dir;
	(void)rename_at(s, &to, RENAME_NOREPLACE);
}

/* Whatever is there by now: others may have taken its place meanwhile. */
static void
clear_kept(struct call *c, const struct spot *s, const struct spot *other)
{
	struct stat st;

	if (stat_name(s, &st) == 0 && moved_kept(c, &st, s) != 0)
		set_aside(c, s, other);
}

/*
 * See became_kept(): it must not stay under that name.  What comes back by
 * an exchange need not be what went, so that both are looked at again.
 */
static int
move_back(struct call *c, const struct spot *from, const struct spot *to,
    int both)
{
	c->w->refused++;
	if (both) {
		(void)rename_at(to, from, RENAME_EXCHANGE);
		clear_kept(c, to, from);
		clear_kept(c, from, to);
	} else if (rename_at(to, from, RENAME_NOREPLACE) == 0)
		clear_kept(c, from, to);
	else
		set_aside(c, to, from);
	return (-EROFS);
}

/* Why there is nothing to move: the kernel looks at the mounts before. */
static int
no_source(const struct spot *from, const struct spot *to, int error)
{
	struct statx a, b;

	if (statx(from->dir, "", AT_EMPTY_PATH, STATX_MNT_ID, &a) == 0 &&
	    statx(to->dir, "", AT_EMPTY_PATH, STATX_MNT_ID, &b) == 0 &&
	    a.stx_mnt_id != b.stx_mnt_id)
		return (-EXDEV);
	return (error);
}

static int
move(struct call *c, const struct spot *from, const struct spot *to,
    unsigned flags)
{
	struct stat st, st2;
	int both = (flags & RENAME_EXCHANGE) != 0, r;

	if (spot_dots(from) || spot_dots(to)) {
		/* the kernel says what is wrong with that */
		if ((r = call_valid(c)) < 0)
			return (r);
		return (rename_at(from, to, flags) == -1 ? -errno : -EBUSY);
	}
	if ((r = stat_name(from, &st)) < 0)
		return (no_source(from, to, r));
	if ((r = may_leave(c, from)) < 0 ||
	    (r = may_take(c, from, &st)) < 0 || (r = name_where(c, to)) < 0)
		return (r);
	if ((r = draft_move(c, from, to, &st, flags)) != DRAFT_NONE)
		return (r);
	if ((both && (r = may_leave(c, to)) < 0) ||
	    (both && (r = stat_name(to, &st2)) < 0) ||
	    (r = may_move(c, from, &st)) < 0 ||
	    (both && (r = may_take(c, to, &st2)) < 0) ||
	    (both && (r = name_where(c, from)) < 0) ||
	    (both && (r = may_move(c, to, &st2)) < 0) ||
	    (r = call_valid(c)) < 0)
		return (r);
	if ((r = skip_index(c, from, to, &st, flags)) != DRAFT_NONE)
		return (r);
	if (rename_at(from, to, flags) == -1)
		return (-errno);
	if (moved_kept(c, &st, to) != 0 ||
	    (both && moved_kept(c, &st2, from) != 0))
		return (move_back(c, from, to, both));
	changes_add(c, both ? FILE_EXCHANGED : FILE_RENAMED);
	return (0);
}

static int
may_search(int dir)
{
	struct stat st;

	return (fstatat(dir, "./.", &st, 0) == 0 || errno != EACCES);
}

static int
do_rename(struct call *c, int odir, unsigned opath, int ndir, unsigned npath,
    unsigned flags)
{
	struct spot from, to;
	int r;

	if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE |
	    RENAME_WHITEOUT)) != 0 || ((flags & RENAME_EXCHANGE) &&
	    flags != RENAME_EXCHANGE))
		return (-EINVAL);
	if ((r = find_name(c, odir, opath, 0, &from)) < 0)
		return (r);
	if ((r = find_name(c, ndir, npath, 1, &to)) == 0) {
		r = move(c, &from, &to, flags);
		walk_done(&to);
	} else if (!may_search(from.dir))
		r = -EACCES;	/* the kernel looks for that first */
	walk_done(&from);
	return (r);
}

/* It is the caller's own; that it changes is all there is to know. */
static int
do_umask(const struct call *c)
{
	thread_forget_umask();
	return (call_continue(c));
}

int
call_executes(const struct call *c)
{
	return (c->n.data.nr == SYS_execve || c->n.data.nr == SYS_execveat);
}

/* The calls without a descriptor are those of x86-64 alone. */
static int
call_old(struct call *c)
{
	switch (c->n.data.nr) {
#ifdef SYS_open
	case SYS_open:
		return (call_open(c));
	case SYS_creat:
		return (call_creat(c));
	case SYS_mkdir:
		return (do_mkdir(c, AT_FDCWD, 0, (mode_t)ARG(c, 1)));
	case SYS_mknod:
		return (do_mknod(c, AT_FDCWD, 0, (mode_t)ARG(c, 1),
		    (dev_t)ARG(c, 2)));
	case SYS_symlink:
		return (do_symlink(c, 0, AT_FDCWD, 1));
	case SYS_link:
		return (do_link(c, AT_FDCWD, 0, AT_FDCWD, 1, 0));
	case SYS_rename:
		return (do_rename(c, AT_FDCWD, 0, AT_FDCWD, 1, 0));
	case SYS_unlink:
		return (do_unlink(c, AT_FDCWD, 0, 0));
	case SYS_rmdir:
		return (do_unlink(c, AT_FDCWD, 0, AT_REMOVEDIR));
#endif
	default:
		return (call_mark(c));
	}
}

int
call_perform(struct call *c)
{
	switch (c->n.data.nr) {
	case SYS_openat:
		return (call_openat(c));
	case SYS_openat2:
		return (call_openat2(c));
	case SYS_mkdirat:
		return (do_mkdir(c, ARG_INT(c, 0), 1, (mode_t)ARG(c, 2)));
	case SYS_mknodat:
		return (do_mknod(c, ARG_INT(c, 0), 1, (mode_t)ARG(c, 2),
		    (dev_t)ARG(c, 3)));
	case SYS_symlinkat:
		return (do_symlink(c, 0, ARG_INT(c, 1), 2));
	case SYS_linkat:
		return (do_link(c, ARG_INT(c, 0), 1, ARG_INT(c, 2), 3,
		    ARG_INT(c, 4)));
#ifdef SYS_renameat
	case SYS_renameat:
		return (do_rename(c, ARG_INT(c, 0), 1, ARG_INT(c, 2), 3, 0));
#endif
	case SYS_renameat2:
		return (do_rename(c, ARG_INT(c, 0), 1, ARG_INT(c, 2), 3,
		    (unsigned)ARG(c, 4)));
	case SYS_unlinkat:
		return (do_unlink(c, ARG_INT(c, 0), 1, ARG_INT(c, 2)));
	case SYS_bind:
		return (call_bind(c));
	case SYS_truncate:
		return (call_truncate(c));
	case SYS_umask:
		return (do_umask(c));
	case SYS_sysinfo:
		return (call_sysinfo(c));
	case SYS_mmap:
		return (call_mmap(c));
	case SYS_ptrace:
		watch_count(c->w, COUNTED_TRACE);
		return (-EPERM);
	case SYS_execve:
		return (hold_call(c, AT_FDCWD, 0, 0));
	case SYS_execveat:
		return (hold_call(c, ARG_INT(c, 0), 1, ARG_INT(c, 4)));
	default:
		return (call_old(c));
	}
}
