/* SPDX-License-Identifier: ISC */
/*
 * Symbolic links that git was told it has made under a protected name.
 *
 * git looks at a link that it has made, by its name, to keep its numbers: a
 * call that nobody but the kernel answers.  So for that moment there is one,
 * of ours, which leads to what is not there and nobody can make; before the
 * next call of its thread is answered it is gone.  When a run is killed in that
 * moment it stays; then any run may remove it.
 *
 * It has a time that no other link has, by which its entry in the index is
 * found (skipindex.c): an inode would be another file's a moment later.
 *
 * What an attacker could try: to be called git, and have such a link stay, by
 * making no other call (until the end of the run; it leads nowhere, and no
 * file can be made by it), or by taking from its directory the right to change
 * it (it is given back, and tried again at each call of that thread and at the
 * end of the run, when nobody is left who could).
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/gitindex.h"
#include "executor/watch/watch_priv.h"

#define SKIP_LINKS	16	/* that are there at once */

struct skipped_link {
	pid_t	 tid;		/* 0: none */
	int	 dir;
	char	 name[SPOT_NAME];
	ino_t	 ino;
};

static struct skipped_link there[SKIP_LINKS];
static unsigned nthere;
static uint32_t nlinks;		/* of them all: the last one's time */

/* Nothing, or not ours any more, or it goes. */
static int
goes(const struct walk *w, const struct skipped_link *l)
{
	struct stat st;
	int i;

	for (i = 0; i < ASIDE_TRIES; i++) {
		if (fstatat(l->dir, l->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			if (!S_ISLNK(st.st_mode) || st.st_ino != l->ino ||
			    unlinkat(l->dir, l->name, 0) == 0)
				return (1);
		}
		if (errno != EACCES)
			return (errno == ENOENT);
		let_write(w, l->dir);
	}
	return (0);
}

/* Others may be against it: then it is tried again. */
static void
take_away(const struct walk *w, struct skipped_link *l)
{
	if (!goes(w, l))
		return;
	(void)close(l->dir);
	l->tid = 0;
	nthere--;
}

/* Of a thread that has ended nothing will look at it any more. */
static int
has_ended(const struct walk *w, pid_t tid)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", (int)tid);
	return (faccessat(w->proc, name, F_OK, 0) == -1 && errno == ENOENT);
}

void
skip_links_settle(const struct watch *w, int last)
{
	struct skipped_link *l;
	size_t i;

	for (i = 0; nthere != 0 && i < SKIP_LINKS; i++) {
		l = &there[i];
		if (l->tid != 0 && (last || l->tid == w->walk.tid ||
		    has_ended(&w->walk, l->tid)))
			take_away(&w->walk, l);
	}
}

static struct skipped_link *
new_link(void)
{
	size_t i;

	for (i = 0; i < SKIP_LINKS; i++)
		if (there[i].tid == 0)
			return (&there[i]);
	return (NULL);
}

/* With its own time, in whole seconds: not every file system has others. */
static int
put_link(int dir, const char *name, struct stat *st)
{
	struct timespec ts[2] = { { 0, UTIME_OMIT },
	    { (time_t)nlinks + 1, 0 } };

	if (symlinkat(SKIP_LINK_TEXT, dir, name) == -1)
		return (-errno);
	nlinks++;
	if (utimensat(dir, name, ts, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0)
		return (0);
	(void)unlinkat(dir, name, 0);
	return (-EROFS);
}

static int
link_in_vain(struct call *c, const struct spot *s)
{
	struct skipped_link *l = new_link();
	struct stat st;
	int dir, r;

	if (l == NULL || nlinks == SKIP_LINKS_MAX)
		return (-EROFS);
	if ((r = call_valid(c)) < 0)
		return (r);
	if ((dir = fcntl(s->dir, F_DUPFD_CLOEXEC, 0)) == -1)
		return (-errno);
	spot_bare(s, l->name);
	if ((r = put_link(dir, l->name, &st)) < 0) {
		(void)close(dir);
		return (r);
	}
	l->dir = dir;
	l->ino = st.st_ino;
	l->tid = c->w->walk.tid;
	nthere++;
	return (0);
}

int
skip_link(struct call *c, const struct spot *s, int refused)
{
	if (s->slash || (refused != -EROFS && refused != -EEXIST) ||
	    skip_apart(c->where[AT_NAME]))
		return (refused);
	if (refused == -EEXIST && protect_check(&c->w->names,
	    c->where[AT_NAME], NULL, NULL) != PROTECT_KEPT)
		return (refused);
	if (!skip_for(c))
		return (refused);
	return (refused == -EEXIST ? 0 : link_in_vain(c, s));
}

uint32_t
skip_links(void)
{
	return (nlinks);
}

int
skip_was_linked(const struct gitindex_stat *f)
{
	return (S_ISLNK(f->mode) && f->size == sizeof(SKIP_LINK_TEXT) - 1 &&
	    f->mtime != 0 && f->mtime <= nlinks);
}
