/* SPDX-License-Identifier: ISC */
/*
 * How the view of what waits is drawn.  Rows and columns are ours; text of
 * others is escaped, has a place in them, and ends there.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/desk.h"
#include "client/esc.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/screen.h"
#include "common/defs.h"
#include "common/xmalloc.h"

/* Above and below what is shown: the head, a note, the keys. */
#define AROUND		3
#define AROUND_ASK	2	/* the question stands for all of them */
#define ASK_LONG	76	/* columns, for a question in full */

enum cell { CELL_ID, CELL_AGE, CELL_LEFT, CELL_WHO, CELL_CHANNEL, CELL_SKILL,
    CELL_COMMAND };

static const struct {
	const char	*head;
	size_t		 width;
	size_t		 from;		/* so many columns it is shown */
} cells[] = {
	[CELL_ID] = { "ID", 13, 60 },
	[CELL_AGE] = { "AGE", 7, 100 },
	[CELL_LEFT] = { "LEFT", 9, 0 },
	[CELL_WHO] = { "WHO", 16, 76 },
	[CELL_CHANNEL] = { "CHANNEL", 10, 110 },
	[CELL_SKILL] = { "SKILL", 10, 72 },
	[CELL_COMMAND] = { "COMMAND", SIZE_MAX, 0 },
};

size_t
desk_lines(const struct desk *d)
{
	return (d->rows - (d->pane == PANE_ASK ? AROUND_ASK : AROUND));
}

struct inbox_item **
desk_shown(const struct desk *d, size_t *n)
{
	struct inbox_item **v, *it;

	v = xcalloc(d->in.waiting + d->in.over + 1, sizeof(*v));
	*n = 0;
	TAILQ_FOREACH(it, &d->in.items, entry)
		if (inbox_matches(it, d->filter))
			v[(*n)++] = it;
	return (v);
}

static void
put_cell(struct buf *b, enum cell c, const struct inbox_item *it)
{
	char id[RUNID_TEXT];
	int64_t now = inbox_now();

	switch (c) {
	case CELL_ID:
		runid_text(id, it->id);
		buf_printf(b, "%s", id);
		break;
	case CELL_AGE:
		out_age(b, (uint64_t)(now > it->since ? now - it->since : 0));
		break;
	case CELL_LEFT:
		if (it->over != NULL)
			buf_printf(b, "%.*s", (int)strcspn(it->over, " :"),
			    it->over);
		else
			out_age(b, (uint64_t)(now < it->expires ?
			    it->expires - now : 0));
		break;
	case CELL_WHO:
		buf_printf(b, "%s", it->who);
		break;
	case CELL_CHANNEL:
		buf_printf(b, "%s", it->channel);
		break;
	case CELL_SKILL:
		buf_printf(b, "%s", it->skill);
		break;
	case CELL_COMMAND:
		buf_printf(b, "%s", it->command);
		break;
	}
}

/* A row of the list, or, without one, the heads. */
static void
draw_item(struct drawing *f, const struct inbox_item *it, enum drawn look)
{
	size_t i, col = 2, width;
	struct buf b;

	draw_row(f, look);
	if (look == DRAWN_REVERSE)
		draw_cell(f, 0, 1, ">", 1);
	for (i = 0; i < NELEM(cells); i++) {
		if (f->cols < cells[i].from)
			continue;
		buf_init(&b, 16U * MSG_ROW_MAX);
		if (it == NULL)
			buf_printf(&b, "%s", cells[i].head);
		else
			put_cell(&b, (enum cell)i, it);
		width = cells[i].width;
		draw_cell(f, col, width, b.len != 0 ? (char *)b.data : "",
		    b.len);
		buf_free(&b);
		col += i + 1 < NELEM(cells) ? width + 1 : 0;
	}
}

/* The place of the chosen one; the first if it is not there. */
static size_t
place(const struct desk *d, struct inbox_item **v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i]->id == d->chosen)
			return (i);
	return (0);
}

static void
draw_list(struct desk *d, struct drawing *f)
{
	struct inbox_item **v;
	size_t i, n, at, rows = f->rows - AROUND - 1;

	v = desk_shown(d, &n);
	at = place(d, v, n);
	if (n != 0)
		d->chosen = v[at]->id;
	if (at < d->top)
		d->top = at;
	else if (at >= d->top + rows)
		d->top = at - rows + 1;
	if (d->top != 0 && d->top + rows > n)
		d->top = n > rows ? n - rows : 0;
	draw_item(f, NULL, DRAWN_BOLD);
	for (i = d->top; i < n && i < d->top + rows; i++)
		draw_item(f, v[i], i == at ? DRAWN_REVERSE :
		    v[i]->over != NULL ? DRAWN_DIM : DRAWN_PLAIN);
	if (n == 0)
		draw_text(f, DRAWN_DIM, d->filter[0] != '\0' ?
		    "  nothing that the filter lets through" :
		    "  nothing waits for an approval");
	if (n != 0 && v[at]->over != NULL && d->note[0] == '\0')
		desk_note(d, "%s", v[at]->over);
	free(v);
}

static void
draw_lines(struct drawing *f, const struct strv *lines, size_t at, size_t n)
{
	size_t i;

	for (i = at; i < lines->n && i < at + n; i++)
		draw_text(f, DRAWN_PLAIN, lines->v[i]);
}

static void
draw_detail(struct desk *d, struct drawing *f)
{
	size_t n = desk_lines(d);

	draw_lines(f, &d->read.all, d->at, n);
	perusal_shown(&d->read, d->at, n);
}

static void
draw_last(struct desk *d, struct drawing *f)
{
	struct strv last = { NULL, 0 };
	size_t n = desk_lines(d);

	perusal_last(&d->read, &last, n);
	if (d->read.all.n <= n)
		perusal_shown(&d->read, 0, n);
	/* next to the question */
	draw_skip(f, last.n < n ? n - last.n + 1 : 1);
	draw_lines(f, &last, 0, n);
	strv_free(&last);
}

static void
put_head(const struct desk *d, struct buf *b)
{
	char id[RUNID_TEXT];
	size_t n = desk_lines(d), of, at;

	if (d->pane == PANE_LIST) {
		buf_printf(b, " clawbot approvals: %zu wait%s", d->in.waiting,
		    d->in.waiting == 1 ? "s" : "");
		if (d->filter[0] != '\0') {
			buf_printf(b, "; filter: ");
			esc_text(b, d->filter, strlen(d->filter));
		}
		return;
	}
	of = d->pane == PANE_TEXT ? d->text.n : d->read.all.n;
	at = d->pane == PANE_TEXT ? d->text_at : d->at;
	runid_text(id, d->open);
	buf_printf(b, " %s: lines %zu to %zu of %zu",
	    d->pane == PANE_TEXT ? d->title : id, of == 0 ? 0 : at + 1,
	    at + n < of ? at + n : of, of);
	if (d->in.waiting > 1)
		buf_printf(b, "; %zu wait", d->in.waiting);
}

static const char *
keys_text(const struct desk *d)
{
	const struct inbox_item *it = inbox_find(&d->in, d->open);

	switch (d->pane) {
	case PANE_LIST:
		return (" Enter: read  d: deny  /: filter  ?: help  q: leave");
	case PANE_DETAIL:
		if (it == NULL || it->over != NULL)
			return (" it is over; q: back");
		if (d->look != NULL)
			return (" looking at the last week  d: deny  q: not");
		if (!perusal_done(&d->read))
			return (" Space: on, to the end  d: deny  ?: help  "
			    "q: back");
		if (d->lasts)
			return (" y: now and again  s: other  v: all  "
			    "q: back");
		return (" y: let it run  s: standing  d: deny  v: all  "
		    "f: file  q: back");
	default:
		return (" Space: on  q: back");
	}
}

/* The end of what is typed, where there is not room for all of it. */
static void
draw_edit(const struct desk *d, struct drawing *f)
{
	static const char *const asks[] = {
		[EDIT_NONE] = "", [EDIT_FILTER] = " show those with: ",
		[EDIT_DENY] = " deny: why? ", [EDIT_FILE] = " which file? ",
		[EDIT_AGAIN] = " 1h, 5x, = PATTERN, ?: ",
	};
	const char *ask = d->edit == EDIT_AGAIN && f->cols >= ASK_LONG ?
	    " for how long (1h), how often (5x), or = PATTERN? " :
	    asks[d->edit];
	size_t at = strlen(ask), from = 0, n;
	struct buf b;

	buf_init(&b, 16 * sizeof(d->line));
	esc_text(&b, d->line, d->len);
	/* ours: who typed it knows it, and columns are counted as bytes */
	n = b.len;
	if (at + n + 1 > f->cols)
		from = at + n + 1 - f->cols;
	while (from < n && (b.data[from] & 0xc0) == 0x80)
		from++;
	draw_text(f, DRAWN_BOLD, ask);
	if (n != from)
		draw_cell(f, at, f->cols - at, (char *)b.data + from,
		    n - from);
	n = esc_width((char *)(b.data == NULL ? (uint8_t *)"" : b.data) + from,
	    n - from);
	draw_cursor(f, f->row - 1, at + n);
	buf_free(&b);
}

static void
draw_question(const struct desk *d, struct drawing *f)
{
	char text[80], id[RUNID_TEXT];

	runid_text(id, d->open);
	draw_text(f, DRAWN_PLAIN, "");
	(void)snprintf(text, sizeof(text), "let %s run, %s? [y/N] %.*s",
	    f->cols < 60 ? "it" : id, d->lasts ? "now and again" : "once",
	    (int)d->len, d->line);
	draw_text(f, DRAWN_BOLD, text);
	draw_cursor(f, f->row - 1, strlen(text));
}

/* What a window's list shows, and a sound for what is new. */
static void
draw_outside(struct desk *d, struct drawing *f)
{
	char title[64];

	if (d->titled != d->in.waiting + 1) {
		d->titled = d->in.waiting + 1;
		(void)snprintf(title, sizeof(title), "clawbot: %zu wait%s",
		    d->in.waiting, d->in.waiting == 1 ? "s" : "");
		draw_title(f, title);
	}
	if (d->rung != d->in.came && d->in.waiting != 0)
		draw_bell(f);
	d->rung = d->in.came;
}

static void
draw_foot(struct desk *d, struct drawing *f)
{
	draw_skip(f, f->rows - 1);
	draw_text(f, DRAWN_BOLD, d->note);
	if (d->edit != EDIT_NONE)
		draw_edit(d, f);
	else
		draw_text(f, DRAWN_DIM, keys_text(d));
}

static void
draw_panes(struct desk *d, struct drawing *f)
{
	struct buf b;

	if (d->pane == PANE_ASK) {
		draw_last(d, f);
		draw_question(d, f);
		return;
	}
	buf_init(&b, 4096);
	put_head(d, &b);
	buf_put_u8(&b, 0);
	draw_text(f, DRAWN_REVERSE, b.bad ? "" : (char *)b.data);
	buf_free(&b);
	if (d->pane == PANE_LIST)
		draw_list(d, f);
	else if (d->pane == PANE_DETAIL)
		draw_detail(d, f);
	else
		draw_lines(f, &d->text, d->text_at, desk_lines(d));
	draw_foot(d, f);
}

void
desk_draw(struct desk *d)
{
	const char *lacks = margin_lacks();
	struct drawing f;

	draw_begin(&f);
	d->rows = f.rows;
	d->cols = f.cols;
	if (lacks != NULL)
		draw_text(&f, DRAWN_PLAIN, "too small");
	else
		draw_panes(d, &f);
	draw_outside(d, &f);
	draw_show(&f);
}
