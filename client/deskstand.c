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

#define LOOK_STEPS	16	/* pieces of the log at one time */

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

void
desk_look_end(struct desk *d)
{
	lasting_look_free(d->look);
	d->look = NULL;
}

/* What was found, or nothing where nobody looked, is to be read with it. */
static void
tell(struct desk *d, struct inbox_item *it)
{
	struct fail f;
	int r;

	d->note[0] = '\0';
	r = lasting_tell(&d->want, d->look, &it->p, &f);
	desk_look_end(d);
	if (r == -1) {
		desk_note(d, "%.900s", f.text);
		return;
	}
	d->lasts = 1;
	desk_read(d, it);
	/* one screen: it is next to the question, and read there */
	d->pane = PANE_ASK;
	if (d->read.all.n <= desk_lines(d))
		return;
	d->pane = PANE_DETAIL;
	desk_note(d, "read what it is for, to the end; y then asks");
}

void
desk_looked(struct desk *d)
{
	struct inbox_item *it = inbox_find(&d->in, d->open);
	struct fail f;
	int i, r = 0;

	/* bounded: what is typed and what else waits has its turn, too */
	for (i = 0; i < LOOK_STEPS && r == 0; i++)
		r = lasting_look_step(d->look, 0, &f);
	if (r == 0)
		return;
	if (r == -1)
		desk_note(d, "%.900s", f.text);
	if (r == -1 || it == NULL || it->over != NULL ||
	    it->serial != d->serial)
		desk_look_end(d);
	else if (d->pane == PANE_DETAIL && d->edit == EDIT_NONE)
		tell(d, it);
	else {
		desk_look_end(d);
		desk_note(d, "the last week was looked at, and you were "
		    "elsewhere: s asks again");
	}
}

void
desk_again(struct desk *d, struct inbox_item *it)
{
	const char *wrong;
	struct fail f;

	(void)snprintf(d->wanted, sizeof(d->wanted), "%s", d->line);
	d->len = 0;
	desk_once(d);
	if ((wrong = lasting_parse(&d->want, d->wanted)) != NULL) {
		desk_note(d, "%s", wrong);
		return;
	}
	d->note[0] = '\0';
	if (d->want.like == NULL || it->p.program)
		tell(d, it);
	else if ((d->look = lasting_look(d->cli, &d->want, &it->p,
	    &f)) == NULL)
		desk_note(d, "%.900s", f.text);
}
