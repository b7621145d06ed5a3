/* SPDX-License-Identifier: ISC */
/* The engine of examinations. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/log.h"
#include "executor/exam/examiner.h"

struct exam_slot {
	struct examiner	*by;		/* NULL: free */
	struct exam	 e;
	struct event	*ctl;
	struct event	*out;
	struct event	*timer;
};

struct examiner {
	struct examiner		**at;
	struct executor		*x;
	struct event_base	*base;
	struct asker		 asker;
	size_t			 next;		/* skill */
	size_t			 n;
	struct exam_slot	 slots[EXAMS_MAX];
};

static void	go_on(struct examiner *);

static void
free_event(struct event **ev)
{
	if (*ev != NULL)
		event_free(*ev);
	*ev = NULL;
}

static void
free_events(struct exam_slot *sl)
{
	free_event(&sl->ctl);
	free_event(&sl->out);
	free_event(&sl->timer);
}

static void
end_slot(struct exam_slot *sl)
{
	struct examiner *m = sl->by;
	struct skill *s = sl->e.skill;
	int was = s->broken != NULL;

	free_events(sl);
	exam_end(&sl->e);
	sl->by = NULL;
	m->asker.skill(m->asker.arg, s, was);
	go_on(m);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct exam_slot *sl = arg;

	(void)what;
	if (fd == sl->e.ctl) {
		exam_ctl(&sl->e);
		if (sl->e.ctl == -1)
			free_event(&sl->ctl);
	} else {
		exam_out(&sl->e);
		if (sl->e.out == -1)
			free_event(&sl->out);
	}
	if (exam_over(&sl->e))
		end_slot(sl);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	end_slot(arg);
}

static struct event *
wait_for(struct exam_slot *sl, int fd)
{
	struct event *ev;

	ev = event_new(sl->by->base, fd, EV_READ | EV_PERSIST, on_ready, sl);
	if (ev == NULL || event_add(ev, NULL) == -1)
		fatalx(EXIT_SYSTEM, "events of an examination");
	return (ev);
}

/* What could not be started is over at once, but is told by the timer. */
static void
begin_slot(struct examiner *m, struct exam_slot *sl, struct skill *s)
{
	struct timeval tv = { EXAM_S, 0 };

	memset(sl, 0, sizeof(*sl));
	sl->by = m;
	exam_start(m->x, s, &sl->e);
	if (exam_over(&sl->e))
		tv.tv_sec = 0;
	else {
		sl->ctl = wait_for(sl, sl->e.ctl);
		sl->out = wait_for(sl, sl->e.out);
	}
	sl->timer = evtimer_new(m->base, on_time, sl);
	if (sl->timer == NULL || event_add(sl->timer, &tv) == -1)
		fatalx(EXIT_SYSTEM, "events of an examination");
}

static void
forget(struct examiner *m)
{
	*m->at = NULL;
	free(m);
}

/* Fills what is free; is anything under way? */
static int
fill(struct examiner *m)
{
	struct executor *x = m->x;
	struct skill *s;
	size_t i, busy = 0;

	for (i = 0; i < m->n; i++) {
		while (m->slots[i].by == NULL && m->next < x->xc.nskills) {
			s = &x->skills[m->next++];
			if (exam_possible(s))
				begin_slot(m, &m->slots[i], s);
			else
				m->asker.skill(m->asker.arg, s,
				    s->broken != NULL);
		}
		busy += m->slots[i].by != NULL;
	}
	return (busy != 0);
}

static void
go_on(struct examiner *m)
{
	struct asker asker = m->asker;

	if (fill(m))
		return;
	forget(m);
	asker.end(asker.arg);
}

void
examiner_start(struct examiner **at, struct executor *x,
    struct event_base *base, size_t n, const struct asker *asker)
{
	struct examiner *m;

	m = *at = xcalloc(1, sizeof(*m));
	m->at = at;
	m->x = x;
	m->base = base;
	m->n = n < EXAMS_MAX ? n : EXAMS_MAX;
	m->asker = *asker;
	go_on(m);
}

void
examiner_stop(struct examiner **at)
{
	struct examiner *m = *at;
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n; i++)
		if (m->slots[i].by != NULL) {
			free_events(&m->slots[i]);
			exam_drop(&m->slots[i].e);
		}
	forget(m);
}
