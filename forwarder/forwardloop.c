/* SPDX-License-Identifier: ISC */
/* The forwarder's loop. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "forwarder/forwarder.h"
#include "forwarder/place.h"

#define FORWARD_TELL_MS		1000	/* how often it is said how far it is */

enum { FWD_ON_IPC, FWD_ON_PIPE, FWD_ON_PEER, FWD_ON_FDS };

void
forwarder_breach(unsigned type)
{
	fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "from the supervisor: "
	    "malformed %s", msg_name(type));
}

int64_t
forwarder_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* What is told of it is not taken away by it: there it is as it was. */
static void __attribute__((__noreturn__))
stop(struct forwarder *f)
{
	ipc_set_state(f->ipc, MS_STOP);
	(void)ipc_send(f->ipc, MSG_STOPPED, 0, NULL, 0, NULL, 0);
	(void)ipc_drain(f->ipc, ROLE_DRAIN_MS);
	_exit(0);
}

static void
on_source(struct forwarder *f, struct ipc_msg *m)
{
	struct msg_from v;

	if (!f->asked || payload_get(m, &msg_from_shape, &v) == -1)
		forwarder_breach(m->type);
	source_set(f, ipc_take_fd(m, 0), v.record);
}

static void
hear(struct forwarder *f)
{
	struct ipc_msg m;
	int r;

	m.nfds = 0;
	while ((r = ipc_recv(f->ipc, &m)) == 1) {
		if (ipc_pong(f->ipc, &m))
			continue;
		if (m.type == MSG_SHUTDOWN)
			stop(f);
		if (m.type != MSG_F_SOURCE)
			forwarder_breach(m.type);
		on_source(f, &m);
	}
	if (r < 0)
		rolemain_end(f->ipc, r);
}

/* While the outbox empties nothing is read: what it had last is the last. */
static void
note_done(struct forwarder *f, uint64_t number)
{
	assert(number == f->last.number);
	f->done = number;
	if (place_write(f->place, &f->last) == 0) {
		f->unplaced = 0;
		return;
	}
	if (!f->unplaced)
		log_warn("the place in the log cannot be written: after a "
		    "restart records come again");
	f->unplaced = 1;
}

static int
is_stalled(const struct forwarder *f, int64_t now)
{
	return (f->box.n != 0 && now - f->box.moved >= FORWARD_STALL_MS);
}

static void
tell(struct forwarder *f, int64_t now)
{
	const int stalled = is_stalled(f, now);
	struct msg_forward v;
	struct buf b;

	if (stalled == f->told_stalled && (f->done == f->told_done ||
	    now - f->told_at < FORWARD_TELL_MS))
		return;
	memset(&v, 0, sizeof(v));
	v.stalled = (uint8_t)stalled;
	v.done = f->done;
	v.waiting = (uint32_t)f->box.n;
	v.oldest_us = f->box.n != 0 ? f->box.msgs[0].time_us : 0;
	v.failures = f->box.failures;
	v.why = f->box.why;
	if (stalled && v.why[0] == '\0')
		v.why = (char *)(uintptr_t)"it does not read";
	payload_put(&b, MSG_F_STATE, &msg_forward_shape, &v);
	(void)ipc_send(f->ipc, MSG_F_STATE, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	f->told_stalled = stalled;
	f->told_done = f->done;
	f->told_at = now;
}

static int
sooner(int a, int64_t b)
{
	if (b < 0)
		b = 0;
	return (a == -1 || b < a ? (int)b : a);
}

/* Until something is to be done without being asked. */
static int
patience(const struct forwarder *f, int64_t now)
{
	int ms = outbox_wait(&f->box, now);

	if (f->pipe == -1 && !f->asked)
		ms = sooner(ms, f->ask_at - now);
	if (f->box.n != 0 && !f->told_stalled)
		ms = sooner(ms, f->box.moved + FORWARD_STALL_MS - now);
	if (f->done != f->told_done)
		ms = sooner(ms, f->told_at + FORWARD_TELL_MS - now);
	return (ms);
}

static void
wait_for(const struct forwarder *f, int64_t now)
{
	struct pollfd p[FWD_ON_FDS];

	p[FWD_ON_IPC].fd = ipc_fd(f->ipc);
	p[FWD_ON_PIPE].fd = outbox_has_room(&f->box) ? f->pipe : -1;
	p[FWD_ON_IPC].events = p[FWD_ON_PIPE].events = POLLIN;
	/* one that is down has nothing to tell, and would tell it always */
	p[FWD_ON_PEER].events = outbox_events(&f->box);
	p[FWD_ON_PEER].fd = p[FWD_ON_PEER].events != 0 && f->box.n != 0 ?
	    f->box.peer.fd : -1;
	(void)poll(p, FWD_ON_FDS, patience(f, now));
}

void
forwarder_serve(struct forwarder *f)
{
	uint64_t number;
	int64_t now = forwarder_now();

	for (;;) {
		source_want(f, now);
		if (ipc_flush(f->ipc) == -1)
			rolemain_end(f->ipc, -2);
		wait_for(f, now);
		now = forwarder_now();
		hear(f);
		source_read(f, now);
		if ((number = outbox_step(&f->box, now)) != 0)
			note_done(f, number);
		tell(f, now);
	}
}
