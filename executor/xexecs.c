/* SPDX-License-Identifier: ISC */
/*
 * What runs execute, and names that they change, on their way up and down.
 * Rows are for the log: what is to be redacted there is, as in a request.  A
 * question goes up as it came, since what is approved are its very bytes.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/execs.h"
#include "common/files.h"
#include "common/log.h"
#include "common/payload.h"
#include "executor/hook.h"
#include "executor/redact.h"
#include "executor/watch/watch.h"
#include "executor/xexecs.h"

static void
send_up(struct xrun *r, unsigned type, const void *p, size_t len)
{
	if (ipc_send(r->x->rm.ipc, type, r->id, p, len, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(r->x->rm.ipc));
}

/* A check of the order; tests leave it out. */
static int
in_order(int r)
{
	return (hook_without("order") ? 0 : r);
}

_Static_assert(EXECS_ARG == PLAN_MAXPATH, "cut alike");

/* A mark may be longer than what it hides, and then the rest is cut. */
static void
replace(char **s, char *masked)
{
	if (masked == NULL)
		return;
	freezero(*s, strlen(*s));
	if (strlen(masked) > PLAN_MAXPATH)
		masked[PLAN_MAXPATH] = '\0';
	*s = masked;
}

static void
redact(struct redact *how, char **s)
{
	replace(s, redact_text(how, *s));
}

/* From the last one on: what stands before one says what it is. */
static void
redact_words(struct redact *how, struct strv *argv)
{
	size_t i;

	for (i = argv->n; i-- > 0; )
		replace(&argv->v[i], redact_word(how, argv, i));
}

/* 1 if it is as long as before, or longer by what may be. */
static int
rows_up(struct xrun *r, struct exec_rows *v)
{
	struct redact *how = r->x->redact;
	struct exec_row *w;
	struct buf b;
	size_t i;

	/* what runs, before words that could be made to take all the time */
	redact_begin(how);
	for (i = 0; i < v->n; i++) {
		w = &v->rows[i];
		redact(how, &w->path);
		redact(how, &w->script);
		redact(how, &w->cwd);
	}
	for (i = 0; i < v->n; i++)
		redact_words(how, &v->rows[i].argv);
	buf_init(&b, MSG_EXECS_MAX);
	shape_put(&exec_rows_shape, &b, v);
	if (!b.bad && in_order(execorder_up(&r->order, v->n, b.len)) == -1)
		b.bad = 1;
	if (!b.bad) {
		send_up(r, MSG_X_EXECS, b.data, b.len);
		r->execs += (uint32_t)v->n;
	}
	i = !b.bad;
	buf_free(&b);
	return ((int)i);
}

/* Marks are longer than what they hide may be: then as two, and so on. */
static int
halves_up(struct xrun *r, struct exec_rows *v)
{
	struct exec_rows half = { v->rows, v->n / 2 };

	if (rows_up(r, v))
		return (0);
	if (v->n < 2 || halves_up(r, &half) == -1)
		return (-1);
	half.rows = v->rows + v->n / 2;
	half.n = v->n - v->n / 2;
	return (halves_up(r, &half));
}

static int
execs_up(struct xrun *r, const void *p, size_t len)
{
	struct exec_rows v;
	int rc;

	rc = shape_get(&exec_rows_shape, &v, p, len);
	if (rc == 0)
		rc = in_order(execorder_rows(&r->order, &v));
	if (rc == 0)
		rc = halves_up(r, &v);
	shape_free(&exec_rows_shape, &v);
	return (rc);
}

static int
file_rows_up(struct xrun *r, struct buf *b, uint32_t n)
{
	buf_set_u32(b, 0, n);
	if (in_order(execorder_files(&r->order, b->len)) == -1)
		return (-1);
	if (n != 0)
		send_up(r, MSG_X_FILES, b->data, b->len);
	r->files += n;
	return (0);
}

/* Would they be a breach of ours to the supervisor? */
static int
files_wrong(const struct xrun *r, const struct file_rows *v)
{
	size_t i;

	if (!watch_tells(r->skill->x))
		return (1);
	for (i = 0; i < v->n; i++)
		if (v->rows[i].seq != r->files + i + 1 ||
		    file_row_wrong(&v->rows[i]))
			return (1);
	return (0);
}

/*
 * The first of them to who has asked for the run, as their runner has them,
 * which hides what this very run was given.  What the vault has besides is
 * hidden from the log alone: who makes files of many guesses would learn by
 * the marks which of them is a value.
 */
static void
told_up(struct xrun *r, const struct file_rows *v)
{
	struct file_rows told = { v->rows, 0 };
	struct buf b;

	while (told.n < v->n && v->rows[told.n].seq <= FILES_TOLD)
		told.n++;
	if (told.n == 0)
		return;
	/* no more than what came */
	payload_put(&b, MSG_X_CHANGED, &file_rows_shape, &told);
	send_up(r, MSG_X_CHANGED, b.data, b.len);
	buf_free(&b);
}

/* Marks may be longer than what they hide: then it takes more messages. */
static int
files_up(struct xrun *r, const void *p, size_t len)
{
	struct redact *how = r->x->redact;
	struct file_rows v;
	struct file_row *w;
	struct buf b;
	uint32_t n = 0;
	int rc;

	redact_begin(how);
	buf_init(&b, MSG_EXECS_MAX);
	buf_put_u32(&b, 0);
	rc = shape_get(&file_rows_shape, &v, p, len);
	if (rc == 0 && files_wrong(r, &v))
		rc = -1;
	if (rc == 0)
		told_up(r, &v);
	for (w = v.rows; rc == 0 && w < v.rows + v.n; w++) {
		redact(how, &w->path);
		redact(how, &w->to);
		if (b.len + FILE_ROW_MAX > MSG_EXECS_MAX) {
			rc = file_rows_up(r, &b, n);
			buf_reset(&b);
			buf_put_u32(&b, 0);
			n = 0;
		}
		shape_put(&file_row_shape, &b, w);
		n++;
	}
	if (b.bad)
		rc = -1;
	if (rc == 0)
		rc = file_rows_up(r, &b, n);
	buf_free(&b);
	shape_free(&file_rows_shape, &v);
	return (rc);
}

static int
ask_up(struct xrun *r, const void *p, size_t len)
{
	struct exec_ask v;
	int rc;

	if ((rc = shape_get(&exec_ask_shape, &v, p, len)) == 0 &&
	    (rc = in_order(execorder_ask(&r->order, &v))) == 0)
		send_up(r, MSG_X_ASK, p, len);
	shape_free(&exec_ask_shape, &v);
	return (rc);
}

static int
asked_up(struct xrun *r, const void *p, size_t len)
{
	struct exec_asked v;

	if (shape_get(&exec_asked_shape, &v, p, len) == -1 ||
	    in_order(execorder_asked(&r->order, v.seq)) == -1)
		return (-1);
	send_up(r, MSG_X_ASKED, p, len);
	return (0);
}

int
xexecs_up(struct xrun *r, const struct heard *h, enum heard_what what)
{
	if (r->state != XRUN_GONE)
		return (-1);
	switch (what) {
	case HEARD_EXECS:
		return (execs_up(r, h->p, h->len));
	case HEARD_FILES:
		return (files_up(r, h->p, h->len));
	case HEARD_ASK:
		return (ask_up(r, h->p, h->len));
	case HEARD_ASKED:
		return (asked_up(r, h->p, h->len));
	default:
		return (-1);
	}
}

/* What its runner may say next depends on it. */
static int
note_down(struct xrun *r, enum inside letter, const void *p, size_t len)
{
	struct exec_answer answer;
	struct exec_done done;
	int rc;

	if (letter == INSIDE_EXECED) {
		rc = shape_get(&exec_done_shape, &done, p, len);
		if (rc == 0)
			execorder_done(&r->order, &done);
		return (rc);
	}
	rc = shape_get(&exec_answer_shape, &answer, p, len);
	if (rc == 0)
		execorder_answer(&r->order, &answer);
	shape_free(&exec_answer_shape, &answer);
	return (rc);
}

int
xexecs_down(struct xrun *r, enum inside letter, const void *p, size_t len)
{
	if (note_down(r, letter, p, len) == -1)
		return (-1);
	/* where it is gone, its end is on its way to us */
	return (r->ctl == -1 || runnerctl_pass(r->ctl, letter, p, len) == 0 ||
	    errno == EPIPE || errno == ECONNRESET ? 0 : -1);
}
