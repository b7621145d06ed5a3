/* SPDX-License-Identifier: ISC */
/* The last bytes of what comes; see lately.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmalloc.h"
#include "executor/runner/lately.h"

#define ONE_PIECE_US	5000

struct late_piece {
	unsigned	kind;
	int64_t		us;
	size_t		len;
};

struct lately {
	uint8_t		*p;
	size_t		 size;
	size_t		 at;		/* of the first byte */
	size_t		 len;
	struct late_piece piece[LATELY_PIECES];
	size_t		 first;		/* of the pieces */
	size_t		 n;
	uint64_t	 lost;
};

struct lately *
lately_new(size_t size)
{
	struct lately *l;

	l = xcalloc(1, sizeof(*l));
	l->p = xmalloc(size);
	l->size = size;
	return (l);
}

void
lately_free(struct lately *l)
{
	if (l == NULL)
		return;
	freezero(l->p, l->size);
	freezero(l, sizeof(*l));
}

size_t
lately_room(const struct lately *l)
{
	return (l->n < LATELY_PIECES - 1 ? l->size - l->len : 0);
}

uint64_t
lately_lost(const struct lately *l)
{
	return (l->lost);
}

/* The first n bytes are gone. */
static void
lose(struct lately *l, size_t n)
{
	struct late_piece *q;
	size_t some;

	l->lost += n;
	l->len -= n;
	l->at = (l->at + n) % l->size;
	while (n > 0) {
		q = &l->piece[l->first];
		some = q->len < n ? q->len : n;
		q->len -= some;
		n -= some;
		if (q->len == 0) {
			l->first = (l->first + 1) % LATELY_PIECES;
			l->n--;
		}
	}
}

/* Where n more bytes of this kind are counted. */
static void
count(struct lately *l, unsigned kind, int64_t us, size_t n)
{
	struct late_piece *q;

	q = &l->piece[(l->first + l->n + LATELY_PIECES - 1) % LATELY_PIECES];
	if (l->n > 0 && q->kind == kind && us - q->us <= ONE_PIECE_US) {
		q->len += n;
		return;
	}
	if (l->n == LATELY_PIECES)
		lose(l, l->piece[l->first].len);
	q = &l->piece[(l->first + l->n++) % LATELY_PIECES];
	q->kind = kind;
	q->us = us;
	q->len = n;
}

void
lately_add(struct lately *l, unsigned kind, int64_t us, const uint8_t *p,
    size_t n)
{
	size_t end, some;

	if (n > l->size) {
		l->lost += n - l->size;
		p += n - l->size;
		n = l->size;
	}
	if (n == 0)
		return;
	if (n > l->size - l->len)
		lose(l, n - (l->size - l->len));
	count(l, kind, us, n);
	end = (l->at + l->len) % l->size;
	some = l->size - end < n ? l->size - end : n;
	memcpy(l->p + end, p, some);
	memcpy(l->p, p + some, n - some);
	l->len += n;
}

void
lately_each(const struct lately *l, lately_cb cb, void *arg)
{
	const struct late_piece *q;
	size_t at = l->at, i, some;

	for (i = 0; i < l->n; i++) {
		q = &l->piece[(l->first + i) % LATELY_PIECES];
		some = l->size - at < q->len ? l->size - at : q->len;
		cb(arg, q->kind, q->us, l->p + at, some);
		if (some < q->len)
			cb(arg, q->kind, q->us, l->p, q->len - some);
		at = (at + q->len) % l->size;
	}
}
