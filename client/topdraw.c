/* SPDX-License-Identifier: ISC */
/* How top is drawn: rows are ours, and text of others has its place. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/esc.h"
#include "client/margin.h"
#include "client/screen.h"
#include "client/top.h"
#include "common/defs.h"
#include "common/msg.h"

#define TOP_AROUND	4	/* head, heads of columns, a note, keys */

static const struct {
	const char	*head;
	enum runs_cell	 cell;
	size_t		 width;
	size_t		 from;	/* so many columns it is shown */
	int		 number;	/* at the right */
} columns[] = {
	{ "RUN", RUNS_ID, 13, 60, 0 },
	{ "USER", RUNS_NAME, 10, 70, 0 },
	{ "SKILL", RUNS_SKILL, 12, 130, 0 },
	{ "PID", RUNS_PID, 8, 0, 1 },
	{ "PROCS", RUNS_PROCS, 5, 84, 1 },
	{ "%CPU", RUNS_CPU, 5, 0, 1 },
	{ "MEM", RUNS_MEM, 5, 0, 1 },
	{ "TIME", RUNS_TIME, 8, 100, 1 },
	{ "AGE", RUNS_AGE, 6, 50, 1 },
	{ "COMMAND", RUNS_COMMAND, SIZE_MAX, 0, 0 },
};

static int
is_state(const struct runitem *it, const char *state)
{
	struct buf b;
	int is;

	buf_init(&b, 16U * MSG_ROW_MAX);
	runs_cell(&b, it, RUNS_STATE);
	is = b.len == strlen(state) && memcmp(b.data, state, b.len) == 0;
	buf_free(&b);
	return (is);
}

/* What is not known of one that does not run is told by its state. */
static void
put_cell(struct buf *b, const struct runitem *it, size_t i)
{
	runs_cell(b, it, columns[i].cell);
	if (b->len != 0)
		return;
	if (columns[i].cell == RUNS_PID && !is_state(it, "running"))
		runs_cell(b, it, RUNS_STATE);
	else
		buf_printf(b, "-");
}

/* One of them, or, without one, the heads. */
static void
draw_item(struct drawing *f, const struct runitem *it, enum drawn look)
{
	size_t i, at, n, width, col = 2;
	struct buf b;

	draw_row(f, look);
	if (look == DRAWN_REVERSE)
		draw_cell(f, 0, 1, ">", 1);
	for (i = 0; i < NELEM(columns); i++) {
		if (f->cols < columns[i].from)
			continue;
		buf_init(&b, 16U * MSG_ROW_MAX);
		if (it == NULL)
			buf_printf(&b, "%s", columns[i].head);
		else
			put_cell(&b, it, i);
		width = columns[i].width;
		n = b.len != 0 ? esc_width((char *)b.data, b.len) : 0;
		at = columns[i].number && n < width ? width - n : 0;
		draw_cell(f, col + at, width - at, b.len != 0 ?
		    (char *)b.data : "", b.len);
		buf_free(&b);
		col += i + 1 < NELEM(columns) ? width + 1 : 0;
	}
}

size_t
top_place(const struct top *t)
{
	size_t i;

	for (i = 0; i < t->runs.n; i++)
		if (strcmp(t->runs.v[i].id, t->chosen) == 0)
			return (i);
	return (0);
}

static void
draw_list(struct top *t, struct drawing *f)
{
	size_t i, n = t->runs.n, at = top_place(t), rows = f->rows - TOP_AROUND;

	if (at < t->top)
		t->top = at;
	else if (at >= t->top + rows)
		t->top = at - rows + 1;
	if (t->top != 0 && t->top + rows > n)
		t->top = n > rows ? n - rows : 0;
	draw_item(f, NULL, DRAWN_BOLD);
	if (n == 0)
		draw_text(f, DRAWN_PLAIN, t->looked_us == 0 ? "" :
		    "  nothing runs");
	for (i = t->top; i < n && i < t->top + rows; i++)
		draw_item(f, &t->runs.v[i], i == at ? DRAWN_REVERSE :
		    DRAWN_PLAIN);
}

static void
draw_head(const struct top *t, struct drawing *f)
{
	uint64_t cpu = 0, kb = 0, procs = 0;
	size_t i, seen = 0;
	struct buf b;

	for (i = 0; i < t->runs.n; i++)
		if (t->runs.v[i].seen) {
			seen++;
			cpu += t->runs.v[i].cpu;
			kb += t->runs.v[i].host.memory_kb;
			procs += t->runs.v[i].host.processes;
		}
	buf_init(&b, 256);
	buf_printf(&b, " clawbot top: %zu run%s, %" PRIu64 ".%" PRIu64
	    "%% CPU, ", t->runs.n, t->runs.n == 1 ? "" : "s", cpu / 10,
	    cpu % 10);
	runs_memory(&b, kb);
	buf_printf(&b, ", %" PRIu64 " processes", procs);
	if (seen < t->runs.n)
		buf_printf(&b, " of %zu", seen);
	buf_put_u8(&b, 0);
	draw_text(f, DRAWN_REVERSE, b.bad ? "" : (char *)b.data);
	buf_free(&b);
}

/* What it is, whole or to the end of the row, and the question below. */
static void
draw_question(const struct top *t, struct drawing *f)
{
	const struct runitem *it = &t->runs.v[top_place(t)];
	char text[64];
	struct buf b;

	buf_init(&b, 32U * MSG_ROW_MAX);
	buf_printf(&b, " %s: ", t->about);
	if (t->runs.n != 0 && strcmp(it->id, t->about) == 0)
		runs_cell(&b, it, RUNS_COMMAND);
	draw_row(f, DRAWN_BOLD);
	draw_cell(f, 0, f->cols, (char *)b.data, b.len);
	buf_free(&b);
	(void)snprintf(text, sizeof(text), " end it? [y/N] %.*s", (int)t->len,
	    t->line);
	draw_text(f, DRAWN_BOLD, text);
	draw_cursor(f, f->row - 1, strlen(text));
}

void
top_draw(struct top *t)
{
	struct drawing f;

	draw_begin(&f);
	if (margin_lacks() != NULL) {
		draw_text(&f, DRAWN_PLAIN, "too small");
		draw_show(&f);
		return;
	}
	draw_head(t, &f);
	draw_list(t, &f);
	draw_skip(&f, f.rows - 1);
	if (t->asks)
		draw_question(t, &f);
	else {
		draw_text(&f, DRAWN_BOLD, t->note);
		draw_text(&f, DRAWN_DIM, f.cols < 60 ?
		    " k: end it  P M T: order  q: leave" :
		    " Up, Down: choose  k: end it  P, M, T: by CPU, memory, "
		    "time  q: leave");
	}
	draw_show(&f);
}
