/* SPDX-License-Identifier: ISC */
/* Cutting a log that comes in pieces into its lines. */
#include "config.h"

#include <string.h>

#include "common/record/lines.h"
#include "common/record/record.h"

void
record_lines_init(struct record_lines *l)
{
	buf_init(&l->part, RECORD_MAX);
}

void
record_lines_free(struct record_lines *l)
{
	buf_free(&l->part);
}

int
record_lines_inside(const struct record_lines *l)
{
	return (l->part.len != 0);
}

/* A line that is whole: of this piece alone, or with what came before. */
static int
whole(struct record_lines *l, const char *p, size_t n, record_lines_cb cb,
    void *arg)
{
	int r;

	if (l->part.len == 0)
		return (n > RECORD_MAX ? -1 : cb(p, n, arg));
	buf_put(&l->part, p, n);
	if (l->part.bad)
		return (-1);
	r = cb((const char *)l->part.data, l->part.len, arg);
	buf_reset(&l->part);
	return (r);
}

int
record_lines_feed(struct record_lines *l, const void *data, size_t len,
    record_lines_cb cb, void *arg)
{
	const char *nl, *p = data;
	size_t n;
	int r = 0;

	for (; r == 0 && len != 0; p += n, len -= n) {
		nl = memchr(p, '\n', len);
		n = nl != NULL ? (size_t)(nl - p) + 1 : len;
		if (nl != NULL) {
			r = whole(l, p, n, cb, arg);
			continue;
		}
		buf_put(&l->part, p, n);
		if (l->part.bad)
			r = -1;
	}
	if (r != 0)
		buf_reset(&l->part);
	return (r);
}
