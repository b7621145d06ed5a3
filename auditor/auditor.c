/* SPDX-License-Identifier: ISC */
/* The auditor's life between its configuration and its end. */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/outpack.h"
#include "auditor/packing.h"
#include "auditor/prune.h"
#include "auditor/rounds.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "common/xmalloc.h"

struct config {
	uint64_t	 limit;
	int		 compress;
	uint32_t	 keep_days;
	uint32_t	 check_s;
	uint8_t		 digest[32];
	char		*path;
};

/* The keys stay in their guarded pages; the message is overwritten. */
static void
read_config(struct auditor *a, struct config *c)
{
	struct ipc_msg m;
	struct msg_aconf v;
	int ret;

	memset(&m, 0, sizeof(m));
	if ((ret = ipc_wait(a->rm->ipc, &m, -1)) < 0)
		rolemain_end(a->rm->ipc, ret);
	if (ret == 1 && m.type == MSG_SHUTDOWN)
		_exit(0);
	if (m.type != MSG_A_CONFIG ||
	    payload_get(&m, &msg_aconf_shape, &v) == -1)
		rolemain_fail(a->rm, EXIT_ROLE_PROTO(ROLE_SUPERVISOR),
		    "malformed A_CONFIG");
	memcpy(a->keys->exec, v.exec_key, sizeof(a->keys->exec));
	memcpy(a->keys->vault, v.vault_key, sizeof(a->keys->vault));
	plan_digest(c->digest, v.text, v.textlen);
	c->limit = v.segment;
	c->compress = v.compress != 0;
	a->output.max = v.output_max;
	a->output.total_max = v.output_total;
	c->keep_days = v.keep_days;
	c->check_s = v.check_s;
	a->fixed.on = v.immutable != 0;
	a->fixed.keep_days = v.keep_days;
	c->path = v.path;
	v.path = NULL;
	shape_free(&msg_aconf_shape, &v);
	explicit_bzero((void *)(uintptr_t)m.data, m.len);
	ipc_msg_done(&m);
}

static void
say_ready(struct auditor *a, const struct config *c)
{
	struct buf b;

	buf_init(&b, msg_row(MSG_READY)->max);
	audit_ready_fields(&b, a, c->digest);
	if (b.bad || ipc_send(a->rm->ipc, MSG_READY, 0, b.data, b.len, NULL,
	    0) == -1)
		fatalx(EXIT_SYSTEM, "READY: %s", ipc_error(a->rm->ipc));
	buf_free(&b);
	ipc_set_state(a->rm->ipc, MS_UP);
	if (ipc_drain(a->rm->ipc, -1) == -1)
		fatalx(EXIT_SYSTEM, "READY: %s", ipc_error(a->rm->ipc));
}

/*
 * SHUTDOWN, or the supervisor is gone: what it sent has been read and is
 * durable by now.
 */
static void __attribute__((__noreturn__))
finish(struct auditor *a, int how)
{
	audit_session_end(a, how == -2 ? "supervisor gone" :
	    how == -1 ? "the supervisor broke the protocol" : NULL);
	if (how < 0)
		rolemain_end(a->rm->ipc, how);
	query_stop(a);
	if (ipc_send(a->rm->ipc, MSG_STOPPED, 0, NULL, 0, NULL, 0) == -1 ||
	    ipc_drain(a->rm->ipc, ROLE_DRAIN_MS) != 0)
		log_warnx("STOPPED: %s", ipc_error(a->rm->ipc));
	_exit(0);
}

/* What is there becomes one batch; what is left, the next. */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct auditor *a = arg;
	struct ipc_msg m;
	int i, r = 1;

	(void)fd;
	(void)what;
	m.nfds = 0;
	/* what was done before they were sent is known before they are */
	logwatch_hear(a);
	for (i = 0; i < AUDITOR_BATCH; i++) {
		if ((r = ipc_recv(a->rm->ipc, &m)) != 1)
			break;
		audit_msg(a, &m);
	}
	ipc_msg_done(&m);
	audit_commit(a);
	if (r < 0 || (r == 0 && a->stopping))
		finish(a, r);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct auditor *a = arg;

	(void)fd;
	(void)what;
	/* an error shows as EOF when it is read next */
	if (ipc_flush(a->rm->ipc) == 1)
		(void)event_add(a->wev, NULL);
}

/* With the commit comes the seal. */
static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	logwatch_hear(arg);
	audit_commit(arg);
}

static void
set_up_loop(struct auditor *a)
{
	int fd = ipc_fd(a->rm->ipc);
	struct event *due;

	a->rev = event_new(a->base, fd, EV_READ | EV_PERSIST, on_readable, a);
	a->wev = event_new(a->base, fd, EV_WRITE, on_writable, a);
	due = event_new(a->base, -1, 0, on_due, a);
	if (a->rev == NULL || a->wev == NULL || due == NULL ||
	    event_priority_set(due, 0) == -1 ||
	    event_priority_set(a->rev, 0) == -1 ||
	    event_priority_set(a->wev, 0) == -1 ||
	    event_add(a->rev, NULL) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
	sealing_timer(a, due);
	if (clockstep_watch(a) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "timerfd_settime");
}

static void
on_rotation(struct auditor *a)
{
	damage_stays(a);
	packing_rotated(a->packing);
	outpack_before(a->outpack, a->chain.seg.first);
	prune_rotated(a);
}

static void
on_tick(struct auditor *a)
{
	lowroom_look(a);
	rounds_tick(a);
	storetell(a);
	fixed_tell(a);
}

void
auditor_serve(struct auditor *a, const char *dir)
{
	struct config c;

	TAILQ_INIT(&a->queries);
	read_config(a, &c);
	recover_log(a, dir, c.limit);
	outstore_open(&a->output, a->chain.seg.dirfd,
	    a->chain.tail.number + 1);
	recover_records(a, c.digest, c.path);
	free(c.path);
	set_up_loop(a);
	outstore_start(&a->output, a->base, segment_oldest(&a->chain.seg));
	audit_commit(a);
	closed_durable(a);
	a->packing = packing_new(a, c.compress);
	a->outpack = outpack_new(&a->output, a->base, c.compress);
	outpack_before(a->outpack, a->chain.seg.first);
	a->pruning = prune_new(a, c.keep_days);
	a->rounds = rounds_new(a, c.check_s);
	logwatch_start(a);
	a->closed.told = on_rotation;
	a->tick = on_tick;
	damage_started(a);
	say_ready(a, &c);
	(void)event_base_dispatch(a->base);
	fatalx(EXIT_SYSTEM, "event loop ended");
}
