/* SPDX-License-Identifier: ISC */
/*
 * Requests that are being looked up by the resolvers of their skills.  A
 * resolver has one at a time, in order, for a turn; what it has to read more
 * for than that goes behind the others.  Those of other skills go on
 * meanwhile, and so does all else.
 */
#ifndef EXECUTOR_ASKS_H
#define EXECUTOR_ASKS_H

#include "executor/executor.h"

#define ASK_S	60	/* for an answer, with all that was asked before it */

struct ask;

/* What became of one; it is gone afterwards. */
struct ask_end {
	void	(*found)(struct executor *, uint64_t id, struct skill *,
		    const struct resolve *, struct resolved *);
	void	(*failed)(struct executor *, uint64_t id,
		    const struct resolve *, struct trouble *);
};

/* Once the event base is there. */
void	asks_init(struct executor *, const struct ask_end *);
/*
 * Takes what is in *v; m are the bytes that it was decoded from.  Its end
 * may come at once.
 */
void	asks_add(struct executor *, uint64_t id, struct skill *,
	    struct resolve *v, const void *m, size_t len);
/* Is there one of that id? */
int	asks_has(const struct executor *, uint64_t id);
/* Nobody waits any more: no end comes. */
void	asks_close(struct executor *);

#endif
