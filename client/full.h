/* SPDX-License-Identifier: ISC */
/* All that there is to what waits for an approval. */
#ifndef CLIENT_FULL_H
#define CLIENT_FULL_H

#include "client/pending.h"

/*
 * Every byte that will run, escaped and never shortened, a line each.  The
 * buffer is initialised here, and bad if it does not fit.
 */
void	full_make(struct buf *, const struct pending *);

#endif
