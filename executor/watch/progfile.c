/* SPDX-License-Identifier: ISC */
/*
 * The files of an execve: found by their names, and open to be read.
 *
 * The same names come again and again.  So what they led to last stays open,
 * and as long as a name leads to the very file, and nothing about that has
 * changed, it is taken for found: that is one call in place of six.  Only of
 * files of others, which the run cannot keep from going away by that.
 *
 * What an attacker could try: have a name lead elsewhere by then (what has
 * become of the call is compared with what was found, before it begins), or
 * mean something else to who calls than to us (the same; and no name is kept
 * that leads through a link of /proc).
 */
#include "config.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/watch/hold_priv.h"

#define FILES_KEPT	16
#define PHDRS_MAX	64

static struct lent_file {
	char		*path;		/* absolute; NULL: none */
	uint64_t	 used;		/* when, as counted */
	struct progfile	 f;
} files[FILES_KEPT];
static uint64_t uses;

/* Open to be read, if it may be executed. */
static int
open_file(struct call *c, struct spot *s, struct progfile *f, int *hidden)
{
	int r;

	if ((r = walk_where(&c->w->walk, s->obj, f->where)) < 0)
		return (r);
	if (walk_ours(f->where))
		return (-EACCES);
	if (!S_ISREG(s->st.st_mode))
		return (-EACCES);
	if (faccessat(s->obj, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == -1)
		return (-errno);
	r = wait_open(&c->w->walk, s->obj, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (r == -EACCES || r == -EPERM)
		*hidden = SOUGHT_HIDDEN;
	return (r == -EWOULDBLOCK ? -EACCES : r);
}

/* *plain: the kernel has found it at once, by no link of /proc. */
static int
find(struct call *c, int dirfd, const char *path, int flags, struct progfile *f,
    int *plain, int *hidden)
{
	struct spot s = { .dir = -1, .obj = -1 };
	int r;

	if (path[0] == '\0' && (flags & AT_EMPTY_PATH))
		r = dirfd == AT_FDCWD ? -EACCES : walk_fd(&c->w->walk, dirfd,
		    &s);
	else {
		r = walk_path(&c->w->walk, dirfd, path,
		    (flags & AT_SYMLINK_NOFOLLOW) ? WALK_NAME : WALK_FOLLOW,
		    &s);
		if (r == 0 && s.obj == -1)
			r = -ENOENT;
		else if (r == 0 && S_ISLNK(s.st.st_mode))
			r = -ELOOP;
		else if (r == 0 && s.slash && !S_ISDIR(s.st.st_mode))
			r = -ENOTDIR;
	}
	f->st = s.st;
	*plain = path[0] == '/' && flags == 0 && s.dir == -1 &&
	    s.name[0] == '\0';
	if (r == 0)
		r = open_file(c, &s, f, hidden);
	walk_done(&s);
	return (r);
}

static int
untouched(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec);
}

static void
drop(struct lent_file *k)
{
	if (k->path == NULL)
		return;
	(void)close(k->f.fd);
	free(k->path);
	k->path = NULL;
	k->used = 0;
}

/* What this name led to, if it still does. */
static int
known(const char *path, int flags, struct progfile *f)
{
	struct stat st;
	int i;

	if (path[0] != '/' || flags != 0)
		return (0);
	for (i = 0; i < FILES_KEPT && (files[i].path == NULL ||
	    strcmp(files[i].path, path) != 0); i++)
		;
	if (i == FILES_KEPT)
		return (0);
	if (stat(path, &st) == -1 || !untouched(&st, &files[i].f.st)) {
		drop(&files[i]);
		return (0);
	}
	files[i].used = ++uses;
	*f = files[i].f;
	return (1);
}

/* In place of what was not used for longest. */
static void
keep(const char *path, struct progfile *f)
{
	struct lent_file *k, *least = files;

	for (k = files; k < files + FILES_KEPT; k++)
		if (k->used < least->used)
			least = k;
	drop(least);
	f->lent = 1;
	least->path = xstrdup(path);
	least->used = ++uses;
	least->f = *f;
}

int
progfile_find(struct call *c, int dirfd, const char *path, int flags,
    struct progfile *f, int *hidden)
{
	int plain, r;

	if (known(path, flags, f))
		return (0);
	f->lent = 0;
	if ((r = find(c, dirfd, path, flags, f, &plain, hidden)) < 0)
		return (r);
	f->fd = r;
	if (plain && f->st.st_uid != c->w->walk.uid)
		keep(path, f);
	return (0);
}

int
progfile_named(const struct walk *w, const char *name, struct progfile *f)
{
	struct spot s;
	int r;

	f->lent = 0;
	if ((r = walk_path(w, AT_FDCWD, name, WALK_FOLLOW, &s)) < 0)
		return (r);
	f->st = s.st;
	if (s.obj == -1)
		r = -ENOENT;
	else if (!S_ISREG(s.st.st_mode) || walk_where(w, s.obj, f->where) < 0 ||
	    walk_ours(f->where))
		r = -EACCES;
	else
		r = f->fd = wait_open(w, s.obj, O_RDONLY | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC);
	walk_done(&s);
	return (r < 0 ? r : 0);
}

void
progfile_head(struct progfile_head *h, int fd)
{
	h->fd = fd;
	h->n = pread(fd, h->p, sizeof(h->p), 0);
}

/* Those of its beginning are there already. */
static int
bytes_at(const struct progfile_head *h, void *p, size_t len, uint64_t at)
{
	if (h->n >= 0 && at <= (uint64_t)h->n && len <= (uint64_t)h->n - at) {
		memcpy(p, h->p + at, len);
		return (0);
	}
	return (pread(h->fd, p, len, (off_t)at) == (ssize_t)len ? 0 : -1);
}

int
progfile_loader(const struct progfile_head *h, char path[PATH_MAX])
{
	Elf64_Ehdr e;
	Elf64_Phdr ph[PHDRS_MAX];
	size_t i, n;

	if (bytes_at(h, &e, sizeof(e), 0) == -1 ||
	    e.e_phentsize != sizeof(ph[0]) || e.e_phnum == 0)
		return (0);
	if (e.e_phnum > PHDRS_MAX ||
	    bytes_at(h, ph, e.e_phnum * sizeof(ph[0]), e.e_phoff) == -1)
		return (-ENOEXEC);
	for (i = 0; i < e.e_phnum && ph[i].p_type != PT_INTERP; i++)
		;
	if (i == e.e_phnum)
		return (0);
	n = (size_t)ph[i].p_filesz;
	if (n < 2 || n > PATH_MAX ||
	    bytes_at(h, path, n, ph[i].p_offset) == -1 || path[n - 1] != '\0')
		return (-ENOEXEC);
	return (1);
}
