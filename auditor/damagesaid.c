/* SPDX-License-Identifier: ISC */
/* What the log itself says of damage, as far as it is read; see damage.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/damage.h"
#include "common/xmalloc.h"

struct damage *
damages_find(const struct damages *d, uint64_t first)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->v[i].first == first)
			return (&d->v[i]);
	return (NULL);
}

void
damages_drop(struct damages *all, struct damage *d)
{
	size_t i = (size_t)(d - all->v);

	all->n--;
	memmove(d, d + 1, (all->n - i) * sizeof(*d));
}

void
damage_clear(struct damages *all)
{
	free(all->v);
	all->v = NULL;
	all->n = 0;
	all->lost = 0;
}

/* The log says that it is damaged. */
static void
add_said(struct damages *all, uint64_t first, uint64_t gone)
{
	struct damage *d = damages_find(all, first);

	if (d == NULL) {
		all->v = xrecallocarray(all->v, all->n, all->n + 1,
		    sizeof(*all->v));
		d = &all->v[all->n++];
		d->first = first;
		d->rule = "";
	}
	d->recorded = 1;
	d->gone = gone;
}

int
damages_place(const struct auditor *a, uint64_t first)
{
	const struct segment *s = &a->chain.seg;
	size_t i;

	return (segment_place(s, first, &i) == 0 && i < s->nold);
}

/* What was removed by then was told of; else it is still there. */
static void
see_session(struct auditor *a)
{
	struct damages *all = &a->damages;
	size_t i;

	all->lost = 0;
	for (i = all->n; i-- != 0;)
		if (all->v[i].gone != 0 && !damages_place(a,
		    all->v[i].first))
			damages_drop(all, &all->v[i]);
}

static void
see_recover(struct damages *all, const struct record_view *v, const char *ev)
{
	struct damage *d;
	uint64_t n;

	if (strcmp(ev, "lost") == 0) {
		all->lost_by = v->number;
		if (record_member_u64(v->json, v->jsonlen, "record",
		    &all->lost) == -1)
			all->lost = 0;
		return;
	}
	if (record_member_u64(v->json, v->jsonlen, "first", &n) == -1)
		return;
	if (strcmp(ev, "damaged") == 0)
		add_said(all, n, 0);
	else if (strcmp(ev, "mended") == 0 &&
	    (d = damages_find(all, n)) != NULL)
		damages_drop(all, d);
}

void
damage_see(struct auditor *a, const struct record_view *v)
{
	struct damages *all = &a->damages;
	struct damage *d;
	uint64_t first;
	char ev[16];

	if ((v->kind != RECORD_RECOVER && v->kind != RECORD_SESSION &&
	    v->kind != RECORD_PRUNE) || record_member_str(v->json, v->jsonlen,
	    "ev", ev, sizeof(ev)) == -1)
		return;
	if (v->kind == RECORD_RECOVER)
		see_recover(all, v, ev);
	else if (v->kind == RECORD_PRUNE) {
		if (record_member_u64(v->json, v->jsonlen, "first",
		    &first) == 0 && (d = damages_find(all, first)) != NULL)
			d->gone = v->number;
	} else if (strcmp(ev, "start") == 0 || strcmp(ev, "stop") == 0)
		see_session(a);
}

void
damage_put(struct buf *b, const struct damages *all)
{
	const struct damage *d;
	uint32_t n = 0;

	for (d = all->v; d < all->v + all->n; d++)
		n += d->recorded != d->mended;
	buf_put_u32(b, n);
	for (d = all->v; d < all->v + all->n; d++) {
		/* else the log does not say so yet */
		if (d->recorded == d->mended)
			continue;
		buf_put_u64(b, d->first);
		buf_put_u64(b, d->gone);
	}
}

void
damage_get(struct rd *r, struct damages *all)
{
	uint64_t first;
	uint32_t n;

	for (n = rd_u32(r); n != 0 && !r->bad; n--) {
		first = rd_u64(r);
		add_said(all, first, rd_u64(r));
	}
}
