/* SPDX-License-Identifier: ISC */
/*
 * Lists: a row for each of many runs, as fast as the client reads them.  Who
 * lists says what a row is when it is its turn; what is gone until then has
 * none.
 */
#ifndef SUPERVISOR_LISTING_H
#define SUPERVISOR_LISTING_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "supervisor/client/client.h"

/*
 * Sends a row for each of the n runs (ids are taken over) as the client
 * reads them, then END unless it is watching.
 */
void	listing_send(struct client *cl, row_fn *row, uint64_t *ids, size_t n);
/*
 * The same of rows that are parts of one configuration: if another comes into
 * force in between, END says so, and the client asks again.
 */
void	listing_send_conf(struct client *cl, row_fn *row, uint64_t *ids,
	    size_t n);
/* One more for those that watch and may see this run of that account. */
void	listing_watched(struct daemon *, uid_t, const struct lineage *,
	    uint64_t id);

/* How something that waited for an approver came to its end. */
struct listing_end {
	const char	*how;		/* "approved", "denied", "expired",
					   "withdrawn" */
	const char	*reason;	/* or NULL */
	int64_t		 by;		/* the account that did it, or -1 */
};

/* Tells those that watch and want to hear of it, likewise. */
void	listing_over(struct daemon *, uid_t, const struct lineage *,
	    uint64_t id, const struct listing_end *);

#endif
