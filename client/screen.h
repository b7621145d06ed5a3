/* SPDX-License-Identifier: ISC */
/*
 * A terminal that is one screen: drawn as a whole, by the few sequences of
 * ECMA-48 and xterm that terminals, screen(1) and tmux(1) agree on.  A text
 * has its place, which is set for each, and none draws outside of it: it was
 * escaped (esc.h), and is cut here.
 */
#ifndef CLIENT_SCREEN_H
#define CLIENT_SCREEN_H

#include <stddef.h>

#include "common/buf.h"

enum drawn { DRAWN_PLAIN, DRAWN_BOLD, DRAWN_DIM, DRAWN_REVERSE };

/* What is drawn at one time. */
struct drawing {
	struct buf	b;
	size_t		rows;
	size_t		cols;
	size_t		row;		/* the next one, from 1 */
	int		off;		/* past the last one */
};

/* Can this terminal be drawn on? */
int	screen_possible(void);
/*
 * Takes it over; 0, or -1 and errno.  Until screen_end, which exit(3) calls
 * too; both may be called again, and by a stopped process that goes on.
 */
int	screen_begin(void);
void	screen_end(void);

void	draw_begin(struct drawing *);
/* A row in this look, to be filled with cells; nothing past the last one. */
void	draw_row(struct drawing *, enum drawn);
/* A text at this column, from 0, in no more than so many. */
void	draw_cell(struct drawing *, size_t col, size_t width, const char *,
	    size_t);
/* A row with a text all over. */
void	draw_text(struct drawing *, enum drawn, const char *);
/* Rows that stay empty, up to this one. */
void	draw_skip(struct drawing *, size_t row);
/* A sound, and what the terminal's window is called. */
void	draw_bell(struct drawing *);
void	draw_title(struct drawing *, const char *);
/* A cursor where one types; else there is none. */
void	draw_cursor(struct drawing *, size_t row, size_t col);
/* What is left over stays empty.  Draws it, and frees it. */
void	draw_show(struct drawing *);

#endif
