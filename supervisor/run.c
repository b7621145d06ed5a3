/* SPDX-License-Identifier: ISC */
/* Runs: admission, the table of them, and the engine of their states. */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "common/record.h"
#include "supervisor/ask.h"
#include "supervisor/detach.h"
#include "supervisor/record.h"
#include "supervisor/resolve.h"
#include "supervisor/run.h"

struct run *
run_find(struct daemon *d, uint64_t id)
{
	size_t i;

	for (i = 0; i < d->nruns; i++)
		if (d->runs[i]->id == id)
			return (d->runs[i]);
	return (NULL);
}

struct run *
run_live(struct daemon *d, uint64_t id)
{
	struct run *r = run_find(d, id);

	return (r == NULL || monitor_run_state(r->state)->over ? NULL : r);
}

int
run_detached(const struct run *r)
{
	return ((r->asked.req.flags & RUNREQ_DETACH) != 0);
}

void
run_leave(struct run *r)
{
	struct client *cl = r->cl;

	r->cl = NULL;
	cl->run = NULL;
	client_end(cl, CBE_OK, "%s", "");
}

void
run_left(struct run *r)
{
	r->cl = NULL;
	if (!run_detached(r))
		(void)run_tell(r, EV_CANCEL, "the caller went away");
}

static void
run_free(struct run *r)
{
	struct daemon *d = r->d;
	size_t i;

	for (i = 0; i < d->nruns; i++)
		if (d->runs[i] == r)
			d->runs[i] = d->runs[--d->nruns];
	ids_let_go(&d->ids, r->id);
	resolve_free(&r->asked);
	resolved_free(&r->res);
	plan_free(&r->plan);
	runresult_free(&r->result);
	free(r->reason);
	freezero(r, sizeof(*r));
}

int
run_event(struct run *r, const struct run_input *in)
{
	struct run_input next;
	const struct mon_row *row;
	enum run_state state;

	if ((row = monitor_run(r->state, in->event)) == NULL)
		return (-1);
	state = run_act(r, row->action, in);
	assert((row->next & 1U << state) != 0);
	if (state != r->state)
		log_debug("run %016llx: %s, now %s", (unsigned long long)r->id,
		    event_name(in->event), run_state_name(state));
	r->state = state;
	if (state == RUN_RECORDED)
		detach_begun(r);
	if (state == RUN_DONE && r->unreleased == 0)
		run_free(r);
	else if (r->then != 0) {
		memset(&next, 0, sizeof(next));
		next.event = r->then;
		r->then = 0;
		return (run_event(r, &next));
	}
	return (0);
}

int
run_tell(struct run *r, unsigned event, const char *reason)
{
	struct run_input in;

	memset(&in, 0, sizeof(in));
	in.event = event;
	in.reason = reason;
	return (run_event(r, &in));
}

static int
takes(struct daemon *d, uint64_t id, unsigned event)
{
	const struct run *r = run_find(d, id);

	return (r != NULL && monitor_run(r->state, event) != NULL);
}

static void
told(struct daemon *d, uint64_t id, unsigned event, uint64_t record,
    const char *reason)
{
	struct run_input in;
	struct run *r;

	if ((r = run_find(d, id)) == NULL)
		return;
	memset(&in, 0, sizeof(in));
	in.event = event;
	in.record = record;
	in.reason = reason;
	(void)run_event(r, &in);
}

static const struct record_told run_told = { takes, told };

int
run_record(struct run *r, unsigned kind, struct buf *fields, unsigned done,
    unsigned refused, struct client *cl)
{
	struct record_note note;

	note.told = r->told;
	note.run = r->id;
	note.done = done;
	note.refused = refused;
	return (record_put(r->d, kind, fields, cl, &note));
}

size_t
run_waiting(const struct daemon *d, const uid_t *uid)
{
	const struct run *r;
	size_t i, n = 0;

	for (i = 0; i < d->nruns; i++) {
		r = d->runs[i];
		if (uid != NULL && r->uid != *uid)
			continue;
		n += monitor_run_state(r->state)->waits != 0;
	}
	return (n);
}

void
run_tick(struct daemon *d)
{
	int64_t now = now_ms();
	size_t i;

	/* from the end: one that is done gives its place to the last */
	for (i = d->nruns; i-- > 0;)
		if (d->runs[i]->state == RUN_WAITING &&
		    d->runs[i]->expires <= now)
			(void)run_tell(d->runs[i], EV_EXPIRE, NULL);
}

/*
 * A request that does not become a run.  Nothing of the command is recorded:
 * what in it is secret is not known before it was resolved.
 */
static void
refuse(struct client *cl, const struct runreq *q, unsigned kind,
    const char *cause, enum cberr err, const char *reason)
{
	struct damp p;
	struct buf b;

	memset(&p, 0, sizeof(p));
	p.kind = kind;
	p.cause = cause;
	p.channel = cl->ch->name;
	p.uid = cl->uid;
	p.pid = cl->pid;
	p.argc = q->argv.n;
	p.reason = reason;
	damp_record(cl->d, &p);
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "outcome", outcome_name(OUTCOME_DENIED));
	field_u64(&b, "status", (uint64_t)cberr_exit(err));
	field_str(&b, "rule", cause);
	field_str(&b, "reason", reason);
	client_result(cl, &b);
}

/* The skill that a request means, or NULL and why not. */
const struct conf_skill *
run_skill(const struct client *cl, const char *name, char *why, size_t len)
{
	const struct conf *conf = cl->d->conf;
	const struct conf_skill *sk;

	if (name[0] == '\0') {
		if ((sk = conf_default_skill(conf, cl->ch)) == NULL)
			(void)snprintf(why, len, "channel %s has no default "
			    "skill: name one with -s", cl->ch->name);
	} else {
		sk = conf_skill(conf, name);
		if (sk == NULL || !conf_channel_has_skill(cl->ch, name)) {
			(void)snprintf(why, len, "channel %s has no skill of "
			    "that name", cl->ch->name);
			sk = NULL;
		}
	}
	if (sk != NULL && sk->run_as_caller && cl->uid == 0) {
		(void)snprintf(why, len, "skill %s runs as its caller, and "
		    "nothing runs as root", sk->name);
		sk = NULL;
	}
	if (sk != NULL && sk->refuse != NULL) {
		(void)snprintf(why, len, "skill %s: %s", sk->name,
		    sk->refuse);
		sk = NULL;
	}
	return (sk);
}

static struct run *
run_new(struct client *cl, const struct conf_skill *sk, struct runreq *q)
{
	struct daemon *d = cl->d;
	struct run *r;
	unsigned i;

	r = xcalloc(1, sizeof(*r));
	r->id = ids_new(&d->ids);
	r->state = RUN_NEW;
	r->told = &run_told;
	r->d = d;
	r->cl = cl;
	r->ch = cl->ch;
	r->sk = sk;
	r->uid = cl->uid;
	r->gid = cl->gid;
	r->pid = cl->pid;
	r->since = now_ms();
	for (i = 0; i < 3; i++)
		r->streams[i] = -1;
	for (i = 0; i < PLAN_MAXSECRETS; i++)
		r->secrets[i] = -1;
	resolve_fill(&r->asked, cl, sk, q);
	d->runs[d->nruns++] = r;
	cl->run = r;
	return (r);
}

void
resolve_fill(struct resolve *v, const struct client *cl,
    const struct conf_skill *sk, struct runreq *q)
{
	memset(v, 0, sizeof(*v));
	v->channel = xstrdup(cl->ch->name);
	v->skill = xstrdup(sk->name);
	v->uid = cl->uid;
	v->gid = cl->gid;
	conf_limits(&v->limits, sk, cl->ch, q->timeout_s);
	if ((q->flags & RUNREQ_DETACH) != 0)
		detach_limits(cl->d->conf, &v->limits);
	v->req = *q;
	memset(q, 0, sizeof(*q));
}

/* Everything that can be said without looking at the command. */
static const struct conf_skill *
admit(struct client *cl, const struct runreq *q)
{
	const struct conf_skill *sk;
	struct quota_no no;
	char why[256];

	if (cl->d->nruns == RUNS_MAX) {
		refuse(cl, q, RECORD_QUOTA, "runs", CBE_AGAIN,
		    "too many runs at one time");
		return (NULL);
	}
	if ((sk = run_skill(cl, q->skill, why, sizeof(why))) == NULL) {
		refuse(cl, q, RECORD_POLICY, "skill", CBE_REFUSED, why);
		return (NULL);
	}
	if (quota_check(cl->d->quota, cl->ch, sk, now_ms(), &no) == -1) {
		refuse(cl, q, RECORD_QUOTA, no.kind, CBE_AGAIN, no.reason);
		return (NULL);
	}
	if ((q->flags & RUNREQ_DETACH) != 0 &&
	    detach_room(cl, sk, why, sizeof(why)) == -1) {
		refuse(cl, q, RECORD_QUOTA, "detached", CBE_AGAIN, why);
		return (NULL);
	}
	return (sk);
}

void
req_run(struct client *cl, struct ipc_msg *m)
{
	const struct conf_skill *sk;
	struct runreq q;
	struct run *r;
	struct buf b;

	if (runreq_get(m->data, m->len, &q) == -1) {
		runreq_free(&q);
		client_bad(cl, "malformed RUN");
		return;
	}
	if ((sk = admit(cl, &q)) == NULL) {
		runreq_free(&q);
		return;
	}
	r = run_new(cl, sk, &q);
	buf_init(&b, 8);
	buf_put_u64(&b, r->id);
	client_send(cl, MSG_ACCEPTED, &b, NULL, 0);
	if (resolve_ask(r->d, r->id, &r->asked) == -1) {
		run_set_end(r, OUTCOME_ERROR, CBE_USAGE, "request too large");
		run_finish(r);
		run_free(r);
	}
}
