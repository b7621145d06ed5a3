/* SPDX-License-Identifier: ISC */
/*
 * May this name change?  What counts is where things are: the canonical path
 * of the descriptor that is going to be used, whatever way led to it.
 *
 * A name with which protected ones begin may be no link: that would lead to
 * a directory of another name, in which nothing is protected.  ".git" may be
 * no file either, with which git does the same.  And no directory becomes
 * ".git", or ceases to be, together with what is protected in there.
 */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/watch_priv.h"

#define LOOK_MAX	4096	/* entries of a directory */

/* A directory under a name that begins protected ones. */
struct holder {
	int		 dir;
	const char	*name;
	int		 holds;
};

int
name_refuse(struct call *c)
{
	size_t i = protect_by(&c->w->names);

	c->w->refused++;
	if (i < c->w->names.n && c->w->by[i] < UINT32_MAX)
		c->w->by[i]++;
	return (-EROFS);
}

int
spot_dots(const struct spot *s)
{
	char name[SPOT_NAME];

	spot_bare(s, name);
	return (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strcmp(name, "/") == 0);
}

/* The canonical path of the name; 0 or a negative error number. */
static int
where_name(struct call *c, const struct spot *s, unsigned which)
{
	char name[SPOT_NAME], *buf = c->where[which];
	size_t n;
	int r;

	if ((r = walk_where(&c->w->walk, s->dir, buf)) < 0)
		return (r);
	if (walk_ours(buf))
		return (-EACCES);
	/* the kernel refuses to make, remove or move these */
	if (spot_dots(s))
		return (0);
	spot_bare(s, name);
	n = strlen(buf);
	(void)snprintf(buf + n, WHERE_MAX - n, "%s%s", n == 1 ? "" : "/",
	    name);
	return (0);
}

int
name_where(struct call *c, const struct spot *s)
{
	return (where_name(c, s, AT_NAME));
}

int
may_look(const struct call *c, const struct spot *s)
{
	char where[PATH_MAX];
	int r;

	if ((r = walk_where(&c->w->walk, s->obj, where)) < 0)
		return (r);
	return (walk_ours(where) ? -EACCES : 0);
}

static int
change(struct call *c, const struct spot *s, int mark)
{
	char *where = c->where[AT_THING];
	enum protect_is is;
	int r;

	if ((r = walk_where(&c->w->walk, s->obj, where)) < 0)
		return (r);
	if (walk_ours(where))
		return (-EACCES);
	is = protect_check(&c->w->names, where, NULL, NULL);
	if (is == PROTECT_KEPT ||
	    (is == PROTECT_BEGINS && !S_ISDIR(s->st.st_mode)) ||
	    (is == PROTECT_WITHIN && S_ISLNK(s->st.st_mode))) {
		if (mark && git_may_mark(c, s, where))
			return (0);
		(void)protect_check(&c->w->names, where, NULL, NULL);
		return (name_refuse(c));
	}
	return (0);
}

int
may_change(struct call *c, const struct spot *s)
{
	return (change(c, s, 0));
}

int
may_mark(struct call *c, const struct spot *s)
{
	return (change(c, s, 1));
}

static int
kept_for(enum protect_is is, enum effect e)
{
	switch (is) {
	case PROTECT_KEPT:
		return (1);
	case PROTECT_BEGINS:
		return (e == DO_MAKE || e == DO_LINK || e == DO_REMOVE);
	case PROTECT_WITHIN:
		return (e == DO_LINK);
	case PROTECT_FREE:
		break;
	}
	return (0);
}

/* 1: what is in where must stay as it is. */
static int
kept_there(struct call *c, const struct spot *s, enum effect e)
{
	const char *where = c->where[AT_NAME];

	if (!kept_for(protect_check(&c->w->names, where, NULL, NULL), e) ||
	    (e == DO_REMOVE && skip_is_left(s)) || git_may(c, s, where, e) ||
	    skip_may(c, where, e))
		return (0);
	/* for what is told of it */
	(void)protect_check(&c->w->names, where, NULL, NULL);
	return (1);
}

/* The same, where that is not known. */
static int
name_kept(struct call *c, const struct spot *s, enum effect e)
{
	int r;

	if ((r = where_name(c, s, AT_NAME)) < 0)
		return (r);
	return (kept_there(c, s, e));
}

int
may_name(struct call *c, const struct spot *s, enum effect e)
{
	int r;

	if ((r = where_name(c, s, AT_NAME)) < 0)
		return (r);
	return (may_name_there(c, s, e));
}

int
may_name_there(struct call *c, const struct spot *s, enum effect e)
{
	char name[SPOT_NAME];
	struct stat st;
	int there;

	if (!kept_there(c, s, e))
		return (0);
	spot_bare(s, name);
	there = fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && (e == DO_MAKE || e == DO_LINK || e == DO_MKDIR))
		return (-EEXIST);
	if (!there && (e == DO_REMOVE || e == DO_RMDIR))
		return (-ENOENT);
	return (name_refuse(c));
}

void
let_write(const struct walk *w, int dir)
{
	struct stat st;
	char name[16];

	if (fstat(dir, &st) == -1 || (st.st_mode & 0300) == 0300)
		return;
	(void)snprintf(name, sizeof(name), "%d", dir);
	(void)!fchmodat(w->self, name, (st.st_mode & 07777) | 0300,
	    0);
}

/*
 * Another run in the same grant may have given the directory another name
 * between our look and the effect.  It looks for protected names after that;
 * we look for the name after this: one of us sees it.
 */
int
became_kept(struct call *c, const struct spot *s, enum effect e)
{
	char name[SPOT_NAME];
	int i, r;

	if ((r = name_kept(c, s, e)) == 0)
		return (0);
	spot_bare(s, name);
	for (i = 0; i < ASIDE_TRIES; i++) {
		if (unlinkat(s->dir, name, e == DO_MKDIR ? AT_REMOVEDIR :
		    0) == 0 || errno != EACCES)
			break;
		let_write(&c->w->walk, s->dir);
	}
	return (r < 0 ? r : name_refuse(c));
}

/* Is a directory in there?  1 also if that cannot be told. */
static int
has_directory(int dir)
{
	struct dirent *de;
	struct stat st;
	unsigned n = 0;
	int fd, r = 0;
	DIR *d;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (1);
	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (1);
	}
	while (r == 0 && (de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		r = ++n > LOOK_MAX || de->d_type == DT_DIR ||
		    (de->d_type == DT_UNKNOWN && (fstatat(fd, de->d_name,
		    &st, AT_SYMLINK_NOFOLLOW) == -1 || S_ISDIR(st.st_mode)));
	}
	(void)closedir(d);
	return (r);
}

/* Are the other parts of the name in that directory? */
static int
holds(void *arg, const struct protect_name *nm, size_t from)
{
	struct holder *h = arg;
	struct stat st;
	int dir, next, r = 1;

	dir = openat(h->dir, h->name, O_PATH | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	/* "**" goes on: what is missing may be in any directory in there */
	if (dir != -1 && strcmp(nm->part[from - 1], "**") == 0 &&
	    has_directory(dir))
		from = nm->n;
	for (; dir != -1 && from < nm->n; from++) {
		/* whatever is in there may be meant */
		if (nm->part[from][0] == '*')
			break;
		if (fstatat(dir, nm->part[from], &st,
		    AT_SYMLINK_NOFOLLOW) == -1) {
			r = errno != ENOENT;
			break;
		}
		if (!S_ISDIR(st.st_mode))
			break;
		next = openat(dir, nm->part[from], O_PATH | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
		(void)close(dir);
		dir = next;
	}
	if (dir != -1)
		(void)close(dir);
	h->holds = r;
	return (r);
}

/*
 * What is at from, and of this kind, has or gets the name that is in where: 1,
 * not so.
 */
static int
move_kept(struct call *c, const struct spot *from, const struct stat *st,
    unsigned which)
{
	char bare[SPOT_NAME];
	struct holder h = { from->dir, bare, 0 };
	enum protect_is is;

	spot_bare(from, bare);
	is = protect_check(&c->w->names, c->where[which],
	    S_ISDIR(st->st_mode) ? holds : NULL, &h);
	if (S_ISDIR(st->st_mode))
		return (is == PROTECT_KEPT || h.holds);
	if (!kept_for(is, S_ISLNK(st->st_mode) ? DO_LINK : DO_MAKE) ||
	    (S_ISREG(st->st_mode) &&
	    git_kind(&c->w->names, c->where[which]) == GIT_SAMPLE))
		return (0);
	(void)protect_check(&c->w->names, c->where[which], NULL, NULL);
	return (1);
}

int
may_take(struct call *c, const struct spot *from, const struct stat *st)
{
	(void)snprintf(c->where[AT_THING], WHERE_MAX, "%s",
	    c->where[AT_NAME]);
	return (move_kept(c, from, st, AT_THING) ? name_refuse(c) : 0);
}

int
may_leave(struct call *c, const struct spot *s)
{
	int r;

	if ((r = where_name(c, s, AT_NAME)) < 0)
		return (r);
	if (!protect_held(&c->w->names, c->where[AT_NAME]))
		return (0);
	c->w->refused++;
	return (-EBUSY);
}

int
may_move(struct call *c, const struct spot *from, const struct stat *st)
{
	return (move_kept(c, from, st, AT_NAME) ? name_refuse(c) : 0);
}

int
moved_kept(struct call *c, const struct stat *st, const struct spot *to)
{
	int r;

	if ((r = where_name(c, to, AT_NAME)) < 0)
		return (r);
	return (move_kept(c, to, st, AT_NAME));
}
