/* SPDX-License-Identifier: ISC */
/*
 * Names that a run has changed, on their way up: as init tells them, which is
 * believed what it did itself, and counts what it did not tell.  Values of
 * the run's secrets are hidden in here.
 *
 * What an attacker could try: names that are made of secrets (they are
 * hidden), more rows than there may be, or others than the next (it is no run
 * any more then), end init before it has told all (the result says that this
 * is not known).
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "common/files.h"
#include "executor/runner/runner_priv.h"
#include "executor/watch/watch.h"

_Static_assert(INSIDE_FILES_MAX == 1 + MSG_EXECS_MAX, "as X_FILES");

static void
hide(const struct runner *r, char **s)
{
	*s = masker_text(r->masker, *s);
	if (strlen(*s) > PLAN_MAXPATH)
		(*s)[PLAN_MAXPATH] = '\0';
}

static void
begin(struct buf *b)
{
	buf_reset(b);
	buf_put_u8(b, INSIDE_FILES);
	buf_put_u32(b, 0);
}

static void
hand_up(struct runner *r, struct buf *b, uint32_t n)
{
	buf_set_u32(b, 1, n);
	runner_send(r, b->data, b->len);
	r->res.files += n;
}

/* A mark may be longer than what it hides: then it takes more messages. */
static void
rows_up(struct runner *r, struct file_rows *v)
{
	struct file_row *w;
	struct buf b;
	uint32_t n = 0;

	buf_init(&b, INSIDE_FILES_MAX);
	begin(&b);
	for (w = v->rows; w < v->rows + v->n; w++) {
		hide(r, &w->path);
		hide(r, &w->to);
		if (b.len + FILE_ROW_MAX > INSIDE_FILES_MAX) {
			hand_up(r, &b, n);
			begin(&b);
			n = 0;
		}
		shape_put(&file_row_shape, &b, w);
		n++;
	}
	hand_up(r, &b, n);
	buf_free(&b);
}

void
runner_changed(struct runner *r, const void *m, size_t len)
{
	struct file_rows v;
	size_t i;
	int bad;

	bad = shape_get(&file_rows_shape, &v, (const uint8_t *)m + 1,
	    len - 1) == -1 || v.n == 0 || r->phase < PH_EXEC;
	for (i = 0; !bad && i < v.n; i++)
		bad = v.rows[i].seq != r->res.files + i + 1 ||
		    file_row_wrong(&v.rows[i]);
	if (bad) {
		errno = EPROTO;
		runner_errno(r, "a word about what a run changes");
	}
	rows_up(r, &v);
	shape_free(&file_rows_shape, &v);
}

void
runner_changes(struct runner *r)
{
	if (r->job->profile.probe || !watch_tells(r->job->skill) ||
	    !r->passed)
		return;
	r->res.files_more = FILES_UNKNOWN;
	if (r->reported && r->report.changes >= r->res.files)
		r->res.files_more = r->report.changes - r->res.files;
}
