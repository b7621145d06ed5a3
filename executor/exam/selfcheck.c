/* SPDX-License-Identifier: ISC */
/*
 * Before READY: every skill is examined.  Nothing else is going on yet, so
 * this waits until the event loop has nothing left.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "common/log.h"
#include "executor/exam/examiner.h"

#define SELFCHECK_AT_ONCE	8	/* told of together, too */

struct check {
	struct executor	*x;
	size_t		 done;
};

/* It has to go out now: the event loop of the start does not do it. */
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

static void
on_skill(void *arg, struct skill *s, int was)
{
	struct check *c = arg;

	(void)s;
	(void)was;
	if (++c->done % SELFCHECK_AT_ONCE == 0 || c->done == c->x->xc.nskills)
		say_progress(c->x, c->done);
}

static void
on_end(void *arg)
{
	(void)arg;
}

/* The loop ends with the last event, and that with the last skill. */
static void
examine_all(struct executor *x)
{
	struct check c = { x, 0 };
	const struct asker asker = { on_skill, on_end, &c };
	struct examiner *m;

	examiner_start(&m, x, x->base, SELFCHECK_AT_ONCE, &asker);
	if (event_base_dispatch(x->base) == -1 || m != NULL)
		fatalx(EXIT_SYSTEM, "event loop of the self-check");
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
	const struct skill *bad;

	examine_all(x);
	if (any_holds(x) || (bad = worst(x)) == NULL)
		return (0);
	(void)snprintf(err, errlen, "skill %s: %s (Linux %s)", bad->x->name,
	    bad->broken, x->kernel);
	return (bad->found != NULL ? EXIT_HOST : EXIT_SYSTEM);
}
