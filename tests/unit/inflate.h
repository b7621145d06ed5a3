/* SPDX-License-Identifier: ISC */
/*
 * A small reader of zlib streams (RFC 1950, RFC 1951), for test vectors that
 * are stored compressed.  For trusted input; it is bounded all the same.
 */
#ifndef TESTS_UNIT_INFLATE_H
#define TESTS_UNIT_INFLATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct inflate {
	const uint8_t	*in;
	size_t		 inlen;
	size_t		 pos;
	uint8_t		*out;
	size_t		 max;
	size_t		 len;
	uint32_t	 bits;
	unsigned	 nbits;
	int		 bad;
};

struct huffman {
	uint16_t	count[16];
	uint16_t	symbol[288];
};

static unsigned
inflate_bits(struct inflate *z, unsigned n)
{
	unsigned v;

	while (z->nbits < n) {
		if (z->pos == z->inlen) {
			z->bad = 1;
			return (0);
		}
		z->bits |= (uint32_t)z->in[z->pos++] << z->nbits;
		z->nbits += 8;
	}
	v = z->bits & ((1U << n) - 1);
	z->bits >>= n;
	z->nbits -= n;
	return (v);
}

static void
inflate_put(struct inflate *z, uint8_t c)
{
	if (z->len == z->max)
		z->bad = 1;
	else
		z->out[z->len++] = c;
}

static void
huffman_make(struct huffman *h, const uint8_t *lengths, unsigned n)
{
	uint16_t offs[16];
	unsigned i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < n; i++)
		h->count[lengths[i]]++;
	h->count[0] = 0;
	offs[1] = 0;
	for (i = 1; i < 15; i++)
		offs[i + 1] = (uint16_t)(offs[i] + h->count[i]);
	for (i = 0; i < n; i++)
		if (lengths[i] != 0)
			h->symbol[offs[lengths[i]]++] = (uint16_t)i;
}

static unsigned
huffman_get(struct inflate *z, const struct huffman *h)
{
	int code = 0, first = 0, index = 0, count;
	unsigned len;

	for (len = 1; len <= 15 && !z->bad; len++) {
		code |= (int)inflate_bits(z, 1);
		count = h->count[len];
		if (code - count < first)
			return (h->symbol[index + (code - first)]);
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	z->bad = 1;
	return (0);
}

static void
inflate_stored(struct inflate *z)
{
	unsigned len, nlen;

	z->bits = z->nbits = 0;
	len = inflate_bits(z, 16);
	nlen = inflate_bits(z, 16);
	z->bits = z->nbits = 0;
	if (len != (~nlen & 0xffff))
		z->bad = 1;
	while (!z->bad && len-- > 0)
		inflate_put(z, (uint8_t)inflate_bits(z, 8));
}

static void
inflate_copy(struct inflate *z, unsigned len, unsigned dist)
{
	if (dist > z->len)
		z->bad = 1;
	while (!z->bad && len-- > 0)
		inflate_put(z, z->out[z->len - dist]);
}

static void
inflate_codes(struct inflate *z, const struct huffman *lit,
    const struct huffman *dst)
{
	static const uint16_t lbase[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13,
	    15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
	    163, 195, 227, 258 };
	static const uint8_t lext[29] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
	    2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
	static const uint16_t dbase[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25,
	    33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
	    3073, 4097, 6145, 8193, 12289, 16385, 24577 };
	unsigned sym, len, d;

	while (!z->bad && (sym = huffman_get(z, lit)) != 256) {
		if (sym < 256) {
			inflate_put(z, (uint8_t)sym);
			continue;
		}
		sym -= 257;
		d = 0;
		if (sym < 29) {
			len = lbase[sym] + inflate_bits(z, lext[sym]);
			d = huffman_get(z, dst);
		}
		if (sym >= 29 || d >= 30) {
			z->bad = 1;
			return;
		}
		inflate_copy(z, len, dbase[d] +
		    inflate_bits(z, d < 2 ? 0 : d / 2 - 1));
	}
}

static void
inflate_fixed(struct inflate *z)
{
	struct huffman lit, dst;
	uint8_t l[288];
	unsigned i;

	for (i = 0; i < 288; i++)
		l[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	huffman_make(&lit, l, 288);
	memset(l, 5, 30);
	huffman_make(&dst, l, 30);
	inflate_codes(z, &lit, &dst);
}

static void
inflate_dynamic(struct inflate *z)
{
	static const uint8_t order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5,
	    11, 4, 12, 3, 13, 2, 14, 1, 15 };
	struct huffman lit, dst;
	uint8_t l[320];
	unsigned nlit, ndist, ncode, i, sym, prev, rep;

	nlit = inflate_bits(z, 5) + 257;
	ndist = inflate_bits(z, 5) + 1;
	ncode = inflate_bits(z, 4) + 4;
	memset(l, 0, sizeof(l));
	for (i = 0; i < ncode; i++)
		l[order[i]] = (uint8_t)inflate_bits(z, 3);
	huffman_make(&lit, l, 19);
	memset(l, 0, sizeof(l));
	for (i = 0; i < nlit + ndist && !z->bad; ) {
		sym = huffman_get(z, &lit);
		if (sym < 16) {
			l[i++] = (uint8_t)sym;
			continue;
		}
		prev = sym == 16 && i > 0 ? l[i - 1] : 0;
		rep = sym == 16 ? 3 + inflate_bits(z, 2) : sym == 17 ?
		    3 + inflate_bits(z, 3) : 11 + inflate_bits(z, 7);
		while (rep-- > 0 && i < nlit + ndist)
			l[i++] = (uint8_t)prev;
	}
	if (z->bad || nlit > 286 || ndist > 30) {
		z->bad = 1;
		return;
	}
	huffman_make(&lit, l, nlit);
	huffman_make(&dst, l + nlit, ndist);
	inflate_codes(z, &lit, &dst);
}

/* 0 and *outlen, or -1. */
static inline int
inflate_zlib(const uint8_t *in, size_t inlen, uint8_t *out, size_t max,
    size_t *outlen)
{
	struct inflate z = { in, inlen, 2, out, max, 0, 0, 0, 0 };
	unsigned last, kind;

	if (inlen < 6 || (in[0] & 15) != 8 || (in[0] * 256 + in[1]) % 31 != 0)
		return (-1);
	do {
		last = inflate_bits(&z, 1);
		kind = inflate_bits(&z, 2);
		if (kind == 0)
			inflate_stored(&z);
		else if (kind == 1)
			inflate_fixed(&z);
		else if (kind == 2)
			inflate_dynamic(&z);
		else
			z.bad = 1;
	} while (!last && !z.bad);
	*outlen = z.len;
	return (z.bad ? -1 : 0);
}

#endif
