/* SPDX-License-Identifier: ISC */
/* Late approvals; see lapsed.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/run/denied.h"
#include "supervisor/run/lapsed.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/standrun.h"

struct lapses *
lapses_new(void)
{
	struct lapses *l = xcalloc(1, sizeof(*l));

	TAILQ_INIT(&l->list);
	return (l);
}

static void
forget(struct daemon *d, struct lapsed *e)
{
	TAILQ_REMOVE(&d->lapses->list, e, entry);
	d->lapses->n--;
	d->lapses->bytes -= e->size;
	ids_let_go(&d->ids, e->id);
	free(e->channel);
	free(e->skill);
	free(e->policy);
	freezero(e->reason, strlen(e->reason));
	free(e->rule);
	free(e->because);
	free(e->why);
	freezero(e->plan, e->planlen);
	buf_free(&e->record);
	free(e);
}

static struct lapsed *
oldest_of(const struct lapses *l, uid_t uid, size_t *n)
{
	struct lapsed *e, *first = NULL;

	*n = 0;
	TAILQ_FOREACH(e, &l->list, entry) {
		if (e->uid != uid)
			continue;
		if (first == NULL)
			first = e;
		++*n;
	}
	return (first);
}

/* Of the account's own first, so that nobody drives out those of others. */
static void
make_room(struct daemon *d, const struct lapsed *new)
{
	struct lapses *l = d->lapses;
	struct lapsed *own;
	size_t n;

	own = oldest_of(l, new->uid, &n);
	if (own != NULL && n >= LAPSED_UID)
		forget(d, own);
	while (l->n >= LAPSED_MAX ||
	    (l->n > 0 && l->bytes + new->size > LAPSED_BYTES)) {
		own = oldest_of(l, new->uid, &n);
		forget(d, own != NULL ? own : TAILQ_FIRST(&l->list));
	}
}

static size_t
size_of(const struct lapsed *e)
{
	return (sizeof(*e) + e->planlen + e->record.cap + strlen(e->reason) +
	    strlen(e->why) + strlen(e->policy) + 4096);
}

void
lapsed_keep(struct run *r, const struct client *by, const char *why)
{
	struct daemon *d = r->d;
	struct lapsed *e = xcalloc(1, sizeof(*e));

	e->id = r->id;
	e->uid = r->uid;
	e->pid = r->pid;
	e->line = r->line;
	e->channel = xstrdup(r->ch->name);
	e->skill = xstrdup(r->sk->name);
	e->policy = xstrdup(d->policy != NULL ? d->policy : "");
	e->reason = xstrdup(r->asked.req.reason);
	e->rule = xstrdup(r->dec.rule);
	e->because = xstrdup(r->dec.reason);
	e->plan = xmalloc(r->res.planlen);
	memcpy(e->plan, r->res.plan, r->res.planlen);
	e->planlen = r->res.planlen;
	memcpy(e->digest, r->res.digest, sizeof(e->digest));
	e->asked = r->since;
	e->at = now_ms();
	e->denied = by != NULL;
	e->by = by != NULL ? by->uid : 0;
	e->why = xstrdup(why);
	rec_approval(&e->record, "approve", r, NULL);
	e->size = size_of(e);
	make_room(d, e);
	ids_hold(&d->ids, e->id);
	TAILQ_INSERT_TAIL(&d->lapses->list, e, entry);
	d->lapses->n++;
	d->lapses->bytes += e->size;
}

struct lapsed *
lapsed_find(struct daemon *d, uint64_t id)
{
	struct lapsed *e;

	TAILQ_FOREACH(e, &d->lapses->list, entry)
		if (e->id == id)
			return (e);
	return (NULL);
}

static int
told_takes(struct daemon *d, uint64_t id, unsigned event)
{
	(void)event;
	return (standrun_offered(d, id));
}

static void
told_event(struct daemon *d, uint64_t id, unsigned event, uint64_t record,
    const char *reason)
{
	struct lapsed *e;

	(void)reason;
	if (event != EV_APPROVED) {
		standrun_not_given(d, id);
		return;
	}
	standrun_given(d, id, record);
	if ((e = lapsed_find(d, id)) != NULL)
		forget(d, e);
}

static const struct recording_told late_told = { told_takes, told_event };

/* The approval as it is recorded.  0 or -1. */
static int
record(struct client *cl, const struct lapsed *e)
{
	const struct recording_note note = { &late_told, e->id, EV_APPROVED,
	    EV_NOT_APPROVED };
	struct buf b;

	buf_init(&b, e->record.max);
	buf_put(&b, e->record.data, e->record.len);
	if (e->record.bad)
		b.bad = 1;
	standrun_put(&b, cl->d, e->id);
	field_bool(&b, "late", 1);
	rec_by(&b, cl);
	return (recording_put(cl->d, RECORD_APPROVAL, &b, cl, &note));
}

void
lapsed_approve(struct client *cl, struct lapsed *e)
{
	struct daemon *d = cl->d;
	struct standing_for f;
	struct plan plan;
	char why[256];

	if (plan_get(e->plan, e->planlen, &plan) == -1) {
		plan_free(&plan);
		client_end(cl, CBE_INTERNAL, "its plan cannot be read");
		return;
	}
	memset(&f, 0, sizeof(f));
	f.key.channel = e->channel;
	f.key.skill = e->skill;
	f.key.uid = e->uid;
	f.key.policy = e->policy;
	f.plan = &plan;
	f.digest = e->digest;
	if (standrun_late(d, e->id, &f, cl->uid, LAPSED_S, why,
	    sizeof(why)) == -1)
		client_end(cl, CBE_AGAIN, "%s", why);
	else if (record(cl, e) == -1) {
		standrun_not_given(d, e->id);
		client_end(cl, CBE_AGAIN, "too busy");
	} else
		denied_forget_plan(d, e->uid, e->channel, e->digest);
	plan_free(&plan);
}

void
lapsed_tick(struct daemon *d)
{
	const char *policy = d->policy != NULL ? d->policy : "";
	const int64_t now = now_ms();
	struct lapsed *e, *next;

	for (e = TAILQ_FIRST(&d->lapses->list); e != NULL; e = next) {
		next = TAILQ_NEXT(e, entry);
		if (now - e->at >= LAPSED_S * 1000 ||
		    strcmp(e->policy, policy) != 0)
			forget(d, e);
	}
}

size_t
lapsed_ids(const struct daemon *d, uint64_t ids[LAPSED_MAX])
{
	const struct lapsed *e;
	size_t n = 0;

	TAILQ_FOREACH(e, &d->lapses->list, entry)
		ids[n++] = e->id;
	return (n);
}
