/* SPDX-License-Identifier: ISC */
/*
 * What init tells of the names that it has changed; see changes.h.
 *
 * What an attacker could try: change names without end (they are counted), or
 * the same one (it is told once, while nothing comes between); keep the
 * runner from reading (it is waited for once, and then no more); names that
 * look like others, or are long (they are what the kernel says, cut).
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/inside.h"
#include "executor/lack.h"
#include "executor/watch/changes.h"
#include "executor/watch/watch_priv.h"

#define TAKE_MS		5000	/* that a runner has to take a message */

_Static_assert(INSIDE_CHANGES_MAX >= 5 + FILE_ROW_MAX, "one always fits");

static struct {
	int		 box;		/* -1: nothing is told */
	int		 started;
	uint32_t	 count;		/* all of them */
	uint32_t	 told;		/* rows, with those that are put by */
	size_t		 bytes;		/* of these */
	uint32_t	 n;		/* put by: in batch */
	struct buf	 batch;		/* FILES, behind the letter */
	/* the one before */
	enum file_what	 what;
	uint32_t	 pid;
	char		 path[WHERE_MAX];
} all = { .box = -1 };

void
changes_start(int box)
{
	all.box = box;
	all.started = 1;
	buf_init(&all.batch, INSIDE_CHANGES_MAX);
}

uint32_t
changes_count(void)
{
	return (all.count);
}

/* 0, or -1: it was not taken, nor will anything be. */
static int
hand_over(const struct buf *b)
{
	struct pollfd p = { all.box, POLLOUT, 0 };
	unsigned tries = 0;
	int waited = 0;

	while (send(all.box, b->data, b->len, MSG_NOSIGNAL |
	    MSG_DONTWAIT) == -1) {
		if (errno == EPIPE || errno == ECONNRESET)
			_exit(0);	/* without a runner there is no run */
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN ? waited++ || poll(&p, 1, TAKE_MS) != 1 :
		    !lack_again(&tries))
			return (-1);
	}
	return (0);
}

void
changes_tell(void)
{
	if (all.n == 0)
		return;
	buf_set_u32(&all.batch, 1, all.n);
	if (hand_over(&all.batch) == -1)
		all.box = -1;
	all.n = 0;
}

/* Does it go without saying? */
static int
is_said(uint32_t pid, enum file_what what, const char *path)
{
	if (pid != all.pid || strcmp(path, all.path) != 0)
		return (0);
	if (what == FILE_WRITTEN || what == FILE_MARKED)
		return (all.what == what || all.what == FILE_MADE);
	return (0);
}

static void
put(const struct file_row *row)
{
	size_t len = FILE_ROW_MAX - 2 * PLAN_MAXPATH + strlen(row->path) +
	    strlen(row->to);

	if (all.batch.len + len > INSIDE_CHANGES_MAX)
		changes_tell();
	if (all.bytes + len > FILES_BYTES) {
		changes_tell();
		all.box = -1;
	}
	if (all.box == -1)
		return;
	if (all.n == 0) {
		buf_reset(&all.batch);
		buf_put_u8(&all.batch, INSIDE_CHANGES);
		buf_put_u32(&all.batch, 0);
	}
	shape_put(&file_row_shape, &all.batch, row);
	all.n++;
	all.told++;
	all.bytes += len;
}

/* As much as a row has room for. */
static char *
cut(char out[PLAN_MAXPATH + 1], const char *s)
{
	size_t len = strnlen(s, PLAN_MAXPATH);

	memcpy(out, s, len);
	out[len] = '\0';
	return (out);
}

/* The first name that it is about, and the other one or "". */
static const char *
names_of(const struct call *c, enum file_what what, const char **to)
{
	*to = "";
	switch (what) {
	case FILE_WRITTEN:
	case FILE_MARKED:
		return (c->where[AT_THING]);
	case FILE_RENAMED:
	case FILE_LINKED:
		*to = c->where[AT_NAME];
		return (c->where[AT_THING]);
	case FILE_EXCHANGED:	/* the way back was looked at last */
		*to = c->where[AT_THING];
		break;
	case FILE_SYMLINKED:
		*to = c->path[1];
		break;
	default:
		break;
	}
	return (c->where[AT_NAME]);
}

void
changes_add(const struct call *c, enum file_what what)
{
	static char first[PLAN_MAXPATH + 1], second[PLAN_MAXPATH + 1];
	struct file_row row = { .what = (uint8_t)what, .pid = c->n.pid };
	const char *path, *to;

	if (!all.started)
		return;
	path = names_of(c, what, &to);
	if (!protect_granted(&c->w->names, path) && (what == FILE_SYMLINKED ||
	    !protect_granted(&c->w->names, to)))
		return;
	if (is_said(row.pid, what, path))
		return;
	if (all.count < UINT32_MAX)
		all.count++;
	all.what = what;
	all.pid = row.pid;
	(void)snprintf(all.path, sizeof(all.path), "%s", path);
	if (all.box == -1 || all.told == FILES_ROWS)
		return;
	row.path = cut(first, path);
	row.to = cut(second, to);
	row.seq = all.told + 1;
	put(&row);
}
