/* SPDX-License-Identifier: ISC */
/* UTF-8, and the characters that deceive. */
#include "config.h"

#include <string.h>

#include "common/text.h"

#define WORD_MAX_BYTES	32		/* of text_distance */

/* How many bytes the first one announces; 0 if it cannot be the first. */
static size_t
announced(uint8_t c)
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
text_char(const void *data, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const uint8_t bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const uint8_t *p = data;
	size_t i, len;
	uint32_t c;

	if (n == 0 || (len = announced(p[0])) == 0 || len > n)
		return (0);
	c = p[0] & bits[len];
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return (0);
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return (0);
	*cp = c;
	return (len);
}

/* How many bytes of ASCII there are in front; eight at a time. */
static size_t
ascii(const uint8_t *p, size_t n)
{
	uint64_t w;
	size_t i;

	for (i = 0; n - i >= sizeof(w); i += sizeof(w)) {
		memcpy(&w, p + i, sizeof(w));
		if ((w & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (i < n && p[i] < 0x80)
		i++;
	return (i);
}

int
text_is_utf8(const void *data, size_t n)
{
	const uint8_t *p = data;
	uint32_t c;
	size_t k;

	for (; n != 0; p += k, n -= k)
		if ((k = ascii(p, n)) == 0 && (k = text_char(p, n, &c)) == 0)
			return (0);
	return (1);
}

size_t
text_whole(const void *data, size_t n)
{
	const uint8_t *p = data;
	size_t k;

	for (k = 1; k <= 3 && k <= n; k++)
		if ((p[n - k] & 0xc0) != 0x80)
			return (announced(p[n - k]) > k ? n - k : n);
	return (n);
}

/* Sorted; without ASCII and without the last two of each plane. */
static const struct {
	uint32_t	lo;
	uint32_t	hi;
	enum text_class	class;
} classes[] = {
	{ 0x0080, 0x009f, TEXT_CONTROL },
	{ 0x00a0, 0x00a0, TEXT_BLANK },		/* no-break space */
	{ 0x00ad, 0x00ad, TEXT_FORMAT },	/* soft hyphen */
	{ 0x0300, 0x036f, TEXT_MARK },
	{ 0x037e, 0x037e, TEXT_TWIN },		/* Greek question mark: ; */
	{ 0x0483, 0x0489, TEXT_MARK },
	{ 0x0591, 0x05bd, TEXT_MARK },
	{ 0x0600, 0x0605, TEXT_FORMAT },	/* Arabic signs over digits */
	{ 0x061c, 0x061c, TEXT_BIDI },		/* Arabic letter mark */
	{ 0x06dd, 0x06dd, TEXT_FORMAT },	/* end of ayah */
	{ 0x070f, 0x070f, TEXT_FORMAT },	/* Syriac abbreviation */
	{ 0x0890, 0x0891, TEXT_FORMAT },	/* Arabic pound, piastre */
	{ 0x08e2, 0x08e2, TEXT_FORMAT },	/* disputed end of ayah */
	{ 0x115f, 0x1160, TEXT_BLANK },		/* Hangul fillers */
	{ 0x1680, 0x1680, TEXT_BLANK },		/* Ogham space */
	{ 0x17b4, 0x17b5, TEXT_FORMAT },	/* inherent Khmer vowels */
	{ 0x180b, 0x180d, TEXT_SELECTOR },	/* Mongolian */
	{ 0x180e, 0x180e, TEXT_FORMAT },	/* vowel separator */
	{ 0x180f, 0x180f, TEXT_SELECTOR },
	{ 0x1ab0, 0x1aff, TEXT_MARK },
	{ 0x1dc0, 0x1dff, TEXT_MARK },
	{ 0x1fef, 0x1fef, TEXT_TWIN },		/* Greek varia: ` */
	{ 0x2000, 0x200a, TEXT_BLANK },
	{ 0x200b, 0x200d, TEXT_FORMAT },	/* zero width, joiners */
	{ 0x200e, 0x200f, TEXT_BIDI },
	{ 0x2028, 0x2029, TEXT_BLANK },		/* lines, paragraphs */
	{ 0x202a, 0x202e, TEXT_BIDI },		/* embeddings, overrides */
	{ 0x202f, 0x202f, TEXT_BLANK },
	{ 0x205f, 0x205f, TEXT_BLANK },
	{ 0x2060, 0x2065, TEXT_FORMAT },	/* invisible operators */
	{ 0x2066, 0x2069, TEXT_BIDI },		/* isolates */
	{ 0x206a, 0x206f, TEXT_FORMAT },	/* deprecated */
	{ 0x20d0, 0x20ff, TEXT_MARK },
	{ 0x212a, 0x212a, TEXT_TWIN },		/* Kelvin sign: K */
	{ 0x2800, 0x2800, TEXT_BLANK },		/* empty Braille cell */
	{ 0x3000, 0x3000, TEXT_BLANK },
	{ 0x3164, 0x3164, TEXT_BLANK },		/* Hangul filler */
	{ 0xd800, 0xdfff, TEXT_NONE },		/* surrogates */
	{ 0xe000, 0xf8ff, TEXT_PRIVATE },
	{ 0xfdd0, 0xfdef, TEXT_NONE },
	{ 0xfe00, 0xfe0f, TEXT_SELECTOR },
	{ 0xfe20, 0xfe2f, TEXT_MARK },
	{ 0xfeff, 0xfeff, TEXT_FORMAT },	/* byte order mark */
	{ 0xff01, 0xff5e, TEXT_TWIN },		/* full width */
	{ 0xffa0, 0xffa0, TEXT_BLANK },		/* Hangul filler */
	{ 0xfff0, 0xfffb, TEXT_FORMAT },	/* annotation */
	{ 0xfffc, 0xfffd, TEXT_NONE },		/* replacements */
	{ 0x110bd, 0x110bd, TEXT_FORMAT },	/* Kaithi number signs */
	{ 0x110cd, 0x110cd, TEXT_FORMAT },
	{ 0x13430, 0x1345f, TEXT_FORMAT },	/* hieroglyphs */
	{ 0x16fe4, 0x16fe4, TEXT_BLANK },	/* Khitan filler */
	{ 0x1bca0, 0x1bca3, TEXT_FORMAT },	/* shorthand */
	{ 0x1d159, 0x1d159, TEXT_BLANK },	/* null notehead */
	{ 0x1d165, 0x1d172, TEXT_MARK },
	{ 0x1d173, 0x1d17a, TEXT_FORMAT },	/* beams, ties, slurs */
	{ 0x1d17b, 0x1d182, TEXT_MARK },
	{ 0x1d185, 0x1d18b, TEXT_MARK },
	{ 0x1d1aa, 0x1d1ad, TEXT_MARK },
	{ 0x1d242, 0x1d244, TEXT_MARK },
	{ 0x1d400, 0x1d7ff, TEXT_TWIN },	/* mathematical */
	{ 0xe0000, 0xe00ff, TEXT_TAG },
	{ 0xe0100, 0xe01ef, TEXT_SELECTOR },
	{ 0xe01f0, 0xe0fff, TEXT_TAG },
	{ 0xe1000, 0xeffff, TEXT_NONE },
	{ 0xf0000, 0x10fffd, TEXT_PRIVATE },
};

enum text_class
text_class(uint32_t c)
{
	size_t lo = 0, hi = sizeof(classes) / sizeof(classes[0]), mid;

	if (c < 0x80)
		return (c < 0x20 || c == 0x7f ? TEXT_CONTROL : TEXT_PLAIN);
	if (c > 0x10ffff || (c & 0xfffe) == 0xfffe)
		return (TEXT_NONE);
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (c < classes[mid].lo)
			hi = mid;
		else if (c > classes[mid].hi)
			lo = mid + 1;
		else
			return (classes[mid].class);
	}
	return (TEXT_PLAIN);
}

int
text_deceives(uint32_t c)
{
	return (text_class(c) != TEXT_PLAIN);
}

static int
lower(char c)
{
	return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

size_t
text_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX_BYTES + 1], n = strlen(b), i, j, diag, up;

	if (strlen(a) > WORD_MAX_BYTES || n > WORD_MAX_BYTES)
		return (SIZE_MAX);
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; a[i] != '\0'; i++) {
		diag = row[0]++;
		for (j = 1; j <= n; j++) {
			up = row[j];
			if (lower(a[i]) != lower(b[j - 1]))
				diag++;
			if (row[j - 1] + 1 < diag)
				diag = row[j - 1] + 1;
			if (up + 1 < diag)
				diag = up + 1;
			row[j] = diag;
			diag = up;
		}
	}
	return (row[n]);
}
