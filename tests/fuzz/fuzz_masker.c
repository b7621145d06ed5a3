/* SPDX-License-Identifier: ISC */
/*
 * The masks of a run's output.  The input is how to cut, values with a zero
 * byte behind each, an empty one, and what is printed: however it is cut, the
 * same comes out, it fits, and no value is in it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/plan.h"
#include "executor/runner/masker.h"
#include "tests/fuzz/fuzz.h"

#define VALUES	8

struct given {
	const uint8_t	*v[VALUES];
	size_t		 len[VALUES];
	size_t		 n;
};

/* What is left behind the values. */
static const uint8_t *
values(struct given *g, const uint8_t *p, const uint8_t *end)
{
	const uint8_t *z;

	while (p < end && g->n < VALUES &&
	    (z = memchr(p, 0, (size_t)(end - p))) != NULL) {
		if (z == p)
			return (p + 1);
		if (z - p >= MASKER_MIN) {
			g->v[g->n] = p;
			g->len[g->n++] = (size_t)(z - p);
		}
		p = z + 1;
	}
	return (p);
}

static void
mask(struct buf *out, const struct masker *h, const uint8_t *p, size_t n,
    size_t cut)
{
	struct masker_stream *s = masker_open(h);
	size_t i, k;

	buf_init(out, masker_room(h) + n);
	for (i = 0; i < n; i += k) {
		k = n - i < cut ? n - i : cut;
		masker_feed(s, p + i, k, out);
	}
	masker_finish(s, out);
	masker_close(s);
	if (out->bad)
		abort();
}

/* Nothing in it that is read through, or is not a part of it. */
static int
one_line(const uint8_t *p, size_t n)
{
	static const char not[] = " \t\r\n\\%+'\"[]";
	size_t i;

	for (i = 0; i < n; i++)
		if (strchr(not, p[i]) != NULL)
			return (0);
	return (1);
}

/* What a mark may be a part of is left aside. */
static void
check_none(const struct given *g, const struct buf *b)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (b->len != 0 && one_line(g->v[i], g->len[i]) &&
		    memmem(MASK_MARK, strlen(MASK_MARK), g->v[i],
		    g->len[i]) == NULL &&
		    memmem(b->data, b->len, g->v[i], g->len[i]) != NULL)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct given g = { .n = 0 };
	struct buf whole, cut;
	struct masker *h;
	const uint8_t *out;
	size_t i, len;

	if (n == 0 || n > MASKER_CHUNK)
		return (0);
	out = values(&g, p + 1, p + n);
	len = (size_t)(p + n - out);
	h = masker_new();
	for (i = 0; i < g.n; i++)
		masker_add(h, g.v[i], g.len[i]);
	if (masker_build(h) == -1)
		abort();
	mask(&whole, h, out, len, MASKER_CHUNK);
	mask(&cut, h, out, len, 1 + p[0] % 16U);
	if (whole.len != cut.len || (whole.len != 0 &&
	    memcmp(whole.data, cut.data, whole.len) != 0))
		abort();
	check_none(&g, &whole);
	buf_free(&whole);
	buf_free(&cut);
	masker_free(h);
	return (0);
}
