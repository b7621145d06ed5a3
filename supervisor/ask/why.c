/* SPDX-License-Identifier: ISC */
/* WHY: what would be decided about a command, without running it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "common/xconf.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/conf/judge.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/releases.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/run.h"
#include "supervisor/run/standrun.h"

/* Each command in it, as its rules see it. */
static void
put_found(struct buf *b, const struct decision *dec)
{
	const struct finding *f;
	size_t i, tok, one;
	char n[24];

	tok = field_obj(b, "found");
	for (i = 0; i < dec->nfound; i++) {
		f = &dec->found[i];
		(void)snprintf(n, sizeof(n), "%zu", i + 1);
		one = field_obj(b, n);
		field_str(b, "verdict", verdict_words[f->verdict]);
		field_bool(b, "certain", f->certain);
		field_str(b, "command", f->command);
		field_str(b, "rule", f->rule);
		field_str(b, "where", f->where);
		field_str(b, "reason", f->reason);
		field_end(b, one);
	}
	field_end(b, tok);
}

/* What becomes of the programs that it starts in turn. */
static const char *
later(const struct conf *conf, const struct conf_skill *sk)
{
	switch (conf_execs(conf, sk)) {
	case EXECS_JUDGE:
		return ("every program that it starts, when it starts");
	case EXECS_RECORD:
		return ("nothing; programs that it starts are recorded");
	default:
		return ("nothing");
	}
}

static void
standing_key(struct standing_key *k, const struct daemon *d,
    const struct client *cl, const struct conf_skill *sk, uid_t uid)
{
	k->channel = cl->ch->name;
	k->skill = sk->name;
	k->uid = uid;
	k->policy = d->policy != NULL ? d->policy : "";
}

/* The standing approval by which it would run, if there is one. */
static void
put_standing(struct buf *b, struct daemon *d, const struct op *o,
    const struct resolved *res, const struct plan *plan)
{
	struct standing_for f;
	const struct standing *t;
	size_t tok;

	standing_key(&f.key, d, o->cl, o->sk, plan->caller);
	f.plan = plan;
	f.digest = res->digest;
	f.names = &res->names;
	f.conf = d->conf;
	if ((t = standing_find(d->standings, &f, now_ms())) == NULL)
		return;
	tok = field_obj(b, "standing");
	standrun_row(b, t);
	field_end(b, tok);
}

static void
why_row(struct daemon *d, struct op *o, const struct resolved *res,
    const struct plan *plan)
{
	struct decision dec;
	struct buf b;

	conf_decide(&dec, d->conf, o->cl->ch, o->sk, plan, &res->names,
	    &res->same, &res->interp);
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "verdict", verdict_words[dec.verdict]);
	field_str(&b, "rule", dec.rule);
	field_str(&b, "where", dec.where);
	field_str(&b, "reason", dec.reason);
	put_found(&b, &dec);
	field_str(&b, "opaque", dec.opaque);
	field_str(&b, "later", later(d->conf, o->sk));
	field_list(&b, "argv", &plan->argv);
	field_str(&b, "exe", plan->exe.path);
	field_hex(&b, "exe_digest", plan->exe.digest, PLAN_DIGEST);
	field_str(&b, "cwd", plan->cwd);
	field_str(&b, "channel", plan->channel);
	field_str(&b, "skill", plan->skill);
	field_u64(&b, "uid", plan->caller);
	field_str(&b, "account", plan->account);
	if (plan->rotates[0] != '\0')
		field_str(&b, "rotates", plan->rotates);
	field_hex(&b, "plan", res->digest, PLAN_DIGEST);
	releases_put(&b, quota_releases(d->quota), o->sk, now_ms());
	if (dec.verdict == VERDICT_ASK)
		put_standing(&b, d, o, res, plan);
	client_send(o->cl, MSG_ROW, &b, NULL, 0);
	client_end(o->cl, CBE_OK, "%s", "");
	policy_end(&dec);
}

static enum op_state
why_plan(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct resolved *res = payload_as(in, &resolved_shape);
	struct plan plan;
	const char *what = NULL;

	if (plan_get(res->plan, res->planlen, &plan) == -1 ||
	    (what = plan_mismatch(o->asked, o->sk, &plan)) != NULL)
		daemon_breach(d, p, "plan with other %s",
		    what != NULL ? what : "contents");
	if (o->cl != NULL)
		why_row(d, o, res, &plan);
	plan_free(&plan);
	(void)role_send(&d->procs[PROC_EXEC], MSG_X_DROP, o->id, NULL, NULL, 0);
	return (OP_DONE);
}

static enum op_state
why_not(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_unresolved *v = payload_as(in, &msg_unresolved_shape);

	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

static void
quit(struct daemon *d, struct op *o)
{
	resolveq_cancel(d, o->id);
}

static const struct op_kind why_kind = {
	.act = {
		[ACT_WHY_PLAN] = why_plan,
		[ACT_WHY_NOT] = why_not,
	},
	.quit = quit,
};

void
req_why(struct client *cl, struct payload *p)
{
	struct msg_why *q = payload_as(p, &msg_why_shape);
	const uid_t uid = q->uid == UINT32_MAX ? cl->uid : q->uid;
	const struct conf_skill *sk;
	struct standing_key k;
	const char *no;
	struct op *o;
	char why[256];

	if ((no = admit_may_not(cl, uid)) == NULL &&
	    q->req.rotates[0] != '\0')
		no = uid == cl->uid ? admit_may_not_rotate(cl) :
		    "what a run prints becomes a secret for who asks, and "
		    "for nobody in another's name";
	if (no != NULL) {
		turndown_record(cl, RECORD_AUTH, msg_name(cl->request), 0, no);
		turndown_answer(cl, CBE_REFUSED, "channel", no);
		return;
	}
	if ((sk = admit_skill(cl, uid, q->req.skill, why, sizeof(why))) ==
	    NULL) {
		client_end(cl, CBE_REFUSED, "%s", why);
		return;
	}
	if ((o = op_new(cl->d, &why_kind, OP_WHY, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->sk = sk;
	o->asked = xcalloc(1, sizeof(*o->asked));
	resolveq_fill(o->asked, cl, sk, &q->req);
	/* the account is all that the executor looks at */
	o->asked->uid = uid;
	/* of which one has to know the plan as it would be asked about */
	standing_key(&k, cl->d, cl, sk, uid);
	o->asked->bind = standing_any(cl->d->standings, &k, now_ms()) != 0;
	if (resolveq_ask(cl->d, o->id, cl->uid, o->asked) == 0)
		return;
	op_free(cl->d, o);
	client_end(cl, CBE_USAGE, "request too large");
}
