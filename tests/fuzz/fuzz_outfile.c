/* SPDX-License-Identifier: ISC */
/*
 * Stored output: the same parts however it is cut, each as it would be written
 * again.  And what a replay of them lets through: nothing that a second look
 * would not, in one piece or in many.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/termsafe.h"
#include "common/outfile.h"
#include "tests/fuzz/fuzz.h"

struct got {
	struct buf	again;		/* the parts, written once more */
	struct buf	shown;		/* of a terminal */
	struct termsafe	safe;
};

static int
on_part(const struct outfile_part *v, void *arg)
{
	struct got *g = arg;

	if (v->kind == OUTFILE_GAP)
		outfile_put_gap(&g->again, v->at_us, v->gap);
	else if (v->kind == OUTFILE_SIZE)
		outfile_put_size(&g->again, v->at_us, v->rows, v->cols);
	else {
		outfile_put(&g->again, v->kind, v->at_us, v->len);
		buf_put(&g->again, v->p, v->len);
		termsafe_put(&g->safe, &g->shown, v->p, v->len);
	}
	return (0);
}

static void
begin(struct got *g, struct outfile *f)
{
	memset(g, 0, sizeof(*g));
	memset(f, 0, sizeof(*f));
	buf_init(&g->again, UINT32_MAX);
	buf_init(&g->shown, UINT32_MAX);
}

static void
end(struct got *g, struct outfile *f)
{
	buf_free(&g->again);
	buf_free(&g->shown);
	outfile_free(f);
}

static void
same(const struct buf *a, const struct buf *b)
{
	if (a->len != b->len || (a->len != 0 &&
	    memcmp(a->data, b->data, a->len) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct got whole, pieces;
	struct outfile f, g;
	struct termsafe safe;
	struct buf twice;
	int a, b = 0;
	size_t i;

	begin(&whole, &f);
	begin(&pieces, &g);
	a = outfile_feed(&f, p, n, on_part, &whole);
	for (i = 0; i < n && b == 0; i++)
		b = outfile_feed(&g, p + i, 1, on_part, &pieces);
	if (a != b)
		abort();
	same(&whole.again, &pieces.again);
	same(&whole.shown, &pieces.shown);
	/* what was written again is the beginning of what was read */
	if (whole.again.len > n || (whole.again.len != 0 &&
	    memcmp(whole.again.data, p, whole.again.len) != 0))
		abort();
	memset(&safe, 0, sizeof(safe));
	buf_init(&twice, UINT32_MAX);
	termsafe_put(&safe, &twice, whole.shown.data, whole.shown.len);
	same(&twice, &whole.shown);
	buf_free(&twice);
	end(&whole, &f);
	end(&pieces, &g);
	return (0);
}
