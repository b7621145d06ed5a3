/* SPDX-License-Identifier: ISC */
/*
 * The records of the daemon's log, in their order, from some time on.  What is
 * older is not read: the auditor is asked for the last so many records, and for
 * more of them until the first one is older.  So where the clock was set back,
 * records from before that are found only as far as they are not behind older
 * ones.  For those who may read the log.
 */
#ifndef CLIENT_LOGREAD_H
#define CLIENT_LOGREAD_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "common/record/record.h"

struct progress;
struct logspan {
	struct progress	*progress;	/* not begun yet: begun and ended */
	uint64_t	 since_us;	/* since the Unix epoch; 0: all */
	uint64_t	 until_us;	/* not that one any more; 0: all */
};

/*
 * A record, or a line that is none, with v NULL.  0 to go on, or -1 with *f
 * set.
 */
typedef int (*logread_cb)(const struct record_view *v, const char *line,
	    size_t len, void *, struct fail *f);

/* 0, or -1 and *f. */
int	logread(const struct cli *, const struct logspan *, logread_cb,
	    void *, struct fail *);

#endif
