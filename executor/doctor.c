/* SPDX-License-Identifier: ISC */
/* clawbot doctor --sandbox, in the executor: a few skills at a time. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/field.h"
#include "common/log.h"
#include "executor/doctor.h"
#include "executor/exam.h"

#define AT_ONCE		4

struct slot {
	struct doctor	*d;		/* NULL: free */
	struct exam	 e;
	struct event	*ctl;
	struct event	*out;
	struct event	*timer;
};

struct doctor {
	struct executor	*x;
	uint64_t	 id;
	size_t		 next;		/* skill */
	struct slot	 slots[AT_ONCE];
	unsigned	 skills;	/* examined */
	unsigned	 attempts;
	unsigned	 open;
};

static void	go_on(struct doctor *);

static void
answer(struct doctor *d, unsigned type, struct buf *b)
{
	if (b->bad || ipc_send(d->x->rm.ipc, type, d->id, b->data, b->len,
	    NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", b->bad ? "answer too large" :
		    ipc_error(d->x->rm.ipc));
	buf_free(b);
}

/* It could not be examined. */
static void
say_unexamined(struct doctor *d, const struct skill *s)
{
	struct buf b;

	buf_init(&b, MSG_FOUND_MAX);
	field_str(&b, "skill", s->x->name);
	field_str(&b, "verdict", "unexamined");
	field_bool(&b, "fault", 1);
	field_str(&b, "reason", s->broken);
	answer(d, MSG_X_FOUND, &b);
}

/* One attempt that was not refused, or could not be made. */
static void
say_attempt(struct doctor *d, const struct skill *s, size_t i)
{
	const struct probe_result *r = &s->found[i];
	const struct attempt *a = probe_at(i);
	char expected[256];
	struct buf b;

	buf_init(&b, MSG_FOUND_MAX);
	field_str(&b, "skill", s->x->name);
	field_str(&b, "layer", probe_layer_name(a->layer));
	field_str(&b, "attempt", a->name);
	field_str(&b, "verdict", probe_verdict_name(r->verdict));
	field_bool(&b, "fault", exam_fault(d->x, s, i));
	field_str(&b, "errno", r->err == 0 ? "" : strerror(r->err));
	probe_expected(expected, sizeof(expected), a);
	field_str(&b, "expected", expected);
	field_str(&b, "means", r->verdict == PROBE_NOTED ?
	    "no hole, but this kernel answers otherwise than those that the "
	    "attempts were made for" : probe_layer_means(a->layer));
	answer(d, MSG_X_FOUND, &b);
}

static void
say_layer(struct doctor *d, const struct skill *s, unsigned layer)
{
	unsigned count[PROBE_NOTED + 1] = { 0 }, all = 0;
	size_t i, n = probe_count();
	struct buf b;

	for (i = 0; i < n; i++)
		if (probe_at(i)->layer == layer) {
			count[s->found[i].verdict]++;
			all++;
		}
	buf_init(&b, MSG_FOUND_MAX);
	field_str(&b, "skill", s->x->name);
	field_str(&b, "layer", probe_layer_name(layer));
	field_str(&b, "verdict", probe_verdict_name(
	    count[PROBE_OPEN] != 0 ? PROBE_OPEN :
	    count[PROBE_MISSING] != 0 ? PROBE_MISSING :
	    count[PROBE_NOTED] != 0 ? PROBE_NOTED : PROBE_HELD));
	field_u64(&b, "held", count[PROBE_HELD]);
	field_u64(&b, "of", all);
	answer(d, MSG_X_FOUND, &b);
}

static void
say_skill(struct doctor *d, const struct skill *s)
{
	size_t i, n = probe_count();
	unsigned l;

	if (s->found == NULL) {
		d->open++;
		say_unexamined(d, s);
		return;
	}
	for (l = 0; l < PL_LAYERS; l++) {
		say_layer(d, s, l);
		for (i = 0; i < n; i++)
			if (probe_at(i)->layer == l &&
			    s->found[i].verdict != PROBE_HELD)
				say_attempt(d, s, i);
	}
	d->skills++;
	d->attempts += (unsigned)n;
	d->open += exam_faults(d->x, s);
}

static void
free_events(struct slot *sl)
{
	struct event **all[] = { &sl->ctl, &sl->out, &sl->timer };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (*all[i] != NULL)
			event_free(*all[i]);
		*all[i] = NULL;
	}
}

static void
end_slot(struct slot *sl)
{
	struct doctor *d = sl->d;
	struct skill *s = sl->e.skill;
	int was = s->broken != NULL;

	free_events(sl);
	exam_end(&sl->e);
	sl->d = NULL;
	if (s->broken != NULL)
		log_warnx("skill %s: %s", s->x->name, s->broken);
	else if (was)
		log_info("skill %s: its sandbox holds again", s->x->name);
	say_skill(d, s);
	go_on(d);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct slot *sl = arg;

	(void)what;
	if (fd == sl->e.ctl) {
		exam_ctl(&sl->e);
		if (sl->e.ctl == -1) {
			event_free(sl->ctl);
			sl->ctl = NULL;
		}
	} else {
		exam_out(&sl->e);
		if (sl->e.out == -1) {
			event_free(sl->out);
			sl->out = NULL;
		}
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

/* What could not be started is over at once, but is told by the timer. */
static void
begin_slot(struct doctor *d, struct slot *sl, struct skill *s)
{
	struct timeval tv = { EXAM_S, 0 };
	struct event_base *base = d->x->base;

	memset(sl, 0, sizeof(*sl));
	sl->d = d;
	exam_start(d->x, s, &sl->e);
	sl->timer = evtimer_new(base, on_time, sl);
	if (exam_over(&sl->e))
		tv.tv_sec = 0;
	else {
		sl->ctl = event_new(base, sl->e.ctl, EV_READ | EV_PERSIST,
		    on_ready, sl);
		sl->out = event_new(base, sl->e.out, EV_READ | EV_PERSIST,
		    on_ready, sl);
		if (sl->ctl == NULL || event_add(sl->ctl, NULL) == -1 ||
		    sl->out == NULL || event_add(sl->out, NULL) == -1)
			fatalx(EXIT_SYSTEM, "events of an examination");
	}
	if (sl->timer == NULL || event_add(sl->timer, &tv) == -1)
		fatalx(EXIT_SYSTEM, "events of an examination");
}

static void
say_examined(struct doctor *d)
{
	struct executor *x = d->x;
	struct buf b;

	buf_init(&b, MSG_READY_MAX + 12);
	buf_put_u32(&b, d->skills);
	buf_put_u32(&b, d->attempts);
	buf_put_u32(&b, d->open);
	ready_fields(x, &b);
	answer(d, MSG_X_EXAMINED, &b);
	doctor_stop(x);
}

static void
go_on(struct doctor *d)
{
	struct executor *x = d->x;
	struct skill *s;
	size_t i, busy = 0;

	for (i = 0; i < AT_ONCE; i++) {
		while (d->slots[i].d == NULL && d->next < x->xc.nskills) {
			s = &x->skills[d->next++];
			if (exam_possible(s))
				begin_slot(d, &d->slots[i], s);
			else
				say_skill(d, s);
		}
		busy += d->slots[i].d != NULL;
	}
	if (busy == 0)
		say_examined(d);
}

void
doctor_start(struct executor *x, uint64_t id)
{
	struct doctor *d;

	d = x->doctor = xcalloc(1, sizeof(*d));
	d->x = x;
	d->id = id;
	exam_begin(x);
	go_on(d);
}

void
doctor_stop(struct executor *x)
{
	struct doctor *d = x->doctor;
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < AT_ONCE; i++)
		if (d->slots[i].d != NULL) {
			free_events(&d->slots[i]);
			exam_drop(&d->slots[i].e);
		}
	exam_finish(x);
	x->doctor = NULL;
	free(d);
}
