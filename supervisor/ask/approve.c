/* SPDX-License-Identifier: ISC */
/*
 * Approvals: what is shown is the plan that will run, and an approval names
 * the digest of the plan that was shown; or a program that a run wants to
 * start, and the digest of that.  Nobody approves what the same uid asked for.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/client/listing.h"
#include "supervisor/run/lapsed.h"
#include "supervisor/run/question.h"
#include "supervisor/run/releases.h"
#include "supervisor/run/run.h"
#include "supervisor/run/standrun.h"

/* Of a program that a run wants to start. */
static int
program_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct question *q;
	struct run *r;

	q = question_find(cl->d, id, &r);
	if (q == NULL || q->state != ASKED_OPEN ||
	    !client_owns(cl, r->uid, &r->line))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	question_row(b, r, q);
	rec_asker(b, r, client_reads(cl));
	/* what its run may reach is what it may */
	terms_show(b, &r->plan.terms);
	return (0);
}

static int
approval_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct run *r = run_find(cl->d, id);
	char text[RUNID_TEXT];
	int64_t left;

	if (r == NULL)
		return (program_row(cl, b, id));
	if (!client_owns(cl, r->uid, &r->line) ||
	    !states_of_run(r->state)->shown)
		return (-1);
	left = r->expires - now_ms();
	runid_text(text, r->id);
	buf_init(b, MSG_ROW_MAX);
	field_str(b, "run", text);
	field_str(b, "channel", r->ch->name);
	field_str(b, "skill", r->sk->name);
	field_u64(b, "uid", r->uid);
	field_u64(b, "pid", (uint64_t)r->pid);
	rec_asker(b, r, client_reads(cl));
	field_str(b, "reason", r->asked.req.reason);
	field_str(b, "rule", r->dec.rule);
	field_str(b, "because", r->dec.reason);
	field_u64(b, "asked_ago_ms", (uint64_t)(now_ms() - r->since));
	field_u64(b, "expires_s", left > 0 ? (uint64_t)left / 1000 : 0);
	if (r->sk->secrets.n != 0)
		releases_put(b, quota_releases(r->d->quota), r->sk, now_ms());
	/* who decides makes the rest from these, and their digest */
	field_hex(b, "plan_bytes", r->res.plan, r->res.planlen);
	return (0);
}

void
req_approvals(struct client *cl, struct payload *p)
{
	const struct msg_watch *v = payload_as(p, &msg_watch_shape);
	struct daemon *d = cl->d;
	uint64_t *ids;
	size_t i, n = 0;

	ids = xcalloc(d->nruns + question_count(d) + 1, sizeof(*ids));
	for (i = 0; i < d->nruns; i++)
		if (states_of_run(d->runs[i]->state)->open)
			ids[n++] = d->runs[i]->id;
	n += question_ids(d, ids + n);
	cl->watching = (v->watch & WATCH_ON) != 0 ? v->watch : 0;
	listing_send(cl, approval_row, ids, n);
}

static int
lapsed_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct lapsed *e = lapsed_find(cl->d, id);
	int64_t now = now_ms();
	char text[RUNID_TEXT];

	if (e == NULL || !client_owns(cl, e->uid, &e->line))
		return (-1);
	runid_text(text, e->id);
	buf_init(b, MSG_ROW_MAX);
	field_str(b, "run", text);
	field_str(b, "channel", e->channel);
	field_str(b, "skill", e->skill);
	field_u64(b, "uid", e->uid);
	field_u64(b, "pid", (uint64_t)e->pid);
	lineage_put(b, &e->line);
	field_str(b, "reason", e->reason);
	field_str(b, "rule", e->rule);
	field_str(b, "because", e->because);
	field_u64(b, "asked_ago_ms", (uint64_t)(now - e->asked));
	field_u64(b, "expires_s", LAPSED_S -
	    (uint64_t)(now - e->at) / 1000);
	field_str(b, "lapsed", e->denied ? "denied" : "expired");
	if (e->denied) {
		field_u64(b, "denied_by", e->by);
		field_str(b, "denied_why", e->why);
	}
	field_hex(b, "plan_bytes", e->plan, e->planlen);
	return (0);
}

void
req_lapsed(struct client *cl, struct payload *p)
{
	uint64_t *ids = xcalloc(LAPSED_MAX, sizeof(*ids));

	(void)p;
	lapsed_tick(cl->d);
	listing_send(cl, lapsed_row, ids, lapsed_ids(cl->d, ids));
}

/* An attempt that is refused leaves a record; the reason is the answer. */
static void
refuse(struct client *cl, const char *why)
{
	cl->d->up->refused(cl, "approve", why);
	client_end(cl, CBE_REFUSED, "%s", why);
}

/* May this client decide on what a run wants to start? */
static int
may_decide(struct client *cl, const struct run *r, const struct question *q)
{
	if (q->state != ASKED_OPEN)
		client_end(cl, CBE_AGAIN, "somebody else is deciding on it");
	else if (r->uid == cl->uid)
		refuse(cl, "nobody may decide on what the same account "
		    "asked for");
	else
		return (1);
	return (0);
}

static void
approve_program(struct client *cl, struct run *r, struct question *q,
    const struct msg_approve *v)
{
	if (!may_decide(cl, r, q))
		return;
	if (memcmp(v->digest, q->ask.digest, sizeof(v->digest)) != 0)
		refuse(cl, "that is not the program that waits");
	else
		question_approve(r, q, cl);
}

/* The run that waits under this id. */
static struct run *
find_open(struct client *cl, uint64_t id)
{
	struct run *r = run_find(cl->d, id);

	if (r == NULL || !states_of_run(r->state)->waits) {
		client_end(cl, CBE_NOENT, "no such run waits for an "
		    "approval");
		return (NULL);
	}
	if (!states_of_run(r->state)->open) {
		client_end(cl, CBE_AGAIN, "%s", r->state == RUN_REJUDGING ?
		    "it is being judged anew, by a configuration that was "
		    "reloaded" : "somebody else is approving it");
		return (NULL);
	}
	return (r);
}

/* And that this client may decide on. */
static struct run *
find_waiting(struct client *cl, uint64_t id)
{
	struct run *r = find_open(cl, id);

	if (r != NULL && r->uid == cl->uid) {
		refuse(cl, "nobody may decide on what the same account "
		    "asked for");
		return (NULL);
	}
	return (r);
}

/* r, if an approval of it would be spent well; else the client is told. */
static struct run *
can_go(struct client *cl, struct run *r, const uint8_t *digest)
{
	struct breaker_key key;
	struct quota_no no;

	if (memcmp(digest, r->res.digest, PLAN_DIGEST) != 0) {
		refuse(cl, "that is not the plan that waits");
		return (NULL);
	}
	/* an approval is not spent on a run that could not start now */
	run_breaker_key(&key, r);
	if (quota_check(cl->d->quota, &key, now_ms(), &no) == -1) {
		client_end(cl, CBE_AGAIN, "not now: %s", no.reason);
		return (NULL);
	}
	return (r);
}

struct run *
approve_find(struct client *cl, uint64_t id, const uint8_t *digest)
{
	struct run *r = find_waiting(cl, id);

	return (r == NULL ? NULL : can_go(cl, r, digest));
}

/* One that nobody waits with any more. */
static void
approve_late(struct client *cl, struct lapsed *e, const uint8_t *digest)
{
	if (standrun_offered(cl->d, e->id))
		client_end(cl, CBE_AGAIN, "somebody else is approving it");
	else if (e->uid == cl->uid)
		refuse(cl, "nobody may decide on what the same account "
		    "asked for");
	else if (memcmp(digest, e->digest, PLAN_DIGEST) != 0)
		refuse(cl, "that is not the plan that was asked about");
	else
		lapsed_approve(cl, e);
}

void
req_approve(struct client *cl, struct payload *p)
{
	const struct msg_approve *v = payload_as(p, &msg_approve_shape);
	struct run_input in;
	struct question *q;
	struct lapsed *e;
	struct run *r;

	if ((q = question_find(cl->d, v->run, &r)) != NULL) {
		approve_program(cl, r, q, v);
		return;
	}
	lapsed_tick(cl->d);
	if ((e = lapsed_find(cl->d, v->run)) != NULL) {
		approve_late(cl, e, v->digest);
		return;
	}
	if ((r = approve_find(cl, v->run, v->digest)) == NULL)
		return;
	memset(&in, 0, sizeof(in));
	in.event = EV_APPROVE;
	in.cl = cl;
	(void)run_event(r, &in);
}

/* By the account that asked itself, on the channel that it asked on. */
void
req_confirm(struct client *cl, struct payload *p)
{
	const struct msg_approve *v = payload_as(p, &msg_approve_shape);
	struct run_input in;
	struct run *r;

	/* of what others have asked for nothing is told */
	r = run_find(cl->d, v->run);
	if (r != NULL && r->uid != cl->uid) {
		client_end(cl, CBE_NOENT, "no such run waits for an "
		    "approval");
		return;
	}
	if (r != NULL && r->ch != cl->ch) {
		refuse(cl, "only who asked for it may confirm it, where that "
		    "was asked");
		return;
	}
	if ((r = find_open(cl, v->run)) == NULL)
		return;
	if (!run_may_confirm(r)) {
		refuse(cl, "nobody may decide on what the same account "
		    "asked for, and its skill does not let that be "
		    "confirmed");
		return;
	}
	if (can_go(cl, r, v->digest) == NULL)
		return;
	memset(&in, 0, sizeof(in));
	in.event = EV_APPROVE;
	in.cl = cl;
	(void)run_event(r, &in);
}

void
req_deny(struct client *cl, struct payload *p)
{
	const struct msg_deny *v = payload_as(p, &msg_deny_shape);
	char *why = reason_masked(cl->d, v->why);
	struct run_input in;
	struct question *q;
	struct run *r;

	if ((q = question_find(cl->d, v->run, &r)) != NULL) {
		if (may_decide(cl, r, q))
			question_deny(r, q, cl, why);
	} else if ((r = find_waiting(cl, v->run)) != NULL) {
		memset(&in, 0, sizeof(in));
		in.event = EV_DENY;
		in.cl = cl;
		in.reason = why;
		(void)run_event(r, &in);
	}
	free(why);
}
