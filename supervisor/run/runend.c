/* SPDX-License-Identifier: ISC */
/* How runs end, and what they let go of; see runaction.h. */
#include "config.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/record/kind.h"
#include "supervisor/client/door.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/refusal.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/runaction.h"
#include "supervisor/run/standrun.h"

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void
run_close_pipes(struct run *r)
{
	size_t i;

	for (i = 0; i < 3; i++)
		close_fd(&r->streams[i]);
	for (i = 0; i < PLAN_MAXSECRETS; i++)
		close_fd(&r->secrets[i]);
	close_fd(&r->stored);
}

void
run_close_door(struct run *r)
{
	struct door *dr = r->door;

	if (dr == NULL)
		return;
	r->door = NULL;
	door_close(dr);
	r->shut = 1;
}

void
run_set_end(struct run *r, enum outcome outcome, enum cberr err,
    const char *fmt, ...)
{
	char text[PLAN_MAXREASON + 256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	free(r->reason);
	r->reason = xstrdup(text);
	r->outcome = outcome;
	r->err = err;
}

/* Did its caller end it early, by a limit of its own? */
static int
own_timeout(const struct run *r)
{
	struct limits l;

	conf_limits(&l, r->sk, r->ch, 0);
	return (r->plan.limits.timeout_s < l.timeout_s);
}

/*
 * The outcome that breakers count: of what is the caller's doing, or nobody's
 * who could mend it in here, none.
 */
static unsigned
counted(const struct run *r)
{
	if (r->killed)
		return (OUTCOME_KILLED);
	switch (r->outcome) {
	case OUTCOME_SIGNALED:
		/* whoever read its output has left, as head(1) does */
		return (r->have_result && r->result.code == SIGPIPE ? 0 :
		    r->outcome);
	case OUTCOME_TIMEOUT:
		return (own_timeout(r) ? 0 : r->outcome);
	case OUTCOME_ERROR:
		/* no program, no right to execute it, no secret */
		return (r->blameless || r->err == CBE_CANTEXEC ||
		    r->err == CBE_NOTFOUND || r->err == CBE_USAGE ||
		    r->err == CBE_REFUSED ? 0 : r->outcome);
	default:
		return (r->outcome);
	}
}

void
run_finish(struct run *r)
{
	struct buf b;

	run_close_pipes(r);
	run_close_door(r);
	standrun_unused(r);
	if (r->outcome == OUTCOME_DENIED && r->reason != NULL)
		refusal_note(r->uid, r->ch->name, r->sk->name, r->reason,
		    rec_error(r));
	/* those that were refused, too, which hold their place until now */
	quota_count(r->d->quota, r->ch, now_ms(), &r->hold);
	quota_release(r->d->quota, &r->hold, counted(r), now_ms());
	detach_over(r);
	if (r->cl == NULL)
		return;
	buf_init(&b, MSG_ROW_MAX);
	rec_result(&b, r, SIGHT_ASKED);
	r->cl->run = NULL;
	client_result(r->cl, &b);
	r->cl = NULL;
}

/* The executor forgets it; before the word to go it has nothing to say. */
void
run_drop(struct run *r)
{
	if (states_of_run(r->state)->asking)
		resolveq_cancel(r->d, r->id);
	else
		(void)role_send(&r->d->procs[PROC_EXEC], MSG_X_DROP, r->id,
		    NULL, NULL, 0);
}

/* Records why it does not run (fields are freed), then tells the caller. */
enum run_state
run_refuse_as(struct run *r, unsigned kind, struct buf *fields)
{
	if (run_record(r, kind, fields, EV_LOGGED, EV_UNLOGGED, NULL) == 0)
		return (RUN_REFUSED);
	run_finish(r);
	return (RUN_DONE);
}

enum run_state
run_refuse_run(struct run *r)
{
	struct buf b;

	rec_refused(&b, r);
	return (run_refuse_as(r, RECORD_EXEC, &b));
}
