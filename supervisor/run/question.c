/* SPDX-License-Identifier: ISC */
/* What a run asks on its way; see question.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/client/listing.h"
#include "supervisor/run/noticeq.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/question.h"
#include "supervisor/run/recording.h"

struct question *
question_find(struct daemon *d, uint64_t id, struct run **r)
{
	struct question *q;
	size_t i;

	for (i = 0; id != 0 && i < d->nruns; i++)
		TAILQ_FOREACH(q, &d->runs[i]->execs.questions, entry)
			if (q->id == id) {
				*r = d->runs[i];
				return (q);
			}
	return (NULL);
}

size_t
question_count(const struct daemon *d)
{
	size_t i, n = 0;

	for (i = 0; i < d->nruns; i++)
		n += d->runs[i]->execs.nopen;
	return (n);
}

size_t
question_ids(const struct daemon *d, uint64_t *ids)
{
	const struct question *q;
	size_t i, n = 0;

	for (i = 0; i < d->nruns; i++)
		TAILQ_FOREACH(q, &d->runs[i]->execs.questions, entry)
			if (q->id != 0 && q->state == ASKED_OPEN)
				ids[n++] = q->id;
	return (n);
}

static void
put_id(struct buf *b, const char *key, uint64_t id)
{
	char text[RUNID_TEXT];

	runid_text(text, id);
	field_str(b, key, text);
}

/* What the records of a question have in common. */
static void
put_common(struct buf *b, const struct run *r, const struct client *by)
{
	field_str(b, "skill", r->sk->name);
	rec_why(b, r);
	if (by != NULL)
		rec_by(b, by);
}

/*
 * Its words are in the record of the program itself, which comes in any case,
 * and there as redaction leaves them; an approver has to see them all.
 */
static void
put_exec(struct buf *b, const struct question *q)
{
	const struct exec_row *row = &q->ask.row;
	size_t tok;

	tok = field_obj(b, "exec");
	put_id(b, "question", q->id);
	field_u64(b, "seq", row->seq);
	field_hex(b, "digest", q->ask.digest, sizeof(q->ask.digest));
	field_str(b, "rule", row->rule);
	field_end(b, tok);
}

/* A record, and what is told about it when it is durable.  0 or -1. */
static int
record(const struct run *r, const struct question *q, const char *ev,
    const char *reason, struct client *by, const struct recording_note *note)
{
	struct buf b;

	rec_init(&b, ev, r);
	put_exec(&b, q);
	put_common(&b, r, by);
	if (strcmp(ev, "request") == 0)
		field_u64(&b, "expires_s", r->d->conf->approval_timeout_s);
	if (reason != NULL && reason[0] != '\0')
		field_str(&b, "reason", reason);
	return (recording_put(r->d, RECORD_APPROVAL, &b, by, note));
}

/* Nobody is to decide on it any more. */
static void
over(struct run *r, const struct question *q, const char *how,
    const char *reason)
{
	struct listing_end end = { how, reason, q->by };

	if (q->id != 0)
		listing_over(r->d, r->uid, &r->line, q->id, &end);
}

/* ticket: NULL where it is refused */
static void
answer(struct run *r, struct question *q, const uint8_t *ticket,
    const char *why)
{
	struct exec_answer v;
	char text[EXECS_TEXT + 1];

	memset(&v, 0, sizeof(v));
	v.seq = q->seq;
	v.allowed = ticket != NULL;
	if (ticket != NULL)
		memcpy(v.ticket, ticket, sizeof(v.ticket));
	(void)snprintf(text, sizeof(text), "%s", why);
	v.reason = text;
	(void)role_put(&r->d->procs[PROC_EXEC], MSG_X_ANSWER, r->id,
	    &exec_answer_shape, &v, NULL, 0);
	over(r, q, ticket != NULL ? "approved" : q->how != NULL ? q->how :
	    "withdrawn", why);
	execrows_settle(&r->execs, q, ticket != NULL ? ASKED_ALLOWED :
	    ASKED_REFUSED, &r->d->ids);
}

/* Records why it is refused, and refuses it then. */
static void	told_event(struct daemon *, uint64_t, unsigned, uint64_t,
		    const char *);
static int	told_takes(struct daemon *, uint64_t, unsigned);
static const struct recording_told question_told = { told_takes, told_event };

static void
make_note(struct recording_note *note, const struct question *q,
    unsigned done, unsigned refused)
{
	note->told = &question_told;
	note->run = q->id;
	note->done = done;
	note->refused = refused;
}

static int
refuse(struct run *r, struct question *q, const char *ev, const char *why,
    struct client *by)
{
	struct recording_note note;

	q->how = by != NULL ? "denied" : "expired";
	q->by = by != NULL ? (int64_t)by->uid : -1;
	make_note(&note, q, EV_LOGGED, EV_UNLOGGED);
	q->state = ASKED_DECIDING;
	free(q->why);
	q->why = xstrdup(why);
	return (record(r, q, ev, why, by, &note));
}

static int
told_takes(struct daemon *d, uint64_t id, unsigned event)
{
	struct run *r;

	(void)event;
	return (question_find(d, id, &r) != NULL);
}

static void
told_event(struct daemon *d, uint64_t id, unsigned event, uint64_t number,
    const char *reason)
{
	struct question *q;
	struct run *r;
	char why[256];

	(void)number;
	if ((q = question_find(d, id, &r)) == NULL)
		return;
	if (event == EV_NOT_ASKED && q->state == ASKED_OPEN) {
		(void)snprintf(why, sizeof(why), "not recorded: %s", reason);
		answer(r, q, NULL, why);
	} else if ((event == EV_LOGGED || event == EV_UNLOGGED) &&
	    q->state == ASKED_DECIDING)
		answer(r, q, NULL, q->why);
}

/* NULL, or why nobody is asked. */
static const char *
cannot_ask(const struct run *r)
{
	const struct conf *conf = r->d->conf;

	if (r->killed || r->d->stop != STOP_NO)
		return ("the run is being ended");
	if ((r->asked.req.flags & (RUNREQ_NO_WAIT | RUNREQ_NO_HOLD)) != 0)
		return ("needs approval, and the run does not wait for any");
	if (r->execs.nopen >= EXECS_QUESTIONS)
		return ("needs approval, and too many programs of the run "
		    "wait already");
	/* nobody takes more than half of the places, so others find one */
	if (run_waiting(r->d, NULL) >= conf->max_pending ||
	    run_waiting(r->d, &r->uid) >= (conf->max_pending + 1) / 2)
		return ("needs approval, and too many wait already");
	return (NULL);
}

/* The caller may be at hand, and know whom to ask. */
static void
tell_caller(const struct run *r, const struct question *q)
{
	struct buf b;

	if (r->cl == NULL)
		return;
	buf_init(&b, MSG_ROW_MAX);
	put_id(&b, "question", q->id);
	field_list(&b, "argv", &q->ask.row.argv);
	field_str(&b, "exe", q->ask.row.path);
	field_str(&b, "rule", q->ask.row.rule);
	field_str(&b, "reason", q->ask.row.reason);
	field_u64(&b, "expires_s", r->d->conf->approval_timeout_s);
	client_send(r->cl, MSG_WAITING, &b, NULL, 0);
}

void
question_ask(struct run *r, struct question *q)
{
	struct recording_note note;
	const char *why;

	if ((why = cannot_ask(r)) != NULL) {
		answer(r, q, NULL, why);
		return;
	}
	q->id = ids_new(&r->d->ids);
	q->by = -1;
	r->execs.nopen++;
	q->state = ASKED_OPEN;
	q->since = now_ms();
	q->expires = q->since + (int64_t)r->d->conf->approval_timeout_s * 1000;
	make_note(&note, q, EV_ASKED, EV_NOT_ASKED);
	if (record(r, q, "request", NULL, NULL, &note) == -1) {
		answer(r, q, NULL, "too busy");
		return;
	}
	tell_caller(r, q);
	listing_watched(r->d, r->uid, &r->line, q->id);
	noticeq_put(r->d, q->id, r->uid);
}

void
question_withdraw(struct run *r, struct question *q, const char *why)
{
	if (q->id != 0)
		(void)record(r, q, "withdrawn", why, NULL, NULL);
	q->by = -1;
	over(r, q, "withdrawn", why);
	execrows_settle(&r->execs, q, ASKED_GONE, &r->d->ids);
}

void
questions_withdraw(struct run *r, const char *why)
{
	struct question *q;

	for (q = TAILQ_FIRST(&r->execs.questions); q != NULL;
	    q = TAILQ_NEXT(q, entry))
		question_withdraw(r, q, why);
}

static enum op_state
consented(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_tickets *v = payload_as(in, &msg_tickets_shape);
	struct question *q;
	struct run *r;

	if (v->secretslen != 0)
		daemon_breach(d, p, "A_TICKET for secrets of an answer");
	q = question_find(d, o->run, &r);
	if (q != NULL)
		answer(r, q, v->ticket, "");
	if (o->cl != NULL)
		client_end(o->cl, q != NULL ? CBE_OK : CBE_NOENT, "%s",
		    q != NULL ? "" : "nobody waits for it any more");
	o->cl = NULL;
	return (OP_DONE);
}

static enum op_state
not_consented(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_refused_shape);
	struct question *q;
	struct run *r;

	(void)p;
	if ((q = question_find(d, o->run, &r)) != NULL) {
		q->state = ASKED_OPEN;
		q->by = -1;
	}
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	o->cl = NULL;
	return (OP_DONE);
}

static const struct op_kind consent_kind = {
	.act = {
		[ACT_CONSENTED] = consented,
		[ACT_NOT_CONSENTED] = not_consented,
	},
};

/* What the auditor is to write and to make a ticket for.  0 or -1. */
static int
send_consent(struct run *r, const struct question *q, uint64_t id,
    const struct client *by)
{
	struct exec_consent v;
	struct buf ask, fields;
	int ret = -1;

	buf_init(&ask, MSG_EXECS_MAX);
	shape_put(&exec_ask_shape, &ask, &q->ask);
	buf_init(&fields, MSG_ROW_MAX);
	put_common(&fields, r, by);
	memset(&v, 0, sizeof(v));
	v.run = r->id;
	v.ask = ask.data;
	v.asklen = ask.len;
	v.fields = fields.data;
	v.len = fields.len;
	if (!ask.bad && !fields.bad)
		ret = role_put(&r->d->procs[PROC_AUDIT], MSG_A_CONSENT, id,
		    &exec_consent_shape, &v, NULL, 0);
	buf_free(&ask);
	buf_free(&fields);
	return (ret);
}

void
question_approve(struct run *r, struct question *q, struct client *cl)
{
	struct daemon *d = r->d;
	struct op *o;

	if ((o = op_new(d, &consent_kind, OP_CONSENT, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->run = q->id;
	if (send_consent(r, q, o->id, cl) == -1) {
		op_free(d, o);
		client_end(cl, CBE_USAGE, "too large to be recorded");
		return;
	}
	q->state = ASKED_DECIDING;
	q->by = cl->uid;
}

void
question_deny(struct run *r, struct question *q, struct client *cl,
    const char *why)
{
	char text[PLAN_MAXREASON + 64];

	(void)snprintf(text, sizeof(text), "denied by uid %u%s%s", cl->uid,
	    why[0] != '\0' ? ": " : "", why);
	if (refuse(r, q, "deny", text, cl) == 0)
		return;
	client_end(cl, CBE_OK, "%s", "");
	answer(r, q, NULL, text);
}

static void
expire(struct run *r, struct question *q)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "nobody approved it within %u s",
	    r->d->conf->approval_timeout_s);
	if (refuse(r, q, "timeout", text, NULL) == -1)
		answer(r, q, NULL, text);
}

void
question_tick(struct daemon *d)
{
	int64_t now = now_ms();
	struct question *q;
	size_t i;

	for (i = 0; i < d->nruns; i++)
		TAILQ_FOREACH(q, &d->runs[i]->execs.questions, entry)
			if (q->id != 0 && q->state == ASKED_OPEN &&
			    q->expires <= now)
				expire(d->runs[i], q);
}

void
question_row(struct buf *b, const struct run *r, const struct question *q)
{
	int64_t left = q->expires - now_ms();
	struct buf bytes;

	put_id(b, "question", q->id);
	put_id(b, "run", r->id);
	field_str(b, "channel", r->ch->name);
	field_str(b, "skill", r->sk->name);
	field_u64(b, "uid", r->uid);
	field_u64(b, "pid", (uint64_t)r->pid);
	field_str(b, "reason", r->asked.req.reason);
	field_u64(b, "asked_ago_ms", (uint64_t)(now_ms() - q->since));
	field_u64(b, "expires_s", left > 0 ? (uint64_t)left / 1000 : 0);
	/* who decides makes the rest from these, and their digest */
	buf_init(&bytes, MSG_EXECS_MAX);
	shape_put(&exec_ask_shape, &bytes, &q->ask);
	field_hex(b, "exec_bytes", bytes.data + PLAN_DIGEST,
	    bytes.len - PLAN_DIGEST);
	buf_free(&bytes);
	field_list(b, "request", &r->asked.req.argv);
	field_str(b, "request_cwd", r->plan.cwd);
	field_str(b, "account", r->plan.account);
}
