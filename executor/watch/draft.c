/* SPDX-License-Identifier: ISC */
/*
 * Files of a repository whose content decides (gitname.c): what a run wants
 * to have there is read into memory of ours, and if that is harmless, a file
 * of ours with these very bytes gets the name.
 *
 * git writes its configuration beside and renames it, which is when it is
 * looked at.  What it, tar(1) or cp(1) open under the name itself is a draft: a
 * file without a name in the run's /tmp, which gets the place as soon as
 * nobody has it open for writing any more, before the next call is answered.
 *
 * What an attacker could try: write to what was looked at afterwards (it is
 * not that file, and a name of ours cannot be opened); keep a draft open, or
 * write to it in memory that shows it (a lease tells of both; at the end of
 * the run nobody is left); have the directory renamed meanwhile (what is
 * harmless is so under every name that is one of git's, and it is asked for
 * again); put something there meanwhile (what was not there is not replaced).
 */
#include "config.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "executor/watch/changes.h"
#include "executor/watch/gitconf.h"
#include "executor/watch/watch_priv.h"

#define DRAFTS_MAX	16

struct draft {
	int		 fd;		/* to read it by; 0: none */
	int		 dir;
	char		 name[SPOT_NAME];
	enum git_kind	 kind;
	int		 there;		/* it takes another one's place */
	uint32_t	 pid;
};

static struct draft drafts[DRAFTS_MAX];
static unsigned ndrafts;

int
draft_place(int dir, const char *name, const void *data, size_t len,
    const struct stat *like, unsigned flags)
{
	struct timespec ts[2] = { like->st_atim, like->st_mtim };
	char own[sizeof(PROTECT_OWN) + 32];
	uint64_t n;
	int fd, i, r;

	if (getrandom(&n, sizeof(n), 0) != sizeof(n))
		return (-1);
	(void)snprintf(own, sizeof(own), PROTECT_OWN "%016" PRIx64, n);
	fd = openat(dir, own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return (-1);
	r = io_write(fd, data, len) == 0 &&
	    fchmod(fd, like->st_mode & 0777) == 0 &&
	    futimens(fd, ts) == 0 ? 0 : -1;
	if (close(fd) == -1)
		r = -1;
	if (r == 0 && syscall(SYS_renameat2, dir, own, dir, name,
	    flags) != 0)
		r = -1;
	if (r == -1) {
		i = errno;
		(void)unlinkat(dir, own, 0);
		errno = i;
	}
	return (r);
}

/* One that is refused after its call was answered. */
static void
refuse_late(struct call *c)
{
	(void)protect_check(&c->w->names, c->where[AT_NAME], NULL, NULL);
	(void)name_refuse(c);
}

/* What is there may be replaced if it is harmless itself. */
static int
gives_way(const struct call *c, const struct draft *d)
{
	static struct git_text t;
	int obj, r;

	if (!d->there)
		return (1);
	obj = openat(d->dir, d->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (obj == -1)
		return (errno == ENOENT);
	r = git_read(&c->w->walk, obj, &t) == 0 && git_harmless(&c->w->names,
	    d->kind, c->where[AT_NAME], &t);
	(void)close(obj);
	return (r);
}

static int
finish_draft(struct call *c, const struct draft *d)
{
	static struct git_text t;
	struct spot s = { .dir = d->dir, .obj = -1 };
	struct stat st;

	(void)snprintf(s.name, sizeof(s.name), "%s", d->name);
	if (name_where(c, &s) < 0 ||
	    git_kind(&c->w->names, c->where[AT_NAME]) != d->kind ||
	    fstat(d->fd, &st) == -1 || git_read(&c->w->walk, d->fd, &t) == -1)
		return (-1);
	if (!git_harmless(&c->w->names, d->kind, c->where[AT_NAME], &t) ||
	    !gives_way(c, d))
		return (-1);
	if (d->kind == GIT_COMMONDIR)
		return (0);	/* see place_early() */
	(void)snprintf(c->where[AT_THING], WHERE_MAX, "%s",
	    c->where[AT_NAME]);
	if (draft_place(d->dir, d->name, t.data, t.len, &st, d->there ? 0 :
	    RENAME_NOREPLACE) == -1)
		return (-1);
	changes_add(c, d->there ? FILE_WRITTEN : FILE_MADE);
	return (0);
}

/* Has nobody a descriptor or memory to write to it by? */
static int
is_complete(const struct draft *d)
{
	if (fcntl(d->fd, F_SETLEASE, F_RDLCK) == -1)
		return (0);
	(void)fcntl(d->fd, F_SETLEASE, F_UNLCK);
	return (1);
}

void
drafts_settle(struct watch *w, int last)
{
	static struct call c;
	struct draft *d;
	size_t i;

	for (i = 0; ndrafts != 0 && i < DRAFTS_MAX; i++) {
		d = &drafts[i];
		if (d->fd == 0 || (!last && !is_complete(d)))
			continue;
		c.w = w;
		c.n.pid = d->pid;
		c.where[AT_NAME][0] = c.where[AT_THING][0] = '\0';
		if (!is_complete(d) || finish_draft(&c, d) == -1)
			refuse_late(&c);
		(void)close(d->fd);
		(void)close(d->dir);
		d->fd = 0;
		ndrafts--;
	}
}

/* A file without a name, twice: for its caller, and to read it by. */
static int
blank(const struct walk *w, int flags, mode_t mode, int fds[2])
{
	int fd, r = 0;

	fds[0] = fds[1] = -1;
	fd = open("/tmp", O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, mode);
	if (fd == -1)
		return (-errno);
	/* whoever may not read it writes it all the same */
	if (fchmod(fd, 0600) == -1 ||
	    (fds[0] = wait_open(w, fd, (flags & (O_ACCMODE | O_APPEND)) |
	    O_CLOEXEC)) < 0 ||
	    (fds[1] = wait_open(w, fd, O_RDONLY | O_CLOEXEC)) < 0)
		r = -EROFS;
	(void)close(fd);
	return (r);
}

static struct draft *
new_draft(void)
{
	size_t i;

	for (i = 0; i < DRAFTS_MAX; i++)
		if (drafts[i].fd == 0)
			return (&drafts[i]);
	return (NULL);
}

/* What can be nothing else is there before git goes on. */
static int
place_early(const struct draft *d)
{
	static const char text[] = GIT_COMMONDIR_TEXT;
	struct stat st;

	if (d->kind != GIT_COMMONDIR)
		return (0);
	if (fstat(d->fd, &st) == -1)
		return (-errno);
	return (draft_place(d->dir, d->name, text, sizeof(text) - 1, &st,
	    RENAME_NOREPLACE) == -1 ? -errno : 0);
}

/* Descriptors and all are ready: it is the caller's. */
static int
hand_out(struct call *c, struct draft *d, int fd, int flags)
{
	int r;

	if ((r = call_valid(c)) == 0 && (r = place_early(d)) == 0)
		r = call_put(c, fd, (flags & O_CLOEXEC) != 0);
	if (r >= 0) {
		d->pid = c->n.pid;
		ndrafts++;
	}
	return (r);
}

static int
open_draft(struct call *c, const struct spot *s, enum git_kind kind,
    int there, int flags, mode_t mode)
{
	struct draft *d = new_draft();
	int fds[2] = { -1, -1 }, r;

	if (d == NULL)
		return (name_refuse(c));
	if ((r = call_room(c)) < 0 || (r = call_umask(c)) < 0 ||
	    (r = blank(&c->w->walk, flags, mode, fds)) < 0)
		goto out;
	if (fchmod(fds[1], mode & ~call_mask()) == -1 ||
	    (d->dir = fcntl(s->dir, F_DUPFD_CLOEXEC, 0)) == -1) {
		r = -errno;
		goto out;
	}
	d->fd = fds[1];
	d->kind = kind;
	d->there = there;
	spot_bare(s, d->name);
	if ((r = hand_out(c, d, fds[0], flags)) < 0) {
		(void)close(d->dir);
		d->fd = 0;
	}
out:
	if (fds[0] >= 0)
		(void)close(fds[0]);
	if (r < 0 && fds[1] >= 0)
		(void)close(fds[1]);
	return (r);
}

int
draft_void(struct call *c, int flags, mode_t mode, struct stat *st)
{
	int fds[2] = { -1, -1 }, i, r;

	if ((r = call_room(c)) < 0 || (r = call_umask(c)) < 0)
		return (r);
	r = blank(&c->w->walk, flags, mode, fds);
	if (r == 0 && (fchmod(fds[1], mode & ~call_mask()) == -1 ||
	    fstat(fds[1], st) == -1))
		r = -errno;
	if (r == 0 && (r = call_valid(c)) == 0)
		r = call_put(c, fds[0], (flags & O_CLOEXEC) != 0);
	for (i = 0; i < 2; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	return (r);
}

int
draft_new(struct call *c, const struct spot *s, int flags, mode_t mode)
{
	enum git_kind kind;

	if (protect_check(&c->w->names, c->where[AT_NAME], NULL,
	    NULL) < PROTECT_BEGINS)
		return (DRAFT_NONE);
	kind = git_kind(&c->w->names, c->where[AT_NAME]);
	if (!GIT_HAS_TEXT(kind))
		return (DRAFT_NONE);
	(void)protect_check(&c->w->names, c->where[AT_NAME], NULL, NULL);
	return (open_draft(c, s, kind, 0, flags, mode));
}

/* The directory of what is at this canonical path, and its name in there. */
static int
find_parent(const char *where, const struct stat *st, struct spot *s)
{
	const struct open_how how = { O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
	    RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	const char *name = strrchr(where, '/');
	char dir[WHERE_MAX];
	struct stat now;

	if (name == NULL || strlen(name + 1) > NAME_MAX)
		return (-1);
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(name - where), where);
	(void)snprintf(s->name, sizeof(s->name), "%s", name + 1);
	s->obj = -1;
	s->dir = (int)syscall(SYS_openat2, AT_FDCWD, dir, &how, sizeof(how));
	if (s->dir == -1)
		return (-1);
	if (fstatat(s->dir, s->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_dev == st->st_dev && now.st_ino == st->st_ino)
		return (0);
	walk_done(s);
	return (-1);
}

int
draft_anew(struct call *c, const struct spot *s, int flags)
{
	const char *where = c->where[AT_THING];
	struct spot at;
	int r = DRAFT_NONE;

	if (!(flags & O_TRUNC) || !S_ISREG(s->st.st_mode) ||
	    walk_where(&c->w->walk, s->obj, c->where[AT_THING]) < 0 ||
	    protect_check(&c->w->names, where, NULL, NULL) < PROTECT_BEGINS ||
	    git_kind(&c->w->names, where) != GIT_FILE ||
	    !git_may_mark(c, s, where) || find_parent(where, &s->st, &at) < 0)
		return (DRAFT_NONE);
	(void)protect_check(&c->w->names, where, NULL, NULL);
	r = open_draft(c, &at, GIT_FILE, 1, flags, s->st.st_mode & 0777);
	walk_done(&at);
	return (r);
}

/* The text at from, judged by what is at the other name. */
static int
judge_move(struct call *c, int from, const struct spot *to,
    enum git_kind kind, struct buf *out)
{
	static struct git_text old, new;
	char name[SPOT_NAME];
	int obj, r;

	spot_bare(to, name);
	obj = openat(to->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (obj == -1 && errno != ENOENT)
		return (-1);
	old.len = 0;
	r = obj == -1 ? 0 : git_read(&c->w->walk, obj, &old);
	if (obj != -1)
		(void)close(obj);
	if (r == -1 || git_read(&c->w->walk, from, &new) == -1)
		return (-1);
	if (kind == GIT_CONFIG)
		return (gitconf_replace(old.data, old.len, new.data, new.len,
		    out));
	buf_put(out, new.data, new.len);
	return (git_harmless(&c->w->names, kind, c->where[AT_NAME], &new) &&
	    (obj == -1 || git_harmless(&c->w->names, kind,
	    c->where[AT_NAME], &old)) ? 0 : -1);
}

static int
move_text(struct call *c, const struct spot *from, const struct spot *to,
    const struct stat *st, enum git_kind kind, unsigned flags)
{
	char name[SPOT_NAME];
	struct buf out;
	int obj, refused, r = -1;

	buf_init(&out, GITCONF_MAX + 1);
	spot_bare(from, name);
	obj = openat(from->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (obj != -1)
		r = judge_move(c, obj, to, kind, &out);
	if (r != 0) {
		/* what is left out is told as well */
		(void)protect_check(&c->w->names, c->where[AT_NAME], NULL,
		    NULL);
		refused = name_refuse(c);
		r = r == 1 ? 0 : refused;
	}
	if (r == 0 && (r = call_valid(c)) == 0) {
		spot_bare(to, name);
		r = draft_place(to->dir, name, out.data, out.len, st,
		    flags) == -1 ? -errno : 0;
	}
	if (r == 0) {
		spot_bare(from, name);
		(void)unlinkat(from->dir, name, 0);
		changes_add(c, FILE_RENAMED);
	}
	if (obj != -1)
		(void)close(obj);
	buf_free(&out);
	return (r);
}

int
draft_move(struct call *c, const struct spot *from, const struct spot *to,
    const struct stat *st, unsigned flags)
{
	enum git_kind kind;

	if ((flags & ~(unsigned)RENAME_NOREPLACE) != 0 ||
	    !S_ISREG(st->st_mode) || to->slash ||
	    protect_check(&c->w->names, c->where[AT_NAME], NULL, NULL) <
	    PROTECT_BEGINS)
		return (DRAFT_NONE);
	kind = git_kind(&c->w->names, c->where[AT_NAME]);
	if (!GIT_HAS_TEXT(kind))
		return (DRAFT_NONE);
	return (move_text(c, from, to, st, kind, flags));
}
