/* SPDX-License-Identifier: ISC */
/*
 * What keys do in the view of what waits.  Yes is a line to a question that
 * stands there, and nothing of it was typed before what it is about was on the
 * screen.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/asfile.h"
#include "client/desk.h"
#include "client/full.h"
#include "client/margin.h"
#include "client/pager.h"
#include "common/text.h"

#define CTRL(c)		((c) & 0x1f)
#define TEXT_MAX	(8U << 20)	/* of a file that is shown here */

static const char help_text[] =
"The list\n"
"  Up, Down, k, j       choose; PgUp, PgDn, Home, End: far\n"
"  Enter                read it; nothing is approved unread\n"
"  d                    deny it; you are asked why\n"
"  /                    show only those with a text; Esc: all\n"
"  q                    leave; what waits goes on waiting\n"
"\n"
"One of them\n"
"  Space, Enter, PgDn   read on; b, PgUp: back; g, G: its ends\n"
"  y                    let it run, once: works when all of it was on\n"
"                       the screen, and asks: y and Enter is yes\n"
"  s                    the same, and make it standing: you are asked for\n"
"                       how long (90s, 15m, 1h), how often (5x, with this\n"
"                       one), and for what, such as 2h 5x = touch x*: behind\n"
"                       = a pattern, else exactly this command; an hour if\n"
"                       you do not say.  What that lets run is shown, to be\n"
"                       read likewise, and asked about: y and Enter is yes\n"
"  d                    deny it; you are asked why\n"
"  v                    all there is to it\n"
"  f                    a file as it was when it was hashed\n"
"  q, Esc               back to the list\n"
"\n"
"Ctrl-L draws anew, Ctrl-Z stops, Ctrl-C leaves.  What was pasted, or\n"
"typed before the screen showed what it is about, is no answer.\n";

/* The one that is looked at, if it still waits. */
static struct inbox_item *
open_item(const struct desk *d)
{
	struct inbox_item *it = inbox_find(&d->in, d->open);

	return (it != NULL && it->over == NULL ? it : NULL);
}

void
desk_refresh(struct desk *d)
{
	const struct inbox_item *it;
	size_t rows, cols;

	if (d->open == 0)
		return;
	margin_screen(&rows, &cols);
	it = open_item(d);
	if (d->pane == PANE_ASK && (it == NULL || rows != d->rows ||
	    cols != d->cols))
		d->pane = PANE_DETAIL;
	if (it == NULL)
		desk_look_end(d);
	if (it == NULL || (it->serial == d->serial && cols == d->read.cols))
		return;
	if (it->serial != d->serial) {
		desk_look_end(d);
		desk_note(d, "it was asked for anew");
		d->lasts = 0;
	}
	desk_read(d, it);
	if (d->pane == PANE_ASK)
		d->pane = PANE_DETAIL;
}

static void
edit(struct desk *d, enum desk_edit what, uint64_t about)
{
	d->edit = what;
	d->about = about;
	d->len = 0;
}

/* Page up and down, and to the ends, over n lines of which so many show. */
static int
scroll(size_t *at, int key, size_t n, size_t page)
{
	size_t last = n > page ? n - page : 0;

	switch (key) {
	case KEY_DOWN:
	case 'j':
		*at += 1;
		break;
	case KEY_UP:
	case 'k':
		*at -= *at != 0;
		break;
	case KEY_PAGE_DOWN:
	case ' ':
	case '\r':
	case '\n':
	case CTRL('f'):
		*at += page;
		break;
	case KEY_PAGE_UP:
	case 'b':
	case CTRL('b'):
		*at -= *at < page ? *at : page;
		break;
	case KEY_HOME:
	case 'g':
		*at = 0;
		break;
	case KEY_END:
	case 'G':
		*at = last;
		break;
	default:
		return (0);
	}
	if (*at > last)
		*at = last;
	return (1);
}

static void
show_text(struct desk *d, const char *title, const void *text, size_t n,
    int raw)
{
	size_t rows, cols;

	margin_screen(&rows, &cols);
	strv_free(&d->text);
	pager_lines(&d->text, text, n, raw, cols);
	(void)snprintf(d->title, sizeof(d->title), "%s", title);
	d->text_at = 0;
	if (d->pane != PANE_TEXT)
		d->back = d->pane;
	d->pane = PANE_TEXT;
}

static void
show_full(struct desk *d, const struct inbox_item *it)
{
	struct buf b;

	full_make(&b, &it->p);
	if (b.bad)
		desk_note(d, "it is too large to be shown");
	else
		show_text(d, "all there is to it", b.data, b.len, 0);
	buf_free(&b);
}

static void
show_file(struct desk *d, const struct inbox_item *it, size_t n)
{
	const struct ident *id;
	struct ident store;
	struct fail f;
	uint8_t *data;
	size_t len;

	if ((id = pending_file(&it->p, n, &store)) == NULL) {
		desk_note(d, "there is no file %zu that it was hashed with",
		    n);
		return;
	}
	if (asfile_read(id, &data, &len, &f) == -1) {
		desk_note(d, "%.900s", f.text);
		return;
	}
	if (len > TEXT_MAX)
		desk_note(d, "too large for here: clawbot approvals show -f "
		    "%zu %s shows it", n, it->p.id);
	else
		show_text(d, "the file", data, len, 1);
	free(data);
}

static void
show_help(struct desk *d)
{
	show_text(d, "help", help_text, sizeof(help_text) - 1, 0);
}

/* It was typed what it is to be standing for. */
static void
again(struct desk *d, struct inbox_item *it)
{
	if (strcmp(d->line, "?") == 0)
		show_help(d);
	else if (it->serial == d->serial && perusal_done(&d->read))
		desk_again(d, it);
	else
		desk_note(d, "it was not read to its end as it is now");
}

/* What was typed is complete. */
static void
edited(struct desk *d)
{
	struct inbox_item *it = inbox_find(&d->in, d->about);
	enum desk_edit what = d->edit;

	d->edit = EDIT_NONE;
	d->line[d->len] = '\0';
	if (what == EDIT_FILTER) {
		(void)snprintf(d->filter, sizeof(d->filter), "%.*s",
		    DESK_FILTER - 1, d->line);
		d->filter[text_whole(d->filter, strlen(d->filter))] = '\0';
	} else if (it == NULL || it->over != NULL)
		desk_note(d, "it does not wait any more");
	else if (what == EDIT_DENY)
		desk_deny(d, d->about, d->line);
	else if (what == EDIT_AGAIN)
		again(d, it);
	else
		show_file(d, it, pending_typed(d->len == 0 ? "" : d->line));
}

static void
edit_key(struct desk *d, int key)
{
	int byte = key & ~KEY_PASTED;

	/* it is part of an answer */
	if (d->edit == EDIT_AGAIN && (key & KEY_PASTED) != 0) {
		desk_note(d, "what was pasted is no answer: type it");
		return;
	}
	switch (key) {
	case '\r':
	case '\n':
		edited(d);
		return;
	case KEY_ESCAPE:
	case CTRL('c'):
	case CTRL('g'):
		d->edit = EDIT_NONE;
		return;
	case CTRL('u'):
		d->len = 0;
		return;
	case 0x7f:
	case CTRL('h'):
		while (d->len != 0 && (d->line[--d->len] & 0xc0) == 0x80)
			;
		return;
	}
	/* control characters are no text, and a key that is none is nothing */
	if (byte >= ' ' && byte < 0x100 && byte != 0x7f &&
	    d->len < sizeof(d->line) - 1)
		d->line[d->len++] = (char)byte;
}

/* Choose another one of the list. */
static void
choose(struct desk *d, int key)
{
	struct inbox_item **v;
	size_t i, n, at = 0;

	v = desk_shown(d, &n);
	for (i = 0; i < n; i++)
		if (v[i]->id == d->chosen)
			at = i;
	if (n != 0) {
		/* by lines, so that a page is one less than what shows */
		(void)scroll(&at, key, n, 1);
		if (key == KEY_PAGE_DOWN || key == CTRL('f'))
			at = at + desk_lines(d) < n ? at + desk_lines(d) :
			    n - 1;
		else if (key == KEY_PAGE_UP || key == CTRL('b'))
			at -= at < desk_lines(d) ? at : desk_lines(d);
		d->chosen = v[at]->id;
	}
	free(v);
}

static void
list_key(struct desk *d, int key)
{
	struct inbox_item *it = inbox_find(&d->in, d->chosen);

	if (it != NULL && (it->over != NULL ||
	    !inbox_matches(it, d->filter)))
		it = NULL;
	switch (key) {
	case 'q':
		d->quit = 1;
		break;
	case '/':
		edit(d, EDIT_FILTER, 0);
		break;
	case KEY_ESCAPE:
		d->filter[0] = '\0';
		break;
	case 'd':
		if (it != NULL)
			edit(d, EDIT_DENY, it->id);
		break;
	case 'y':
		desk_note(d, "not unread: Enter shows it");
		break;
	case '\r':
	case '\n':
		if (it != NULL) {
			desk_read(d, it);
			d->pane = PANE_DETAIL;
		}
		break;
	default:
		choose(d, key);
	}
}

/* Was it read, as it must be before it is asked about? */
static int
was_read(struct desk *d)
{
	if (perusal_done(&d->read))
		return (1);
	desk_note(d, "not yet: %zu lines are still to be read, from "
	    "line %zu on", d->read.all.n - d->read.seen, d->read.seen + 1);
	return (0);
}

static void
want_yes(struct desk *d, const struct inbox_item *it, int key)
{
	if (it == NULL || !was_read(d))
		return;
	if (d->look != NULL)
		desk_note(d, "not yet: the last week is looked at");
	else if (key == 'y') {
		d->pane = PANE_ASK;
		d->len = 0;
	} else if (it->p.program)
		desk_note(d, "a program of a run is approved once");
	else
		edit(d, EDIT_AGAIN, it->id);
}

static void
detail_key(struct desk *d, int key)
{
	const struct inbox_item *it = open_item(d);

	switch (key) {
	case 'q':
	case KEY_ESCAPE:
		if (it == NULL || (!d->lasts && d->look == NULL))
			d->pane = PANE_LIST;
		desk_look_end(d);
		desk_once(d);
		break;
	case 'y':
	case 's':
		want_yes(d, it, key);
		break;
	case 'd':
		if (it != NULL)
			edit(d, EDIT_DENY, it->id);
		break;
	case 'v':
		if (it != NULL)
			show_full(d, it);
		break;
	case 'f':
		if (it != NULL)
			edit(d, EDIT_FILE, it->id);
		break;
	default:
		(void)scroll(&d->at, key, d->read.all.n, desk_lines(d));
	}
}

/* Is that a yes?  A key that is held down is none. */
static int
is_yes(const struct desk *d)
{
	return ((d->len == 1 && (d->line[0] == 'y' || d->line[0] == 'Y')) ||
	    (d->len == 3 && memcmp(d->line, "yes", 3) == 0));
}

static void
ask_key(struct desk *d, int key)
{
	const struct inbox_item *it = open_item(d);

	if (it != NULL && key > ' ' && key < 0x7f && d->len < 3) {
		d->line[d->len++] = (char)key;
		return;
	}
	d->pane = PANE_DETAIL;
	if (it == NULL || it->serial != d->serial)
		desk_note(d, "it does not wait any more");
	else if ((key == '\r' || key == '\n') && is_yes(d) &&
	    perusal_done(&d->read)) {
		desk_approve(d, it);
		/* a standing one may be refused, and it waits then */
		if (!d->lasts)
			d->pane = PANE_LIST;
	} else
		desk_note(d, "not approved, and it still waits");
	desk_once(d);
}

static void
text_key(struct desk *d, int key)
{
	if (key == 'q' || key == KEY_ESCAPE)
		d->pane = d->back;
	else
		(void)scroll(&d->text_at, key, d->text.n, desk_lines(d));
}

int
desk_key(struct desk *d, int key)
{
	enum desk_edit was;

	/* whatever it is, it was typed without seeing what it is about */
	if (margin_lacks() != NULL) {
		d->quit = key == 'q' || key == CTRL('c');
		return (1);
	}
	d->note[0] = '\0';
	if (d->edit != EDIT_NONE) {
		was = d->edit;
		edit_key(d, key);
		return (was == EDIT_AGAIN && d->edit == EDIT_NONE);
	}
	if ((key & KEY_PASTED) != 0)
		return (0);
	if (key == '?' && d->pane != PANE_ASK && d->pane != PANE_TEXT) {
		show_help(d);
		return (0);
	}
	switch (d->pane) {
	case PANE_LIST:
		list_key(d, key);
		return (d->pane != PANE_LIST);
	case PANE_DETAIL:
		detail_key(d, key);
		break;
	case PANE_ASK:
		ask_key(d, key);
		return (0);
	case PANE_TEXT:
		text_key(d, key);
		return (0);
	}
	return (1);
}
