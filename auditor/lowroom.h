/* SPDX-License-Identifier: ISC */
/*
 * The file system of the log has little room left: that is recorded, and the
 * supervisor told of it, once, before anything is refused; and once more when
 * there is ample room again.  What hovers about the mark is one of these alone.
 * A start knows from the log which of the two was last.
 */
#ifndef AUDITOR_LOWROOM_H
#define AUDITOR_LOWROOM_H

#include <stdint.h>

#include "common/record/record.h"
#include "common/room.h"

struct auditor;

struct lowroom {
	int		 low;		/* as the log has it */
	int		 unsaid;	/* not told yet, */
	uint64_t	 record;	/* that it has been recorded here */
	struct room_left	 room;		/* then */
	uint64_t	 refused;	/* records, for want of room, since */
};

/* What a record says of it, at a start. */
void	lowroom_read(struct lowroom *, const struct record_view *);
/* Once a second: appends a record where that has changed. */
void	lowroom_look(struct auditor *);
/* Behind a commit: tells the supervisor. */
void	lowroom_tell(struct auditor *);

#endif
