/* SPDX-License-Identifier: ISC */
/*
 * What the closed segments of the log say, kept in gateway.known so that a
 * start need not read them again.  It is derived from them, it is not synced,
 * and nothing depends on its being there: a start takes it only while every
 * segment that it tells of is the very file that was read, of the same inode,
 * size and time of change, and reads all of them otherwise.  What "clawbot
 * audit verify" reads is the log itself, always.
 */
#ifndef AUDITOR_KNOWN_H
#define AUDITOR_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/seal.h"

#define KNOWN_FILE	"gateway.known"

struct auditor;

/* Which file it was; all 0 where there was none. */
struct known_file {
	uint64_t	 ino;
	uint64_t	 size;
	uint64_t	 sec;		/* st_ctim */
	uint64_t	 nsec;
};

struct known_segment {
	uint64_t	 first;
	struct known_file log;
	struct known_file exec;		/* its copy of the exec lines */
};

/* The first n closed segments, and what is so behind the last of them. */
struct known_log {
	struct known_segment *v;
	size_t		 n;
	struct record_head tail;
	struct sealcheck seals;
};

/*
 * Reads the file, and takes what it says of runs, stops and the vault into
 * the auditor.  1, or 0 where it is not there, or tells of another log than
 * the directory has.
 */
int	known_load(struct auditor *, struct known_log *);
/* How the closed segments of the directory look before they are read. */
void	known_look(struct auditor *, struct known_log *);
/* What is known of the auditor now: before the current segment is read. */
void	known_put(struct buf *, const struct auditor *,
	    const struct record_head *, const struct sealcheck *);
/*
 * Keeps what was put for the segments that were looked at; a failure is said
 * and stops nothing.
 */
void	known_save(struct auditor *, struct known_log *, const struct buf *);
/* Is the copy of segment i's exec lines as it was left? */
int	known_exec(const struct auditor *, const struct known_log *, size_t i);
void	known_free(struct known_log *);

#endif
