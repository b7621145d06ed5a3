/* SPDX-License-Identifier: ISC */
/* Actions on runs that are not allowed yet: plan, verdict, approval. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/client/listing.h"
#include "supervisor/conf/judge.h"
#include "supervisor/run/denied.h"
#include "supervisor/run/lapsed.h"
#include "supervisor/run/noticeq.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/runaction.h"
#include "supervisor/run/standrun.h"

#define CLAIM_S	1800	/* that an approval waits for its caller */

/* After a reload: if not, it waits until somebody claims it. */
static int
is_claimed(const struct run *r)
{
	return (r->cl != NULL || run_detached(r));
}

/*
 * Who is to be asked is told what the command's words name, which takes
 * reading it: nobody else waits for that.  Of two verdicts the stricter holds,
 * should the program have become another one in between.
 */
static unsigned
decide(struct run *r)
{
	struct decision before = r->dec;

	conf_decide(&r->dec, r->d->conf, r->ch, r->sk, &r->plan,
	    &r->res.names, &r->res.same, &r->res.interp);
	if (r->asked.bind && r->dec.verdict < before.verdict) {
		policy_end(&r->dec);
		r->dec = before;
	} else
		policy_end(&before);
	switch (r->dec.verdict) {
	case VERDICT_ALLOW:
		return (is_claimed(r) ? EV_ALLOW : EV_ASK);
	case VERDICT_ASK:
		if (!r->asked.bind && ((r->asked.req.flags &
		    RUNREQ_NO_WAIT) == 0 || standrun_any(r)))
			return (EV_BIND);
		return (is_claimed(r) && standrun_covers(r) ? EV_STANDING :
		    EV_ASK);
	default:
		return (EV_REFUSE);
	}
}

static void
forget_plan(struct run *r)
{
	plan_free(&r->plan);
	resolved_free(&r->res);
	r->have_plan = 0;
}

enum run_state
act_plan(struct run *r, const struct run_input *in)
{
	struct resolved *v = payload_as(in->p, &resolved_shape);
	uint8_t before[PLAN_DIGEST];
	const char *what;

	memcpy(before, r->res.digest, sizeof(before));
	forget_plan(r);
	r->res = *v;
	memset(v, 0, sizeof(*v));
	if (plan_get(r->res.plan, r->res.planlen, &r->plan) == -1)
		daemon_breach(r->d, in->from, "malformed plan");
	r->have_plan = 1;
	if ((what = plan_mismatch(&r->asked, r->sk, &r->plan)) != NULL)
		daemon_breach(r->d, in->from, "plan with other %s", what);
	if (!masks_fit(&r->res.masks, &r->plan, r->asked.req.reason))
		daemon_breach(r->d, in->from, "masks of something else");
	r->asked_on &= memcmp(before, r->res.digest, sizeof(before)) == 0;
	if (run_outdated(r))
		return (run_again(r, r->state));
	r->then = decide(r);
	return (RUN_RESOLVED);
}

enum run_state
act_unresolved(struct run *r, const struct run_input *in)
{
	struct msg_unresolved *v = payload_as(in->p, &msg_unresolved_shape);

	forget_plan(r);
	r->res.masks = v->masks;
	memset(&v->masks, 0, sizeof(v->masks));
	run_set_end(r, v->code == CBE_REFUSED ? OUTCOME_DENIED :
	    OUTCOME_ERROR, v->code, "%s", v->text);
	r->advice = ADVICE_PLACE;
	return (run_refuse_run(r));
}

enum run_state
act_refuse(struct run *r, const struct run_input *in)
{
	(void)in;
	run_drop(r);
	r->advice = ADVICE_POLICY;
	run_set_end(r, OUTCOME_DENIED, CBE_REFUSED, "%s", r->dec.reason);
	return (run_refuse_run(r));
}

enum run_state
act_bind(struct run *r, const struct run_input *in)
{
	(void)in;
	run_drop(r);
	forget_plan(r);
	r->asked.bind = 1;
	if (resolveq_ask(r->d, r->id, r->uid, &r->asked) == 0)
		return (RUN_BINDING);
	run_set_end(r, OUTCOME_DENIED, CBE_USAGE, "request too large");
	return (run_refuse_run(r));
}

int
run_may_confirm(const struct run *r)
{
	return (r->line.depth == 0 && r->have_plan &&
	    conf_may_confirm(r->d->conf, r->ch, r->sk, &r->plan,
	    &r->res.names, &r->res.same, &r->res.interp));
}

void
run_say_waiting(struct run *r)
{
	const struct conf *conf = r->d->conf;
	int64_t left = r->expires - now_ms();
	struct buf b;

	if (r->cl == NULL)
		return;
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "rule", r->dec.rule);
	field_str(&b, "reason", r->dec.reason);
	field_u64(&b, "expires_s", left > 0 ? (uint64_t)left / 1000 : 0);
	field_list(&b, "approvers", &conf->approvers.text);
	field_u64(&b, "wait_s", conf->approval_wait_s);
	rec_cwd(&b, r);
	if (run_may_confirm(r)) {
		field_bool(&b, "confirm", 1);
		field_hex(&b, "plan", r->res.digest, sizeof(r->res.digest));
	}
	client_send(r->cl, MSG_WAITING, &b, NULL, 0);
}

enum run_state
act_ask(struct run *r, const struct run_input *in)
{
	const struct conf *conf = r->d->conf;
	char why[512];
	enum cberr no;
	struct buf b;

	(void)in;
	if (r->asked_on) {
		r->asked_on = 0;
		run_say_waiting(r);
		listing_watched(r->d, r->uid, &r->line, r->id);
		return (RUN_WAITING);
	}
	r->advice = ADVICE_LATER;
	if ((r->asked.req.flags & RUNREQ_NO_WAIT) != 0) {
		run_drop(r);
		r->advice = ADVICE_ASK;
		run_set_end(r, OUTCOME_DENIED, CBE_REFUSED,
		    "needs approval: %s", r->dec.reason);
		return (run_refuse_run(r));
	}
	if ((no = denied_check(r, &r->retry_ms, why, sizeof(why))) !=
	    CBE_OK) {
		run_drop(r);
		if (no == CBE_REFUSED)
			r->advice = ADVICE_DENIED;
		run_set_end(r, OUTCOME_DENIED, no, "%s", why);
		return (run_refuse_run(r));
	}
	/* nobody takes more than half of the places, so others find one */
	if (run_waiting(r->d, NULL) >= conf->max_pending ||
	    run_waiting(r->d, &r->uid) >= (conf->max_pending + 1) / 2) {
		run_drop(r);
		run_set_end(r, OUTCOME_DENIED, CBE_AGAIN,
		    "needs approval, and too many wait already "
		    "(approvals.maxPending is %u, half of it for one account)",
		    conf->max_pending);
		return (run_refuse_run(r));
	}
	r->expires = now_ms() + (int64_t)conf->approval_timeout_s * 1000;
	rec_approval(&b, "request", r, NULL);
	if (run_record(r, RECORD_APPROVAL, &b, EV_ASKED, EV_NOT_ASKED,
	    NULL) == -1) {
		run_drop(r);
		run_set_end(r, OUTCOME_DENIED, CBE_AGAIN, "too busy");
		return (run_refuse_run(r));
	}
	run_say_waiting(r);
	if (r->cl != NULL && run_detached(r))
		run_leave(r);
	listing_watched(r->d, r->uid, &r->line, r->id);
	noticeq_put(r->d, r->id, r->uid);
	return (RUN_WAITING);
}

/* It runs as if somebody had approved it now, and nobody is asked. */
enum run_state
act_standing(struct run *r, const struct run_input *in)
{
	(void)in;
	standrun_take(r);
	r->then = EV_CLAIM;
	return (RUN_GRANTED);
}

enum run_state
act_not_asked(struct run *r, const struct run_input *in)
{
	run_drop(r);
	run_set_end(r, OUTCOME_DENIED, CBE_AGAIN, "not recorded: %s",
	    in->reason);
	run_finish(r);
	return (RUN_DONE);
}

enum run_state
act_approve(struct run *r, const struct run_input *in)
{
	const int own = in->cl->uid == r->uid;
	struct buf b;

	rec_approval(&b, own ? "confirm" : "approve", r, in->cl);
	standrun_put(&b, r->d, r->id);
	if (run_record(r, RECORD_APPROVAL, &b, EV_APPROVED, EV_NOT_APPROVED,
	    in->cl) == -1) {
		client_end(in->cl, CBE_AGAIN, "too busy");
		r->then = EV_NOT_APPROVED;
		return (RUN_APPROVING);
	}
	r->approver = in->cl->uid;
	if (!own)
		denied_forget(r);
	return (RUN_APPROVING);
}

/* At once, if somebody is there to get what it prints. */
enum run_state
act_grant(struct run *r, const struct run_input *in)
{
	if (run_outdated(r))
		return (act_rejudge(r, in));
	r->approved = 1;
	r->approval = in->record;
	r->expires = now_ms() + CLAIM_S * 1000;
	if (r->cl != NULL || run_detached(r))
		r->then = EV_CLAIM;
	return (RUN_GRANTED);
}

enum run_state
act_reopen(struct run *r, const struct run_input *in)
{
	r->approver = 0;
	standrun_not_given(r->d, r->id);
	return (run_outdated(r) ? act_rejudge(r, in) : RUN_WAITING);
}

enum run_state
act_deny(struct run *r, const struct run_input *in)
{
	struct buf b;

	run_drop(r);
	denied_note(r, in->cl->uid, in->reason);
	lapsed_keep(r, in->cl, in->reason);
	r->advice = ADVICE_DENIED;
	run_set_end(r, OUTCOME_DENIED, CBE_REFUSED, "denied by uid %u%s%s",
	    in->cl->uid, in->reason[0] != '\0' ? ": " : "", in->reason);
	rec_approval(&b, "deny", r, in->cl);
	if (run_record(r, RECORD_APPROVAL, &b, EV_LOGGED, EV_UNLOGGED,
	    in->cl) == 0)
		return (RUN_REFUSED);
	client_end(in->cl, CBE_OK, "%s", "");
	run_finish(r);
	return (RUN_DONE);
}

enum run_state
act_expire(struct run *r, const struct run_input *in)
{
	struct buf b;

	(void)in;
	run_drop(r);
	r->advice = r->approved ? ADVICE_UNCLAIMED : ADVICE_EXPIRED;
	if (r->approved)
		run_set_end(r, OUTCOME_DENIED, CBE_AGAIN, "it was approved, "
		    "and nobody claimed it within %d s", CLAIM_S);
	else {
		lapsed_keep(r, NULL, "");
		run_set_end(r, OUTCOME_DENIED, CBE_AGAIN,
		    "nobody approved it within %u s",
		    r->d->conf->approval_timeout_s);
	}
	rec_approval(&b, "timeout", r, NULL);
	return (run_refuse_as(r, RECORD_APPROVAL, &b));
}

enum run_state
act_withdraw(struct run *r, const struct run_input *in)
{
	struct buf b;

	run_drop(r);
	run_set_end(r, OUTCOME_KILLED, CBE_AGAIN, "%s",
	    in->reason != NULL ? in->reason : "cancelled");
	rec_approval(&b, "withdrawn", r, NULL);
	return (run_refuse_as(r, RECORD_APPROVAL, &b));
}
