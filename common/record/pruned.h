/* SPDX-License-Identifier: ISC */
/*
 * The beginning of a log that was removed.  A prune record says which records
 * are gone, and has what whoever reads the rest needs to know of them: the
 * digest of the last one, the perfect subtrees of the tree over all of them
 * (tree.h), and the seal that was the last one.
 *
 * gateway.pruned is a copy of that record's line, of the one that goes with
 * the first segment that is left, and stands in front of that when the log is
 * read.  It proves nothing by itself: the same line has to follow in the log,
 * and a seal behind it.
 *
 * Where that record is lost with what was behind it, clawbot audit recover says
 * the same again in another one, and makes the copy one of that.
 *
 * gateway.seals keeps what was signed of the seals that are gone, so that the
 * public key of the first one, or a checkpoint of one of them, still leads to
 * those that are left.  Text, a line for each seal, the oldest first:
 *
 *	log NAME KEY
 *	seal EPOCH FIRST LAST TIME CHAIN ROOT NEXT SIGNATURE
 *
 * "log" is in front of the first seal of a series alone (seal.h); each other
 * one is by the key that the seal before it names as the next.  Bytes are in
 * base64, TIME is in microseconds since the Unix epoch.  The record has the
 * length of the file, which may be longer, and a digest of it: of each line
 * behind the digest of all lines before.  The last of them is the seal that the
 * record names, among what is gone: one of records that are left would be of
 * others than those that are there.
 */
#ifndef COMMON_RECORD_PRUNED_H
#define COMMON_RECORD_PRUNED_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"
#include "common/record/seal.h"

#define LOG_PRUNED	"gateway.pruned"
#define LOG_SEALS	"gateway.seals"
/* A line of either is not longer. */
#define PRUNED_LINE	(256U * 1024)

/* The seals of what is gone, as far as their lines were read or written. */
struct links {
	uint64_t	 size;		/* bytes */
	uint8_t		 digest[RECORD_DIGEST];
	uint64_t	 seals;
	char		 log[SEAL_NAME + 1];
	uint64_t	 epoch;		/* of the last one */
	uint64_t	 at;		/* its record, 0: none */
	uint8_t		 next[SEAL_KEY];
	int		 begins;	/* a "log" line was the last */
};

void	links_init(struct links *);
/* Appends the lines of the seal that follows. */
void	links_put(struct buf *, struct links *, const struct seal *);
/*
 * The next line, newline included.  1 and the seal, whose signature is good and
 * whose records begin where those of the one before end; 0 for a line that has
 * none; -1 where it does not follow.
 */
int	links_line(struct links *, struct seal *, const char *line,
	    size_t len);

/* What is known of the records that are gone. */
struct pruned {
	uint64_t	 record;	/* that says so; 0: none does */
	struct record_head last;	/* of those that are gone */
	struct sealcheck seals;		/* behind it, as much as the next is
					   held to */
	uint64_t	 links;		/* bytes of gateway.seals */
	uint8_t		 digest[RECORD_DIGEST]; /* of these */
};

/* Appends what the record has of it, field.h fields; all but record. */
void	pruned_fields(struct buf *, const struct pruned *);
/*
 * Out of a line, newline included, whatever it follows.  0, or -1 if it is not
 * such a record.
 */
int	pruned_read(struct pruned *, const char *line, size_t len);

#endif
