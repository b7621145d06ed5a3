/* SPDX-License-Identifier: ISC */
/* Forms of a value; see forms.h. */
#include "config.h"

#include <string.h>

#include "common/buf.h"
#include "executor/runner/forms.h"

struct forms {
	forms_fn	*fn;
	void		*arg;
	uint8_t		*word;
	uint8_t		*breaks;
	size_t		 room;		/* of each */
};

static int
is_break(uint8_t c)
{
	return (c == '\n' || c == '\r');
}

static int
is_blank(uint8_t c)
{
	return (c == ' ' || c == '\t');
}

/* Nothing of what is around a value is a secret. */
static void
trim(const uint8_t **p, size_t *n)
{
	while (*n > 0 && (is_break(**p) || is_blank(**p))) {
		(*p)++;
		(*n)--;
	}
	while (*n > 0 && (is_break((*p)[*n - 1]) || is_blank((*p)[*n - 1])))
		(*n)--;
}

/* As the masker reads it: without line breaks and what indents a line. */
static void
give_joined(const struct forms *f, const uint8_t *p, size_t n)
{
	size_t i, len = 0;
	int broken = 0;

	for (i = 0; i < n; i++) {
		if (is_break(p[i])) {
			broken = 1;
			if (len > 0)
				f->breaks[len - 1] = 1;
		} else if (!broken || !is_blank(p[i])) {
			f->breaks[len] = 0;
			f->word[len++] = p[i];
			broken = 0;
		}
	}
	f->fn(f->arg, f->word, f->breaks, len);
}

static void
give(const struct forms *f, size_t len)
{
	if (len >= FORMS_SHORT)
		f->fn(f->arg, f->word, NULL, len);
}

static void
give_hex(const struct forms *f, const uint8_t *p, size_t n)
{
	static const char digits[2][17] = { "0123456789abcdef",
	    "0123456789ABCDEF" };
	size_t i;
	int k;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < n; i++) {
			f->word[2 * i] = (uint8_t)digits[k][p[i] >> 4];
			f->word[2 * i + 1] = (uint8_t)digits[k][p[i] & 15];
		}
		give(f, 2 * n);
	}
}

/* The sextet that begins at this bit of so many other bytes and the value. */
static unsigned
sextet(const uint8_t *p, size_t n, size_t before, size_t bit)
{
	unsigned v = 0;
	size_t i, at;

	for (i = bit; i < bit + 6; i++) {
		at = i / 8 - before;
		v = v << 1 | (at < n ? p[at] >> (7 - i % 8) & 1U : 0);
	}
	return (v);
}

/*
 * Of base64 those characters that depend on the value alone, behind none,
 * one or two bytes of something else; what is at the edges has less than a
 * byte of it.
 */
static void
give_base64(const struct forms *f, const uint8_t *p, size_t n,
    const char *last)
{
	static const char most[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t before, bit, len;
	unsigned v;

	for (before = 0; before < 3; before++) {
		len = 0;
		for (bit = (before * 8 + 5) / 6 * 6;
		    bit + 6 <= (before + n) * 8; bit += 6) {
			v = sextet(p, n, before, bit);
			f->word[len++] = (uint8_t)(v < 62 ? most[v] :
			    last[v - 62]);
		}
		give(f, len);
	}
}

/* One character of UTF-8; 0 if it is none. */
static size_t
character(const uint8_t *p, size_t n, uint32_t *c)
{
	size_t len, i;

	len = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 :
	    p[0] >> 3 == 30 ? 4 : 0;
	if (len == 0 || len > n)
		return (0);
	*c = len == 1 ? p[0] : p[0] & (0x7fU >> len);
	for (i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return (0);
		*c = *c << 6 | (p[i] & 63U);
	}
	return (*c > 0x10ffff ? 0 : len);
}

static void
unit(struct buf *b, unsigned v, int little)
{
	buf_put_u8(b, (uint8_t)(little ? v : v >> 8));
	buf_put_u8(b, (uint8_t)(little ? v >> 8 : v));
}

/* UTF-16 of text beyond ASCII; of ASCII it is read through. */
static void
give_utf16(const struct forms *f, const uint8_t *p, size_t n, int little)
{
	struct buf b;
	size_t i, k;
	uint32_t c;
	int beyond = 0;

	buf_init(&b, 2 * n + 2);
	for (i = 0; i < n; i += k) {
		if ((k = character(p + i, n - i, &c)) == 0)
			break;
		beyond |= c > 127;
		if (c > 0xffff) {
			unit(&b, 0xd800U + ((c - 0x10000U) >> 10), little);
			unit(&b, 0xdc00U + ((c - 0x10000U) & 0x3ffU), little);
		} else
			unit(&b, c, little);
	}
	/* single bytes may look like line breaks */
	if (i == n && beyond && !b.bad)
		give_joined(f, b.data, b.len);
	buf_free(&b);
}

static void
give_encoded(const struct forms *f, const uint8_t *p, size_t n)
{
	give_hex(f, p, n);
	give_base64(f, p, n, "+/");
	give_base64(f, p, n, "-_");
	give_utf16(f, p, n, 1);
	give_utf16(f, p, n, 0);
}

/* Each by itself: who encodes a part of a value encodes lines of it. */
static void
give_lines(const struct forms *f, const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n, *line;
	size_t len;

	for (; p < end; p++) {
		for (line = p; p < end && !is_break(*p); p++)
			;
		len = (size_t)(p - line);
		trim(&line, &len);
		if (len < FORMS_LINE || len >= n)
			continue;
		f->fn(f->arg, line, NULL, len);
		if (n <= FORMS_LONGEST)
			give_encoded(f, line, len);
	}
}

/* Encoded with CR LF where it has LF, and the other way round. */
static void
give_other_ends(const struct forms *f, const uint8_t *p, size_t n)
{
	uint8_t *other = xcalloc(2, n);
	const int crlf = memchr(p, '\r', n) != NULL;
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		if (crlf && p[i] == '\r')
			continue;
		if (!crlf && p[i] == '\n')
			other[len++] = '\r';
		other[len++] = p[i];
	}
	give_encoded(f, other, len);
	freezero(other, 2 * n);
}

static int
has(const uint8_t *p, size_t n, int (*is)(uint8_t))
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is(p[i]))
			return (1);
	return (0);
}

void
forms_each(const uint8_t *p, size_t n, forms_fn *fn, void *arg)
{
	struct forms f = { fn, arg, NULL, NULL, 4 * n + 8 };

	trim(&p, &n);
	if (n == 0)
		return;
	f.word = xcalloc(2, f.room);
	f.breaks = f.word + f.room;
	give_joined(&f, p, n);
	if (n <= FORMS_LONGEST)
		give_encoded(&f, p, n);
	if (has(p, n, is_break)) {
		give_lines(&f, p, n);
		if (n <= FORMS_LONGEST)
			give_other_ends(&f, p, n);
	}
	freezero(f.word, 2 * f.room);
}
