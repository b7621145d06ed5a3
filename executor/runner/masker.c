/* SPDX-License-Identifier: ISC */
/*
 * Knuth, Morris and Pratt's search for each value at once: linear, whatever
 * a run prints, which is what a run that would like to keep its runner busy
 * controls.  Bytes that are the start of a value so far are held; a byte is
 * let go when no value can begin at or before it any more.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "executor/runner/masker.h"

#define MARKLEN	(sizeof(MASK_MARK) - 1)
#define SPAN_MIN	32	/* shorter ones are not worth an own way */

struct needle {
	const uint8_t	*p;
	size_t		 len;
	uint32_t	*fail;		/* longest border of each prefix */
};

struct masker {
	struct needle	 v[PLAN_MAXSECRETS];
	size_t		 n;
	size_t		 longest;
	uint8_t		 first[256];	/* a value begins with this byte */
};

struct masker_stream {
	const struct masker *h;
	size_t		 at[PLAN_MAXSECRETS];	/* bytes matched so far */
	uint8_t		*hold;			/* held bytes, and */
	uint8_t		*cover;			/* which are to be hidden */
	size_t		 nhold;
	int		 marked;		/* the last thing was a mark */
	uint32_t	 count;
};

struct masker *
masker_new(void)
{
	return (xcalloc(1, sizeof(struct masker)));
}

void
masker_add(struct masker *h, const uint8_t *p, size_t len)
{
	struct needle *v;
	size_t i, k = 0;

	if (h->n == PLAN_MAXSECRETS || len < MASKER_MIN)
		abort();
	v = &h->v[h->n++];
	v->p = p;
	v->len = len;
	v->fail = xcalloc(len + 1, sizeof(*v->fail));
	for (i = 1; i < len; i++) {
		while (k > 0 && p[i] != p[k])
			k = v->fail[k];
		if (p[i] == p[k])
			k++;
		v->fail[i + 1] = (uint32_t)k;
	}
	h->first[p[0]] = 1;
	if (len > h->longest)
		h->longest = len;
}

struct masker_stream *
masker_open(const struct masker *h)
{
	struct masker_stream *s;

	s = xcalloc(1, sizeof(*s));
	s->h = h;
	if (h->n != 0) {
		s->hold = xcalloc(2, h->longest + MASKER_CHUNK);
		s->cover = s->hold + h->longest + MASKER_CHUNK;
	}
	return (s);
}

void
masker_close(struct masker_stream *s)
{
	if (s == NULL)
		return;
	if (s->hold != NULL)
		freezero(s->hold, 2 * (s->h->longest + MASKER_CHUNK));
	freezero(s, sizeof(*s));
}

size_t
masker_room(const struct masker *h)
{
	/* a mark needs at least MASKER_MIN bytes to stand for */
	return ((h->longest + MASKER_CHUNK) * (MARKLEN / MASKER_MIN + 2));
}

uint32_t
masker_count(const struct masker_stream *s)
{
	return (s->count);
}

/* Lets the first n held bytes go. */
static void
let_go(struct masker_stream *s, size_t n, struct buf *out)
{
	size_t i, run;

	for (i = 0; i < n; i += run) {
		for (run = 1; i + run < n &&
		    s->cover[i + run] == s->cover[i]; run++)
			;
		if (s->cover[i] == 0) {
			buf_put(out, s->hold + i, run);
			s->marked = 0;
		} else if (!s->marked) {
			buf_put(out, MASK_MARK, MARKLEN);
			s->marked = 1;
			s->count++;
		}
	}
	s->nhold -= n;
	memmove(s->hold, s->hold + n, s->nhold);
	memmove(s->cover, s->cover + n, s->nhold);
}

/* One more byte for every value; the most that any has matched by now. */
static size_t
step(struct masker_stream *s, uint8_t c)
{
	const struct needle *v;
	size_t i, k, most = 0;

	for (i = 0; i < s->h->n; i++) {
		v = &s->h->v[i];
		k = s->at[i];
		while (k > 0 && v->p[k] != c)
			k = v->fail[k];
		if (v->p[k] == c)
			k++;
		if (k == v->len) {
			memset(s->cover + s->nhold - k, 1, k);
			k = v->fail[k];
		}
		s->at[i] = k;
		if (k > most)
			most = k;
	}
	return (most);
}

/* Every byte is held at first; how many are, in the end. */
static size_t
hold_all(struct masker_stream *s, const uint8_t *p, size_t n, size_t keep)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s->hold[s->nhold] = p[i];
		s->cover[s->nhold++] = 0;
		if (keep != 0 || s->h->first[p[i]])
			keep = step(s, p[i]);
	}
	return (keep);
}

/*
 * With one value, what lies before its first byte passes as one piece, once
 * nothing before it waits any more.
 */
static size_t
pass_some(struct masker_stream *s, const uint8_t *p, size_t n, size_t keep,
    struct buf *out)
{
	const uint8_t *end = p + n, *next;
	size_t k;

	for (; p < end; p += k) {
		k = 1;
		if (keep == 0) {
			next = memchr(p, s->h->v[0].p[0], (size_t)(end - p));
			k = (size_t)((next == NULL ? end : next) - p);
			if (k >= SPAN_MIN) {
				let_go(s, s->nhold, out);
				buf_put(out, p, k);
				s->marked = 0;
				continue;
			}
			/* and the byte itself */
			k += next != NULL;
		}
		keep = hold_all(s, p, k, keep);
	}
	return (keep);
}

void
masker_feed(struct masker_stream *s, const uint8_t *p, size_t n,
    struct buf *out)
{
	size_t i, keep = 0;

	if (s->h->n == 0) {
		buf_put(out, p, n);
		return;
	}
	for (i = 0; i < s->h->n; i++)
		if (s->at[i] > keep)
			keep = s->at[i];
	if (s->h->n == 1)
		keep = pass_some(s, p, n, keep, out);
	else
		keep = hold_all(s, p, n, keep);
	let_go(s, s->nhold - keep, out);
}

void
masker_finish(struct masker_stream *s, struct buf *out)
{
	if (s->nhold != 0)
		let_go(s, s->nhold, out);
	memset(s->at, 0, sizeof(s->at));
}

char *
masker_text(const struct masker *h, char *s)
{
	struct masker_stream *ms;
	size_t len = strlen(s), at, n;
	struct buf b;
	char *out;

	if (h->n == 0)
		return (s);
	ms = masker_open(h);
	buf_init(&b, masker_room(h) + 2 * len + 1);
	for (at = 0; at < len; at += n) {
		n = len - at < MASKER_CHUNK ? len - at : MASKER_CHUNK;
		masker_feed(ms, (const uint8_t *)s + at, n, &b);
	}
	masker_finish(ms, &b);
	masker_close(ms);
	buf_put_u8(&b, '\0');
	out = xstrdup(b.bad ? MASK_MARK : (const char *)b.data);
	buf_free(&b);
	freezero(s, len);
	return (out);
}
