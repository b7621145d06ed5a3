/* SPDX-License-Identifier: ISC */
/*
 * What does not run yet when another configuration comes into force is judged
 * by that: it is looked up once more, since its patterns may name other
 * programs and its limits be others.  An approval that was given under the old
 * one is none any more.
 */
#include "config.h"

#include <string.h>

#include "supervisor/run/resolveq.h"
#include "supervisor/run/runaction.h"
#include "supervisor/run/standrun.h"

int
run_outdated(const struct run *r)
{
	return (r->generation != r->d->generation);
}

/* Could it be asked for now?  NULL, or why not. */
static const char *
may_not_ask(const struct run *r)
{
	if (r->cl != NULL ? !r->cl->user : !who_covers(&r->ch->users, r->uid))
		return ("not a user of this channel any more");
	if (r->ch->access != ACCESS_EXECUTE)
		return ("this channel does not execute any more");
	if (!conf_channel_has_skill(r->ch, r->sk->name))
		return ("this channel does not have the skill any more");
	return (NULL);
}

enum run_state
run_again(struct run *r, enum run_state next)
{
	const char *why;

	/* whatever it waits for, there is a plan of it */
	(void)role_send(&r->d->procs[PROC_EXEC], MSG_X_DROP, r->id, NULL, NULL,
	    0);
	r->generation = r->d->generation;
	/* the stricter of two verdicts holds, of one configuration */
	r->dec.verdict = VERDICT_ALLOW;
	if ((why = may_not_ask(r)) != NULL) {
		run_set_end(r, OUTCOME_DENIED, CBE_REFUSED, "%s", why);
		return (run_refuse_run(r));
	}
	resolveq_limit(&r->asked, r->d->conf, r->ch, r->sk);
	/* what it came to before is kept: its record is masked by that */
	if (resolveq_ask(r->d, r->id, r->uid, &r->asked) == 0)
		return (next);
	run_set_end(r, OUTCOME_DENIED, CBE_USAGE, "request too large");
	return (run_refuse_run(r));
}

enum run_state
act_rejudge(struct run *r, const struct run_input *in)
{
	(void)in;
	r->asked_on = r->state == RUN_WAITING;
	standrun_unused(r);
	r->standing = 0;
	r->approver = 0;
	r->approval = 0;
	r->approved = 0;
	return (run_again(r, RUN_REJUDGING));
}
