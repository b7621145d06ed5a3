/* SPDX-License-Identifier: ISC */
/*
 * Keys out of what a terminal, or somebody who can write into one, sends: no
 * more keys than bytes, none that does not exist, and between the marks of a
 * paste none that was typed.  The first byte says how wide the place is that
 * the rest, escaped, has to fit into.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/keyseq.h"
#include "tests/fuzz/fuzz.h"

static void
key(const struct keyseq *k, int c)
{
	if (c < 0 || (c > KEY_OTHER && (c & ~0xff) != KEY_PASTED))
		abort();
	if (k->pasting && c != KEY_NONE && (c & KEY_PASTED) == 0)
		abort();
	if (k->n > sizeof(k->held))
		abort();
}

static void
place(const uint8_t *p, size_t n, size_t cols)
{
	struct buf b;
	size_t fits;

	buf_init(&b, 16 * n + 16);
	esc_text(&b, p, n);
	if (b.len != 0) {
		fits = esc_fits((const char *)b.data, b.len, cols);
		if (fits > b.len ||
		    esc_width((const char *)b.data, fits) > cols ||
		    (fits < b.len && (b.data[fits] & 0xc0) == 0x80))
			abort();
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct keyseq k;
	size_t i, keys = 0;
	int c;

	if (n == 0)
		return (0);
	memset(&k, 0, sizeof(k));
	for (i = 1; i < n; i++) {
		c = keyseq_put(&k, p[i]);
		key(&k, c);
		keys += c != KEY_NONE;
	}
	c = keyseq_flush(&k);
	key(&k, c);
	keys += c != KEY_NONE;
	if (keys > n - 1 || k.n != 0)
		abort();
	place(p + 1, n - 1, p[0]);
	return (0);
}
