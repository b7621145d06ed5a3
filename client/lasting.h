/* SPDX-License-Identifier: ISC */
/*
 * Standing approvals, for whoever gives one: what the yes is for besides the
 * run that waits, and what of that there was in the last week.
 */
#ifndef CLIENT_LASTING_H
#define CLIENT_LASTING_H

#include <stdint.h>

#include "client/conn.h"
#include "client/pending.h"

#define LASTING_FOR	3600	/* seconds, where nobody says */

struct lasting {
	uint32_t	 for_s;
	uint32_t	 count;		/* with the run that waits; 0: any */
	const char	*like;		/* a pattern, or NULL: the same plan */
};

/* Takes a pattern that somebody has typed, or ends in a usage error. */
void	lasting_like(struct lasting *, const char *);
/*
 * Takes what somebody has typed: times and numbers, as in "2h 5x", and behind
 * = a pattern, which points into the text; an hour where it says no time.
 * NULL, or what is wrong with it.
 */
const char *lasting_parse(struct lasting *, const char *);
/*
 * What of a pattern there was in the last week, as the log has it; for those
 * who do something else meanwhile, as query_step in logquery.h.  What waits may
 * be over by then.
 */
struct lastweek;
struct lastweek *lasting_look(const struct cli *, const struct lasting *,
	    const struct pending *, struct fail *);
int	lasting_look_fd(const struct lastweek *);
int	lasting_look_step(struct lastweek *, int ms, struct fail *);
void	lasting_look_free(struct lastweek *);
/*
 * Puts into what waits, as its member "again", what the yes is for: lines for
 * people, which prompt_ask and full_make then show.  With a pattern they tell
 * what was found.  0, or -1 and *f; what waits is then as it was.
 */
int	lasting_tell(const struct lasting *, const struct lastweek *,
	    struct pending *, struct fail *);
/* All of that at once, for those who wait for it. */
int	lasting_wait(const struct cli *, const struct lasting *,
	    struct pending *, struct fail *);
/*
 * Approves what waits, by the digest of what was shown, and what lasting_tell
 * has told.  0 and the id that revokes it, or -1 and *f.
 */
int	lasting_give(struct conn *, const struct pending *,
	    const struct lasting *, char id[RUNID_TEXT], struct fail *);
/*
 * For who does not wait for it: STANDING_ADD, in a buffer that is initialised
 * here, and its row, a conn_row_cb for a char[RUNID_TEXT].
 */
void	lasting_put(struct buf *, const struct pending *,
	    const struct lasting *);
int	lasting_given(const void *, size_t, void *, struct fail *);

#endif
