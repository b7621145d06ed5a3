/* SPDX-License-Identifier: ISC */
/*
 * From which run a request comes: that has asked for it from inside, and may
 * have been asked for by another one itself.  What comes from outside of every
 * run has depth 0.
 */
#ifndef SUPERVISOR_LINEAGE_H
#define SUPERVISOR_LINEAGE_H

#include <stdint.h>

#include "common/buf.h"

#define LINEAGE_MAX	3	/* so deep may runs be asked for */

struct lineage {
	unsigned	 depth;		/* at most LINEAGE_MAX + 1, of what is
					   refused for that */
	uint64_t	 ids[LINEAGE_MAX + 1];	/* runs, the outermost first */
};

/* The run that asks, or 0: none does. */
uint64_t lineage_asker(const struct lineage *);
/* That of what this run asks for, which is of that lineage itself. */
void	lineage_next(struct lineage *, const struct lineage *of, uint64_t run);
/* Was it asked for by the run that the first is from, directly or in turn? */
int	lineage_holds(const struct lineage *, const struct lineage *what);
/* Fields "asker" and "depth"; none of what comes from outside. */
void	lineage_put(struct buf *, const struct lineage *);

#endif
