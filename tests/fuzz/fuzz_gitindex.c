/* SPDX-License-Identifier: ISC */
/*
 * gitindex: any bytes are an index, for which every other inode is to be
 * marked.  What comes of one is one in which nothing is to be marked any more.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/watch/gitindex.h"
#include "executor/watch/gitsum.h"
#include "tests/fuzz/fuzz.h"

static int
odd(const struct gitindex_stat *f)
{
	return (f->ino % 2 == 1);
}

/* None that are not the same bytes; what was marked may stand elsewhere. */
static void
again(const struct buf *one)
{
	struct buf two;

	if (gitindex_mark(one->data, one->len, odd, &two) != 0 ||
	    two.len != one->len || memcmp(two.data, one->data, one->len) != 0)
		abort();
	buf_free(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf out;
	uint8_t *own;

	if (n < GITSUM_SIZE)
		return (0);
	own = malloc(n);
	if (own == NULL)
		abort();
	memcpy(own, p, n);
	/* the sum would keep nearly all of it out */
	gitsum(own + n - GITSUM_SIZE, own, n - GITSUM_SIZE);
	if (gitindex_mark(own, n, odd, &out) >= 0)
		again(&out);
	buf_free(&out);
	free(own);
	return (0);
}
