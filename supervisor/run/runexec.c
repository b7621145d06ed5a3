/* SPDX-License-Identifier: ISC */
/*
 * Actions on what a run starts, and on names that it changes: each row that
 * its runner tells is a record before anybody hears of the run's result, and
 * of programs the runner is told how far that has come.
 */
#include "config.h"

#include "supervisor/run/question.h"
#include "supervisor/run/runaction.h"

/* What can wait may go with the end of the run. */
static void
send_on(struct run *r)
{
	if (r->state == RUN_SETTLING ||
	    !execrows_may_wait(&r->execs, now_ms()))
		execrows_send(&r->execs, &r->d->procs[PROC_AUDIT], r->id,
		    now_ms());
}

enum run_state
act_execs(struct run *r, const struct run_input *in)
{
	const struct exec_rows *v = payload_as(in->p, &exec_rows_shape);
	const char *why;

	if ((why = execrows_take(&r->execs, v, now_ms())) != NULL)
		daemon_breach(r->d, in->from, "%s", why);
	send_on(r);
	return (r->state);
}

enum run_state
act_files(struct run *r, const struct run_input *in)
{
	const struct file_rows *v = payload_as(in->p, &file_rows_shape);
	const char *why;

	if ((why = execrows_take_files(&r->execs, v, now_ms())) != NULL)
		daemon_breach(r->d, in->from, "%s", why);
	rec_logged(r, v);
	send_on(r);
	return (r->state);
}

/*
 * For who has asked for the run alone.  In the log they stand as X_FILES has
 * them: marks in there would tell which of many guesses is a value.
 */
enum run_state
act_changed(struct run *r, const struct run_input *in)
{
	const struct file_rows *v = payload_as(in->p, &file_rows_shape);
	const char *why;

	if ((why = rec_changed(r, v)) != NULL)
		daemon_breach(r->d, in->from, "%s", why);
	return (r->state);
}

enum run_state
act_execs_done(struct run *r, const struct run_input *in)
{
	struct exec_done v;
	int execs;

	if ((execs = execrows_done(&r->execs)) == -1)
		daemon_breach(r->d, in->from, "A_DONE for a run that has "
		    "asked for no record");
	if (r->state == RUN_SETTLING)
		return (run_settle(r));
	if (execs) {
		v.durable = r->execs.durable;
		(void)role_put(&r->d->procs[PROC_EXEC], MSG_X_EXECED, r->id,
		    &exec_done_shape, &v, NULL, 0);
	}
	send_on(r);
	return (r->state);
}

/*
 * The log is full.  Nothing is lost: the run stops, at the latest there.  An
 * end that is told without anything else is never refused.
 */
enum run_state
act_execs_not(struct run *r, const struct run_input *in)
{
	if (execrows_refused(&r->execs, now_ms()) == -1)
		daemon_breach(r->d, in->from, "A_REFUSED for a run that has "
		    "asked for no record");
	return (r->state == RUN_EXITED ? RUN_SETTLING : r->state);
}

enum run_state
act_exec_ask(struct run *r, const struct run_input *in)
{
	struct exec_ask *v = payload_as(in->p, &exec_ask_shape);
	struct question *q;
	const char *why;

	if ((why = execrows_asked(&r->execs, v, &q)) != NULL)
		daemon_breach(r->d, in->from, "%s", why);
	question_ask(r, q);
	return (r->state);
}

enum run_state
act_exec_asked(struct run *r, const struct run_input *in)
{
	const struct exec_asked *v = payload_as(in->p, &exec_asked_shape);
	struct question *q;

	if ((q = execrows_by_seq(&r->execs, v->seq)) == NULL ||
	    q->state == ASKED_GONE)
		daemon_breach(r->d, in->from, "X_ASKED of what was not asked");
	question_withdraw(r, q, "nobody waits for it any more");
	return (r->state);
}

void
run_exec_tick(struct daemon *d)
{
	size_t i;

	for (i = 0; i < d->nruns; i++)
		send_on(d->runs[i]);
}
