/* SPDX-License-Identifier: ISC */
/*
 * Questions on the terminal of standard input and error, and text that is
 * longer than it.  Whatever was typed before a question is no answer to it.
 */
#ifndef CLIENT_PAGER_H
#define CLIENT_PAGER_H

#include <stddef.h>

#include "common/buf.h"

/* Is there a terminal to ask on? */
int	pager_terminal(void);
/*
 * Prints the question and reads a line, without its newline, to be freed.
 * NULL at the end of input.
 */
char	*pager_question(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
/* Asks that, and frees it: is the answer yes? */
int	pager_yes(struct buf *);
/*
 * Shows a text page by page, until it is over or has been seen enough.  raw:
 * it is shown with numbers of its lines, and escaped; else it was.
 */
void	pager_show(const void *, size_t, int raw);
struct strv;
/* Its lines alone, for a screen of so many columns. */
void	pager_lines(struct strv *, const void *, size_t, int raw, size_t cols);

#endif
