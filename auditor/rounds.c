/* SPDX-License-Identifier: ISC */
/* When closed segments are looked at, and in what order; see rounds.h. */
#include "config.h"

#include <event2/event.h>
#include <stdlib.h>

#include "auditor/auditor.h"
#include "auditor/rounds_priv.h"
#include "common/log.h"
#include "common/ticket.h"
#include "common/xmalloc.h"

/* Between two pieces, and where records were written meanwhile. */
#define ROUND_PAUSE_US	10000
#define ROUND_BUSY_US	50000
#define ROUND_LOOK_MS	60000
/* That much of what looks different is read without a pause, each minute. */
#define ROUND_HURRY	(UINT64_C(256) << 20)
/* A start has looked at all of it: the first time it is not at once. */
#define ROUND_FIRST_MS	300000U

static void
go_on(struct rounds *r)
{
	const uint64_t now = r->a->chain.durable.number;
	const struct timeval pause = { 0, rounds_hurry(r) ? 0 : r->seen != now ?
	    ROUND_BUSY_US : ROUND_PAUSE_US };

	r->seen = now;
	(void)event_add(r->ev, &pause);
}

/* What looks different first; then the round goes on. */
static void
next_segment(struct rounds *r)
{
	r->in_round = 0;
	r->tries = 0;
	if (r->doubt != 0)
		r->first = rounds_behind(r, r->doubt);
	else if (r->ntodo != 0)
		r->first = r->todo[--r->ntodo];
	else if (r->next != 0) {
		r->in_round = 1;
		r->first = r->next;
		r->next = rounds_behind(r, r->first);
	} else
		return;
	rounds_begin(r);
}

static int
is_busy(const struct rounds *r)
{
	return (r->looking || r->in != NULL || r->doubt != 0 ||
	    r->ntodo != 0 || r->next != 0);
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	struct rounds *r = arg;

	(void)fd;
	(void)what;
	if (r->looking)
		rounds_look(r);
	if (r->in != NULL)
		rounds_piece(r);
	else
		next_segment(r);
	if (chain_pending(&r->a->chain) || r->a->damages.unsaid)
		audit_commit(r->a);
	if (is_busy(r))
		go_on(r);
}

void
rounds_tick(struct auditor *a)
{
	struct rounds *r = a->rounds;
	uint64_t now = ticket_now();
	const int busy = is_busy(r);

	damage_again(a);
	if (now - r->hurried_ms >= ROUND_LOOK_MS) {
		r->hurried_ms = now;
		r->hurry = ROUND_HURRY;
	}
	if (!r->looking && (a->sealing.at != r->sealed ||
	    now - r->looked_ms >= ROUND_LOOK_MS)) {
		r->sealed = a->sealing.at;
		r->looked_ms = now;
		r->looking = 1;
		r->look = 0;
	}
	if (r->next == 0 && r->every_ms != 0 && now >= r->due_ms) {
		r->next = segment_oldest(&a->chain.seg);
		if (gone_is_half(a))
			r->next = rounds_behind(r, r->next);
		r->oldest = r->next;
		r->left_out = 0;
		/* where that is not known, seals are held to nothing */
		if (gone_held(a, &r->held, &r->seals) == -1)
			r->held.number = UINT64_MAX - 1;
		r->due_ms = UINT64_MAX;
	}
	if (!busy && is_busy(r))
		go_on(r);
}

void
rounds_heard(struct auditor *a, uint64_t first, int written)
{
	const struct known_log *k = &a->closed.known;
	struct rounds *r = a->rounds;
	const int busy = is_busy(r);
	size_t i;

	if (first == 0 && written) {
		/* none looks as it was left, until it is read to its end */
		closed_doubt_all(a);
		r->touched = 1;
	}
	if (first == 0)
		r->looking = r->looking ? 2 : 1;
	for (i = 0; first != 0 && i < k->n; i++) {
		if (k->v[i].first != first)
			continue;
		rounds_look_at(r, i);
		if (!written)
			continue;
		/* whatever it looks like, until it is read to its end */
		closed_doubt(a, first);
		rounds_suspect(r, first);
	}
	if (!busy && is_busy(r))
		go_on(r);
}

struct rounds *
rounds_new(struct auditor *a, uint32_t every_s)
{
	struct rounds *r;

	r = xcalloc(1, sizeof(*r));
	r->a = a;
	r->every_ms = (uint64_t)every_s * 1000;
	r->looked_ms = ticket_now();
	r->due_ms = r->looked_ms + (r->every_ms < ROUND_FIRST_MS ?
	    r->every_ms : ROUND_FIRST_MS);
	r->sealed = a->sealing.at;
	r->hurried_ms = r->looked_ms;
	r->hurry = ROUND_HURRY;
	r->ev = event_new(a->base, -1, 0, on_step, r);
	if (r->ev == NULL || event_priority_set(r->ev, 1) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
	return (r);
}
