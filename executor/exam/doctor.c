/* SPDX-License-Identifier: ISC */
/* clawbot doctor --sandbox, in the executor. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/log.h"
#include "executor/exam/doctor.h"
#include "executor/exam/examiner.h"

#define DOCTOR_AT_ONCE	4	/* runs go on meanwhile */

struct doctor {
	struct executor	*x;
	struct examiner	*examiner;
	uint64_t	 id;
	unsigned	 skills;	/* examined */
	unsigned	 attempts;
	unsigned	 open;
};

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
on_skill(void *arg, struct skill *s, int was)
{
	if (exam_possible(s)) {
		if (s->broken != NULL)
			log_warnx("skill %s: %s", s->x->name, s->broken);
		else if (was)
			log_info("skill %s: its sandbox holds again",
			    s->x->name);
	}
	say_skill(arg, s);
}

static void
on_end(void *arg)
{
	struct doctor *d = arg;
	struct executor *x = d->x;
	struct buf b;

	buf_init(&b, MSG_READY_MAX + 12);
	buf_put_u32(&b, d->skills);
	buf_put_u32(&b, d->attempts);
	buf_put_u32(&b, d->open);
	exec_ready_fields(x, &b);
	answer(d, MSG_X_EXAMINED, &b);
	doctor_stop(x);
}

void
doctor_start(struct executor *x, uint64_t id)
{
	struct doctor *d;
	struct asker asker;

	d = x->doctor = xcalloc(1, sizeof(*d));
	d->x = x;
	d->id = id;
	asker.skill = on_skill;
	asker.end = on_end;
	asker.arg = d;
	examiner_start(&d->examiner, x, x->base, DOCTOR_AT_ONCE, &asker);
}

void
doctor_stop(struct executor *x)
{
	if (x->doctor == NULL)
		return;
	examiner_stop(&x->doctor->examiner);
	free(x->doctor);
	x->doctor = NULL;
}
