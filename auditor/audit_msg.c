/* SPDX-License-Identifier: ISC */
/*
 * The supervisor's messages.  Each one appends to the batch and queues an
 * answer; answers leave after the batch is durable and not before.  A
 * message that no honest supervisor sends ends the auditor, and with it the
 * daemon, and the log says so.
 */
#include "config.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/batch.h"
#include "auditor/cut.h"
#include "auditor/newrules.h"
#include "auditor/recfields.h"
#include "auditor/stops.h"
#include "common/cberr.h"
#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/words.h"

/* What is held goes on at once when its answer comes. */
#define ANSWER_LIFE_S	60

static const char full[] = "log directory is full: new runs are refused until "
    "there is room, which clawbot audit prune or clawbot audit archive may "
    "make";
static const char full_fixed[] = "log directory is full: new runs are refused "
    "until there is room, which clawbot audit prune or clawbot audit archive "
    "may make, once root has lifted the immutable attribute of closed parts "
    "(chattr -i)";

static void
get(struct auditor *a, const struct ipc_msg *m, const struct shape *s,
    void *v)
{
	if (payload_get(m, s, v) == -1)
		audit_breach(a, "malformed %s", msg_name(m->type));
}

static struct reply *
add_answer(struct auditor *a, unsigned type, uint64_t id)
{
	struct reply *ans;

	ans = &a->answers[a->nanswers++];
	memset(ans, 0, sizeof(*ans));
	ans->type = type;
	ans->id = id;
	return (ans);
}

static void
refuse(struct auditor *a, uint64_t id, enum cberr err, const char *why)
{
	struct reply *ans;

	ans = add_answer(a, MSG_A_REFUSED, id);
	ans->err = (uint16_t)err;
	ans->why = why;
}

static void
refuse_full(struct auditor *a, uint64_t id)
{
	char name[LOG_NAMEMAX];

	a->lowroom.refused++;
	/* the oldest part is the first that can go */
	refuse(a, id, CBE_AGAIN, fixed_has(a, segment_oldest(
	    &a->chain.seg), name) ? full_fixed : full);
}

/*
 * Appends what a role in by makes, which any number of runs may still
 * follow; frees the fields.  An answer of that type, or NULL if it was
 * refused.
 */
static struct reply *
append(struct auditor *a, const struct ipc_msg *m, unsigned kind,
    unsigned by, struct buf *fields, size_t open, unsigned type)
{
	enum chain_append r;
	struct reply *ans;
	uint64_t number = 0;

	r = chain_append(&a->chain, kind, by, fields, open, &number);
	if (r == CHAIN_OK)
		runindex_see(&a->begins, fields->data, fields->len, number);
	buf_free(fields);
	if (r == CHAIN_BAD)
		audit_breach(a, "%s makes no record: %s", msg_name(m->type),
		    a->chain.bad);
	if (r == CHAIN_FULL) {
		refuse_full(a, m->id);
		return (NULL);
	}
	ans = add_answer(a, type, m->id);
	ans->record = number;
	return (ans);
}

/*
 * In front of the intent of a run of which the output becomes a secret.  0, or
 * -1 where there is no room, with nothing written.
 */
static int
append_handed(struct auditor *a, const struct ipc_msg *m,
    const struct intent *in, const struct plan *p)
{
	enum chain_append r;
	uint64_t number;
	struct buf b;

	if (p->rotates[0] == '\0')
		return (0);
	buf_init(&b, AUDITOR_FIELDS);
	recfields_handed(&b, m->id, in, p);
	r = chain_append(&a->chain, RECORD_SECRET, RECORD_BY_AUDITOR, &b,
	    a->runs.n + 1, &number);
	buf_free(&b);
	if (r == CHAIN_BAD)
		audit_breach(a, "A_INTENT makes no record: %s", a->chain.bad);
	if (r == CHAIN_FULL)
		refuse_full(a, m->id);
	return (r == CHAIN_OK ? 0 : -1);
}

static void
on_intent(struct auditor *a, struct ipc_msg *m)
{
	uint8_t digest[PLAN_DIGEST];
	struct reply *ans;
	struct intent in;
	uint64_t now = 0;
	struct chain_mark mark;
	struct plan p;
	const char *why;
	struct buf b;
	size_t i;

	if (m->id == 0 || (m->id & ~RUNID_MASK) != 0)
		audit_breach(a, "A_INTENT of no run");
	if (openruns_find(&a->runs, m->id) != NULL)
		audit_breach(a, "A_INTENT of a run that is open");
	get(a, m, &intent_shape, &in);
	if (plan_get(in.plan, in.planlen, &p) == -1)
		audit_breach(a, "A_INTENT with a malformed plan");
	plan_digest(digest, in.plan, in.planlen);
	mark = chain_mark(&a->chain);
	buf_init(&b, AUDITOR_FIELDS);
	if ((why = recfields_intent(&b, m->id, &in, &p, digest)) != NULL)
		audit_breach(a, "A_INTENT: %s", why);
	if (estops_covers(&a->stops, p.channel, p.skill, p.caller) != NULL) {
		buf_free(&b);
		refuse(a, m->id, CBE_REFUSED, "stopped by an emergency stop");
	} else if (a->runs.n == OPEN_RUNS_MAX) {
		buf_free(&b);
		refuse(a, m->id, CBE_AGAIN, "too many runs without a result");
	} else if (append_handed(a, m, &in, &p) == -1) {
		buf_free(&b);
	} else if ((ans = append(a, m, RECORD_EXEC, RECORD_BY_AUDITOR, &b,
	    a->runs.n + 1, MSG_A_TICKET)) != NULL) {
		openruns_add(&a->runs, m->id, ans->record, p.skill,
		    p.caller);
		(void)civil_now(&now);
		recents_add(a, now, p.channel);
		for (i = 0; i < p.secrets.n; i++)
			lastuse_note(&a->uses, p.secrets.v[i],
			    strlen(p.secrets.v[i]), now / 1000000);
		ans->ticket = TICKET_EXEC;
		ans->expires_s = in.expires_s;
		memcpy(ans->digest, digest, sizeof(digest));
		/* the answer takes the names over */
		ans->skill = p.skill;
		p.skill = NULL;
		ans->secrets = in.given;
		memset(&in.given, 0, sizeof(in.given));
	} else
		chain_back(&a->chain, &mark);
	plan_free(&p);
	intent_free(&in);
}

/* All of them, or none: the rest would be a hole that nobody can fill. */
static void
on_rows(struct auditor *a, struct ipc_msg *m, unsigned kind)
{
	struct chain_mark mark = chain_mark(&a->chain);
	uint64_t number = 0;
	const struct batch_to to = { kind, a->runs.n, &number };

	if (openruns_find(&a->runs, m->id) == NULL)
		audit_breach(a, "%s of a run that is not open",
		    msg_name(m->type));
	if (batch_append(a, m, m->data, m->len, &to) == CHAIN_FULL) {
		chain_back(&a->chain, &mark);
		refuse_full(a, m->id);
	} else
		add_answer(a, MSG_A_DONE, m->id)->record = number;
}

/* What goes along with an end.  0, or -1 where there is no room for it. */
static int
append_batches(struct auditor *a, const struct ipc_msg *m,
    const struct msg_close *v, size_t open)
{
	uint64_t number;
	struct batch_to to = { 0, open, &number };
	size_t i;

	for (i = 0; i < v->n; i++) {
		to.kind = v->batches[i].kind;
		if (batch_append(a, m, v->batches[i].rows, v->batches[i].len,
		    &to) == CHAIN_FULL)
			return (-1);
	}
	return (0);
}

/* Room for the record of an end was set aside with its intent. */
static uint64_t
append_end(struct auditor *a, const struct open_run *run,
    const struct msg_close *v)
{
	const char *why;
	uint64_t number;
	struct buf b;

	buf_init(&b, AUDITOR_FIELDS);
	if ((why = recfields_close(&b, v->how, run, v->fields,
	    v->len)) != NULL)
		audit_breach(a, "A_CLOSE: %s", why);
	outstore_fields(&a->output, run->id, &b);
	if (chain_append_reserved(&a->chain, RECORD_EXEC, &b, &number) !=
	    CHAIN_OK)
		audit_breach(a, "A_CLOSE makes no record: %s", a->chain.bad);
	buf_free(&b);
	return (number);
}

/*
 * The end, and what goes along with it.  Where there is no room for that, it
 * has what the end leaves of its own: a run that is over does not have to wait
 * for somebody to tidy up.  The number of the end's record, or 0: nothing was
 * appended.
 */
static uint64_t
append_close(struct auditor *a, const struct ipc_msg *m,
    const struct open_run *run, const struct msg_close *v)
{
	struct chain_mark mark = chain_mark(&a->chain);
	uint64_t number;

	if (append_batches(a, m, v, a->runs.n) == 0)
		return (append_end(a, run, v));
	chain_back(&a->chain, &mark);
	if (append_batches(a, m, v, a->runs.n - 1) == 0) {
		number = append_end(a, run, v);
		if (a->chain.batch.len - mark.len <= RECORD_RESULT)
			return (number);
	}
	chain_back(&a->chain, &mark);
	return (0);
}

static void
on_close(struct auditor *a, struct ipc_msg *m)
{
	const struct open_run *run;
	struct msg_close v;
	uint64_t number;

	get(a, m, &msg_close_shape, &v);
	if (v.how < CLOSE_RESULT || v.how > CLOSE_LOST)
		audit_breach(a, "A_CLOSE of kind %u", v.how);
	if ((run = openruns_find(&a->runs, m->id)) == NULL)
		audit_breach(a, "A_CLOSE of a run that is not open");
	outstore_settle(&a->output, m->id);
	if ((number = append_close(a, m, run, &v)) != 0) {
		openruns_del(&a->runs, m->id);
		outstore_forget(&a->output, m->id);
		add_answer(a, MSG_A_DONE, m->id)->record = number;
	} else
		refuse_full(a, m->id);
	shape_free(&msg_close_shape, &v);
}

/*
 * The digest is made of the very bytes that the run's runner will have it of:
 * the program, and the way to it.  Nobody between the two gets a ticket for
 * something that was shown otherwise, and a supervisor that was taken over none
 * for a thing that the record does not tell.
 */
static void
on_consent(struct auditor *a, struct ipc_msg *m)
{
	uint8_t digest[PLAN_DIGEST];
	const struct open_run *run;
	struct exec_consent v;
	struct exec_ask ask;
	struct reply *ans;
	struct buf b;

	get(a, m, &exec_consent_shape, &v);
	if (shape_get(&exec_ask_shape, &ask, v.ask, v.asklen) == -1)
		audit_breach(a, "A_CONSENT to what was not asked");
	run = openruns_find(&a->runs, v.run);
	if (run == NULL || run->skill == NULL)
		audit_breach(a, "A_CONSENT in a run that is not open");
	plan_digest(digest, v.ask + PLAN_DIGEST, v.asklen - PLAN_DIGEST);
	buf_init(&b, AUDITOR_FIELDS);
	recfields_consent(&b, &v, &ask, digest);
	ans = append(a, m, RECORD_APPROVAL, RECORD_BY_AUDITOR, &b, a->runs.n,
	    MSG_A_TICKET);
	if (ans != NULL) {
		ans->ticket = TICKET_ANSWER;
		ans->expires_s = ANSWER_LIFE_S;
		ans->run = v.run;
		ans->skill = xstrdup(run->skill);
		memcpy(ans->digest, digest, sizeof(digest));
	}
	shape_free(&exec_ask_shape, &ask);
	shape_free(&exec_consent_shape, &v);
}

/* Something that was asked for and did not happen. */
static int
is_refusal(const void *fields, size_t len)
{
	struct field f;

	return (field_find(fields, len, "ev", &f) == 1 &&
	    f.type == FIELD_STR && f.len == 7 &&
	    memcmp(f.val, "refused", 7) == 0);
}

static void
on_record(struct auditor *a, struct ipc_msg *m)
{
	struct msg_record v;
	struct buf b;

	get(a, m, &msg_record_shape, &v);
	if (v.flags != 0)
		audit_breach(a, "A_RECORD with flags %u", v.flags);
	buf_init(&b, AUDITOR_FIELDS);
	if (!is_refusal(v.fields, v.len))
		buf_put(&b, v.fields, v.len);
	else if (cut_fields(&b, v.fields, v.len) == -1)
		audit_breach(a, "A_RECORD makes no record: malformed "
		    "fields");
	stops_begin(&a->stops, v.kind, v.fields, v.len);
	if (append(a, m, v.kind, RECORD_BY_SUPERVISOR, &b, a->runs.n,
	    MSG_A_DONE) != NULL) {
		if (v.kind == RECORD_STOP)
			sealing_ask(a);
		stops_end(&a->stops, v.kind, v.fields, v.len);
	} else if (v.kind == RECORD_STOP)
		closed_off(a);	/* it holds, and the log has none of it */
	shape_free(&msg_record_shape, &v);
}

/*
 * What the vault is to see in the ticket: the file that is to be in force, or,
 * where that stays as it is, whose value is shown: that of this name, and of no
 * other, since the record has this one; or which file for another machine goes
 * out.  One kind does not do for the other.
 */
static void
commit_ticket(struct reply *ans, const struct msg_commit *v)
{
	char *ev = field_get_str(v->fields, v->len, "ev");
	char *name = field_get_str(v->fields, v->len, "name");
	struct field f;

	if (strcmp(ev, "export") == 0 && field_find(v->fields, v->len,
	    "bundle", &f) == 1 && f.type == FIELD_HEX &&
	    f.len == sizeof(ans->digest)) {
		ans->ticket = TICKET_EXPORT;
		memcpy(ans->digest, f.val, sizeof(ans->digest));
	} else if (strcmp(ev, "reveal") == 0) {
		ans->ticket = TICKET_REVEAL;
		(void)crypto_generichash(ans->digest, sizeof(ans->digest),
		    (const unsigned char *)name, strlen(name), NULL, 0);
	} else {
		ans->ticket = TICKET_COMMIT;
		memcpy(ans->digest, v->digest, sizeof(ans->digest));
	}
	free(ev);
	free(name);
}

static void
on_vault(struct auditor *a, struct ipc_msg *m)
{
	struct reply *ans;
	struct msg_commit v;
	const char *why;
	struct buf b;

	get(a, m, &msg_commit_shape, &v);
	buf_init(&b, AUDITOR_FIELDS);
	if ((why = recfields_commit(&b, v.digest, v.fields, v.len)) != NULL)
		audit_breach(a, "A_COMMIT: %s", why);
	ans = append(a, m, RECORD_SECRET, RECORD_BY_AUDITOR, &b, a->runs.n,
	    MSG_A_TICKET);
	if (ans != NULL) {
		ans->expires_s = 60;
		commit_ticket(ans, &v);
		a->vault_version = field_get_u64(v.fields, v.len, "version",
		    0);
		memcpy(a->vault_digest, v.digest, sizeof(v.digest));
	}
	shape_free(&msg_commit_shape, &v);
}

static void
on_reload(struct auditor *a, struct ipc_msg *m)
{
	struct msg_areload v;
	enum chain_append r;
	struct reply *ans;
	uint64_t number;

	get(a, m, &msg_areload_shape, &v);
	r = newrules_append(&a->chain, &v, a->runs.n, &number);
	if (r == CHAIN_BAD)
		audit_breach(a, "A_RELOAD makes no record: %s", a->chain.bad);
	if (r == CHAIN_FULL)
		refuse_full(a, m->id);
	else {
		ans = add_answer(a, MSG_A_RELOADED, m->id);
		ans->record = number;
		newrules_note(ans, &v);
	}
	shape_free(&msg_areload_shape, &v);
}

static void
on_prune(struct auditor *a, struct ipc_msg *m)
{
	struct msg_aprune v;

	get(a, m, &msg_aprune_shape, &v);
	if (a->prune(a, m->id, &v) == -1)
		audit_breach(a, "A_PRUNE makes no record");
	shape_free(&msg_aprune_shape, &v);
}

void
audit_msg(struct auditor *a, struct ipc_msg *m)
{
	/* leaves behind the batch, and so tells that the disk works too */
	if (ipc_pong(a->rm->ipc, m)) {
		a->tick(a);
		return;
	}
	switch (m->type) {
	case MSG_A_INTENT:
		on_intent(a, m);
		break;
	case MSG_A_CLOSE:
		on_close(a, m);
		break;
	case MSG_A_RECORD:
		on_record(a, m);
		break;
	case MSG_A_EXECS:
		on_rows(a, m, BATCH_EXECS);
		break;
	case MSG_A_FILES:
		on_rows(a, m, BATCH_FILES);
		break;
	case MSG_A_CONSENT:
		on_consent(a, m);
		break;
	case MSG_A_COMMIT:
		on_vault(a, m);
		break;
	case MSG_A_OUTPUT:
		if (outstore_take(&a->output, openruns_find(&a->runs, m->id),
		    ipc_take_fd(m, 0)) == -1)
			audit_breach(a, "A_OUTPUT that there cannot be");
		break;
	case MSG_A_RELOAD:
		on_reload(a, m);
		break;
	case MSG_A_PRUNE:
		on_prune(a, m);
		break;
	case MSG_A_QUERY:
		/* it sees everything that was sent before it */
		audit_commit(a);
		query_start(a, m);
		break;
	case MSG_SHUTDOWN:
		a->stopping = 1;
		ipc_set_state(a->rm->ipc, MS_STOP);
		break;
	default:
		audit_breach(a, "%s where it has no meaning",
		    msg_name(m->type));
	}
	if (a->nanswers == AUDITOR_BATCH ||
	    a->chain.batch.len >= CHAIN_BATCH || sealing_full(a))
		audit_commit(a);
}

void
audit_commit(struct auditor *a)
{
	size_t i;
	int fresh;

	sealing_add(a);
	fresh = chain_pending(&a->chain);
	chain_commit(&a->chain);
	for (i = 0; i < a->nanswers; i++)
		audit_answer(a, &a->answers[i]);
	a->nanswers = 0;
	lowroom_tell(a);
	damage_tell(a);
	if (ipc_flush(a->rm->ipc) == 1)
		(void)event_add(a->wev, NULL);
	sealing_done(a);
	if (!fresh)
		return;
	closed_durable(a);
	closed_tidy(a);
	query_wake(a);
}
