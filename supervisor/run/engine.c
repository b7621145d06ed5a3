/* SPDX-License-Identifier: ISC */
/*
 * The engine of runs: an event leads by the row for it, which names what is
 * done, to one of the states that may follow.
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "common/log.h"
#include "common/record/kind.h"
#include "supervisor/client/listing.h"
#include "supervisor/roleget.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/runaction.h"
#include "supervisor/run/standrun.h"

static enum run_state
act_none(struct run *r, const struct run_input *in)
{
	(void)in;
	return (r->state);
}

static enum run_state (*const actions[ACTIONS])(struct run *,
    const struct run_input *) = {
	[ACT_NONE] = act_none,
	[ACT_PLAN] = act_plan,
	[ACT_UNRESOLVED] = act_unresolved,
	[ACT_DROP] = act_drop,
	[ACT_LAUNCH] = act_launch,
	[ACT_BIND] = act_bind,
	[ACT_ASK] = act_ask,
	[ACT_STANDING] = act_standing,
	[ACT_REFUSE] = act_refuse,
	[ACT_NOT_ASKED] = act_not_asked,
	[ACT_APPROVE] = act_approve,
	[ACT_GRANT] = act_grant,
	[ACT_REOPEN] = act_reopen,
	[ACT_DENY] = act_deny,
	[ACT_EXPIRE] = act_expire,
	[ACT_WITHDRAW] = act_withdraw,
	[ACT_REJUDGE] = act_rejudge,
	[ACT_GO] = act_go,
	[ACT_NO_INTENT] = act_no_intent,
	[ACT_BUILD_FAILED] = act_build_failed,
	[ACT_ABORT] = act_abort,
	[ACT_CLOSE_ABORT] = act_close_abort,
	[ACT_STARTED] = act_started,
	[ACT_SECRET] = act_secret,
	[ACT_KILL] = act_kill,
	[ACT_WINSIZE] = act_winsize,
	[ACT_EXECS] = act_execs,
	[ACT_FILES] = act_files,
	[ACT_CHANGED] = act_changed,
	[ACT_EXECS_DONE] = act_execs_done,
	[ACT_EXECS_NOT] = act_execs_not,
	[ACT_EXEC_ASK] = act_exec_ask,
	[ACT_EXEC_ASKED] = act_exec_asked,
	[ACT_RESULT] = act_result,
	[ACT_FINISH] = act_finish,
};

/* Nobody is to decide on it any more: those that watch hear how it came. */
static void
tell_over(struct run *r, const struct run_input *in)
{
	struct listing_end end = { "withdrawn", r->reason, -1 };

	switch (in->event) {
	case EV_APPROVED:
		end.how = "approved";
		end.reason = NULL;
		end.by = r->approver;
		break;
	case EV_DENY:
		end.how = "denied";
		end.reason = in->reason;
		end.by = in->cl != NULL ? (int64_t)in->cl->uid : -1;
		break;
	case EV_EXPIRE:
		end.how = "expired";
		break;
	default:
		break;
	}
	listing_over(r->d, r->uid, &r->line, r->id, &end);
}

/*
 * It has asked for others from inside: these end, too, waiting or not, unless
 * they are detached.  From the end, since one that is done gives its place to
 * the last; so do those in turn that it has asked for.
 */
static void
end_asked(const struct run *r)
{
	const struct daemon *d = r->d;
	struct run *of;
	size_t i;

	for (i = d->nruns; i-- > 0;) {
		of = d->runs[i];
		if (lineage_asker(&of->line) != r->id || run_detached(of))
			continue;
		(void)run_tell(of, EV_CANCEL, "the run that asked for it has "
		    "ended");
		if (i > d->nruns)
			i = d->nruns;
	}
}

int
run_event(struct run *r, const struct run_input *in)
{
	struct run_input next;
	const struct transition *row;
	const struct run_state_row *now;
	enum run_state state;
	int undecided;

	if ((row = states_run(r->state, in->event)) == NULL)
		return (-1);
	state = actions[row->action](r, in);
	assert((row->next & 1U << state) != 0);
	if (state != r->state)
		log_debug("run %016llx: %s, now %s", (unsigned long long)r->id,
		    event_name(in->event), run_state_name(state));
	undecided = states_of_run(r->state)->undecided;
	r->state = state;
	now = states_of_run(state);
	if (undecided && !now->undecided)
		tell_over(r, in);
	if (now->begins)
		detach_begun(r);
	if (r->shut) {
		r->shut = 0;
		end_asked(r);
	}
	if (now->over && r->unreleased == 0)
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
run_heard(struct run *r, const struct proc *from, const struct ipc_msg *m)
{
	struct run_input in;
	struct payload p;
	int ret;

	if (states_run(r->state, m->type) == NULL)
		return (-1);
	role_get(r->d, from, m, &p);
	memset(&in, 0, sizeof(in));
	in.event = m->type;
	in.from = from;
	in.p = &p;
	ret = run_event(r, &in);
	payload_close(&p);
	return (ret);
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

/*
 * Who had a terminal does not come back to it; and what becomes a secret goes
 * to who has asked for that, and to no WAIT, which would print it.
 */
int
run_may_linger(const struct run *r)
{
	return (states_of_run(r->state)->waits && !run_detached(r) &&
	    (r->asked.req.flags & RUNREQ_TTY) == 0 &&
	    r->asked.req.rotates[0] == '\0');
}

/* Whoever waits for it already, and could come back to it now, has done so. */
void
run_linger(struct run *r)
{
	struct client *cl;

	r->lingers = 1;
	TAILQ_FOREACH(cl, &r->d->clients, entry)
		if (!cl->dead && cl->waits == r->id && run_claimable(r, cl)) {
			cl->waits = 0;
			run_claim(r, cl);
			return;
		}
}

void
run_left(struct run *r)
{
	r->cl = NULL;
	if (run_detached(r))
		return;
	if (run_may_linger(r))
		run_linger(r);
	else
		(void)run_tell(r, EV_CANCEL, "the caller went away");
}

int
run_claimable(const struct run *r, const struct client *cl)
{
	return (r->lingers && states_of_run(r->state)->waits &&
	    r->uid == cl->uid && r->ch == cl->ch &&
	    lineage_holds(&cl->line, &r->line));
}

void
run_claim(struct run *r, struct client *cl)
{
	r->lingers = 0;
	r->cl = cl;
	cl->run = r;
	/* its streams may be others than those of who asked for it */
	r->asked.req.flags &= ~RUNREQ_JOIN;
	if (r->state == RUN_GRANTED)
		(void)run_tell(r, EV_CLAIM, NULL);
	else if (r->dec.verdict == VERDICT_ALLOW && r->state == RUN_WAITING)
		/* by a reload, and there was nobody to run it for */
		(void)run_tell(r, EV_REJUDGE, NULL);
	else
		run_say_waiting(r);
}

static int
takes(struct daemon *d, uint64_t id, unsigned event)
{
	const struct run *r = run_find(d, id);

	/* a standing approval does not end with the request */
	return ((r != NULL && states_run(r->state, event) != NULL) ||
	    (event == EV_APPROVED && standrun_offered(d, id)));
}

static void
told(struct daemon *d, uint64_t id, unsigned event, uint64_t record,
    const char *reason)
{
	struct run_input in;
	struct run *r;

	if (event == EV_APPROVED)
		standrun_given(d, id, record);
	else if (event == EV_NOT_APPROVED)
		standrun_not_given(d, id);
	if ((r = run_find(d, id)) == NULL)
		return;
	memset(&in, 0, sizeof(in));
	in.event = event;
	in.record = record;
	in.reason = reason;
	(void)run_event(r, &in);
}

static const struct recording_told run_told = { takes, told };

struct run *
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
	r->from = cl->from;
	r->line = cl->line;
	claims_copy(&r->claims, &cl->claims);
	r->since = now_ms();
	execrows_init(&r->execs);
	buf_init(&r->changed.rows, CHANGED_BYTES);
	buf_init(&r->logged.rows, CHANGED_BYTES);
	for (i = 0; i < 3; i++)
		r->streams[i] = -1;
	for (i = 0; i < PLAN_MAXSECRETS; i++)
		r->secrets[i] = -1;
	r->stored = -1;
	resolveq_fill(&r->asked, cl, sk, q);
	r->generation = d->generation;
	d->runs[d->nruns++] = r;
	cl->run = r;
	return (r);
}

void
run_tick(struct daemon *d)
{
	int64_t now = now_ms();
	size_t i;

	/* from the end: one that is done gives its place to the last */
	for (i = d->nruns; i-- > 0;)
		if (d->runs[i]->expires != 0 && d->runs[i]->expires <= now)
			(void)run_tell(d->runs[i], EV_EXPIRE, NULL);
}

void
run_too_large(struct run *r)
{
	run_set_end(r, OUTCOME_ERROR, CBE_USAGE, "request too large");
	run_finish(r);
	run_free(r);
}
