/* SPDX-License-Identifier: ISC */
/* The closed segments while the auditor runs; see closed.h. */
#include "config.h"

#include <string.h>

#include "auditor/auditor.h"
#include "auditor/closed.h"
#include "auditor/fixed.h"
#include "common/civil.h"
#include "common/field.h"

void
closed_begin(struct auditor *a, struct known_log *k, struct buf *state,
    int good)
{
	struct closed *c = &a->closed;

	c->known = *k;
	c->state = *state;
	c->on = state->len != 0;
	c->good = good;
}

void
closed_off(struct auditor *a)
{
	a->closed.on = 0;
}

void
closed_put(struct auditor *a, struct buf *fields)
{
	struct closed *c = &a->closed;

	if (!c->on || c->known.n == 0)
		return;
	if (!c->good && known_save(a, &c->known, &c->state) == 0)
		c->good = c->untaken = 1;
	if (c->good)
		field_hex(fields, "known", c->known.digest, KNOWN_DIGEST);
}

void
closed_durable(struct auditor *a)
{
	if (a->closed.untaken)
		known_take(a);
	a->closed.untaken = 0;
}

void
closed_back(struct auditor *a)
{
	struct closed *c = &a->closed;

	if (c->untaken)
		known_drop(a);
	c->good = c->untaken = 0;
}

void
closed_packed(struct auditor *a, uint64_t first, struct known_segment *was)
{
	known_packed(a, &a->closed.known, first, was);
	a->closed.good = 0;
}

void
closed_plain(struct auditor *a, const struct known_segment *was)
{
	known_plain(&a->closed.known, was);
	a->closed.good = 0;
}

/* The file as it is may look to the next start as if nothing had happened. */
void
closed_doubt(struct auditor *a, uint64_t first)
{
	(void)known_set(&a->closed.known, first, NULL);
	a->closed.good = 0;
	known_wrong(a);
}

void
closed_doubt_all(struct auditor *a)
{
	struct closed *c = &a->closed;
	size_t i;

	for (i = 0; i < c->known.n; i++)
		memset(&c->known.v[i].log, 0, sizeof(c->known.v[i].log));
	c->good = 0;
	known_wrong(a);
}

void
closed_sure(struct auditor *a, uint64_t first, const struct known_file *now)
{
	if (known_set(&a->closed.known, first, now))
		a->closed.good = 0;
	fixed_see(a, first);
}

void
closed_forget(struct auditor *a, uint64_t first)
{
	known_forget(&a->closed.known, first);
	fixed_forget(a, first);
	a->closed.good = 0;
}

/* All that the log says up to the end of the segment that was closed. */
static void
take_down(struct auditor *a)
{
	struct closed *c = &a->closed;
	struct sealcheck seals;
	uint64_t us = 0;

	known_look(a, &c->known);
	if (!c->on)
		return;
	(void)civil_now(&us);
	gone_now(&a->gone, us, a->chain.tail.number + 1);
	buf_reset(&c->state);
	sealing_check(a, &seals);
	known_put(&c->state, a, &a->chain.durable, &seals);
	c->good = 0;
}

void
closed_tidy(struct auditor *a)
{
	size_t n = a->chain.seg.nold;

	chain_tidy(&a->chain, a->runs.n);
	if (a->chain.seg.nold == n)
		return;
	take_down(a);
	if (a->closed.told != NULL)
		a->closed.told(a);
}
