/* SPDX-License-Identifier: ISC */
/* Ways to read what a run prints; see masker_priv.h. */
#include "config.h"

#include <string.h>

#include "common/xmalloc.h"
#include "executor/runner/masker_priv.h"

static uint32_t
depth_of(const struct masker_stream *s, const struct masker_reading *r)
{
	return (s->h->needles.depth[r->node]);
}

static uint64_t
pos_back(const struct masker_stream *s, const struct masker_reading *r,
    uint64_t k)
{
	uint64_t at = r->pos[(r->nsym - k) & (s->h->ring - 1)];

	return (at > r->floor ? at : r->floor);
}

/*
 * Spans stay in order and apart: what this one reaches becomes a part of it.
 * It may be before the last ones, by less than an escape has bytes.
 */
static void
hide(struct masker_stream *s, uint64_t from, uint64_t to)
{
	size_t at, n;

	if (s->head == s->nspans)
		s->head = s->nspans = 0;
	if (s->nspans == s->maxspans && s->head > s->nspans / 2) {
		s->nspans -= s->head;
		memmove(s->spans, s->spans + s->head,
		    s->nspans * sizeof(*s->spans));
		s->head = 0;
	}
	if (s->nspans == s->maxspans) {
		s->spans = xrecallocarray(s->spans, s->maxspans,
		    2 * s->maxspans + 16, sizeof(*s->spans));
		s->maxspans = 2 * s->maxspans + 16;
	}
	for (at = s->nspans; at > s->head && s->spans[at - 1].from > to; at--)
		;
	for (n = 0; at > s->head && s->spans[at - 1].to >= from; at--, n++) {
		if (s->spans[at - 1].from < from)
			from = s->spans[at - 1].from;
		if (s->spans[at - 1].to > to)
			to = s->spans[at - 1].to;
	}
	memmove(&s->spans[at + 1], &s->spans[at + n],
	    (s->nspans - at - n) * sizeof(*s->spans));
	s->nspans = s->nspans - n + 1;
	s->spans[at].from = from;
	s->spans[at].to = to;
}

/* A byte between two symbols.  Too many of them, and it is no form. */
static void
drop(struct masker_reading *r)
{
	r->plain = 0;
	if (++r->dropped > READ_DROP)
		r->node = 0;
}

/*
 * A line's end.  A program may wait for an answer to the line: where a form
 * has only begun, and no value has a break in this place, what the line shows
 * of it is not held back.
 */
static void
line_break(struct masker_stream *s, struct masker_reading *r, uint64_t end)
{
	if (r->node == 0) {
		r->dropped = 0;
		return;
	}
	if (depth_of(s, r) < READ_LINE &&
	    !(s->h->needles.flags[r->node] & NEEDLES_BREAK))
		r->floor = end;
	r->broken = 1;
	if (++r->dropped > READ_DROP)
		r->node = 0;
}

/* What stands for byte c begins at from and ends before end. */
static void
symbol(struct masker_stream *s, struct masker_reading *r, uint8_t c,
    uint64_t from, uint64_t end, int plain)
{
	const struct needles *d = &s->h->needles;
	uint32_t k;

	r->plain = plain ? r->plain : 0;
	if (c == '\n' || c == '\r') {
		line_break(s, r, end);
		return;
	}
	if (r->broken && (c == ' ' || c == '\t')) {
		if (++r->dropped > READ_DROP)
			r->node = 0;
		return;
	}
	r->broken = 0;
	r->dropped = 0;
	r->node = needles_next(d, r->node, c);
	if (r->node == 0)
		return;
	r->pos[r->nsym & (s->h->ring - 1)] = from;
	r->nsym++;
	r->plain += plain != 0;
	if ((k = d->out[r->node]) != 0)
		hide(s, pos_back(s, r, k), end);
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return ((c | 32) - 'a' + 10);
	return (-1);
}

/* Bytes that were no escape after all, or not all of them. */
static void
literal(struct masker_stream *s, struct masker_reading *r, unsigned first,
    unsigned n)
{
	uint8_t esc[READ_ESC];
	uint64_t at = r->escpos;
	unsigned i;

	memcpy(esc, r->esc, sizeof(esc));
	r->nesc = 0;
	for (i = first; i < n; i++)
		symbol(s, r, esc[i], at + i, at + i + 1, first == 0);
}

static void
escape_begin(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	r->esc[0] = c;
	r->nesc = 1;
	r->escpos = s->now;
}

/* The byte that an escape stands for; the escape's first is not counted. */
static void
escape_end(struct masker_stream *s, struct masker_reading *r, uint8_t c,
    uint64_t end)
{
	r->nesc = 0;
	symbol(s, r, c, r->escpos + 1, end, 0);
}

static void
percent(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	if (r->nesc > 0 && hex_value(c) != -1) {
		r->esc[r->nesc++] = c;
		if (r->nesc == 3)
			escape_end(s, r, (uint8_t)(hex_value(r->esc[1]) << 4 |
			    hex_value(c)), s->now + 1);
		return;
	}
	if (r->nesc > 0)
		literal(s, r, 0, r->nesc);
	if (c == '%')
		escape_begin(s, r, c);
	else if (c == '+' && r == &s->r[READ_QUERY])
		symbol(s, r, ' ', s->now, s->now + 1, 0);
	else
		symbol(s, r, c, s->now, s->now + 1, 1);
}

/* A character as UTF-8; its escape, or the first of two, begins at from. */
static void
code_point(struct masker_stream *s, struct masker_reading *r, uint32_t c,
    uint64_t from, uint64_t end)
{
	uint8_t u[4];
	unsigned n = 0, i;

	if (c < 0x80)
		u[n++] = (uint8_t)c;
	else if (c < 0x800)
		u[n++] = (uint8_t)(0xc0 | c >> 6);
	else if (c < 0x10000) {
		u[n++] = (uint8_t)(0xe0 | c >> 12);
		u[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
	} else {
		u[n++] = (uint8_t)(0xf0 | c >> 18);
		u[n++] = (uint8_t)(0x80 | (c >> 12 & 63));
		u[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
	}
	if (c >= 0x80)
		u[n++] = (uint8_t)(0x80 | (c & 63));
	/* the escape's first byte is not counted */
	for (i = 0; i < n; i++)
		symbol(s, r, u[i], from + 1, end, 0);
}

/* \uXXXX; two of them are one character where the first is a half. */
static void
unicode(struct masker_stream *s, struct masker_reading *r, uint64_t end)
{
	uint32_t v = 0, high = r->high;
	unsigned i;

	for (i = 2; i < 6; i++)
		v = v << 4 | (uint32_t)hex_value(r->esc[i]);
	r->nesc = 0;
	r->high = 0;
	r->plain = 0;
	if (v >= 0xd800 && v < 0xdc00) {
		/* two first halves are no form, or it would never end */
		if (high != 0)
			r->node = 0;
		r->high = v;
		r->highpos = r->escpos;
	} else if (v >= 0xdc00 && v < 0xe000 && high != 0)
		code_point(s, r, 0x10000 + ((high - 0xd800) << 10) +
		    (v - 0xdc00), r->highpos, end);
	else
		code_point(s, r, v, r->escpos, end);
}

static const char simple_from[] = "ntrbfvaeE", simple_to[] =
    "\n\t\r\b\f\v\a\033\033";

/* The byte behind a backslash. */
static void
backslash(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	const char *at;

	if (c != 'u')
		r->high = 0;
	if (c == 'x' || c == 'u' || (c >= '0' && c <= '7')) {
		r->esc[r->nesc++] = c;
		return;
	}
	at = c == 0 ? NULL : strchr(simple_from, c);
	if (at != NULL)
		escape_end(s, r, (uint8_t)simple_to[at - simple_from],
		    s->now + 1);
	else if (c == '\n') {
		r->nesc = 0;
		drop(r);
	} else
		escape_end(s, r, c, s->now + 1);
}

/* An escape that has ended with the byte before this one, by its length. */
static void
number_end(struct masker_stream *s, struct masker_reading *r, uint64_t end)
{
	unsigned v = 0, i;

	if (r->esc[1] == 'u' || (r->esc[1] == 'x' && r->nesc == 2)) {
		/* not enough digits */
		r->plain = 0;
		r->high = 0;
		literal(s, r, 1, r->nesc);
		return;
	}
	if (r->esc[1] == 'x')
		for (i = 2; i < r->nesc; i++)
			v = v << 4 | (unsigned)hex_value(r->esc[i]);
	else
		for (i = 1; i < r->nesc; i++)
			v = v << 3 | (unsigned)(r->esc[i] - '0');
	escape_end(s, r, (uint8_t)v, end);
}

/* Does this byte belong to a number behind a backslash? */
static int
number_goes_on(const struct masker_reading *r, uint8_t c)
{
	if (r->esc[1] == 'u' || r->esc[1] == 'x')
		return (hex_value(c) != -1);
	return (c >= '0' && c <= '7');
}

static void
escape(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	unsigned full;

	if (r->nesc == 1) {
		backslash(s, r, c);
		return;
	}
	if (r->nesc > 1) {
		if (number_goes_on(r, c)) {
			r->esc[r->nesc++] = c;
			full = r->esc[1] == 'u' ? 6 : 4;
			if (r->nesc < full)
				return;
			if (r->esc[1] == 'u')
				unicode(s, r, s->now + 1);
			else
				number_end(s, r, s->now + 1);
			return;
		}
		number_end(s, r, s->now);
	}
	if (c == '\\')
		escape_begin(s, r, c);
	else {
		r->high = 0;
		symbol(s, r, c, s->now, s->now + 1, 1);
	}
}

/* Is a backslash before this byte one that goes away? */
static int
shell_escapes(const struct masker_reading *r, uint8_t c)
{
	return (r->quote == 0 || c == '$' || c == '`' || c == '"' ||
	    c == '\\' || c == '\n');
}

static void
shell(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	if (r->nesc == 1) {
		if (!shell_escapes(r, c)) {
			literal(s, r, 0, 1);
			symbol(s, r, c, s->now, s->now + 1, 1);
		} else if (c == '\n') {
			r->nesc = 0;
			drop(r);
		} else
			escape_end(s, r, c, s->now + 1);
	} else if (c == '\\' && r->quote != '\'')
		escape_begin(s, r, c);
	else if (r->quote != 0 && c == r->quote) {
		r->quote = 0;
		drop(r);
	} else if (r->quote == 0 && (c == '\'' || c == '"')) {
		r->quote = c;
		drop(r);
	} else
		symbol(s, r, c, s->now, s->now + 1, 1);
}

static void
zeros(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	if (c == 0)
		drop(r);
	else
		symbol(s, r, c, s->now, s->now + 1, 1);
}

static void
plain(struct masker_stream *s, struct masker_reading *r, uint8_t c)
{
	symbol(s, r, c, s->now, s->now + 1, 1);
}

/* Where each leaves the plain one. */
static const struct {
	void		(*step)(struct masker_stream *,
			    struct masker_reading *, uint8_t);
	char		 at[4];		/* at one of these */
	uint8_t		 nat;
	char		 within[4];	/* and, within a form, of these */
	uint8_t		 nwithin;
	char		 quote;		/* that it begins in */
} kinds[READINGS] = {
	[READ_PLAIN] = { plain, "", 0, "", 0, 0 },
	[READ_PERCENT] = { percent, "%", 1, "", 0, 0 },
	[READ_QUERY] = { percent, "%", 1, "+", 1, 0 },
	[READ_ESCAPE] = { escape, "\\", 1, "", 0, 0 },
	[READ_SINGLE] = { shell, "", 0, "'", 1, '\'' },
	[READ_DOUBLE] = { shell, "\\", 1, "\"", 1, '"' },
	[READ_BARE] = { shell, "\\", 1, "'\"", 2, 0 },
	[READ_ZEROS] = { zeros, "", 0, "\0", 1, 0 },
};

void
maskread_kinds(struct masker *h)
{
	unsigned c, k, bit;

	for (c = 0; c < 256; c++)
		for (k = 1; k < READINGS; k++) {
			bit = 1U << k;
			if (memchr(kinds[k].at, (int)c, kinds[k].nat) != NULL)
				h->begins[c] |= (uint8_t)bit;
			if (memchr(kinds[k].within, (int)c,
			    kinds[k].nwithin) != NULL)
				h->begins_within[c] |= (uint8_t)bit;
		}
	for (c = 0; c < 256; c++)
		h->special[c] = h->begins[c] != 0 ? SPECIAL :
		    h->begins_within[c] != 0 || c == '\n' || c == '\r' ?
		    SPECIAL_WITHIN : 0;
}

/* Begins where the plain one stands. */
static void
begin(struct masker_stream *s, unsigned k)
{
	const struct masker_reading *p = &s->r[READ_PLAIN];
	struct masker_reading *r = &s->r[k];
	uint64_t *pos = r->pos, i, mask = s->h->ring - 1;

	if (pos == NULL)
		pos = xcalloc(s->h->ring, sizeof(*pos));
	*r = *p;
	r->pos = pos;
	r->plain = p->nsym;
	for (i = 1; i <= depth_of(s, p); i++)
		pos[(p->nsym - i) & mask] = p->pos[(p->nsym - i) & mask];
	r->on = 1;
	r->quote = kinds[k].quote;
	s->others++;
}

/* Will both see the same from here on? */
static int
same(const struct masker_stream *s, const struct masker_reading *r)
{
	const struct masker_reading *p = &s->r[READ_PLAIN];
	uint32_t n = depth_of(s, r);

	return (r->node == p->node && r->nesc == 0 && r->high == 0 &&
	    r->plain >= n && (n == 0 || (r->broken == p->broken &&
	    r->dropped == p->dropped &&
	    pos_back(s, r, n) == pos_back(s, p, n))));
}

/*
 * From offset i on, where the two bytes before it are the last symbols, the
 * first byte that is special or with which a word may have begun, or n.
 */
static size_t
skip(const struct masker *h, const uint8_t *p, size_t i, size_t n)
{
	uint32_t last = (uint32_t)p[i - 2] << 8 | p[i - 1];

	for (; i < n && !h->special[p[i]]; i++) {
		last = last << 8 | p[i];
		if (needles_begin(&h->needles, last))
			break;
	}
	return (i);
}

/* The node behind the last symbols, of which no word needs more. */
static uint32_t
again(struct masker_stream *s, const uint8_t *p, size_t i)
{
	struct masker_reading *r = &s->r[READ_PLAIN];
	uint32_t node = 0;
	size_t k;

	for (k = i - 2; k < i; k++) {
		node = needles_next(&s->h->needles, node, p[k]);
		r->pos[r->nsym++ & (s->h->ring - 1)] = s->now + k;
	}
	return (node);
}

/*
 * While the plain reading is the only one, and at a symbol of its own.  Where
 * less than three symbols are the beginning of a word, all of it is known by
 * the last two.
 */
size_t
maskread_plain(struct masker_stream *s, const uint8_t *p, size_t n)
{
	const struct needles *d = &s->h->needles;
	struct masker_reading *r = &s->r[READ_PLAIN];
	uint32_t node = r->node, k;
	size_t i, at, since = 0;	/* symbols since then */

	if (s->others != 0 || r->broken || r->dropped != 0)
		return (0);
	for (i = 0; i < n;) {
		if (s->h->special[p[i]]) {
			if (node != 0 || d->rows[p[i]] != 0 ||
			    s->h->special[p[i]] != SPECIAL_WITHIN)
				break;
			/* nothing has begun that it could be in */
			since = ++i;
			continue;
		}
		if (i - since >= 2 && !d->shorter && d->depth[node] < 3 &&
		    (at = skip(s->h, p, i, n)) != i) {
			node = again(s, p, at);
			i = at;
			continue;
		}
		node = needles_next(d, node, p[i]);
		i++;
		if (node == 0)
			continue;
		r->pos[r->nsym++ & (s->h->ring - 1)] = s->now + i - 1;
		if (node > d->first && (k = d->out[node]) != 0)
			hide(s, pos_back(s, r, k), s->now + i);
	}
	r->node = node;
	return (i);
}

void
maskread_byte(struct masker_stream *s, uint8_t c)
{
	const struct masker *h = s->h;
	unsigned k, start = h->begins[c];

	if (s->r[READ_PLAIN].node != 0 || h->needles.rows[c] != 0)
		start |= h->begins_within[c];
	for (k = 1; start >> k != 0; k++)
		if ((start >> k & 1) != 0 && !s->r[k].on)
			begin(s, k);
	plain(s, &s->r[READ_PLAIN], c);
	for (k = 1; s->others != 0 && k < READINGS; k++) {
		if (!s->r[k].on)
			continue;
		kinds[k].step(s, &s->r[k], c);
		if (same(s, &s->r[k])) {
			s->r[k].on = 0;
			s->others--;
		}
	}
}

uint64_t
maskread_held(const struct masker_stream *s)
{
	uint64_t from = s->now, at;
	const struct masker_reading *r;
	uint32_t n;
	unsigned k;

	for (k = 0; k < READINGS; k++) {
		r = &s->r[k];
		if (k != READ_PLAIN && !r->on)
			continue;
		n = depth_of(s, r);
		at = n > 0 ? pos_back(s, r, n) :
		    r->high != 0 ? r->highpos + 1 :
		    r->nesc > 0 ? r->escpos + 1 : s->now;
		if (at < from)
			from = at;
	}
	return (from);
}
