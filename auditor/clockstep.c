/* SPDX-License-Identifier: ISC */
/* Steps of the clock; see clockstep.h. */
#include "config.h"

#include <sys/timerfd.h>

#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "common/field.h"
#include "common/log.h"
#include "common/record/record.h"

/* A time that does not come; that the clock is set ends the wait for it. */
#define NEVER_S		(INT64_C(1) << 33)
#define FIELDS_ROOM	1024

static int64_t
clock_us(clockid_t which)
{
	struct timespec ts;

	if (clock_gettime(which, &ts) == -1)
		fatal(EXIT_SYSTEM, "clock_gettime");
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

/* Of two readings between which no other process had the processor for long. */
static int64_t
ahead_us(void)
{
	int64_t boot, real;
	int i;

	for (i = 0; i < 100; i++) {
		boot = clock_us(CLOCK_BOOTTIME);
		real = clock_us(CLOCK_REALTIME);
		if (clock_us(CLOCK_BOOTTIME) - boot < CLOCKSTEP_US / 10)
			break;
	}
	return (real - boot);
}

int64_t
clockstep_by(int64_t was, int64_t is)
{
	const int64_t by = is - was;

	return (by >= CLOCKSTEP_US || by <= -CLOCKSTEP_US ? by : 0);
}

int
clockstep_open(struct clockstep *c)
{
	c->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	return (c->fd == -1 ? -1 : 0);
}

static int
wait_for_set(const struct clockstep *c)
{
	struct itimerspec t;

	memset(&t, 0, sizeof(t));
	t.it_value.tv_sec = (time_t)NEVER_S;
	return (timerfd_settime(c->fd, TFD_TIMER_ABSTIME |
	    TFD_TIMER_CANCEL_ON_SET, &t, NULL));
}

/* 0, or -1: there is no room, and it is tried again when it is set again. */
static int
step_put(struct auditor *a, int64_t by)
{
	const int64_t now = clock_us(CLOCK_REALTIME);
	char from[RECORD_TIME + 1], to[RECORD_TIME + 1];
	enum chain_append r;
	uint64_t number;
	struct buf b;

	if (record_time(from, (uint64_t)(now - by)) == -1 ||
	    record_time(to, (uint64_t)now) == -1)
		return (-1);
	buf_init(&b, FIELDS_ROOM);
	field_str(&b, "ev", "step");
	field_str(&b, "from", from);
	field_str(&b, "to", to);
	field_i64(&b, "by_us", by);
	r = chain_append(&a->chain, RECORD_CLOCK, RECORD_BY_AUDITOR, &b,
	    a->runs.n, &number);
	buf_free(&b);
	return (r == CHAIN_OK ? 0 : -1);
}

static void
on_set(evutil_socket_t fd, short what, void *arg)
{
	struct auditor *a = arg;
	struct clockstep *c = &a->clock;
	uint64_t n;
	int64_t is, by;

	(void)what;
	if (read((int)fd, &n, sizeof(n)) == -1 && errno == EAGAIN)
		return;
	/* first: it can be set again while this one is written */
	if (wait_for_set(c) == -1)
		fatal(EXIT_SYSTEM, "timerfd_settime");
	is = ahead_us();
	if ((by = clockstep_by(c->ahead_us, is)) == 0)
		return;
	if (step_put(a, by) == -1) {
		log_warnx("the clock was set, which cannot be recorded now");
		return;
	}
	c->ahead_us = is;
	audit_commit(a);
}

int
clockstep_watch(struct auditor *a)
{
	struct clockstep *c = &a->clock;

	c->ahead_us = ahead_us();
	c->ev = event_new(a->base, c->fd, EV_READ | EV_PERSIST, on_set, a);
	return (c->ev == NULL || event_priority_set(c->ev, 0) == -1 ||
	    wait_for_set(c) == -1 || event_add(c->ev, NULL) == -1 ? -1 : 0);
}
