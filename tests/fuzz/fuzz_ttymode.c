/* SPDX-License-Identifier: ISC */
/*
 * What a run sends to a terminal: in one piece or in many the same modes are
 * seen in it, what sets them again sets just these, and what takes them back
 * leaves none.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/ttymode.h"
#include "tests/fuzz/fuzz.h"

static void
say(const struct ttymode *m, struct buf *on)
{
	buf_init(on, 65536);
	ttymode_on(m, on);
	if (on->bad)
		abort();
}

static void
same(const struct ttymode *m, const struct ttymode *other)
{
	struct buf a, b;

	say(m, &a);
	say(other, &b);
	if (a.len != b.len || (a.len != 0 &&
	    memcmp(a.data, b.data, a.len) != 0))
		abort();
	buf_free(&a);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ttymode whole, pieces, again, none;
	struct buf b;
	size_t i;

	memset(&whole, 0, sizeof(whole));
	memset(&pieces, 0, sizeof(pieces));
	memset(&again, 0, sizeof(again));
	memset(&none, 0, sizeof(none));
	ttymode_see(&whole, p, n);
	for (i = 0; i < n; i++)
		ttymode_see(&pieces, p + i, 1);
	same(&whole, &pieces);
	say(&whole, &b);
	ttymode_see(&again, b.data, b.len);
	same(&whole, &again);
	buf_free(&b);
	buf_init(&b, 65536);
	ttymode_off(&whole, &b);
	ttymode_see(&again, b.data, b.len);
	same(&again, &none);
	buf_free(&b);
	return (0);
}
