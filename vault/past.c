/* SPDX-License-Identifier: ISC */
/* Versions that are kept, and those that are gone; see past.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "vault/past.h"

#define PAST_LEN	24U		/* bytes of one */
#define UNTIL_LEN	8U

_Static_assert(PAST_MAX * PAST_LEN <= STORE_MAXEXTRA, "history");

static void
set_extra(struct store_entry *e, const struct buf *b)
{
	freezero(e->extra, e->nextra);
	e->nextra = b->len;
	e->extra = xmalloc(b->len == 0 ? 1 : b->len);
	if (b->len != 0)
		memcpy(e->extra, b->data, b->len);
}

size_t
past_get(const struct store_entry *e, struct past_version *v)
{
	struct rd r;
	size_t i, n = e->nextra / PAST_LEN;

	if (e->state != STORE_CURRENT || e->nextra % PAST_LEN != 0 ||
	    n > PAST_MAX)
		return (0);
	rd_init(&r, e->extra, e->nextra);
	for (i = 0; i < n; i++) {
		v[i].version = rd_u64(&r);
		v[i].changed = rd_u64(&r);
		v[i].ended = rd_u64(&r);
		if (v[i].version == 0 || v[i].version >= e->version ||
		    (i > 0 && v[i].version <= v[i - 1].version))
			return (0);
	}
	return (n);
}

static void
put(struct store_entry *e, const struct past_version *v, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, STORE_MAXEXTRA);
	for (i = n > PAST_MAX ? n - PAST_MAX : 0; i < n; i++) {
		buf_put_u64(&b, v[i].version);
		buf_put_u64(&b, v[i].changed);
		buf_put_u64(&b, v[i].ended);
	}
	set_extra(e, &b);
	buf_free(&b);
}

void
past_add(struct store_entry *e, const struct store_entry *old, uint64_t ended)
{
	struct past_version v[PAST_MAX + 1];
	size_t i, n = past_get(e, v);

	/* one that was kept longer than a later one stands before that */
	for (i = n; i > 0 && v[i - 1].version > old->version; i--)
		v[i] = v[i - 1];
	v[i].version = old->version;
	v[i].changed = old->changed;
	v[i].ended = ended;
	put(e, v, n + 1);
}

void
past_hand_on(struct store_entry *old, struct store_entry *e)
{
	struct past_version v[PAST_MAX];
	size_t n = past_get(old, v);

	put(e, v, n);
}

void
past_take(const struct store *st, struct store_entry *e, uint64_t now)
{
	struct store_entry *old;
	size_t i;

	for (i = 0; i < st->nentries; i++) {
		old = &st->entries[i];
		if (old->state == STORE_CURRENT &&
		    strcmp(old->name, e->name) == 0)
			past_hand_on(old, e);
	}
	for (i = 0; i < st->nentries; i++) {
		old = &st->entries[i];
		if (strcmp(old->name, e->name) == 0)
			past_add(e, old, past_over(old, now) ?
			    past_until(old) : now);
	}
}

size_t
past_kept(const struct store *st, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < st->nentries; i++)
		n += st->entries[i].state == STORE_EARLIER &&
		    strcmp(st->entries[i].name, name) == 0;
	return (n);
}

const struct store_entry *
past_before(const struct store *st, const char *name, uint64_t version)
{
	const struct store_entry *e, *last = NULL;
	size_t i;

	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		if (e->state == STORE_EARLIER && e->version < version &&
		    strcmp(e->name, name) == 0 && (last == NULL ||
		    e->version > last->version))
			last = e;
	}
	return (last);
}

uint64_t
past_until(const struct store_entry *e)
{
	struct rd r;

	if (e->state != STORE_EARLIER || e->nextra != UNTIL_LEN)
		return (0);
	rd_init(&r, e->extra, e->nextra);
	return (rd_u64(&r));
}

void
past_set_until(struct store_entry *e, uint64_t until)
{
	struct buf b;

	buf_init(&b, UNTIL_LEN);
	buf_put_u64(&b, until);
	set_extra(e, &b);
	buf_free(&b);
}

int
past_over(const struct store_entry *e, uint64_t now)
{
	return (e->state == STORE_EARLIER && past_until(e) <= now);
}

const struct store_entry *
past_first(const struct store *st)
{
	const struct store_entry *e, *first = NULL;
	size_t i;

	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		if (e->state == STORE_EARLIER && (first == NULL ||
		    past_until(e) < past_until(first)))
			first = e;
	}
	return (first);
}
