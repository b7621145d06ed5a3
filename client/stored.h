/* SPDX-License-Identifier: ISC */
/*
 * What is stored of a run's output: what the record of its end says of it, and
 * the file, which is what that record's digest says, or is not looked at.
 */
#ifndef CLIENT_STORED_H
#define CLIENT_STORED_H

#include <stdint.h>

#include "client/cli.h"
#include "common/buf.h"
#include "common/record/record.h"

#define STORED_MAX	(128U * 1024 * 1024)	/* bytes of one file */

struct stored_output {
	uint64_t	 run;
	uint64_t	 record;	/* of its end; 0: none is known */
	uint64_t	 intent;
	uint64_t	 begun_us;	/* since the Unix epoch */
	int		 has;		/* there is a file */
	uint8_t		 digest[32];	/* of that */
	uint64_t	 bytes;		/* likewise */
	uint64_t	 cut;		/* bytes of output that are not in it */
	char		 lost[128];	/* why, or "" */
};

/* A record of the run, in their order. */
void	stored_see(struct stored_output *, const struct record_view *);
/* What is wrong with these bytes of a file, or NULL: they are right. */
const char *stored_wrong(const struct stored_output *, const void *, size_t);
/*
 * Asks the daemon for the file, and appends it to *b, which it makes.  0, or
 * -1 and *f: it is not there, or not what the record says.
 */
int	stored_get(const struct cli *, const struct stored_output *,
	    struct buf *b, struct fail *f);

#endif
