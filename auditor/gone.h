/* SPDX-License-Identifier: ISC */
/*
 * What the auditor keeps of the beginning of the log that was removed, and of
 * the times that its records have: whether the host's clock can be believed
 * when parts are removed for their age.
 */
#ifndef AUDITOR_GONE_H
#define AUDITOR_GONE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/pruned.h"
#include "common/record/record.h"

struct auditor;

/*
 * From one record to the next, or to now, no more time passes than that while
 * the log is in use: it is sealed every quarter of an hour.
 */
#define GONE_JUMP_US	(7 * 24 * 3600 * UINT64_C(1000000))

struct gone {
	char		*line;		/* of the last prune record, or NULL */
	size_t		 len;
	struct pruned	 what;		/* in that; record 0: nothing */
	uint64_t	 first;		/* of the segment that it is about */
	int		 unfinished;	/* no session has begun behind it */
	uint64_t	 last_us;	/* the latest time of all records */
	/*
	 * The record from which on the time is more than GONE_JUMP_US later,
	 * and no administrator has pruned since; 0: none.
	 */
	uint64_t	 jump;
};

/* One more record, in their order. */
void	gone_see(struct gone *, const struct record_view *, const char *line,
	    size_t len);
/* It is now: where that is a jump, record is the next one. */
void	gone_now(struct gone *, uint64_t us, uint64_t record);
/* A prune record of that line, newline included, takes effect. */
void	gone_set(struct gone *, const char *line, size_t len);
void	gone_put(struct buf *, const struct gone *);
void	gone_get(struct rd *, struct gone *);
void	gone_free(struct gone *);

/*
 * Writes the copy of the line that goes in front of what is left.  0, or -1
 * with errno.
 */
int	gone_write(const struct auditor *);
/*
 * What stands in front of a log whose beginning was removed: appends the line,
 * and says how many bytes of LOG_SEALS follow it.
 */
uint64_t gone_before(struct buf *, const struct auditor *);
/*
 * Sets aside what a removal on a full disk begins with, and gives that back for
 * the files that it writes.
 */
void	gone_spare(const struct auditor *);
void	gone_spare_use(const struct auditor *);
/* Removes the files of a segment.  0, or -1 with errno. */
int	gone_unlink(const struct auditor *, uint64_t first);
/*
 * What the oldest segment that is not recorded as removed goes on with: the
 * last record that is gone and its seals, or the beginning.  0, or -1 where
 * that is not known.
 */
int	gone_held(const struct auditor *, struct record_head *,
	    struct sealcheck *);
/*
 * Is the removal of the first segment recorded and sealed, and some of it still
 * there?
 */
int	gone_is_half(const struct auditor *);
/*
 * The start: removes what a crash has left of a segment whose removal is
 * recorded and sealed.  Its number, or 0 if there was none.  One that is not
 * sealed has not taken place: what is gone is what LOG_PRUNED says.
 */
uint64_t gone_finish(struct auditor *);

#endif
