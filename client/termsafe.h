/* SPDX-License-Identifier: ISC */
/*
 * What was printed on a terminal, made fit to be seen on another one as it
 * was: text, what moves the cursor, erases, scrolls and colours.  What asks
 * the terminal to answer, sets its modes, titles, keys or clipboard is left
 * out, and so is every byte that is no UTF-8.
 */
#ifndef CLIENT_TERMSAFE_H
#define CLIENT_TERMSAFE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define TERMSAFE_SEQ	32	/* bytes of a sequence that is let through */

/* All zero: at the beginning. */
struct termsafe {
	int		state;
	uint8_t		seq[TERMSAFE_SEQ];
	size_t		len;
	size_t		more;		/* bytes of a character, to come */
};

/* Appends what is let through of a piece, of any size. */
void	termsafe_put(struct termsafe *, struct buf *, const uint8_t *,
	    size_t);

#endif
