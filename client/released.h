/* SPDX-License-Identifier: ISC */
/* What rows of the daemon say of secrets that a run gets. */
#ifndef CLIENT_RELEASED_H
#define CLIENT_RELEASED_H

#include <stddef.h>

#include "common/xmalloc.h"

/*
 * A text for each, ready to be shown: its name, how it reaches the run, and
 * on what conditions; the name alone where the row says no more.  How many.
 */
size_t	released_texts(const void *row, size_t len, struct strv *);

#endif
