/* SPDX-License-Identifier: ISC */
/* The size of the terminal, and having it drawn anew; see termsize.h. */
#include "config.h"

#include "client/termsize.h"
#include "client/timeword.h"
#include "client/tty.h"

/*
 * What comes first may have been on its way already.  Both sizes have to be
 * seen: a run that looks after the second one finds that nothing has changed.
 */
#define REDRAW_SETTLE_MS	500	/* after the first that it draws */
#define REDRAW_LATE_MS		2000	/* it draws nothing */

void
termsize_send(struct termsize *t, struct conn *c)
{
	uint16_t rows, cols;

	tty_size(&rows, &cols);
	if (t->at != 0 || (rows == t->rows && cols == t->cols))
		return;
	t->rows = rows;
	t->cols = cols;
	conn_winsize(c, rows, cols);
}

void
termsize_redraw(struct termsize *t, struct conn *c)
{
	if (t->rows < 2)
		return;
	conn_winsize(c, --t->rows, t->cols);
	t->at = timeword_now() + REDRAW_LATE_MS;
	t->drawn = 0;
}

void
termsize_drawn(struct termsize *t)
{
	if (t->at == 0 || t->drawn)
		return;
	t->drawn = 1;
	t->at = timeword_now() + REDRAW_SETTLE_MS;
}

void
termsize_turn(struct termsize *t, struct conn *c)
{
	if (t->at == 0 || timeword_now() < t->at)
		return;
	t->at = 0;
	termsize_send(t, c);
}
