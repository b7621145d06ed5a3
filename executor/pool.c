/* SPDX-License-Identifier: ISC */
/*
 * Pools of waiting sandboxes.  One that waits is a runner like any other
 * that has no plan yet; the end of its control descriptor ends it.  What it
 * says before it has a plan can only be that it could not be built.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "executor/pool.h"
#include "executor/spawner/spawner.h"

#define BUSY_US		20000	/* a run that was asked for comes first */
#define ANSWER_US	1000	/* so does the answer to who asked for it */
#define FILL_US		2000	/* between two of them */
#define MEMORY_LOOK_S	2	/* how often memory is looked at */
#define IDLE_LOOKS	300	/* without a request: given up */
#define HURT_LOOKS	30	/* after trouble: nothing new is made */
#define SHORT_PERCENT	10	/* of 10 s that somebody waited for memory */
#define LEAST_KB	65536	/* that has to be available */

struct warm {
	struct warm	*next;
	struct skill	*skill;
	int		 ctl;
	struct event	*ev;
};

struct pools {
	int		 meminfo;	/* of /proc; -1: not there */
	int		 pressure;
	struct event	*fill;
	int		 soon;		/* fill is not to be put off again */
	struct event	*look;
	int		 rest;		/* looks until more is made */
};

static int
same_profile(const struct profile *a, const struct profile *b)
{
	return (a->uid == b->uid && a->gid == b->gid &&
	    a->tmp_mb == b->tmp_mb && a->shm_mb == b->shm_mb &&
	    a->memory_mb == b->memory_mb);
}

/* Takes it out of its pool; its control descriptor. */
static int
unlink_warm(struct warm *w)
{
	struct warm **at;
	int ctl = w->ctl;

	for (at = &w->skill->pool; *at != w; at = &(*at)->next)
		;
	*at = w->next;
	w->skill->npool--;
	event_free(w->ev);
	free(w);
	return (ctl);
}

static void
drop_warm(struct warm *w)
{
	(void)close(unlink_warm(w));
}

void
pool_drop(struct skill *s)
{
	while (s->pool != NULL)
		drop_warm(s->pool);
}

static void
drop_all(struct executor *x)
{
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		pool_drop(&x->skills[i]);
}

/* It could not be built, or something has ended it; the next may fare so. */
static void
on_trouble(evutil_socket_t fd, short what, void *arg)
{
	struct warm *w = arg;
	struct pools *p = w->skill->executor->pools;

	(void)fd;
	(void)what;
	log_warnx("a waiting sandbox of skill %s ended", w->skill->x->name);
	p->rest = HURT_LOOKS;
	drop_warm(w);
}

/* One more at the end of the pool: the oldest are taken first. */
static void
add_warm(struct executor *x, struct skill *s)
{
	struct warm **at, *w;
	int ctl;

	if ((ctl = spawner_ask(s, &s->profile)) == -1) {
		x->pools->rest = HURT_LOOKS;
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->skill = s;
	w->ctl = ctl;
	w->ev = event_new(x->base, ctl, EV_READ, on_trouble, w);
	if (w->ev == NULL || event_add(w->ev, NULL) == -1)
		fatalx(EXIT_SYSTEM, "event of a sandbox");
	for (at = &s->pool; *at != NULL; at = &(*at)->next)
		;
	*at = w;
	s->npool++;
}

static int
wants_more(const struct executor *x, const struct skill *s)
{
	return (s->in_use != 0 && s->broken == NULL && s->npool < x->xc.warm);
}

static void
fill_in(struct executor *x, long us)
{
	const struct timeval tv = { 0, us };

	if (x->pools->rest == 0 && !x->pools->soon && !x->stopping)
		(void)event_add(x->pools->fill, &tv);
}

static void
on_fill(evutil_socket_t fd, short what, void *arg)
{
	struct executor *x = arg;
	size_t i;

	(void)fd;
	(void)what;
	x->pools->soon = 0;
	for (i = 0; i < x->xc.nskills; i++)
		if (wants_more(x, &x->skills[i])) {
			add_warm(x, &x->skills[i]);
			fill_in(x, FILL_US);
			return;
		}
}

/* The number behind a word of a file of /proc; -1 if it is not there. */
static long
number_in(int fd, const char *word)
{
	char text[2048], *p;
	ssize_t n;

	if (fd == -1 || (n = pread(fd, text, sizeof(text) - 1, 0)) <= 0)
		return (-1);
	text[n] = '\0';
	if ((p = strstr(text, word)) == NULL)
		return (-1);
	return (strtol(p + strlen(word), NULL, 10));
}

static const char *
pressure_path(void)
{
#if CB_TEST_HOOKS
	const char *path;

	if ((path = getenv("CLAWBOT_PRESSURE")) != NULL)
		return (path);
#endif
	return ("/proc/pressure/memory");
}

static int
memory_is_short(const struct pools *p)
{
	long kb = number_in(p->meminfo, "MemAvailable:");

	return (number_in(p->pressure, "some avg10=") >= SHORT_PERCENT ||
	    (kb >= 0 && kb < LEAST_KB));
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct executor *x = arg;
	size_t i;

	(void)fd;
	(void)what;
	for (i = 0; i < x->xc.nskills; i++)
		if (x->skills[i].in_use > 0 && --x->skills[i].in_use == 0)
			pool_drop(&x->skills[i]);
	if (memory_is_short(x->pools)) {
		drop_all(x);
		x->pools->rest = 1;
	} else if (x->pools->rest > 0)
		x->pools->rest--;
	fill_in(x, FILL_US);
}

void
pool_prepare(struct executor *x)
{
	struct pools *p;

	p = x->pools = xcalloc(1, sizeof(*p));
	p->meminfo = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	p->pressure = open(pressure_path(), O_RDONLY | O_CLOEXEC);
}

void
pool_init(struct executor *x)
{
	const struct timeval tv = { MEMORY_LOOK_S, 0 };
	struct pools *p = x->pools;

	p->fill = evtimer_new(x->base, on_fill, x);
	p->look = event_new(x->base, -1, EV_PERSIST, on_look, x);
	if (p->fill == NULL || p->look == NULL)
		fatalx(EXIT_SYSTEM, "events of waiting sandboxes");
	if (x->xc.warm != 0 && event_add(p->look, &tv) == -1)
		fatalx(EXIT_SYSTEM, "events of waiting sandboxes");
}

/* A profile has to come twice, so that two that take turns do no harm. */
static void
adopt(struct skill *s, const struct profile *p)
{
	if (s->in_use != 0 && !same_profile(&s->other, p)) {
		s->other = *p;
		return;
	}
	pool_drop(s);
	s->profile = *p;
}

int
pool_take(struct executor *x, struct skill *s, const struct profile *p)
{
	int ctl = -1;

	if (x->xc.warm == 0)
		return (-1);
	if (!same_profile(&s->profile, p))
		adopt(s, p);
	else if (s->pool != NULL)
		ctl = unlink_warm(s->pool);
	s->in_use = IDLE_LOOKS;
	fill_in(x, BUSY_US);
	return (ctl);
}

void
pool_more(struct executor *x)
{
	fill_in(x, FILL_US);
}

void
pool_at_rest(struct executor *x)
{
	const struct timeval tv = { 0, ANSWER_US };

	/*
	 * The result is being written down: with a sandbox built beside it
	 * that took three times as long.
	 */
	if (event_pending(x->pools->fill, EV_TIMEOUT, NULL) &&
	    !x->pools->soon && event_add(x->pools->fill, &tv) == 0)
		x->pools->soon = 1;
}

void
pool_close(struct executor *x)
{
	if (x->pools == NULL || x->pools->fill == NULL)
		return;
	(void)event_del(x->pools->fill);
	(void)event_del(x->pools->look);
	drop_all(x);
}
