/* SPDX-License-Identifier: ISC */
/* What was read of what waits; see perusal.h. */
#include "config.h"

#include <string.h>

#include "client/perusal.h"

void
perusal_make(struct perusal *r, const struct pending *p, size_t cols)
{
	memset(r, 0, sizeof(*r));
	r->cols = cols;
	brief_make(&r->br, p, cols);
	brief_all(&r->br, &r->all);
}

void
perusal_free(struct perusal *r)
{
	brief_free(&r->br);
	strv_free(&r->all);
	memset(r, 0, sizeof(*r));
}

void
perusal_shown(struct perusal *r, size_t from, size_t n)
{
	size_t left = r->all.n > from ? r->all.n - from : 0;

	if (from <= r->seen && n > 0 && from + (n < left ? n : left) > r->seen)
		r->seen = from + (n < left ? n : left);
}

int
perusal_done(const struct perusal *r)
{
	return (r->all.n != 0 && r->seen == r->all.n);
}

void
perusal_last(const struct perusal *r, struct strv *out, size_t rows)
{
	if (r->all.n <= rows)
		brief_all(&r->br, out);
	else
		brief_short(&r->br, out, rows);
}
