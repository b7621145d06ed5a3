/* SPDX-License-Identifier: ISC */
/* Both ends of a segment; see segends.h. */
#include "config.h"

#include <string.h>

#include "client/segends.h"
#include "common/io.h"
#include "common/record/packed.h"

static int
on_line(const char *line, size_t len, void *arg)
{
	struct segends *e = arg;
	struct record_view v;

	if (record_view(&v, line, len) == -1)
		return (1);
	e->last.number = v.number;
	record_digest(e->last.digest, line, len);
	if (e->first.number != 0)
		return (0);
	e->first = e->last;
	return (record_p_parse(e->behind, v.p, RECORD_P));
}

static int
on_lines(const void *p, size_t n, void *arg)
{
	struct segends_read *r = arg;

	return (record_lines_feed(&r->lines, p, n, on_line, &r->ends));
}

void
segends_begin(struct segends_read *r, int packed)
{
	memset(r, 0, sizeof(*r));
	record_lines_init(&r->lines);
	r->unpack = packed ? unpack_new() : NULL;
}

void
segends_feed(struct segends_read *r, const void *p, size_t n)
{
	if (r->bad)
		return;
	r->bad = (r->unpack != NULL ? unpack_feed(r->unpack, p, n, on_lines,
	    r) : on_lines(p, n, r)) != 0;
}

int
segends_end(struct segends_read *r, struct segends *e)
{
	if ((r->unpack != NULL && !unpack_whole(r->unpack)) ||
	    record_lines_inside(&r->lines) || r->ends.first.number == 0)
		r->bad = 1;
	if (r->unpack != NULL)
		unpack_free(r->unpack);
	record_lines_free(&r->lines);
	*e = r->ends;
	return (r->bad ? -1 : 0);
}

int
segends_file(struct segends *e, int fd, int packed)
{
	static uint8_t piece[65536];
	struct segends_read r;
	ssize_t n;

	segends_begin(&r, packed);
	while ((n = io_read(fd, piece, sizeof(piece))) > 0)
		segends_feed(&r, piece, (size_t)n);
	return (segends_end(&r, e) == -1 || n == -1 ? -1 : 0);
}
