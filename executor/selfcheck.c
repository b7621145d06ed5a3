/* SPDX-License-Identifier: ISC */
/*
 * Before READY: every skill is examined, some at a time.  Nothing else is
 * going on yet, so this waits.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "executor/exam.h"

#define AT_ONCE		8

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static size_t
poll_set(struct pollfd *p, const struct exam *e, size_t n)
{
	size_t i, left = 0;

	for (i = 0; i < n; i++) {
		p[2 * i].fd = e[i].ctl;
		p[2 * i + 1].fd = e[i].out;
		p[2 * i].events = p[2 * i + 1].events = POLLIN;
		p[2 * i].revents = p[2 * i + 1].revents = 0;
		left += !exam_over(&e[i]);
	}
	return (left);
}

static void
wait_for(struct exam *e, size_t n)
{
	int64_t end = now_ms() + EXAM_S * 1000, left;
	struct pollfd p[2 * AT_ONCE];
	size_t i;

	while (poll_set(p, e, n) != 0 && (left = end - now_ms()) > 0) {
		if (poll(p, 2 * n, (int)left) <= 0)
			continue;
		for (i = 0; i < n; i++) {
			if (p[2 * i].revents != 0)
				exam_ctl(&e[i]);
			if (p[2 * i + 1].revents != 0)
				exam_out(&e[i]);
		}
	}
}

/* From skill number at on; the number of the first that is left. */
static size_t
examine_some(struct executor *x, size_t at, struct exam *e)
{
	size_t i, n = 0;

	for (; at < x->xc.nskills && n < AT_ONCE; at++)
		if (exam_possible(&x->skills[at]))
			exam_start(x, &x->skills[at], &e[n++]);
	wait_for(e, n);
	for (i = 0; i < n; i++)
		exam_end(&e[i]);
	return (at);
}

/* It has to go out now: no event loop would take it there. */
static void
say_progress(struct executor *x, size_t done)
{
	struct buf b;

	buf_init(&b, 8);
	buf_put_u32(&b, (uint32_t)done);
	buf_put_u32(&b, (uint32_t)x->xc.nskills);
	if (ipc_send(x->rm.ipc, MSG_X_EXAMINING, 0, b.data, b.len, NULL,
	    0) == -1 || ipc_drain(x->rm.ipc, EXAM_S * 1000) != 0)
		fatalx(EXIT_SYSTEM, "X_EXAMINING: %s", ipc_error(x->rm.ipc));
	buf_free(&b);
}

/* The one whose reason says most about this host. */
static const struct skill *
worst(const struct executor *x)
{
	const struct skill *s, *bad = NULL;
	size_t i;

	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if (!exam_possible(s) || s->broken == NULL || s->setting)
			continue;
		if (bad == NULL || (bad->found == NULL && s->found != NULL))
			bad = s;
	}
	return (bad);
}

static int
any_holds(const struct executor *x)
{
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		if (exam_possible(&x->skills[i]) &&
		    x->skills[i].broken == NULL)
			return (1);
	return (0);
}

/*
 * A skill whose sandbox does not hold is not used.  If there is none that
 * does, it is not about grants, but about this host.  What a run could do
 * there it can do at the next try as well; what could not be tried, for lack
 * of time or memory, perhaps can be then.
 */
int
selfcheck(struct executor *x, char *err, size_t errlen)
{
	static struct exam e[AT_ONCE];
	const struct skill *bad;
	size_t i;

	exam_begin(x);
	for (i = 0; i < x->xc.nskills; say_progress(x, i))
		i = examine_some(x, i, e);
	exam_finish(x);
	if (any_holds(x) || (bad = worst(x)) == NULL)
		return (0);
	(void)snprintf(err, errlen, "skill %s: %s (Linux %s)", bad->x->name,
	    bad->broken, x->kernel);
	return (bad->found != NULL ? EXIT_HOST : EXIT_SYSTEM);
}
