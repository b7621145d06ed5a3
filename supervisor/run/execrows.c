/* SPDX-License-Identifier: ISC */
/* The rows of a run and their order; see execrows.h. */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "common/xmalloc.h"
#include "supervisor/run/execrows.h"

void
execrows_init(struct run_execs *x)
{
	TAILQ_INIT(&x->batches);
	TAILQ_INIT(&x->questions);
}

static void
forget(struct run_execs *x, struct question *q)
{
	TAILQ_REMOVE(&x->questions, q, entry);
	x->nasked--;
	free(q);
}

/* What nobody can decide on any more. */
static void
close_question(struct run_execs *x, struct question *q, struct ids *ids)
{
	if (q->id != 0) {
		ids_let_go(ids, q->id);
		x->nopen--;
	}
	q->id = 0;
	shape_free(&exec_ask_shape, &q->ask);
	free(q->why);
	q->why = NULL;
}

static void
drop_batch(struct run_execs *x, struct batch *batch)
{
	TAILQ_REMOVE(&x->batches, batch, entry);
	x->nbatches--;
	x->bytes -= batch->b.len;
	buf_free(&batch->b);
	free(batch);
}

void
execrows_free(struct run_execs *x, struct ids *ids)
{
	struct question *q, *q_next;
	struct batch *batch, *next;

	for (batch = TAILQ_FIRST(&x->batches); batch != NULL; batch = next) {
		next = TAILQ_NEXT(batch, entry);
		drop_batch(x, batch);
	}
	for (q = TAILQ_FIRST(&x->questions); q != NULL; q = q_next) {
		q_next = TAILQ_NEXT(q, entry);
		close_question(x, q, ids);
		forget(x, q);
	}
}

struct question *
execrows_by_seq(const struct run_execs *x, uint32_t seq)
{
	struct question *q;

	TAILQ_FOREACH(q, &x->questions, entry)
		if (q->seq == seq)
			return (q);
	return (NULL);
}

/* Those that were asked about come when they like. */
static void
skip_asked(struct run_execs *x)
{
	while (execrows_by_seq(x, x->next + 1) != NULL)
		x->next++;
}

/* The row of a question: is it what was answered? */
static const char *
take_asked(struct run_execs *x, struct question *q, const struct exec_row *row)
{
	if (row->verdict == VERDICT_ALLOW && q->state != ASKED_ALLOWED)
		return ("X_EXECS with an answer that nobody gave");
	if (row->answered && q->state != ASKED_ALLOWED &&
	    q->state != ASKED_REFUSED)
		return ("X_EXECS with an answer that nobody gave");
	if (q->id != 0)
		return ("X_EXECS of what is still asked");
	forget(x, q);
	return (NULL);
}

static const char *
take_row(struct run_execs *x, const struct exec_row *row)
{
	struct question *q;

	if (row->verdict == VERDICT_ASK)
		return ("X_EXECS with what is not decided");
	if (row->parent >= row->seq && row->parent != EXECS_UNKNOWN)
		return ("X_EXECS with a parent that is younger");
	skip_asked(x);
	if ((q = execrows_by_seq(x, row->seq)) != NULL && row->seq <= x->next)
		return (take_asked(x, q, row));
	if (row->seq != x->next + 1)
		return ("X_EXECS out of order");
	if (row->answered)
		return ("X_EXECS with an answer to what was not asked");
	x->next++;
	return (NULL);
}

static void
add_batch(struct run_execs *x, unsigned type, const struct shape *shape,
    const void *v, size_t rows, int64_t now)
{
	struct batch *batch = xcalloc(1, sizeof(*batch));

	batch->type = type;
	batch->rows = (uint32_t)rows;
	batch->since = now;
	payload_put(&batch->b, type, shape, v);
	TAILQ_INSERT_TAIL(&x->batches, batch, entry);
	x->nbatches++;
	x->bytes += batch->b.len;
}

const char *
execrows_take(struct run_execs *x, const struct exec_rows *v, int64_t now)
{
	const char *why;
	size_t i;

	for (i = 0; i < v->n; i++)
		if ((why = take_row(x, &v->rows[i])) != NULL)
			return (why);
	x->heard += (uint32_t)v->n;
	add_batch(x, MSG_A_EXECS, &exec_rows_shape, v, v->n, now);
	if (x->heard - x->durable > EXECS_ROWS || x->bytes > EXECS_BYTES)
		return ("X_EXECS faster than X_EXECED");
	return (NULL);
}

/* These are so few that their runner need not wait for any of them. */
const char *
execrows_take_files(struct run_execs *x, const struct file_rows *v,
    int64_t now)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (v->rows[i].seq != x->files + 1)
			return ("X_FILES out of order");
		if (file_row_wrong(&v->rows[i]))
			return ("X_FILES with a name that cannot be");
		x->files++;
	}
	add_batch(x, MSG_A_FILES, &file_rows_shape, v, v->n, now);
	return (NULL);
}

/* One that is gone, and whose row may never come, makes way. */
static int
make_room(struct run_execs *x)
{
	struct question *q;

	if (x->nasked < EXECS_ASKED)
		return (0);
	TAILQ_FOREACH(q, &x->questions, entry)
		if (q->state == ASKED_GONE && q->seq <= x->next) {
			forget(x, q);
			return (0);
		}
	return (-1);
}

const char *
execrows_asked(struct run_execs *x, struct exec_ask *ask, struct question **qp)
{
	uint32_t seq = ask->row.seq;
	struct question *q;

	skip_asked(x);
	if (seq <= x->next || execrows_by_seq(x, seq) != NULL)
		return ("X_ASK about what was told before");
	if (seq - x->next > EXECS_ROWS)
		return ("X_ASK out of order");
	if (ask->row.parent >= seq && ask->row.parent != EXECS_UNKNOWN)
		return ("X_ASK with a parent that is younger");
	if (make_room(x) == -1)
		return ("X_ASK without end");
	q = xcalloc(1, sizeof(*q));
	q->seq = seq;
	q->ask = *ask;
	memset(ask, 0, sizeof(*ask));
	TAILQ_INSERT_TAIL(&x->questions, q, entry);
	x->nasked++;
	skip_asked(x);
	*qp = q;
	return (NULL);
}

void
execrows_settle(struct run_execs *x, struct question *q, enum asked_state state,
    struct ids *ids)
{
	close_question(x, q, ids);
	q->state = state;
}

int
execrows_may_wait(const struct run_execs *x, int64_t now)
{
	const struct batch *first = TAILQ_FIRST(&x->batches);

	return (first == NULL || (x->again == 0 && execrows_fit(x) &&
	    x->heard - x->durable < EXECROWS_WAIT_ROWS &&
	    now - first->since < EXECROWS_WAIT_MS));
}

int
execrows_fit(const struct run_execs *x)
{
	return (!x->sent && x->nbatches <= MSG_BATCHES_MAX &&
	    x->bytes <= EXECROWS_WAIT);
}

size_t
execrows_along(struct run_execs *x, struct msg_batch batches[MSG_BATCHES_MAX])
{
	const struct batch *batch;
	size_t n = 0;

	assert(x->nbatches <= MSG_BATCHES_MAX);
	TAILQ_FOREACH(batch, &x->batches, entry) {
		batches[n].kind = batch->type == MSG_A_EXECS ? BATCH_EXECS :
		    BATCH_FILES;
		batches[n].rows = batch->b.data;
		batches[n++].len = batch->b.len;
	}
	x->sent = n != 0;
	x->again = 0;
	return (n);
}

void
execrows_send(struct run_execs *x, struct proc *auditor, uint64_t run,
    int64_t now)
{
	struct batch *batch = TAILQ_FIRST(&x->batches);

	if (batch == NULL || x->sent || (x->again != 0 && now < x->again))
		return;
	x->sent = 1;
	x->again = 0;
	/* it was received as such a message, and so it can be sent as one */
	(void)ipc_send(auditor->ipc, batch->type, run, batch->b.data,
	    batch->b.len, NULL, 0);
}

int
execrows_done(struct run_execs *x)
{
	struct batch *batch = TAILQ_FIRST(&x->batches);
	int execs;

	if (batch == NULL || !x->sent)
		return (-1);
	x->sent = 0;
	if ((execs = batch->type == MSG_A_EXECS))
		x->durable += batch->rows;
	drop_batch(x, batch);
	return (execs);
}

int
execrows_refused(struct run_execs *x, int64_t now)
{
	if (!x->sent)
		return (-1);
	x->sent = 0;
	x->again = now + EXECROWS_AGAIN_MS;
	return (0);
}
