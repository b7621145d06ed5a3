/* SPDX-License-Identifier: ISC */
/*
 * What is read before yes is an answer: what waits, and what the same yes is
 * for later on, if it is to be standing; see desk.h.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/desk.h"
#include "client/margin.h"

void
desk_read(struct desk *d, const struct inbox_item *it)
{
	size_t cols, rows;

	margin_screen(&rows, &cols);
	perusal_free(&d->read);
	perusal_make(&d->read, &it->p, cols);
	d->open = it->id;
	d->serial = it->serial;
	d->at = 0;
}

void
desk_once(struct desk *d)
{
	struct inbox_item *it = inbox_find(&d->in, d->open);

	if (!d->lasts)
		return;
	d->lasts = 0;
	if (it == NULL || it->over != NULL)
		return;
	it->p.row.len = it->told;
	desk_read(d, it);
}

/* It may take a while, and what is typed meanwhile answers nothing. */
static int
tell(struct desk *d, struct inbox_item *it)
{
	struct fail f;

	if (d->want.like != NULL) {
		desk_note(d, "looking at the last week");
		desk_draw(d);
	}
	d->note[0] = '\0';
	if (lasting_tell(d->cli, &d->want, &it->p, &f) == 0)
		return (0);
	desk_note(d, "%.900s", f.text);
	return (-1);
}

void
desk_again(struct desk *d, struct inbox_item *it)
{
	const char *wrong;

	(void)snprintf(d->wanted, sizeof(d->wanted), "%s", d->line);
	d->len = 0;
	desk_once(d);
	if ((wrong = lasting_parse(&d->want, d->wanted)) != NULL) {
		desk_note(d, "%s", wrong);
		return;
	}
	if (tell(d, it) == -1)
		return;
	d->lasts = 1;
	desk_read(d, it);
	/* one screen: it is next to the question, and read there */
	d->pane = PANE_ASK;
	if (d->read.all.n <= desk_lines(d))
		return;
	d->pane = PANE_DETAIL;
	desk_note(d, "read what it is for, to the end; y then asks");
}
