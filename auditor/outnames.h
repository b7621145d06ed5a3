/* SPDX-License-Identifier: ISC */
/*
 * Names of what is stored of runs, in the order in which these have begun, for
 * who asks: a page at a time, each of which reads all of the directory, so that
 * memory is bounded however many there are.  What is there from the beginning
 * to the end of a page's reading is in it, once, in the form that it had or has
 * got, be it that it is packed meanwhile.
 */
#ifndef AUDITOR_OUTNAMES_H
#define AUDITOR_OUTNAMES_H

#include <stdint.h>

#include "auditor/outstore.h"

#define OUTNAMES_PAGE	8192U	/* of these at most */

struct outnames;

/*
 * Of the runs that have begun behind record after and up to record last.  The
 * store stays the caller's; NULL and errno.
 */
struct outnames	*outnames_new(struct outstore *, uint64_t after,
		    uint64_t last);
/*
 * A little of the work: some of the names, a line each, are appended, or none
 * yet.  1 to go on, 0 at the end of the page, -1 and errno.
 */
int		 outnames_step(struct outnames *, struct buf *);
/* NULL is fine. */
void		 outnames_free(struct outnames *);

/* A file is packed, and goes: tells whoever lists. */
void		 outnames_packed(struct outstore *, const char *name);

#endif
