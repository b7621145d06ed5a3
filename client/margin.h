/* SPDX-License-Identifier: ISC */
/*
 * Lines that fit on a screen.  Text that others wrote is broken here and not
 * by the terminal, and behind a margin of ours: whatever it says, it never
 * stands where a line begins.
 */
#ifndef CLIENT_MARGIN_H
#define CLIENT_MARGIN_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/xmalloc.h"

/* As many rows and columns as are used; a terminal may not know its own. */
void	margin_screen(size_t *rows, size_t *cols);
/* NULL, or why nothing can be asked there. */
const char *margin_lacks(void);
/*
 * Adds the lines of a text that was escaped and has no newline: "label | "
 * in front of the first, " | " in front of the others.  A character beyond
 * ASCII counts as two columns, which none is wider than.
 */
void	margin_add(struct strv *, size_t cols, const char *label,
	    const void *text, size_t);
/* The same for what was put into a buffer, which is emptied. */
void	margin_take(struct strv *, size_t cols, const char *label,
	    struct buf *);

#endif
