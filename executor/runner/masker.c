/* SPDX-License-Identifier: ISC */
/*
 * What a run prints is held for as long as it may be the beginning of a
 * value in some form, and not a byte longer: nothing waits for a time to
 * pass.  Searching is linear, whatever a run prints, which is what a run that
 * would like to keep its runner busy controls.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "executor/runner/forms.h"
#include "executor/runner/masker_priv.h"

#define MARKLEN		(sizeof(MASK_MARK) - 1)

struct masker *
masker_new(void)
{
	return (xcalloc(1, sizeof(struct masker)));
}

void
masker_free(struct masker *h)
{
	if (h == NULL)
		return;
	needles_free(&h->needles);
	free(h->p);
	free(h->len);
	freezero(h, sizeof(*h));
}

void
masker_add(struct masker *h, const uint8_t *p, size_t len)
{
	if (h->built || len < MASKER_MIN)
		abort();
	h->p = xrecallocarray(h->p, h->n, h->n + 1, sizeof(*h->p));
	h->len = xrecallocarray(h->len, h->n, h->n + 1, sizeof(*h->len));
	h->p[h->n] = p;
	h->len[h->n++] = len;
}

static void
count(void *arg, const uint8_t *word, const uint8_t *breaks, size_t len)
{
	size_t *total = arg;

	(void)word;
	(void)breaks;
	*total += len;
}

static void
insert(void *arg, const uint8_t *word, const uint8_t *breaks, size_t len)
{
	needles_add(arg, word, breaks, len);
}

static void
first(void *arg, const uint8_t *word, const uint8_t *breaks, size_t len)
{
	(void)breaks;
	(void)len;
	needles_first(arg, word[0]);
}

int
masker_build(struct masker *h)
{
	size_t i, total = 0;

	h->built = 1;
	if (h->n == 0)
		return (0);
	for (i = 0; i < h->n; i++)
		forms_each(h->p[i], h->len[i], count, &total);
	if (needles_init(&h->needles, total) == -1)
		return (-1);
	for (i = 0; i < h->n; i++)
		forms_each(h->p[i], h->len[i], first, &h->needles);
	for (i = 0; i < h->n; i++)
		forms_each(h->p[i], h->len[i], insert, &h->needles);
	needles_done(&h->needles);
	for (h->ring = 1; h->ring <= h->needles.longest; h->ring *= 2)
		;
	maskread_kinds(h);
	return (0);
}

struct masker_stream *
masker_open(const struct masker *h)
{
	struct masker_stream *s;

	if (h->n != 0 && !h->built)
		abort();
	s = xcalloc(1, sizeof(*s));
	s->h = h;
	s->r[READ_PLAIN].on = 1;
	if (h->n != 0)
		s->r[READ_PLAIN].pos = xcalloc(h->ring,
		    sizeof(*s->r[0].pos));
	return (s);
}

void
masker_close(struct masker_stream *s)
{
	unsigned k;

	if (s == NULL)
		return;
	for (k = 0; k < READINGS; k++)
		free(s->r[k].pos);
	freezero(s->hold, s->room);
	free(s->spans);
	freezero(s, sizeof(*s));
}

size_t
masker_room(const struct masker *h)
{
	/*
	 * A symbol may be an escape and have others between it and the next;
	 * and each byte may be a mark with another byte behind it.
	 */
	return (((size_t)h->needles.longest * (READ_ESC + READ_DROP) +
	    MASKER_CHUNK) * (MARKLEN + 1));
}

uint32_t
masker_count(const struct masker_stream *s)
{
	return (s->count);
}

static void
put_clear(struct masker_stream *s, uint64_t to, struct buf *out)
{
	if (to <= s->base)
		return;
	buf_put(out, s->hold + (s->nhold - (size_t)(s->now - s->base)),
	    (size_t)(to - s->base));
	s->base = to;
	s->marked = 0;
}

static void
put_mark(struct masker_stream *s, uint64_t to, struct buf *out)
{
	if (to <= s->base)
		return;
	s->base = to;
	if (s->marked)
		return;
	buf_put(out, MASK_MARK, MARKLEN);
	s->marked = 1;
	s->count++;
}

/*
 * Lets go what is before this offset.  What is certain to be hidden need not
 * wait: its mark is the same whether more of it follows or not.
 */
static void
let_go(struct masker_stream *s, uint64_t to, struct buf *out)
{
	const struct masker_span *v;
	size_t left;

	for (; s->head < s->nspans; s->head++) {
		v = &s->spans[s->head];
		if (v->from > to)
			break;
		put_clear(s, v->from, out);
		put_mark(s, v->to, out);
	}
	put_clear(s, to, out);
	left = (size_t)(s->now - s->base);
	if (left != 0)
		memmove(s->hold, s->hold + (s->nhold - left), left);
	s->nhold = left;
}

static void
keep(struct masker_stream *s, const uint8_t *p, size_t n)
{
	if (n == 0)
		return;
	if (s->nhold + n > s->room) {
		s->hold = xrecallocarray(s->hold, s->room,
		    s->nhold + n + MASKER_CHUNK, 1);
		s->room = s->nhold + n + MASKER_CHUNK;
	}
	memcpy(s->hold + s->nhold, p, n);
	s->nhold += n;
}

void
masker_feed(struct masker_stream *s, const uint8_t *p, size_t n,
    struct buf *out)
{
	size_t i, k;

	if (s->h->n == 0) {
		buf_put(out, p, n);
		return;
	}
	keep(s, p, n);
	for (i = 0; i < n; i += k) {
		k = maskread_plain(s, p + i, n - i);
		if (k == 0) {
			maskread_byte(s, p[i]);
			k = 1;
		}
		s->now += k;
	}
	let_go(s, maskread_held(s), out);
}

void
masker_finish(struct masker_stream *s, struct buf *out)
{
	uint64_t *pos;
	unsigned k;

	if (s->h->n == 0)
		return;
	let_go(s, s->now, out);
	for (k = 0; k < READINGS; k++) {
		pos = s->r[k].pos;
		memset(&s->r[k], 0, sizeof(s->r[k]));
		s->r[k].pos = pos;
	}
	s->r[READ_PLAIN].on = 1;
	s->others = 0;
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
