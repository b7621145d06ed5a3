/* SPDX-License-Identifier: ISC */
/* The order of what runs execute, once more; see execorder.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "common/xmalloc.h"
#include "executor/execorder.h"

void
execorder_free(struct execorder *o)
{
	free(o->weights);
	free(o->asks);
	memset(o, 0, sizeof(*o));
}

static struct execorder_ask *
by_seq(const struct execorder *o, uint32_t seq)
{
	size_t i;

	for (i = 0; i < o->nasks; i++)
		if (o->asks[i].seq == seq)
			return (&o->asks[i]);
	return (NULL);
}

static void
forget(struct execorder *o, struct execorder_ask *q)
{
	size_t i = (size_t)(q - o->asks);

	memmove(q, q + 1, (o->nasks - i - 1) * sizeof(*q));
	o->nasks--;
}

static void
skip_asked(struct execorder *o)
{
	while (by_seq(o, o->next + 1) != NULL)
		o->next++;
}

/* The row of a question: is it what was answered? */
static int
take_asked(struct execorder *o, struct execorder_ask *q,
    const struct exec_row *row)
{
	if (q->state == EXECORDER_OPEN ||
	    (row->verdict == VERDICT_ALLOW && q->state != EXECORDER_ALLOWED) ||
	    (row->answered && q->state == EXECORDER_GONE))
		return (-1);
	forget(o, q);
	return (0);
}

static int
take_row(struct execorder *o, const struct exec_row *row)
{
	struct execorder_ask *q;

	if (row->verdict == VERDICT_ASK ||
	    (row->parent >= row->seq && row->parent != EXECS_UNKNOWN))
		return (-1);
	skip_asked(o);
	if ((q = by_seq(o, row->seq)) != NULL && row->seq <= o->next)
		return (take_asked(o, q, row));
	if (row->seq != o->next + 1 || row->answered)
		return (-1);
	o->next++;
	return (0);
}

int
execorder_rows(struct execorder *o, const struct exec_rows *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (take_row(o, &v->rows[i]) == -1)
			return (-1);
	return (0);
}

int
execorder_up(struct execorder *o, size_t n, size_t bytes)
{
	if (o->told - o->durable + n > EXECS_ROWS ||
	    o->files + o->bytes + bytes > EXECS_BYTES)
		return (-1);
	if (n == 0)
		return (0);
	if (o->weights == NULL)
		o->weights = xcalloc(EXECS_ROWS, sizeof(*o->weights));
	o->told += (uint32_t)n;
	o->weights[o->told % EXECS_ROWS] = (uint32_t)bytes;
	o->bytes += bytes;
	return (0);
}

int
execorder_files(struct execorder *o, size_t bytes)
{
	if (o->files + o->bytes + bytes > EXECS_BYTES)
		return (-1);
	o->files += bytes;
	return (0);
}

/* One that is gone, and whose row may never come, makes way. */
static int
make_room(struct execorder *o)
{
	size_t i;

	if (o->nasks < EXECS_ASKED)
		return (0);
	for (i = 0; i < o->nasks; i++)
		if (o->asks[i].state == EXECORDER_GONE &&
		    o->asks[i].seq <= o->next) {
			forget(o, &o->asks[i]);
			return (0);
		}
	return (-1);
}

int
execorder_ask(struct execorder *o, const struct exec_ask *ask)
{
	uint32_t seq = ask->row.seq;

	skip_asked(o);
	if (seq <= o->next || by_seq(o, seq) != NULL ||
	    seq - o->next > EXECS_ROWS || (ask->row.parent >= seq &&
	    ask->row.parent != EXECS_UNKNOWN) || make_room(o) == -1)
		return (-1);
	if (o->asks == NULL)
		o->asks = xcalloc(EXECS_ASKED, sizeof(*o->asks));
	o->asks[o->nasks].seq = seq;
	o->asks[o->nasks++].state = EXECORDER_OPEN;
	skip_asked(o);
	return (0);
}

int
execorder_asked(struct execorder *o, uint32_t seq)
{
	struct execorder_ask *q = by_seq(o, seq);

	if (q == NULL || q->state == EXECORDER_GONE)
		return (-1);
	q->state = EXECORDER_GONE;
	return (0);
}

void
execorder_answer(struct execorder *o, const struct exec_answer *v)
{
	struct execorder_ask *q = by_seq(o, v->seq);

	/* the two may have crossed: then the answer was first, up there */
	if (q != NULL && q->state != EXECORDER_GONE)
		q->state = v->allowed ? EXECORDER_ALLOWED :
		    EXECORDER_REFUSED;
}

void
execorder_done(struct execorder *o, const struct exec_done *v)
{
	while (o->durable != v->durable && o->durable != o->told) {
		o->durable++;
		o->bytes -= o->weights[o->durable % EXECS_ROWS];
		o->weights[o->durable % EXECS_ROWS] = 0;
	}
}
