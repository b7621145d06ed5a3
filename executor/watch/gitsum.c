/* SPDX-License-Identifier: ISC */
/* The sum of an index of git's; see gitsum.h. */
#include "config.h"

#include <string.h>

#include "executor/watch/gitsum.h"

#define SUM_BLOCK	64U

static uint32_t
rol(uint32_t v, unsigned n)
{
	return (v << n | v >> (32 - n));
}

static uint32_t
mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
	switch (t / 20) {
	case 0:
		return (((b & c) | (~b & d)) + 0x5a827999U);
	case 1:
		return ((b ^ c ^ d) + 0x6ed9eba1U);
	case 2:
		return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcU);
	default:
		return ((b ^ c ^ d) + 0xca62c1d6U);
	}
}

static void
block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], v[5], temp;
	unsigned t;

	for (t = 0; t < 16; t++, p += 4)
		w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];
	for (; t < 80; t++)
		w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, h, sizeof(v));
	for (t = 0; t < 80; t++) {
		temp = rol(v[0], 5) + mix(t, v[1], v[2], v[3]) + v[4] + w[t];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rol(v[1], 30);
		v[1] = v[0];
		v[0] = temp;
	}
	for (t = 0; t < 5; t++)
		h[t] += v[t];
}

void
gitsum(uint8_t out[GITSUM_SIZE], const uint8_t *p, size_t len)
{
	uint32_t h[5] = { 0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U,
	    0xc3d2e1f0U };
	uint8_t last[2 * SUM_BLOCK] = { 0 };
	const uint64_t bits = (uint64_t)len * 8;
	size_t n, i;

	for (; len >= SUM_BLOCK; p += SUM_BLOCK, len -= SUM_BLOCK)
		block(h, p);
	if (len != 0)
		memcpy(last, p, len);
	last[len] = 0x80;
	n = len + 9 > SUM_BLOCK ? 2 * SUM_BLOCK : SUM_BLOCK;
	for (i = 0; i < 8; i++)
		last[n - 1 - i] = (uint8_t)(bits >> (8 * i));
	for (i = 0; i < n; i += SUM_BLOCK)
		block(h, last + i);
	for (i = 0; i < GITSUM_SIZE; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
