/* SPDX-License-Identifier: ISC */
/*
 * Closed segments that are not what the log says, as far as that is known: each
 * is recorded once, and once more when it is mended, and the supervisor is told
 * of each, and where it is removed.  What is damaged is not in gateway.known,
 * so that the next start reads it; one that succeeds has found it whole, as far
 * as clawbot audit recover has not moved it away, and says so likewise.
 */
#ifndef AUDITOR_DAMAGE_H
#define AUDITOR_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "auditor/known.h"
#include "common/buf.h"
#include "common/record/logseg.h"
#include "common/record/record.h"

struct auditor;

struct damage {
	uint64_t	 first;		/* of the segment */
	struct known_file was;		/* how it looked then */
	const char	*rule;		/* that it breaks: static text */
	int		 recorded;
	int		 mended;	/* and that is not recorded yet */
	uint64_t	 gone;		/* at a start: record of its removal */
};

struct damages {
	struct damage	*v;
	size_t		 n;
	/* recorded, and not told of yet; behind them the newest that was */
	struct damage_news {
		uint64_t	 record;
		uint64_t	 first;
		unsigned	 fate;		/* CHECKED_* */
		char		 file[LOG_NAMEMAX];
		const char	*rule;
	}		*news;
	size_t		 nnews;
	struct damage_news newest;
	int		 unsaid;
	int		 live;		/* the supervisor can be told */
	/* at a start: from that record on, as that one says; 0: nothing */
	uint64_t	 lost;
	uint64_t	 lost_by;
	/* of the last time that all of the log was read */
	uint64_t	 done_us;	/* 0: not yet */
	uint64_t	 done;		/* up to that record */
};

/* NULL if that segment is good for all that is known. */
const struct damage *damage_of(const struct auditor *, uint64_t first);
/* That many are not. */
size_t	damage_count(const struct auditor *);
/*
 * It breaks that rule, static text; now: how it looks.  Recorded once until it
 * is mended, whatever other rules it breaks meanwhile; not if its removal is
 * recorded, and some of it is still there.
 */
void	damage_found(struct auditor *, uint64_t first, const char *rule,
	    const struct known_file *now);
/*
 * The segment that was written is closed, and looks good to who has not read
 * it: nothing believes those that are damaged.
 */
void	damage_stays(struct auditor *);
/* It is what the log says, and looks like this; NULL: it was written yet. */
void	damage_none(struct auditor *, uint64_t first,
	    const struct known_file *now);
/* All of it was read, up to there, but for what is damaged. */
void	damage_read(struct auditor *, uint64_t first, uint64_t last);
/* The segment has been removed, as that record says. */
void	damage_removed(struct auditor *, uint64_t first, uint64_t record);
/* What a record says of it, at a start. */
void	damage_see(struct auditor *, const struct record_view *);
/* What the log says is damaged, where it is not read from the beginning. */
void	damage_put(struct buf *, const struct damages *);
void	damage_get(struct rd *, struct damages *);
/* Inside of that. */
struct damage	*damages_find(const struct damages *, uint64_t first);
void	damages_drop(struct damages *, struct damage *);
/* Is it a closed segment of the log? */
int	damages_place(const struct auditor *, uint64_t first);
/* Nothing is known of it. */
void	damage_clear(struct damages *);
/* A start has found all of the log whole: what of that is over. */
void	damage_started(struct auditor *);
/*
 * Once a second, from when the supervisor can be told: records what there was
 * no room for before, and what a start has found; not yet committed.
 */
void	damage_again(struct auditor *);
/* Behind a commit: tells the supervisor what is new, a message for each. */
void	damage_tell(struct auditor *);

#endif
