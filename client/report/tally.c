/* SPDX-License-Identifier: ISC */
/* Counts by text; see tally.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/report/tally.h"
#include "common/xmalloc.h"

#define TALLY_SLOTS		(2U * TALLY_MAX)	/* a power of two */
#define SEEN_SLOTS	(2U * SEEN_MAX)

/* Keyed, so that nobody can write texts that all meet in one place. */
static uint64_t
hash(const void *p, size_t n)
{
	static uint8_t key[crypto_shorthash_KEYBYTES];
	static int made;
	uint64_t h;

	if (!made) {
		randombytes_buf(key, sizeof(key));
		made = 1;
	}
	crypto_shorthash((uint8_t *)&h, p, n, key);
	return (h);
}

void
tally_init(struct tally *t)
{
	memset(t, 0, sizeof(*t));
	t->slots = xcalloc(TALLY_SLOTS, sizeof(*t->slots));
}

void
tally_free(struct tally *t)
{
	size_t i;

	for (i = 0; i < t->rows; i++)
		free(t->v[i].text);
	free(t->v);
	free(t->slots);
	memset(t, 0, sizeof(*t));
}

/* The slot that has the text, or the free one where it belongs. */
static uint32_t *
slot_of(const struct tally *t, const char *text)
{
	uint64_t h = hash(text, strlen(text));

	while (t->slots[h % TALLY_SLOTS] != 0 && strcmp(text,
	    t->v[t->slots[h % TALLY_SLOTS] - 1].text) != 0)
		h++;
	return (&t->slots[h % TALLY_SLOTS]);
}

const struct tally_row *
tally_find(const struct tally *t, const char *text)
{
	char kept[TALLY_TEXT + 1];
	uint32_t slot;

	(void)snprintf(kept, sizeof(kept), "%s", text);
	slot = *slot_of(t, kept);
	return (slot == 0 ? NULL : &t->v[slot - 1]);
}

static struct tally_row *
new_row(struct tally *t, const char *text, uint64_t time_us)
{
	struct tally_row *r;

	if (t->rows == t->cap) {
		t->v = xrecallocarray(t->v, t->cap, t->cap + 64,
		    sizeof(*t->v));
		t->cap += 64;
	}
	r = &t->v[t->rows++];
	r->text = xstrdup(text);
	r->first_us = time_us;
	return (r);
}

int
tally_add(struct tally *t, const char *text, uint64_t n, uint64_t time_us,
    struct tally_row **row)
{
	char kept[TALLY_TEXT + 1];
	struct tally_row *r;
	uint32_t *slot;
	int made = 0;

	if (row != NULL)
		*row = NULL;
	(void)snprintf(kept, sizeof(kept), "%s", text);
	slot = slot_of(t, kept);
	t->total += n;
	if (*slot == 0 && t->rows == TALLY_MAX) {
		t->others += n;
		return (-1);
	}
	if (*slot == 0) {
		(void)new_row(t, kept, time_us);
		*slot = (uint32_t)t->rows;
		made = 1;
	}
	r = &t->v[*slot - 1];
	r->n += n;
	r->last_us = time_us;
	if (row != NULL)
		*row = r;
	return (made);
}

static int
most_first(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->n != y->n)
		return (x->n > y->n ? -1 : 1);
	return (strcmp(x->text, y->text));
}

void
tally_sort(struct tally *t)
{
	size_t i;

	if (t->rows != 0)
		qsort(t->v, t->rows, sizeof(*t->v), most_first);
	/* found as before, where it stands now */
	memset(t->slots, 0, TALLY_SLOTS * sizeof(*t->slots));
	for (i = 0; i < t->rows; i++)
		*slot_of(t, t->v[i].text) = (uint32_t)i + 1;
}

void
seen_init(struct seen_texts *s)
{
	s->slots = xcalloc(SEEN_SLOTS, sizeof(*s->slots));
	s->n = 0;
}

void
seen_free(struct seen_texts *s)
{
	free(s->slots);
	s->slots = NULL;
}

int
seen_add(struct seen_texts *s, const void *p, size_t n)
{
	uint64_t h = hash(p, n), at;

	h += h == 0;		/* that is a free one */
	for (at = h; s->slots[at % SEEN_SLOTS] != 0; at++)
		if (s->slots[at % SEEN_SLOTS] == h)
			return (0);
	if (s->n == SEEN_MAX)
		return (-1);
	s->slots[at % SEEN_SLOTS] = h;
	s->n++;
	return (1);
}
