/* SPDX-License-Identifier: ISC */
/*
 * The loop: what the roles say goes to the run or operation it is about,
 * and a role that ends or breaks the protocol ends the daemon.
 */
#include "config.h"

#include <sys/wait.h>

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "common/waitstatus.h"
#include "supervisor/ask/ask.h"
#include "supervisor/boot/proc.h"
#include "supervisor/client/client.h"
#include "supervisor/heartbeat.h"
#include "supervisor/loop.h"
#include "supervisor/notify.h"
#include "supervisor/roleget.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/diskroom.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/lapsed.h"
#include "supervisor/run/logchecks.h"
#include "supervisor/run/notice.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/question.h"
#include "supervisor/run/refusal.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/run.h"
#include "supervisor/run/standrun.h"
#include "supervisor/stop.h"

#define DEATH_WAIT_MS	500	/* between a role's EOF and its death */

static struct proc *
proc_of(struct daemon *d, const struct ipc *ipc)
{
	struct proc *p = d->procs;

	while (p->ipc != ipc && p < &d->procs[NPROCS - 1])
		p++;
	return (p);
}

/* Can the auditor write records, as far as its last answer tells? */
static void
note_recording(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	const struct msg_reason *why;
	struct payload pl;

	/* what becomes of a run has room that nothing else has */
	if (m->type == MSG_A_TICKET || (m->type == MSG_A_DONE &&
	    run_find(d, m->id) == NULL)) {
		free(d->unrecorded);
		d->unrecorded = NULL;
	}
	if (m->type != MSG_A_REFUSED)
		return;
	role_get(d, p, m, &pl);
	why = payload_as(&pl, &msg_refused_shape);
	/* other refusals are about the record itself */
	if (why->code == CBE_AGAIN && d->unrecorded == NULL) {
		d->unrecorded = xstrdup(why->text);
		d->unrecorded_since = now_ms();
	}
	payload_close(&pl);
}

static void
note_vault(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	slots_state(d, p, payload_as(&pl, &msg_fields_shape));
	payload_close(&pl);
}

static void
note_room(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	diskroom_told(d, payload_as(&pl, &msg_room_shape));
	payload_close(&pl);
}

static void
note_checked(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	logchecks_told(d, payload_as(&pl, &msg_checked_shape));
	payload_close(&pl);
}

static void
note_stored(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	logchecks_stored(d, payload_as(&pl, &msg_stored_shape));
	payload_close(&pl);
}

static void
note_parts(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	logchecks_parts(d, payload_as(&pl, &msg_parts_shape));
	payload_close(&pl);
}

/* The executor is to know a new secret before whoever has set it goes on. */
static void
pass_prints(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;
	struct buf b;

	role_get(d, p, m, &pl);
	payload_close(&pl);
	if (d->stop != STOP_NO)
		return;
	buf_init(&b, MSG_CONFIG_MAX);
	buf_put(&b, m->data, m->len);
	if (role_send(&d->procs[PROC_EXEC], MSG_X_PRINTS, 0, &b, NULL, 0) == 0)
		d->knows_values = 1;
}

static void
note_versions(struct daemon *d, struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;

	role_get(d, p, m, &pl);
	secretver_take(&d->versions, payload_as(&pl, &msg_versions_shape));
	payload_close(&pl);
}

static void
on_role_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct daemon *d = arg;
	struct proc *p = proc_of(d, ipc);
	struct run *r;
	struct op *o;
	int wanted;

	note_recording(d, p, m);
	if (m->type == MSG_STOPPED)
		p->state = PROC_STOPPED;
	else if (m->type == MSG_V_PRINTS)
		pass_prints(d, p, m);
	else if (m->type == MSG_V_VERSIONS)
		note_versions(d, p, m);
	else if (m->type == MSG_V_DUE)
		d->up->due(d, p, m);
	else if (m->type == MSG_V_STATE)
		note_vault(d, p, m);
	else if (m->type == MSG_A_ROOM)
		note_room(d, p, m);
	else if (m->type == MSG_A_CHECKED)
		note_checked(d, p, m);
	else if (m->type == MSG_A_STORED)
		note_stored(d, p, m);
	else if (m->type == MSG_A_PARTS)
		note_parts(d, p, m);
	else if (m->type == MSG_PONG) {
		if (heartbeat_pong(d, p) == -1)
			daemon_breach(d, p, "PONG that was not asked for");
	} else if ((m->type == MSG_X_PLAN || m->type == MSG_X_UNRESOLVED) &&
	    (wanted = resolveq_answered(d, m->type, m->id)) != 1) {
		if (wanted == -1)
			daemon_breach(d, p, "%s that was not asked for",
			    msg_name(m->type));
	} else if ((r = run_find(d, m->id)) != NULL) {
		if (run_heard(r, p, m) == -1)
			daemon_breach(d, p, "%s for a run that is %s",
			    msg_name(m->type), run_state_name(r->state));
	} else if ((o = op_find(d, m->id)) != NULL)
		op_event(d, o, p, m);
	else if (!ids_late(&d->ids, m->id))
		daemon_breach(d, p, "%s about nothing", msg_name(m->type));
	if (d->stop != STOP_NO)
		stop_advance(d);
}

static void __attribute__((__noreturn__))
role_died(struct daemon *d, struct proc *p, int status)
{
	char how[128];

	relay_pump(&p->log);
	waitstatus_text(status, how, sizeof(how));
	log_warnx("%s %s", role_name(p->role), how);
	p->pid = 0;
	if (p->role == ROLE_AUDITOR && WIFEXITED(status) &&
	    WEXITSTATUS(status) == EXIT_IO)
		daemon_exit(d, EXIT_IO);
	daemon_exit(d, EXIT_ROLE_DIED(p->role));
}

/* Its end while stopping; anything but a quiet one counts as a death. */
static void
role_ended(struct daemon *d, struct proc *p, int status)
{
	if (d->stop == STOP_NO || p->state < PROC_STOPPING || status != 0)
		role_died(d, p, status);
	p->pid = 0;
}

static void
on_role_end(struct ipc *ipc, int how, void *arg)
{
	struct daemon *d = arg;
	struct proc *p = proc_of(d, ipc);
	const struct timespec tick = { 0, 5000000 };
	int i, status;

	/* a failed send is its end too, seen from the other side */
	if (how == -1 && strncmp(ipc_error(ipc), "send: ", 6) != 0)
		daemon_breach(d, p, "%s", ipc_error(ipc));
	for (i = 0; p->pid != 0 && i < DEATH_WAIT_MS / 5; i++) {
		if (waitpid(p->pid, &status, WNOHANG) == p->pid)
			role_ended(d, p, status);
		else
			(void)nanosleep(&tick, NULL);
	}
	if (p->pid != 0 || p->state != PROC_STOPPED) {
		log_warnx("%s closed its connection", role_name(p->role));
		daemon_exit(d, EXIT_ROLE_DIED(p->role));
	}
	proc_close(p);
	p->state = PROC_NONE;
	stop_advance(d);
}

static void
on_child(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;
	struct proc *p;
	int status;

	(void)sig;
	(void)what;
	for (p = d->procs; p < d->procs + NPROCS; p++)
		if (p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
			role_ended(d, p, status);
	p = &d->notifier;
	if (p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
		notice_ended(d, status);
	p = &d->forwarder;
	if (p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
		forward_ended(d, status);
}

static void
on_term(evutil_socket_t sig, short what, void *arg)
{
	(void)what;
	stop_begin(arg, sig == SIGINT ? "SIGINT" : "SIGTERM");
}

static void
on_hup(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	log_info("SIGHUP: files cannot be opened any more; clawbot reload, as "
	    "root, has the configuration read");
}

/* From root: everything stops, as by clawbot stop, without a socket. */
static void
on_usr1(evutil_socket_t sig, short what, void *arg)
{
	static char none[1], why[] = "SIGUSR1";
	const struct msg_estop all = { .scope = ESTOP_ALL, .name = none,
	    .why = why };
	struct daemon *d = arg;

	(void)sig;
	(void)what;
	if (d->stop == STOP_NO)
		emergency_stop(d, &all, NULL);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	client_tick(d);
	client_listen_again(d);
	run_exec_tick(d);
	if (d->stop != STOP_NO)
		return;
	heartbeat_tick(d);
	notice_tick(d);
	forward_tick(d);
	emergency_tick(d);
	run_tick(d);
	question_tick(d);
	op_tick(d);
	detach_tick(d);
	standrun_tick(d);
	lapsed_tick(d);
	refusal_flush(d, 0);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	/* not while a role hangs: that is for whoever can replace us all */
	if (heartbeat_alive(d, 2 * notify_interval()))
		notify_alive();
	else
		log_warnx("a role hangs: the service manager is told nothing");
}

static int
add_event(struct daemon *d, size_t i, int fd, short what,
    event_callback_fn fn, uint64_t usec)
{
	struct timeval tv;

	tv.tv_sec = (time_t)(usec / 1000000);
	tv.tv_usec = (suseconds_t)(usec % 1000000);
	d->events[i] = event_new(d->base, fd, what | EV_PERSIST, fn, d);
	return (d->events[i] == NULL ||
	    event_add(d->events[i], usec == 0 ? NULL : &tv) == -1 ? -1 : 0);
}

static int
attach(struct daemon *d)
{
	struct proc *p;

	for (p = d->procs; p < d->procs + NPROCS; p++)
		if (relay_attach(&p->log, d->base) == -1 ||
		    ipc_ev_attach(p->ipc, d->base, on_role_msg, on_role_end,
		    d) == -1)
			return (-1);
	return (notice_attach(d) == -1 ? -1 : forward_attach(d));
}

int
loop_init(struct daemon *d)
{
	if ((d->base = event_base_new()) == NULL ||
	    add_event(d, 0, SIGCHLD, EV_SIGNAL, on_child, 0) == -1 ||
	    add_event(d, 1, SIGTERM, EV_SIGNAL, on_term, 0) == -1 ||
	    add_event(d, 2, SIGINT, EV_SIGNAL, on_term, 0) == -1 ||
	    add_event(d, 3, SIGHUP, EV_SIGNAL, on_hup, 0) == -1 ||
	    add_event(d, 7, SIGUSR1, EV_SIGNAL, on_usr1, 0) == -1 ||
	    add_event(d, 4, -1, 0, on_tick, 1000000) == -1)
		return (-1);
	if (notify_interval() != 0 &&
	    add_event(d, 5, -1, 0, on_watchdog, notify_interval()) == -1)
		return (-1);
	return (attach(d));
}

void
loop_run(struct daemon *d)
{
	/* one that ended before its signal had a handler */
	on_child(SIGCHLD, EV_SIGNAL, d);
	(void)event_base_dispatch(d->base);
	fatalx(EXIT_SYSTEM, "event loop ended");
}
