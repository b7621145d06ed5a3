/* SPDX-License-Identifier: ISC */
/*
 * Digests of large files, a slice at a time: so a resolver can go on with
 * other requests in between.  A request that needs more than one turn is
 * looked up anew in each, and finds here what those before have read.
 */
#ifndef EXECUTOR_RESOLVER_SLICES_H
#define EXECUTOR_RESOLVER_SLICES_H

#include "executor/ident.h"

#define SLICE_BYTES	(UINT64_C(2) * 1024 * 1024)	/* in one turn */

/* A turn begins. */
void	slices_turn(void);
/* Did a file need more than that?  Then what was found is nothing yet. */
int	slices_more(void);
/*
 * Like ident_fill() with the digest: 0, or -1 and *t, also where there is
 * more to be read than is left of this turn.  What was read to its end is
 * known until nobody has asked for some seconds, while the file's numbers
 * stay as they are.
 */
int	slices_fill(int fd, struct ident *, struct trouble *);

#endif
