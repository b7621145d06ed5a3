/* SPDX-License-Identifier: ISC */
/* Messages on their way; see outbox.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "common/record/record.h"
#include "forwarder/outbox.h"

#define CONNECT_MS	10000
#define OUTBOX_READ_MS		30000	/* for a stream's peer to end it */
#define LINGER_MS	1000	/* for more to go with the first */
#define PAUSE_MS	250	/* behind a failure, twice that each time */
#define PAUSE_MAX_MS	15000
#define OUTBOX_LOOK_MS		20	/* at what no descriptor tells of */
#define SENDS		256	/* then others have their turn */

/* What fits into a datagram, with some room for headers. */
#define LONGEST_UDP	65000U
#define LONGEST_LOCAL	(96U * 1024)
#define LONGEST_STREAM	(RECORD_MAX + 4096U)

int
outbox_open(struct outbox *o, const struct forwardto *to, int64_t now)
{
	memset(o, 0, sizeof(*o));
	buf_init(&o->text, OUTBOX_FULL + 2 * LONGEST_STREAM);
	o->moved = now;
	return (peer_open(&o->peer, to));
}

size_t
outbox_longest(const struct outbox *o)
{
	switch (o->peer.to.way) {
	case FORWARD_UDP:
		return (LONGEST_UDP);
	case FORWARD_LOCAL:
		return (LONGEST_LOCAL);
	default:
		return (LONGEST_STREAM);
	}
}

int
outbox_has_room(const struct outbox *o)
{
	return (o->state != BOX_CLOSING && o->text.len < OUTBOX_FULL);
}

void
outbox_add(struct outbox *o, uint64_t number, uint64_t time_us, int64_t now)
{
	struct outbox_msg *m;
	size_t room, off = 0;

	if (o->n != 0)
		off = o->msgs[o->n - 1].off + o->msgs[o->n - 1].len;
	else
		o->since = o->moved = now;
	if (o->n == o->room) {
		room = o->room == 0 ? 64 : 2 * o->room;
		o->msgs = xrecallocarray(o->msgs, o->room, room,
		    sizeof(*o->msgs));
		o->room = room;
	}
	m = &o->msgs[o->n++];
	m->off = off;
	m->len = o->text.len - off;
	m->number = number;
	m->time_us = time_us;
}

/* From the first of them, some time later. */
static void
fail(struct outbox *o, const char *what, int64_t now)
{
	(void)snprintf(o->why, sizeof(o->why), "%s: %s", what,
	    strerror(errno));
	o->failures++;
	o->next = o->from = 0;
	o->state = BOX_DOWN;
	o->pause = o->pause == 0 ? PAUSE_MS : 2 * o->pause;
	if (o->pause > PAUSE_MAX_MS)
		o->pause = PAUSE_MAX_MS;
	o->again = now + o->pause;
}

static void
go_up(struct outbox *o)
{
	o->state = BOX_UP;
	o->next = o->from = 0;
}

static void
try(struct outbox *o, int64_t now)
{
	int r;

	if (o->n == 0 || now < o->again)
		return;
	if ((r = peer_connect(&o->peer)) == -1)
		fail(o, "cannot connect", now);
	else if (r == 0)
		go_up(o);
	else {
		o->state = BOX_CONNECTING;
		o->limit = now + CONNECT_MS;
	}
}

static void
look_connected(struct outbox *o, int64_t now)
{
	int r = peer_connected(&o->peer);

	if (r == 0)
		go_up(o);
	else if (r == 1 && now >= o->limit) {
		errno = ETIMEDOUT;
		r = -1;
	}
	if (r == -1)
		fail(o, "cannot connect", now);
}

/* 1: all is sent, 0: not yet, -1. */
static int
send_some(struct outbox *o, int64_t now)
{
	const struct outbox_msg *m;
	ssize_t n;
	int i;

	for (i = 0; i < SENDS && o->next < o->n; i++) {
		m = &o->msgs[o->next];
		n = peer_send(&o->peer, o->text.data + m->off, m->len,
		    o->from);
		if (n <= 0)
			return ((int)n);
		o->from += (size_t)n;
		if (o->from < peer_size(&o->peer, m->len))
			continue;
		o->from = 0;
		if (++o->next > o->best) {
			o->best = o->next;
			o->moved = now;
		}
	}
	return (o->next == o->n);
}

static void
send_on(struct outbox *o, int64_t now)
{
	int r;

	if (peer_hear(&o->peer) == -1 || (r = send_some(o, now)) == -1) {
		fail(o, "cannot send", now);
		return;
	}
	if (r == 0 || o->n == 0 || (o->text.len < OUTBOX_FULL &&
	    now - o->since < LINGER_MS))
		return;
	if (peer_finish(&o->peer, now) == -1) {
		fail(o, "cannot send", now);
		return;
	}
	o->state = BOX_CLOSING;
	o->limit = now + OUTBOX_READ_MS;
}

/* The peer has all of it. */
static uint64_t
forget(struct outbox *o, int64_t now)
{
	const uint64_t last = o->msgs[o->n - 1].number;

	o->state = o->peer.stream ? BOX_DOWN : BOX_UP;
	buf_reset(&o->text);
	o->n = o->next = o->from = o->best = 0;
	o->moved = now;
	o->again = o->pause = 0;
	o->failures = 0;
	o->why[0] = '\0';
	return (last);
}

static uint64_t
look_taken(struct outbox *o, int64_t now)
{
	int r = peer_taken(&o->peer, now);

	if (r == 1)
		return (forget(o, now));
	/* datagrams that wait are not sent again: their reader is there */
	if (r == 0 && o->peer.stream && now >= o->limit) {
		errno = ETIMEDOUT;
		r = -1;
	}
	if (r == -1)
		fail(o, "not all of it was read", now);
	return (0);
}

uint64_t
outbox_step(struct outbox *o, int64_t now)
{
	switch (o->state) {
	case BOX_DOWN:
		try(o, now);
		break;
	case BOX_CONNECTING:
		look_connected(o, now);
		break;
	case BOX_UP:
		break;
	case BOX_CLOSING:
		return (look_taken(o, now));
	}
	if (o->state == BOX_UP)
		send_on(o, now);
	return (0);
}

short
outbox_events(const struct outbox *o)
{
	switch (o->state) {
	case BOX_CONNECTING:
		return (POLLOUT);
	case BOX_UP:
		return (o->next < o->n ? POLLIN | POLLOUT : POLLIN);
	case BOX_CLOSING:
		return (POLLIN);
	default:
		return (0);
	}
}

int
outbox_wait(const struct outbox *o, int64_t now)
{
	int64_t left;

	if (o->n == 0)
		return (-1);
	switch (o->state) {
	case BOX_DOWN:
		left = o->again - now;
		break;
	case BOX_UP:
		if (o->next < o->n)
			return (1000);
		left = o->since + LINGER_MS - now;
		break;
	case BOX_CLOSING:
		if (!o->peer.stream)
			return (OUTBOX_LOOK_MS);
		left = o->limit - now;
		break;
	default:
		left = o->limit - now;
	}
	return (left > 0 ? (int)left : 0);
}
