/* SPDX-License-Identifier: ISC */
/*
 * A closed segment that comes from a daemon, or lies in somebody's archive, for
 * its first and last line alone; the first byte says whether it is packed.  In
 * pieces it has the same ends.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/segends.h"
#include "tests/fuzz/fuzz.h"

static int
same_head(const struct record_head *a, const struct record_head *b)
{
	return (a->number == b->number &&
	    memcmp(a->digest, b->digest, sizeof(a->digest)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct segends_read whole, pieces;
	struct segends a, b;
	size_t i;
	int x, y;

	if (sodium_init() == -1)
		abort();
	if (n == 0)
		return (0);
	segends_begin(&whole, p[0] & 1);
	segends_begin(&pieces, p[0] & 1);
	segends_feed(&whole, p + 1, n - 1);
	for (i = 1; i < n; i++)
		segends_feed(&pieces, p + i, 1);
	x = segends_end(&whole, &a);
	y = segends_end(&pieces, &b);
	if (x != y)
		abort();
	if (x == 0 && (a.first.number == 0 || !same_head(&a.first, &b.first) ||
	    !same_head(&a.last, &b.last) ||
	    memcmp(a.behind, b.behind, sizeof(a.behind)) != 0))
		abort();
	return (0);
}
