/* SPDX-License-Identifier: ISC */
/* Segments are looked at before they are packed; see packcheck.h. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/packcheck.h"

#define NEXT_CHUNK	(64U * 1024)
#define TIME_CHUNK	(32U * 1024)

int
packcheck_same(const struct auditor *a, const struct packfile *f,
    uint64_t first)
{
	return (known_same(a, &a->closed.known, first, packfile_fd(f)));
}

void
packcheck_begin(struct packcheck *c, uint64_t first)
{
	memset(c, 0, sizeof(*c));
	record_lines_init(&c->lines);
	c->first = first;
}

void
packcheck_seals(struct packcheck *c, const struct record_head *before,
    struct sealcheck *seals)
{
	c->before = *before;
	c->seals = seals;
}

void
packcheck_free(struct packcheck *c)
{
	record_lines_free(&c->lines);
	memset(c, 0, sizeof(*c));
}

/* What the first line is bound to is in the segment before. */
static int
one_line(const char *line, size_t len, void *arg)
{
	struct packcheck *c = arg;
	uint64_t got;

	c->bad = record_check(line, len, c->last.number != 0 ? &c->last :
	    NULL, &got);
	if (c->bad == NULL && c->last.number == 0 && got != c->first)
		c->bad = "number";
	if (c->bad != NULL)
		return (1);
	if (c->last.number != 0)
		c->before = c->last;
	c->last.number = got - 1;
	record_step(&c->last, line, len);
	if (c->seals != NULL)
		c->bad = sealcheck_line(c->seals, line, len, &c->before,
		    c->last.digest);
	return (c->bad != NULL);
}

void
packcheck_feed(struct packcheck *c, const void *p, size_t n)
{
	if (c->bad == NULL && record_lines_feed(&c->lines, p, n, one_line,
	    c) != 0 && c->bad == NULL)
		c->bad = "format";
}

struct follower {
	const struct record_head *last;
	int		 is;
};

static int
next_line(const char *line, size_t len, void *arg)
{
	struct follower *f = arg;

	f->is = record_carries(line, len, f->last->digest);
	return (1);
}

int
packcheck_followed(const struct record_head *last, const struct auditor *a,
    size_t i)
{
	struct follower f = { last, 0 };
	struct record_lines lines;
	uint8_t piece[NEXT_CHUNK];
	struct packfile *file;
	uint64_t at = 0;
	ssize_t n;
	int saved;

	/* nothing was written behind it yet */
	if (a->chain.durable.number == last->number)
		return (memcmp(a->chain.durable.digest, last->digest,
		    RECORD_DIGEST) == 0);
	if ((file = segment_read(&a->chain.seg, i + 1)) == NULL)
		return (-1);
	record_lines_init(&lines);
	while ((n = packfile_read(file, piece, sizeof(piece), at)) > 0) {
		at += (uint64_t)n;
		if (record_lines_feed(&lines, piece, (size_t)n, next_line,
		    &f) != 0)
			break;
	}
	record_lines_free(&lines);
	saved = errno;
	packfile_close(file);
	errno = saved;
	return (n == -1 ? -1 : f.is);
}

static int
first_time(const char *line, size_t len, void *arg)
{
	struct record_view v;
	uint64_t *us = arg;

	if (record_view(&v, line, len) == 0)
		*us = v.time_us;
	return (1);
}

uint64_t
packcheck_time(const struct auditor *a, size_t i)
{
	struct record_lines lines;
	uint8_t piece[TIME_CHUNK];
	struct packfile *f;
	uint64_t us = 0, at;
	ssize_t n;

	if ((f = segment_read(&a->chain.seg, i + 1)) == NULL)
		return (0);
	record_lines_init(&lines);
	for (at = 0; (n = packfile_read(f, piece, sizeof(piece), at)) > 0;
	    at += (uint64_t)n)
		if (record_lines_feed(&lines, piece, (size_t)n, first_time,
		    &us) != 0)
			break;
	record_lines_free(&lines);
	packfile_close(f);
	return (us);
}

const char *
packcheck_inside(struct packcheck *c)
{
	if (c->bad == NULL && (record_lines_inside(&c->lines) ||
	    c->last.number == 0))
		c->bad = "format";
	return (c->bad);
}

int
packcheck_end(struct packcheck *c, const struct auditor *a, size_t i,
    const char **bad)
{
	int is;

	if (packcheck_inside(c) == NULL) {
		if ((is = packcheck_followed(&c->last, a, i)) == -1)
			return (-1);
		if (!is)
			c->bad = "chain";
	}
	*bad = c->bad;
	return (c->bad != NULL);
}
