/* SPDX-License-Identifier: ISC */
/* Emergency stops; see emergency.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/record/kind.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/run.h"

#define RECORD_AGAIN_MS	1000	/* after the log has refused it */

static uint64_t
now_us(void)
{
	uint64_t us;

	return (civil_now(&us) == 0 ? us : 0);
}

void
emergency_read(struct daemon *d)
{
	const struct proc *a = &d->procs[PROC_AUDIT];
	struct estop *e;
	char what[200];

	estops_get(a->ready, a->readylen, "stops", &d->estops);
	for (e = d->estops.v; e < d->estops.v + d->estops.n; e++) {
		e->mark = ++d->estop_mark;
		e->recorded = 1;
		estop_text(what, sizeof(what), e->scope, e->user, e->name);
		log_warnx("emergency stop of %s is in force: %s", what,
		    e->why);
	}
}

static struct estop *
by_mark(struct daemon *d, uint64_t mark)
{
	struct estop *e;

	for (e = d->estops.v; e < d->estops.v + d->estops.n; e++)
		if (e->mark == mark)
			return (e);
	return (NULL);
}

int
emergency_covers(const struct daemon *d, const char *channel,
    const char *skill, uid_t uid, char *why, size_t len)
{
	const struct estop *e;
	char what[200], when[CIVIL_TEXT], who[32];

	if ((e = estops_covers(&d->estops, channel, skill, uid)) == NULL)
		return (0);
	estop_text(what, sizeof(what), e->scope, e->user, e->name);
	civil_text(when, e->time_us / 1000000);
	if (e->by_signal)
		(void)snprintf(who, sizeof(who), "a signal");
	else
		(void)snprintf(who, sizeof(who), "uid %u", e->by);
	(void)snprintf(why, len, "%s was stopped by %s at %s%s%s; it stays "
	    "so until an approver resumes it", what, who, when,
	    e->why[0] != '\0' ? ": " : "", e->why);
	return (1);
}

/*
 * Those that have processes first.  Ending one can bring the last of the
 * table to its place, so it is gone through from the end.
 */
static unsigned
end_covered(struct daemon *d, const struct estop *e, int going)
{
	struct estops one = { .n = 1 };
	struct run *r;
	size_t i;
	unsigned n = 0;

	one.v[0] = *e;
	for (i = d->nruns; i-- > 0;) {
		r = d->runs[i];
		if (states_of_run(r->state)->going != going ||
		    states_of_run(r->state)->over || estops_covers(&one,
		    r->ch->name, r->sk->name, r->uid) == NULL)
			continue;
		/* who stops it once more gives it no more time */
		if (!r->at_once)
			r->over_by = now_ms() + EMERGENCY_MS;
		r->at_once = 1;
		n += run_tell(r, EV_CANCEL, "ended by an emergency stop") == 0;
	}
	return (n);
}

static void
put_by(struct buf *b, const struct daemon *d, const struct estop *e,
    const struct client *cl)
{
	size_t tok;

	if (cl != NULL) {
		rec_by(b, cl);
		return;
	}
	/* a signal, or who is not there any more when it is tried again */
	tok = field_obj(b, "by");
	if (e->by_signal)
		field_str(b, "signal", "SIGUSR1");
	else
		account_put(b, d->conf, e->by);
	field_end(b, tok);
}

/* What it covers, and how many are in force before and after that. */
static void
put_stop(struct buf *b, const struct daemon *d, const struct estop *e,
    size_t before, size_t after)
{
	const char *name = conf_account(d->conf, e->user);

	estop_put(b, e);
	if (e->scope == ESTOP_USER && name != NULL)
		field_str(b, "account", name);
	field_str(b, "reason", e->why);
	field_u64(b, "before", before);
	field_u64(b, "after", after);
}

static int
told_takes(struct daemon *d, uint64_t mark, unsigned event)
{
	(void)d;
	(void)mark;
	(void)event;
	return (1);
}

/* The auditor has answered about a stop. */
static void
told_stop(struct daemon *d, uint64_t mark, unsigned event, uint64_t number,
    const char *reason)
{
	struct estop *e;

	(void)number;
	if ((e = by_mark(d, mark)) == NULL)
		return;
	e->asked = 0;
	if (event == EV_LOGGED) {
		e->recorded = 1;
		return;
	}
	if (e->again == 0)
		log_warnx("an emergency stop holds, but is not recorded: %s",
		    reason);
	e->again = now_ms() + RECORD_AGAIN_MS;
}

static const struct recording_told stop_told = { told_takes, told_stop };

/* Asks the auditor; the client hears of it.  -1: later. */
static int
record_stop(struct daemon *d, struct estop *e, unsigned runs,
    unsigned waiting, struct client *cl)
{
	const struct recording_note note = { &stop_told, e->mark, EV_LOGGED,
	    EV_UNLOGGED };
	uint64_t late = (now_us() - e->time_us) / 1000000;
	struct buf b;

	buf_init(&b, 8192);
	field_str(&b, "ev", "stop");
	put_stop(&b, d, e, e->before, e->after);
	put_by(&b, d, e, cl);
	field_u64(&b, "runs", runs);
	field_u64(&b, "waiting", waiting);
	if (late != 0)
		field_u64(&b, "late_s", late);
	e->asked = recording_put(d, RECORD_STOP, &b, cl, &note) == 0;
	if (!e->asked)
		e->again = now_ms() + RECORD_AGAIN_MS;
	return (e->asked ? 0 : -1);
}

static void
tell_client(struct client *cl, const struct estop *e, unsigned runs,
    unsigned waiting)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	estop_put(&b, e);
	field_u64(&b, "runs", runs);
	field_u64(&b, "waiting", waiting);
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

static void
fill(struct estop *e, const struct msg_estop *v, const struct client *cl)
{
	memset(e, 0, sizeof(*e));
	e->scope = v->scope;
	e->user = v->user;
	(void)snprintf(e->name, sizeof(e->name), "%s", v->name);
	(void)snprintf(e->why, sizeof(e->why), "%s", v->why);
	e->by_signal = cl == NULL;
	e->by = cl == NULL ? 0 : cl->uid;
	e->time_us = now_us();
}

void
emergency_stop(struct daemon *d, const struct msg_estop *v,
    struct client *cl)
{
	struct estop e, *held;
	unsigned runs, waiting;
	char what[200];

	fill(&e, v, cl);
	e.mark = ++d->estop_mark;
	e.before = d->estops.n;
	estop_text(what, sizeof(what), e.scope, e.user, e.name);
	if ((held = estops_add(&d->estops, &e)) == NULL) {
		client_end(cl, CBE_AGAIN, "%d emergency stops are in force: "
		    "stop everything, or resume some", ESTOPS_MAX - 1);
		return;
	}
	held->after = d->estops.n;
	/* nothing of it waits for anybody */
	runs = end_covered(d, held, 1);
	waiting = end_covered(d, held, 0);
	log_warnx("emergency stop of %s: %s; %u runs, %u requests", what,
	    e.why, runs, waiting);
	if (cl != NULL)
		tell_client(cl, held, runs, waiting);
	if (record_stop(d, held, runs, waiting, cl) == -1 && cl != NULL)
		client_end(cl, CBE_AGAIN, "too busy to record it now");
}

static void
told_resume(struct daemon *d, uint64_t mark, unsigned event, uint64_t number,
    const char *reason)
{
	struct estop *e;
	char what[200];

	(void)number;
	(void)reason;
	/* stopped anew meanwhile, it has another mark */
	if ((e = by_mark(d, mark)) == NULL)
		return;
	e->ending = 0;
	if (event != EV_LOGGED)
		return;
	estop_text(what, sizeof(what), e->scope, e->user, e->name);
	log_info("emergency stop of %s has ended", what);
	estops_del(&d->estops, e);
}

static const struct recording_told resume_told = { told_takes, told_resume };

/* There is none of this scope: what is there? */
static void
none(struct client *cl, const struct msg_estop *v)
{
	const struct estops *s = &cl->d->estops;
	char what[200], other[200];

	estop_text(what, sizeof(what), v->scope, v->user, v->name);
	if (s->n == 0) {
		client_end(cl, CBE_NOENT, "nothing is stopped");
		return;
	}
	estop_text(other, sizeof(other), s->v[0].scope, s->v[0].user,
	    s->v[0].name);
	client_end(cl, CBE_NOENT, "there is no stop of %s, but of %s%s", what,
	    other, s->n > 1 ? ", and others: clawbot status tells which" : "");
}

void
emergency_resume(struct client *cl, const struct msg_estop *v)
{
	struct daemon *d = cl->d;
	struct recording_note note = { &resume_told, 0, EV_LOGGED,
	    EV_UNLOGGED };
	struct estop now, *e;
	struct buf b;

	if ((e = estops_find(&d->estops, v->scope, v->user,
	    v->name)) == NULL) {
		none(cl, v);
		return;
	}
	note.run = e->mark;
	fill(&now, v, cl);
	buf_init(&b, 8192);
	field_str(&b, "ev", "resume");
	put_stop(&b, d, &now, d->estops.n, d->estops.n - 1);
	put_by(&b, d, &now, cl);
	/* it holds until the log says that it does not */
	if (recording_put(d, RECORD_STOP, &b, cl, &note) == -1)
		client_end(cl, CBE_AGAIN, "too busy to record it: still "
		    "stopped");
	else
		e->ending = 1;
}

/* Is something still running that should have ended by now? */
static int
still_runs(const struct daemon *d, int64_t now)
{
	const struct run *r;
	size_t i;

	for (i = 0; i < d->nruns; i++) {
		r = d->runs[i];
		if (r->at_once && r->over_by <= now &&
		    states_of_run(r->state)->going)
			return (1);
	}
	return (0);
}

/*
 * A service manager starts us again, stopped as the log says.  If that could
 * not be written, it must not: it does not for what 78 says.
 */
static int
exit_code(const struct daemon *d)
{
	size_t i;

	for (i = 0; i < d->estops.n; i++)
		if (!d->estops.v[i].recorded)
			return (EXIT_CONFIG);
	return (EXIT_ROLE_DIED(ROLE_EXECUTOR));
}

void
emergency_tick(struct daemon *d)
{
	int64_t now = now_ms();
	struct estop *e;

	for (e = d->estops.v; e < d->estops.v + d->estops.n; e++)
		/* behind its end it would begin anew, for the log alone */
		if (!e->recorded && !e->asked && !e->ending &&
		    e->again <= now)
			(void)record_stop(d, e, 0, 0, NULL);
	if (!still_runs(d, now))
		return;
	log_warnx("what was stopped has not ended within %d s: everything "
	    "ends", EMERGENCY_MS / 1000);
	daemon_exit(d, exit_code(d));
}
