/* SPDX-License-Identifier: ISC */
/*
 * Runs.  What goes wrong while a sandbox is built is kept until the word to
 * go comes: the supervisor may have sent that already, and would be told
 * about a run that it does not know any more.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/files.h"
#include "common/log.h"
#include "executor/lack.h"
#include "executor/pool.h"
#include "executor/redact.h"
#include "executor/xrun.h"
#include "executor/runnerctl.h"
#include "executor/spawner/spawner.h"
#include "executor/spool.h"
#include "executor/watch/watch.h"
#include "executor/xexecs.h"

#define AGAIN_US	50000	/* from one try to say it to the next */
#define AGAIN_TRIES	100
#define REPORT_MAX	24000	/* bytes, as X_RESULT may have */

struct xrun *
xrun_find(const struct executor *x, uint64_t id)
{
	size_t i;

	for (i = 0; i < x->nruns; i++)
		if (x->runs[i]->id == id)
			return (x->runs[i]);
	return (NULL);
}

struct xrun *
xrun_new(struct executor *x, uint64_t id, struct skill *s,
    const struct profile *profile, struct resolved *res, int stored)
{
	struct xrun *r;

	if (x->nruns == XRUNS_MAX || res->planlen > PLANS_BYTES - x->planbytes)
		return (NULL);
	r = xcalloc(1, sizeof(*r));
	r->x = x;
	r->id = id;
	r->skill = s;
	r->nmore = s->x->secrets.n + (s->x->inner_channel[0] != '\0') +
	    stored;
	r->stored = stored;
	r->profile = *profile;
	r->ctl = -1;
	r->planlen = res->planlen;
	r->plan = res->plan;
	res->plan = NULL;
	buf_init(&r->result, REPORT_MAX);
	x->planbytes += r->planlen;
	x->runs[x->nruns++] = r;
	return (r);
}

static void
free_plan(struct xrun *r)
{
	if (r->plan == NULL)
		return;
	freezero(r->plan, r->planlen);
	r->plan = NULL;
	r->x->planbytes -= r->planlen;
}

/* The end of file tells a runner to end, and its sandbox with it. */
static void
close_ctl(struct xrun *r)
{
	if (r->ev != NULL)
		event_free(r->ev);
	if (r->sizes != NULL)
		event_free(r->sizes);
	if (r->again != NULL)
		event_free(r->again);
	r->ev = r->sizes = r->again = NULL;
	if (r->ctl != -1)
		(void)close(r->ctl);
	r->ctl = -1;
}

void
xrun_free(struct xrun *r)
{
	struct executor *x = r->x;
	size_t i;

	for (i = 0; i < x->nruns; i++)
		if (x->runs[i] == r)
			x->runs[i] = x->runs[--x->nruns];
	close_ctl(r);
	free_plan(r);
	buf_free(&r->result);
	execorder_free(&r->order);
	freezero(r, sizeof(*r));
}

/* Reports what is in r->result and forgets the run. */
static void
report(struct xrun *r)
{
	struct executor *x = r->x;

	if (r->detached)
		spool_over(x, r->id);
	if (ipc_send(x->rm.ipc, MSG_X_RESULT, r->id, r->result.data,
	    r->result.len, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(x->rm.ipc));
	xrun_free(r);
	pool_at_rest(x);
	exec_maybe_stopped(x);
}

/*
 * The reason is as it is, for who asked; what of it is hidden in the log must
 * not be seen there by what is missing.
 */
static void
keep_result(struct xrun *r, struct runresult *v)
{
	struct redact *redact = r->x->redact;
	struct masks ms = { NULL, 0 };
	const char *text;

	redact_begin(redact);
	redact_mask(redact, &ms, MASK_ERROR, 0, v->reason);
	do
		text = masks_text(&ms, MASK_ERROR, 0, v->reason);
	while (strlen(text) > RUN_LOGGED_MAX && redact_lessen(&ms));
	free(v->logged);
	v->logged = xstrdup(text);
	masks_free(&ms);
	buf_reset(&r->result);
	runresult_put(&r->result, v);
	runresult_free(v);
}

void
xrun_error(struct xrun *r, enum outcome outcome, enum cberr err,
    const char *reason)
{
	struct runresult v;

	memset(&v, 0, sizeof(v));
	v.outcome = (uint8_t)outcome;
	v.err = (uint16_t)err;
	if (outcome == OUTCOME_LOST && watch_tells(r->skill->x))
		v.files_more = FILES_UNKNOWN;
	v.limit = xstrdup("");
	v.reason = xstrdup(reason);
	keep_result(r, &v);
	close_ctl(r);
	if (r->state == XRUN_GONE)
		report(r);
}

static void
tell_started(struct xrun *r)
{
	if (r->told)
		return;
	r->told = 1;
	if (ipc_send(r->x->rm.ipc, MSG_X_STARTED, r->id, NULL, 0, NULL,
	    0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(r->x->rm.ipc));
}

int
xrun_can_be(int gone, int told, unsigned ran, const struct runresult *v)
{
	if (v->outcome < OUTCOME_EXITED || (v->outcome > OUTCOME_ERROR &&
	    v->outcome != OUTCOME_LOST) || ran > 1)
		return (0);
	if (!gone)
		return (!ran && v->outcome == OUTCOME_ERROR);
	return (ran || told || (v->outcome != OUTCOME_EXITED &&
	    v->outcome != OUTCOME_SIGNALED));
}

/*
 * It has no report.  What was given the word may have been executed, and may
 * have ended in any way.
 */
static void
no_report(struct xrun *r, enum cberr err, const char *what)
{
	char text[256];

	if (r->state != XRUN_GONE) {
		xrun_error(r, OUTCOME_ERROR, err, what);
		return;
	}
	(void)snprintf(text, sizeof(text), "%s; %s", what, r->told ?
	    "the command was executed, and its end is not known" :
	    "whether the command was executed is not known");
	xrun_error(r, OUTCOME_LOST, CBE_OK, text);
}

/* Did it tell all that it says, as the supervisor will see? */
static int
told_all(const struct xrun *r, const struct runresult *v)
{
	return ((v->outcome != OUTCOME_EXITED &&
	    v->outcome != OUTCOME_SIGNALED) ||
	    (v->execs == r->execs && v->files == r->files));
}

static void
on_result(struct xrun *r, unsigned ran, const uint8_t *p, size_t len)
{
	struct runresult v;
	int bad;

	bad = runresult_get(p, len, &v) == -1 ||
	    !xrun_can_be(r->state == XRUN_GONE, r->told, ran, &v) ||
	    !told_all(r, &v);
	if (bad) {
		runresult_free(&v);
		no_report(r, CBE_INTERNAL, "malformed report of a run");
		return;
	}
	if (ran)
		tell_started(r);
	keep_result(r, &v);
	/* the result is waited for, the end of its socket is not */
	if (r->state == XRUN_GONE)
		report(r);
	else
		close_ctl(r);
}

static void
on_runner(evutil_socket_t fd, short what, void *arg)
{
	struct xrun *r = arg;
	static struct heard h;
	enum heard_what heard = runnerctl_hear(fd, &h);

	(void)what;
	switch (heard) {
	case HEARD_NOTHING:
		return;
	case HEARD_RESULT:
		on_result(r, h.ran, h.p, h.len);
		return;
	case HEARD_EXECS:
	case HEARD_FILES:
	case HEARD_ASK:
	case HEARD_ASKED:
		if (xexecs_up(r, &h, heard) == 0)
			return;
		break;
	case HEARD_STARTED:
		if (r->state == XRUN_GONE) {
			tell_started(r);
			return;
		}
		break;
	case HEARD_END:
		break;
	}
	/* it says why it ends, as long as it can */
	no_report(r, CBE_AGAIN, "the runner ended without a report");
}

static void
close_all(const int *fds, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		(void)close(fds[i]);
}

static int
give_plan(const struct xrun *r, int ctl, const int *fds, unsigned nfds)
{
	int saved;

	if (runnerctl_plan(ctl, r->id, r->plan, r->planlen, fds, nfds) == 0)
		return (0);
	saved = errno;
	(void)close(ctl);
	errno = saved;
	return (-1);
}

/* A runner with this plan: one that waited, unless it has ended meanwhile. */
static int
start_runner(struct xrun *r, const int *fds, unsigned nfds)
{
	int ctl;

	while ((ctl = pool_take(r->x, r->skill, &r->profile)) != -1)
		if (give_plan(r, ctl, fds, nfds) == 0)
			return (ctl);
	ctl = spawner_ask(r->skill, &r->profile);
	if (ctl == -1 || give_plan(r, ctl, fds, nfds) == 0)
		return (ctl);
	return (-1);
}

/*
 * In place of a client: nothing to be read, and a spool for what is printed.
 * All of fds is closed on failure.
 */
static int
detached_streams(struct xrun *r, int *fds, unsigned nmore)
{
	int p[2];

	int saved;

	if (pipe2(p, O_CLOEXEC) == -1) {
		saved = errno;
		close_all(fds + 3, nmore);
		errno = saved;
		return (-1);
	}
	(void)close(p[1]);
	fds[0] = p[0];
	if (spool_open(r->x, r->id, fds + 1) == -1) {
		saved = errno;
		(void)close(p[0]);
		close_all(fds + 3, nmore);
		errno = saved;
		return (-1);
	}
	return (0);
}

/* If it is gone, its end is on its way to us. */
static int
is_said(int r)
{
	return (r == 0 || errno == EPIPE || errno == ECONNRESET);
}

static void	on_again(evutil_socket_t, short, void *);

static void
say_again(struct xrun *r)
{
	const struct timeval tv = { 0, AGAIN_US };

	if (r->again == NULL)
		r->again = evtimer_new(r->x->base, on_again, r);
	if (r->again == NULL || event_add(r->again, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event of a run");
}

static void
tell_size(struct xrun *r)
{
	r->resize = !is_said(runnerctl_size(r->ctl, r->rows, r->cols));
	if (r->resize)
		say_again(r);
}

/* A runner that cannot be told loses its socket in the end: so it hears. */
static void
tell_kill(struct xrun *r)
{
	if (is_said(runnerctl_kill(r->ctl, r->kill, r->kill_now)))
		r->kill = 0;
	else if (r->tries++ < AGAIN_TRIES)
		say_again(r);
	else
		no_report(r, CBE_AGAIN, "the runner could not be told to end");
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct xrun *r = arg;

	(void)fd;
	(void)what;
	if (r->resize)
		tell_size(r);
	if (r->kill != 0)
		tell_kill(r);
}

static void
on_sizes(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell_size(arg);
}

/*
 * A client may change it faster than a runner reads.  The socket counts as
 * writable while most of it is free, so there is room for the word that ends
 * the run whatever was sent before; of many sizes the last one counts.
 */
void
xrun_winsize(struct xrun *r, uint16_t rows, uint16_t cols)
{
	r->rows = rows;
	r->cols = cols;
	if (r->sizes != NULL && event_add(r->sizes, NULL) == -1)
		fatalx(EXIT_SYSTEM, "event of a terminal");
}

/* Its first size is there before the word to go. */
static void
start_sizes(struct xrun *r)
{
	tell_size(r);
	r->sizes = event_new(r->x->base, r->ctl, EV_WRITE, on_sizes, r);
	if (r->sizes == NULL)
		fatalx(EXIT_SYSTEM, "event of a terminal");
}

static void
not_built(struct xrun *r, int error)
{
	char text[128];

	errno = error;
	log_warn("cannot start a runner");
	(void)snprintf(text, sizeof(text), "no sandbox could be started: %s",
	    strerror(error));
	xrun_error(r, OUTCOME_ERROR, CBE_AGAIN, text);
}

void
xrun_build(struct xrun *r, int *fds, unsigned nfds)
{
	int error;

	r->state = XRUN_BUILT;
	if (!r->detached || detached_streams(r, fds, nfds - 3) == 0) {
		fds[nfds] = r->x->prints;
		r->ctl = start_runner(r, fds, nfds +
		    (r->stored != 0));
		error = errno;
		close_all(fds, nfds);
	} else
		error = errno;
	if (r->ctl == -1) {
		not_built(r, error);
		return;
	}
	if (r->tty)
		start_sizes(r);
	r->ev = event_new(r->x->base, r->ctl, EV_READ | EV_PERSIST, on_runner,
	    r);
	if (r->ev == NULL || event_add(r->ev, NULL) == -1)
		fatalx(EXIT_SYSTEM, "event of a run");
}

/* No word came to it, so that it never ran is certain. */
static void
not_gone(struct xrun *r, int error)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "the word to go could not be "
	    "given: %s", strerror(error));
	xrun_error(r, OUTCOME_ERROR, lack_err(error, CBE_INTERNAL), text);
}

void
xrun_go(struct xrun *r, const uint8_t ticket[TICKET_SIZE])
{
	r->state = XRUN_GONE;
	free_plan(r);
	if (r->ctl == -1)	/* its end came first */
		report(r);
	else if (!is_said(runnerctl_go(r->ctl, ticket)))
		not_gone(r, errno);
}

void
xrun_kill(struct xrun *r, enum outcome outcome, int now)
{
	if (r->state == XRUN_GONE && r->ctl != -1) {
		r->kill = outcome;
		r->kill_now |= now;
		tell_kill(r);
		return;
	}
	r->state = XRUN_GONE;
	xrun_error(r, outcome, outcome == OUTCOME_ERROR ? CBE_INTERNAL : CBE_OK,
	    "ended before it was started");
}
