/* SPDX-License-Identifier: ISC */
/*
 * Files that git was told it has made (skip.c), in its index: there they are
 * marked, or its next commit of what has changed would take them out of the
 * history, and say that its author did.  Where another file stayed in place of
 * one nothing is marked: git shows that it is another, as it is, and would not
 * leave a branch whose marked files differ.
 *
 * Each such file had an inode of the run's /tmp, where no number comes twice,
 * and git keeps the numbers of what it has written: so it is told exactly which
 * entries these are, whatever their names are and wherever the work tree is.
 * Links are known by their time.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/changes.h"
#include "executor/watch/gitindex.h"
#include "executor/watch/watch_priv.h"

#define SKIP_FILES	65536U	/* files; more are not marked */

static uint32_t *told;		/* inodes, as git keeps them, rising */
static size_t ntold;
static uint32_t told_dev;

void
skip_told(const struct stat *st)
{
	if (ntold == SKIP_FILES)
		return;
	if (told == NULL)
		told = xcalloc(SKIP_FILES, sizeof(*told));
	told_dev = (uint32_t)st->st_dev;
	told[ntold++] = (uint32_t)st->st_ino;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y ? -1 : x > y);
}

int
skip_was_told(uint32_t dev, uint32_t ino)
{
	return (dev == told_dev && ntold != 0 && bsearch(&ino, told, ntold,
	    sizeof(*told), by_number) != NULL);
}

static int
is_told(const struct gitindex_stat *f)
{
	return (skip_was_told(f->dev, f->ino) || skip_was_linked(f));
}

/* All of it, to be freed; NULL: it cannot be read, or is too large. */
static uint8_t *
read_index(const struct walk *w, const struct spot *s, size_t len)
{
	uint8_t *p = NULL;
	size_t n = 0;
	ssize_t r;
	int obj, fd;

	if (len == 0 || len > GITINDEX_MAX ||
	    (obj = openat(s->dir, s->name, O_PATH | O_NOFOLLOW |
	    O_CLOEXEC)) == -1)
		return (NULL);
	fd = wait_open(w, obj, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	(void)close(obj);
	if (fd < 0)
		return (NULL);
	p = xmalloc(len);
	while (n < len && ((r = read(fd, p + n, len - n)) > 0 ||
	    (r == -1 && errno == EINTR)))
		n += r > 0 ? (size_t)r : 0;
	(void)close(fd);
	if (n == len)
		return (p);
	free(p);
	return (NULL);
}

static int
is_index(const struct call *c, const struct spot *from,
    const struct spot *to, const struct stat *st, unsigned flags)
{
	return ((ntold != 0 || skip_links() != 0) && flags == 0 &&
	    S_ISREG(st->st_mode) && strcmp(from->name, "index.lock") == 0 &&
	    strcmp(to->name, "index") == 0 && st->st_size > 0 &&
	    skip_apart(c->where[AT_NAME]) && skip_for(c));
}

int
skip_index(struct call *c, const struct spot *from, const struct spot *to,
    const struct stat *st, unsigned flags)
{
	int r = DRAFT_NONE;
	struct buf out;
	uint8_t *p;

	if (!is_index(c, from, to, st, flags) ||
	    (p = read_index(&c->w->walk, from, (size_t)st->st_size)) == NULL)
		return (DRAFT_NONE);
	if (gitindex_mark(p, (size_t)st->st_size, is_told,
	    &out) > 0 && (r = call_valid(c)) == 0) {
		if (draft_place(to->dir, to->name, out.data, out.len, st,
		    0) == -1)
			r = -errno;
		else if ((r = became_kept(c, to, DO_MAKE)) == 0) {
			(void)unlinkat(from->dir, from->name, 0);
			changes_add(c, FILE_RENAMED);
		}
	}
	buf_free(&out);
	free(p);
	return (r);
}
