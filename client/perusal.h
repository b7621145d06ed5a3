/* SPDX-License-Identifier: ISC */
/*
 * What an approver has to have read before yes is an answer: all of the lines
 * of what waits, each of them on the screen.  The one place that says so, for
 * every way to ask.
 */
#ifndef CLIENT_PERUSAL_H
#define CLIENT_PERUSAL_H

#include <stddef.h>

#include "client/brief.h"

struct perusal {
	struct strv	all;		/* the lines */
	struct brief	br;
	size_t		cols;		/* of the screen they are made for */
	size_t		seen;		/* so many of the first were on it */
};

void	perusal_make(struct perusal *, const struct pending *, size_t cols);
void	perusal_free(struct perusal *);
/* These are on the screen; what lies behind a line that was not is not read. */
void	perusal_shown(struct perusal *, size_t from, size_t n);
/* Was all of it? */
int	perusal_done(const struct perusal *);
/* What stands above the question, in no more than so many lines, at least 6. */
void	perusal_last(const struct perusal *, struct strv *, size_t rows);

#endif
