/* SPDX-License-Identifier: ISC */
/*
 * The orderly end: no new clients; the executor ends its runs and reports
 * them; their results are recorded and told; then the vault, and the auditor
 * last of all.  What takes too long is left to end of file on the roles'
 * sockets.
 */
#include "config.h"

#include <event2/event.h>

#include "common/log.h"
#include "supervisor/client/client.h"
#include "supervisor/notify.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/notice.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/refusal.h"
#include "supervisor/run/run.h"
#include "supervisor/stop.h"

/* Those whose turn it is. */
static void
shut_down(struct daemon *d)
{
	struct proc *p;

	for (p = d->procs; p < d->procs + NPROCS; p++) {
		if (p->row->stop != d->stop)
			continue;
		(void)role_send(p, MSG_SHUTDOWN, 0, NULL, NULL, 0);
		ipc_set_state(p->ipc, MS_STOP);
		p->state = PROC_STOPPING;
	}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	log_warnx("not everything stopped within %d s", STOP_MS / 1000);
	daemon_exit(d, 0);
}

/* Requests that nobody will answer any more. */
static void
end_requests(struct daemon *d)
{
	struct client *cl;

	op_stop(d);
	TAILQ_FOREACH(cl, &d->clients, entry)
		/* whoever waits for a run is told how it ended */
		if (cl->run == NULL && cl->waits == 0 && !cl->denied) {
			if (cl->request != MSG_NONE ||
			    ipc_state(cl->ipc) == MS_HELLO)
				client_end(cl, CBE_UNAVAIL,
				    "clawbot is stopping");
			client_kill(cl);
		}
}

static void
end_runs(struct daemon *d)
{
	size_t i;

	for (i = d->nruns; i-- > 0;)
		(void)run_tell(d->runs[i], EV_CANCEL,
		    "clawbot is stopping");
}

void
stop_begin(struct daemon *d, const char *why)
{
	static const struct timeval limit = { STOP_MS / 1000, 0 };
	struct event *ev;

	if (d->stop != STOP_NO)
		return;
	log_info("%s: stopping", why);
	notify_stopping();
	d->stop = STOP_RUNS;
	ev = evtimer_new(d->base, on_deadline, d);
	if (ev == NULL || event_add(ev, &limit) == -1)
		daemon_exit(d, 0);
	d->events[6] = ev;
	client_unlisten(d);
	refusal_flush(d, 1);
	end_runs(d);
	end_requests(d);
	notice_stop(d);
	forward_stop(d);
	/* after the runs' own messages, which it handles first */
	shut_down(d);
	stop_advance(d);
}

static int
stopped(const struct daemon *d)
{
	const struct proc *p;

	for (p = d->procs; p < d->procs + NPROCS; p++)
		if (p->row->stop == d->stop && p->state != PROC_STOPPED &&
		    p->state != PROC_NONE)
			return (0);
	return (1);
}

void
stop_advance(struct daemon *d)
{
	if (d->stop == STOP_NO ||
	    (d->stop == STOP_RUNS && (d->nruns != 0 || op_holds(d))))
		return;
	while (d->stop != STOP_DONE && stopped(d)) {
		d->stop++;
		shut_down(d);
	}
	if (d->stop == STOP_DONE) {
		log_info("stopped");
		daemon_exit(d, 0);
	}
}
