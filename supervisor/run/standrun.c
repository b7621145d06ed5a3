/* SPDX-License-Identifier: ISC */
/* Standing approvals, and runs; see standrun.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/policy/again.h"
#include "common/record/kind.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/standrun.h"

#define ENDS_AT_ONCE	64	/* ends that are sent to be recorded */

static const char *
policy_of(const struct daemon *d)
{
	return (d->policy != NULL ? d->policy : "");
}

static void
key_of(struct standing_key *k, const struct run *r)
{
	k->channel = r->ch->name;
	k->skill = r->sk->name;
	k->uid = r->uid;
	k->policy = policy_of(r->d);
}

static void
look_for(struct standing_for *f, const struct run *r)
{
	key_of(&f->key, r);
	f->plan = &r->plan;
	f->digest = r->res.digest;
	f->names = &r->res.names;
	f->conf = r->d->conf;
}

/* NULL, or why who is an approver now would be none when it is used. */
static const char *
is_unknown(const struct daemon *d, uid_t approver)
{
	if (approver == 0 || who_covers(&d->conf->approvers, approver))
		return (NULL);
	return ("you are an approver by a group that you were not in when "
	    "the configuration was read");
}

/* Was a word of it hidden, so that a pattern would tell it? */
static int
has_masked(const struct masks *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->m[i].where == MASK_ARGV)
			return (1);
	return (0);
}

/* NULL, or why nobody may have that go again; *like is the pattern, or NULL. */
static const char *
may_not(const struct run *r, const struct msg_standing *v,
    const struct client *cl, struct pattern **like)
{
	const struct wraps *more = &r->d->conf->wrappers;
	const char *why = NULL;

	*like = NULL;
	if ((why = is_unknown(r->d, cl->uid)) != NULL)
		return (why);
	if (r->plan.tty)
		return ("what is typed into a terminal is approved by nobody "
		    "in advance");
	if ((why = policy_again(more, &r->plan, &r->res.names,
	    &r->res.same)) != NULL || v->like[0] == '\0')
		return (why);
	if (has_masked(&r->res.masks))
		return ("words of it are not for the log, where a pattern "
		    "stands as it is");
	if ((*like = pattern_new(v->like, &why)) == NULL)
		return (why);
	if ((why = again_like(*like, more, &r->plan, &r->res.names,
	    &r->res.same)) != NULL) {
		pattern_free(*like);
		*like = NULL;
	}
	return (why);
}

uint64_t
standrun_offer(const struct run *r, const struct msg_standing *v,
    const struct client *cl, enum cberr *err, char *why, size_t len)
{
	struct daemon *d = r->d;
	struct standing_for f;
	struct standing *t;
	struct pattern *like;
	const char *no;
	uint64_t id;

	if ((no = may_not(r, v, cl, &like)) != NULL) {
		*err = CBE_REFUSED;
		(void)snprintf(why, len, "no standing approval: %s", no);
		return (0);
	}
	look_for(&f, r);
	id = ids_new(&d->ids);
	/* the run itself is the first of them */
	t = standing_add(d->standings, id, &f, like, cl->uid, now_ms(),
	    (int64_t)v->for_s * 1000, v->count == 0 ? 0 : v->count - 1, why,
	    len);
	if (t == NULL) {
		*err = CBE_AGAIN;
		ids_let_go(&d->ids, id);
		return (0);
	}
	t->run = r->id;
	return (id);
}

int
standrun_late(struct daemon *d, uint64_t run, const struct standing_for *f,
    uid_t approver, unsigned s, char *why, size_t len)
{
	struct standing *t;
	const char *no;
	uint64_t id;

	if ((no = is_unknown(d, approver)) != NULL) {
		(void)snprintf(why, len, "%s", no);
		return (-1);
	}
	id = ids_new(&d->ids);
	t = standing_add(d->standings, id, f, NULL, approver, now_ms(),
	    (int64_t)s * 1000, 1, why, len);
	if (t == NULL) {
		ids_let_go(&d->ids, id);
		return (-1);
	}
	t->run = run;
	t->late = 1;
	return (0);
}

static void
let_go(struct daemon *d, struct standing *t)
{
	ids_let_go(&d->ids, t->id);
	standing_remove(d->standings, t);
}

int
standrun_offered(const struct daemon *d, uint64_t run)
{
	return (standing_by_run(d->standings, run) != NULL);
}

static void
put_id(struct buf *b, const char *key, uint64_t id)
{
	char text[RUNID_TEXT];

	standingid_text(text, id);
	field_str(b, key, text);
}

/* What it is for; uses: with the first one, which is not counted here. */
static void
put_scope(struct buf *b, const struct standing *t)
{
	field_u64(b, "for_s", (uint64_t)(t->until - t->since) / 1000);
	if (t->count != 0)
		field_u64(b, "count", t->count);
	if (t->like != NULL) {
		field_str(b, "like", pattern_text(t->like));
		field_str(b, "exe", t->exe);
		field_hex(b, "exe_digest", t->exe_digest,
		    sizeof(t->exe_digest));
		if (*t->script != '\0')
			field_hex(b, "script_digest", t->script_digest,
			    sizeof(t->script_digest));
	} else
		field_hex(b, "plan", t->plan, sizeof(t->plan));
}

void
standrun_put(struct buf *b, const struct daemon *d, uint64_t run)
{
	const struct standing *t;
	size_t tok;

	if ((t = standing_by_run(d->standings, run)) == NULL)
		return;
	tok = field_obj(b, "standing");
	put_id(b, "id", t->id);
	put_scope(b, t);
	field_end(b, tok);
}

void
standrun_given(struct daemon *d, uint64_t run, uint64_t record)
{
	struct standing *t;

	if ((t = standing_by_run(d->standings, run)) == NULL)
		return;
	t->state = STANDING_HOLDS;
	t->record = record;
}

void
standrun_not_given(struct daemon *d, uint64_t run)
{
	struct standing *t;

	if ((t = standing_by_run(d->standings, run)) != NULL)
		let_go(d, t);
}

int
standrun_any(const struct run *r)
{
	struct standing_key k;

	key_of(&k, r);
	return (standing_any(r->d->standings, &k, now_ms()));
}

int
standrun_covers(struct run *r)
{
	const struct standing *t;
	struct standing_for f;

	look_for(&f, r);
	if ((t = standing_find(r->d->standings, &f, now_ms())) == NULL)
		return (0);
	r->standing = t->id;
	return (1);
}

/* That its time is over by now is nothing that the run could know. */
void
standrun_take(struct run *r)
{
	struct standing *t = standing_by_id(r->d->standings, r->standing);

	standing_take(t);
	r->taking = 1;
	r->approved = 1;
	r->approver = t->approver;
	r->approval = t->record;
}

static struct standing *
taken(struct run *r)
{
	if (!r->taking)
		return (NULL);
	r->taking = 0;
	return (standing_by_id(r->d->standings, r->standing));
}

void
standrun_used(struct run *r)
{
	struct standing *t;

	if ((t = taken(r)) != NULL)
		standing_use(t);
}

void
standrun_unused(struct run *r)
{
	struct standing *t;

	if ((t = taken(r)) != NULL)
		standing_give_back(t);
}

/* The record of its end. */
static void
put_end(const struct daemon *d, struct standing *t, const char *ev,
    const char *reason, const struct client *by)
{
	struct buf *b = &t->end;
	size_t tok;

	field_str(b, "ev", ev);
	put_id(b, "standing", t->id);
	field_u64(b, "approval", t->record);
	field_str(b, "skill", t->skill);
	tok = field_obj(b, "why");
	field_str(b, "channel", t->channel);
	account_put(b, d->conf, t->uid);
	field_u64(b, "approver", t->approver);
	if (conf_account(d->conf, t->approver) != NULL)
		field_str(b, "approver_account", conf_account(d->conf,
		    t->approver));
	field_end(b, tok);
	field_u64(b, "uses", t->used);
	field_str(b, "reason", reason);
	if (by != NULL)
		rec_by(b, by);
}

static int
told_takes(struct daemon *d, uint64_t id, unsigned event)
{
	(void)event;
	return (standing_by_id(d->standings, id) != NULL);
}

static void
told_event(struct daemon *d, uint64_t id, unsigned event, uint64_t record,
    const char *reason)
{
	struct standing *t;

	(void)record;
	(void)reason;
	if ((t = standing_by_id(d->standings, id)) == NULL)
		return;
	if (event == EV_LOGGED)
		let_go(d, t);
	else
		t->state = STANDING_ENDED;
}

static const struct recording_told end_told = { told_takes, told_event };

/* 0, or -1: it is tried again. */
static int
record_end(struct daemon *d, struct standing *t, struct client *cl)
{
	const struct recording_note note = { &end_told, t->id, EV_LOGGED,
	    EV_UNLOGGED };
	struct buf b;

	buf_init(&b, t->end.max);
	buf_put(&b, t->end.data, t->end.len);
	if (recording_put(d, RECORD_APPROVAL, &b, cl, &note) == -1)
		return (-1);
	t->state = STANDING_ENDING;
	return (0);
}

void
standrun_revoke(struct client *cl, const struct msg_revoke *v)
{
	struct standing *t = standing_by_id(cl->d->standings, v->standing);

	if (t == NULL || t->state != STANDING_HOLDS) {
		client_end(cl, CBE_NOENT, "no such standing approval holds");
		return;
	}
	standing_end(t, "it was revoked");
	put_end(cl->d, t, "revoked", v->why, cl);
	if (record_end(cl->d, t, cl) == -1)
		client_end(cl, CBE_AGAIN, "it is revoked, which is not "
		    "recorded yet: that is tried again");
}

void
standrun_tick(struct daemon *d)
{
	struct standing *t = NULL;
	unsigned n;

	standings_end(d->standings, policy_of(d), &d->conf->approvers,
	    now_ms());
	for (n = 0; n < ENDS_AT_ONCE && (t = standing_next(d->standings,
	    STANDING_ENDED, t)) != NULL; n++) {
		if (t->end.len == 0)
			put_end(d, t, "ended", t->why, NULL);
		if (record_end(d, t, NULL) == -1)
			return;
	}
}

void
standrun_row(struct buf *b, const struct standing *t)
{
	int64_t now = now_ms();

	put_id(b, "standing", t->id);
	field_str(b, "channel", t->channel);
	field_str(b, "skill", t->skill);
	field_u64(b, "uid", t->uid);
	field_u64(b, "approver", t->approver);
	field_u64(b, "approval", t->record);
	field_u64(b, "given_ago_ms", (uint64_t)(now - t->since));
	field_u64(b, "expires_s", t->until > now ?
	    (uint64_t)(t->until - now) / 1000 : 0);
	put_scope(b, t);
	field_u64(b, "uses", t->used);
	field_bool(b, "late", t->late);
	if (t->count != 0)
		field_u64(b, "left", t->count - t->used - t->taken);
	field_str(b, "cwd", t->cwd);
	field_list(b, "argv", &t->argv);
}
