/* SPDX-License-Identifier: ISC */
/*
 * Rows of what a run has executed, on their way up: in the order in which
 * they were seen, some of them at a time, and none of them late for the
 * result.  Values of the run's secrets are hidden in here, and what is long
 * is cut, with how much more there was and a digest of all.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/lack.h"
#include "executor/runner/arbiter_priv.h"

#define BATCH_BYTES	(32U * 1024)	/* after which it is handed up */
#define ARGS_BYTES	(8U * 1024)	/* of its arguments */
#define ARGS_WORDS	256U
#define COUNT_BYTES	4		/* of EXECS, in front */
#define ROW_FIXED	512		/* numbers, and what was cut */

_Static_assert(3 * (4 + PLAN_MAXPATH) + ARGS_BYTES + 2 * (4 + EXECS_TEXT) +
    ROW_FIXED < ARBITER_ROW, "the longest row");
_Static_assert(BATCH_BYTES + ARBITER_ROW + COUNT_BYTES < MSG_EXECS_MAX,
    "one more always fits");
_Static_assert(INSIDE_EXECS_MAX == 1 + MSG_EXECS_MAX, "as X_EXECS");

void
arbiterlog_init(struct arbiterlog *l)
{
	memset(l, 0, sizeof(*l));
	buf_init(&l->batch, INSIDE_EXECS_MAX);
}

uint32_t
arbiterlog_open(const struct arbiterlog *l)
{
	return (l->handed + l->n - l->durable);
}

static void
hash_words(const struct strv *v, char hex[2 * PLAN_DIGEST + 1])
{
	crypto_generichash_state st;
	uint8_t d[PLAN_DIGEST];
	size_t i;

	(void)crypto_generichash_init(&st, NULL, 0, sizeof(d));
	for (i = 0; i < v->n; i++)
		(void)crypto_generichash_update(&st,
		    (const unsigned char *)v->v[i], strlen(v->v[i]) + 1);
	(void)crypto_generichash_final(&st, d, sizeof(d));
	(void)sodium_bin2hex(hex, 2 * PLAN_DIGEST + 1, d, sizeof(d));
}

/* What fits of the words, and what there was. */
static void
cut_words(struct strv *v)
{
	char hex[2 * PLAN_DIGEST + 1], text[160];
	size_t i, sum = 0, len;

	for (i = 0; i < v->n && i < ARGS_WORDS; i++) {
		len = strlen(v->v[i]) + 5;
		if (len > EXECS_ARG || sum + len > ARGS_BYTES)
			break;
		sum += len;
	}
	if (i == v->n)
		return;
	hash_words(v, hex);
	(void)snprintf(text, sizeof(text), "[%zu more; all of it is "
	    "BLAKE2b-256 %s]", v->n - i, hex);
	while (v->n > i) {
		v->n--;
		freezero(v->v[v->n], strlen(v->v[v->n]));
	}
	strv_add(v, text);
}

static char *
cut_text(char *s, size_t max)
{
	if (strlen(s) > max)
		s[max] = '\0';
	return (s);
}

void
arbiterlog_fit(const struct runner *r, struct exec_row *row)
{
	size_t i;

	for (i = 0; i < row->argv.n; i++)
		row->argv.v[i] = masker_text(r->masker, row->argv.v[i]);
	row->path = cut_text(masker_text(r->masker, row->path),
	    PLAN_MAXPATH);
	row->script = cut_text(masker_text(r->masker, row->script),
	    PLAN_MAXPATH);
	row->cwd = cut_text(masker_text(r->masker, row->cwd),
	    PLAN_MAXPATH);
	row->rule = cut_text(row->rule, EXECS_TEXT);
	row->reason = cut_text(row->reason, EXECS_TEXT);
	cut_words(&row->argv);
}

size_t
arbiterlog_weight(const struct exec_row *w)
{
	size_t i, n;

	n = sizeof(*w) + strlen(w->path) + strlen(w->script) + strlen(w->cwd) +
	    w->argv.n * sizeof(w->argv.v[0]);
	for (i = 0; i < w->argv.n; i++)
		n += strlen(w->argv.v[i]);
	return (n);
}

void
arbiterlog_add(struct runner *r, struct arbiterlog *l, struct exec_row *row)
{
	if (row->seq == 0)
		row->seq = ++l->last;
	if (l->n == 0) {
		buf_reset(&l->batch);
		buf_put_u8(&l->batch, INSIDE_EXECS);
		buf_put_u32(&l->batch, 0);
		l->since = runner_now();
	}
	shape_put(&exec_row_shape, &l->batch, row);
	l->n++;
	r->res.execs++;
	if (l->batch.len >= BATCH_BYTES)
		arbiterlog_flush(r, l, 0);
}

int
arbiterlog_up(struct runner *r, const struct buf *b, int wait)
{
	struct pollfd p = { r->ctl, POLLOUT, 0 };
	unsigned tries = 0;

	while (send(r->ctl, b->data, b->len, MSG_NOSIGNAL |
	    MSG_DONTWAIT) == -1) {
		if (errno == EPIPE || errno == ECONNRESET)
			_exit(0);
		if (!wait && (errno == EAGAIN || errno == EINTR ||
		    lack_is(errno)))
			return (0);
		if (errno == EAGAIN || errno == EINTR)
			(void)poll(&p, 1, -1);
		else if (!lack_again(&tries))
			runner_errno(r, "programs of a run, to the executor");
	}
	return (1);
}

void
arbiterlog_flush(struct runner *r, struct arbiterlog *l, int wait)
{
	if (l->n == 0)
		return;
	buf_set_u32(&l->batch, 1, l->n);
	/* the next one must find room in it */
	if (l->batch.len >= INSIDE_EXECS_MAX - ARBITER_ROW)
		wait = 1;
	if (!arbiterlog_up(r, &l->batch, wait))
		return;
	l->handed += l->n;
	l->n = 0;
}
