/* SPDX-License-Identifier: ISC */
/* Requests that are being looked up. */
#include "config.h"

#include <sys/queue.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/msg.h"
#include "executor/asks.h"
#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/parcel.h"
#include "executor/spawner/spawner.h"

struct ask {
	TAILQ_ENTRY(ask) entry;
	struct asks	*all;
	struct skill	*skill;
	uint64_t	 id;
	struct resolve	 v;
	uint8_t		*m;
	size_t		 len;
	int		 sent;		/* the resolver works on it */
	int		 over;		/* nobody waits for the answer */
	struct event	*timer;
};

struct asks {
	struct executor	*x;
	struct ask_end	 end;
	struct event	**evs;		/* of the resolvers, by skill */
	size_t		 n;
	size_t		 bytes;
	TAILQ_HEAD(, ask) list;		/* of all skills, in order */
};

static void
forget(struct ask *a)
{
	struct asks *all = a->all;

	TAILQ_REMOVE(&all->list, a, entry);
	all->n--;
	all->bytes -= a->len;
	event_free(a->timer);
	resolve_free(&a->v);
	freezero(a->m, a->len);
	free(a);
}

static void
fail(struct ask *a, struct trouble *t)
{
	if (!a->over)
		a->all->end.failed(a->all->x, a->id, &a->v, t);
	a->over = 1;
}

/* The oldest of this skill. */
static struct ask *
head(const struct asks *all, const struct skill *s)
{
	struct ask *a;

	TAILQ_FOREACH(a, &all->list, entry)
		if (a->skill == s)
			break;
	return (a);
}

/* A resolver that works on one has its socket empty, so there is room. */
static void
send_next(struct asks *all, struct skill *s)
{
	struct trouble t;
	struct ask *a;

	while ((a = head(all, s)) != NULL && !a->sent) {
		if (parcel_send(s->resolver, INSIDE_RESOLVE, a->m,
		    a->len) == 0) {
			a->sent = 1;
			return;
		}
		if (!lack_is(errno))
			fatal(EXIT_SYSTEM, "resolver of skill %s", s->x->name);
		trouble_set(&t, CBE_AGAIN, "looking it up: %s",
		    strerror(errno));
		fail(a, &t);
		forget(a);
	}
}

/*
 * It has had its turn, and needs another: it goes behind the others.  Nobody
 * reads on for what nobody waits for.
 */
static void
next_turn(struct ask *a)
{
	a->sent = 0;
	if (a->over) {
		forget(a);
		return;
	}
	TAILQ_REMOVE(&a->all->list, a, entry);
	TAILQ_INSERT_TAIL(&a->all->list, a, entry);
}

/* Decodes an answer. 0, or -1 and *t. */
static int
take(const uint8_t *m, size_t n, const int *fds, unsigned nfds,
    struct resolved *out, struct trouble *t)
{
	struct parcel k;
	int r;

	memset(out, 0, sizeof(*out));
	switch (inside_type(IN_RESOLVE, IW_RESOLVER, m, n, nfds)) {
	case INSIDE_PLANNED:
		if (parcel_open(&k, m, n, fds, nfds, MSG_INTENT_MAX) == -1) {
			if (!lack_is(errno))
				break;
			trouble_set(t, CBE_AGAIN, "answer of a resolver: %s",
			    strerror(errno));
			return (-1);
		}
		r = resolved_get(k.p, k.len, out);
		parcel_close(&k);
		if (r == 0)
			return (0);
		break;
	case INSIDE_UNPLANNED:
		if (unplanned_get(m, n, t) == 0)
			return (-1);
		break;
	default:
		while (nfds > 0)
			(void)close(fds[--nfds]);
		break;
	}
	trouble_set(t, CBE_INTERNAL, "malformed answer of a resolver");
	return (-1);
}

static void
end_of(struct ask *a, const uint8_t *m, size_t n, const int *fds,
    unsigned nfds)
{
	struct asks *all = a->all;
	struct resolved res;
	struct trouble t;

	if (take(m, n, fds, nfds, &res, &t) == -1)
		fail(a, &t);
	else if (!a->over)
		all->end.found(all->x, a->id, a->skill, &a->v, &res);
	resolved_free(&res);
	forget(a);
}

/* Its answer has come, and cannot be taken. */
static void
end_without(struct ask *a)
{
	struct trouble t;

	trouble_set(&t, CBE_AGAIN, "answer of a resolver: %s",
	    strerror(errno));
	fail(a, &t);
	forget(a);
}

static void
on_answer(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t m[INSIDE_PLANNED_MAX + 1];
	unsigned nfds = INSIDE_PLANNED_FDS;
	int fds[INSIDE_PLANNED_FDS];
	struct skill *s = arg;
	struct asks *all = s->executor->asks;
	struct ask *a;
	ssize_t n;
	int lacks;

	(void)what;
	n = fds_recv(fd, m, sizeof(m), fds, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	lacks = n == -1 && lack_is(errno);
	if (n <= 0 && !lacks)
		spawner_lost(s);
	if ((a = head(all, s)) == NULL || !a->sent)
		fatalx(EXIT_SYSTEM, "resolver of skill %s speaks unasked",
		    s->x->name);
	if (lacks)
		end_without(a);
	else if (inside_type(IN_RESOLVE, IW_RESOLVER, m, (size_t)n, nfds) ==
	    INSIDE_MORE)
		next_turn(a);
	else
		end_of(a, m, (size_t)n, fds, nfds);
	send_next(all, s);
}

/* What the resolver has is waited for, though nobody is told any more. */
static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct ask *a = arg;
	struct trouble t;

	(void)fd;
	(void)what;
	trouble_set(&t, CBE_AGAIN, "looking it up took more than %d s",
	    ASK_S);
	fail(a, &t);
	if (!a->sent)
		forget(a);
}

void
asks_init(struct executor *x, const struct ask_end *end)
{
	struct asks *all;
	size_t i;

	all = x->asks = xcalloc(1, sizeof(*all));
	all->x = x;
	all->end = *end;
	TAILQ_INIT(&all->list);
	all->evs = xcalloc(x->xc.nskills, sizeof(*all->evs));
	for (i = 0; i < x->xc.nskills; i++) {
		if (x->skills[i].resolver == -1)
			continue;
		all->evs[i] = event_new(x->base, x->skills[i].resolver,
		    EV_READ | EV_PERSIST, on_answer, &x->skills[i]);
		if (all->evs[i] == NULL || event_add(all->evs[i], NULL) == -1)
			fatalx(EXIT_SYSTEM, "event of a resolver");
	}
}

void
asks_add(struct executor *x, uint64_t id, struct skill *s, struct resolve *v,
    const void *m, size_t len)
{
	const struct timeval tv = { ASK_S, 0 };
	struct asks *all = x->asks;
	struct trouble t;
	struct ask *a;

	if (all->n == XRUNS_MAX || len > PLANS_BYTES - all->bytes) {
		trouble_set(&t, CBE_AGAIN, "too many requests at one time");
		all->end.failed(x, id, v, &t);
		resolve_free(v);
		return;
	}
	a = xcalloc(1, sizeof(*a));
	a->all = all;
	a->skill = s;
	a->id = id;
	a->v = *v;
	a->m = xmalloc(len);
	memcpy(a->m, m, len);
	a->len = len;
	a->timer = evtimer_new(x->base, on_time, a);
	if (a->timer == NULL || event_add(a->timer, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event of a request");
	TAILQ_INSERT_TAIL(&all->list, a, entry);
	all->n++;
	all->bytes += len;
	send_next(all, s);
}

int
asks_has(const struct executor *x, uint64_t id)
{
	const struct ask *a;

	TAILQ_FOREACH(a, &x->asks->list, entry)
		if (a->id == id && !a->over)
			return (1);
	return (0);
}

void
asks_close(struct executor *x)
{
	struct ask *a, *next;

	if (x->asks == NULL)
		return;
	for (a = TAILQ_FIRST(&x->asks->list); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		a->over = 1;
		if (!a->sent)
			forget(a);
	}
}
