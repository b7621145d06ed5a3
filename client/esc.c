/* SPDX-License-Identifier: ISC */
/* Escaping for terminals. */
#include "config.h"

#include <string.h>

#include "client/esc.h"

/*
 * Characters that show nothing, move the others about, or sit on top of
 * them; sorted.  Blanks other than the space are here too.
 */
static const struct {
	unsigned lo;
	unsigned hi;
} hidden[] = {
	{ 0x0080, 0x00a0 },	/* C1 controls, no-break space */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x0300, 0x036f },	/* combining marks */
	{ 0x0483, 0x0489 },
	{ 0x0591, 0x05bd },
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff },
	{ 0x2000, 0x200f },	/* blanks, zero width, direction marks */
	{ 0x2028, 0x202f },	/* separators, bidi embeddings */
	{ 0x205f, 0x206f },	/* invisible operators, bidi isolates */
	{ 0x20d0, 0x20ff },
	{ 0x2800, 0x2800 },	/* empty Braille cell */
	{ 0x3000, 0x3000 },
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },	/* private use */
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfe20, 0xfe2f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xffff },
	{ 0x13430, 0x1345f },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d165, 0x1d182 },
	{ 0xe0000, 0x10ffff },	/* tags, selectors, private use */
};

static int
is_hidden(unsigned cp)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (cp < hidden[i].lo)
			return (0);
		if (cp <= hidden[i].hi)
			return (1);
	}
	return (0);
}

/* How many bytes the first one announces; 0 if it cannot be the first. */
static size_t
utf8_need(unsigned char c)
{
	if (c < 0x80)
		return (1);
	if (c >= 0xc2 && c <= 0xdf)
		return (2);
	if (c >= 0xe0 && c <= 0xef)
		return (3);
	if (c >= 0xf0 && c <= 0xf4)
		return (4);
	return (0);
}

size_t
esc_utf8(const unsigned char *p, size_t n, unsigned *cp)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t i, len;

	if (n == 0 || (len = utf8_need(p[0])) == 0 || len > n)
		return (0);
	*cp = p[0] & mask[len];
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return (0);
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	if (*cp < least[len] || *cp > 0x10ffff ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return (0);
	return (len);
}

static void
put_ascii(struct buf *b, unsigned c, int quoted)
{
	static const char special[] = "\"\\\n\t\r", letter[] = "\"\\ntr";
	const char *s;

	s = c == 0 ? NULL : strchr(special, (int)c);
	if (s != NULL && (quoted || c < ' '))
		buf_printf(b, "\\%c", letter[s - special]);
	else if (c < ' ' || c == 0x7f)
		buf_printf(b, "\\x%02x", c);
	else
		buf_put_u8(b, (uint8_t)c);
}

static void
put_escaped(struct buf *b, const unsigned char *p, size_t n, int quoted)
{
	unsigned cp;
	size_t len;

	for (; n != 0; p += len, n -= len) {
		len = esc_utf8(p, n, &cp);
		if (len == 1)
			put_ascii(b, cp, quoted);
		else if (len == 0)
			buf_printf(b, "\\x%02x", p[0]);
		else if (is_hidden(cp))
			buf_printf(b, "\\u{%x}", cp);
		else
			buf_put(b, p, len);
		if (len == 0)
			len = 1;
	}
}

void
esc_text(struct buf *b, const void *p, size_t n)
{
	put_escaped(b, p, n, 0);
}

void
esc_word(struct buf *b, const void *data, size_t n)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(bare, p[i]) == NULL)
			break;
	if (n != 0 && i == n) {
		buf_put(b, p, n);
		return;
	}
	buf_put_u8(b, '"');
	put_escaped(b, p, n, 1);
	buf_put_u8(b, '"');
}

void
esc_words(struct buf *b, const struct strv *sv)
{
	size_t i;

	for (i = 0; i < sv->n; i++) {
		if (i != 0)
			buf_put_u8(b, ' ');
		esc_word(b, sv->v[i], strlen(sv->v[i]));
	}
}

int
esc_foreign(const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] >= 0x80)
			return (1);
	return (0);
}

size_t
esc_width(const char *s, size_t n)
{
	size_t i, w = 0;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			w++;
	return (w);
}
