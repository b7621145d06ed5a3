/* SPDX-License-Identifier: ISC */
/*
 * The size of our terminal, as the daemon knows it of a run's.  A run that
 * draws only what has changed is made to draw all of it by one that is a row
 * smaller for a moment.
 */
#ifndef CLIENT_TERMSIZE_H
#define CLIENT_TERMSIZE_H

#include <stdint.h>

#include "client/conn.h"

struct termsize {
	uint16_t	rows;		/* as the daemon was told */
	uint16_t	cols;
	int64_t		at;		/* ms: then it is put right; 0: it is */
	int		drawn;		/* something came since it was not */
};

/* Tells the daemon, if it has changed. */
void	termsize_send(struct termsize *, struct conn *);
/* Begins to have all of it drawn. */
void	termsize_redraw(struct termsize *, struct conn *);
/* The run has drawn something, be it what it was about to before. */
void	termsize_drawn(struct termsize *);
/* Puts it right if it is time. */
void	termsize_turn(struct termsize *, struct conn *);

#endif
