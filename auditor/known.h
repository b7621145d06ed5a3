/* SPDX-License-Identifier: ISC */
/*
 * What the closed segments of the log say, kept in gateway.known so that a
 * start need not read them again.  It is derived from them, and nothing
 * depends on its being there: a start takes it only while every segment that
 * it tells of is the very file that was read, of the same inode, size and time
 * of change, and while the record of the last start, which is in what a start
 * reads in any case, carries its digest.  It reads all of them otherwise.
 * What "clawbot audit verify" reads is the log itself, always.
 *
 * A new one is gateway.known.new until the record that carries its digest is
 * durable; a crash between the two leaves both, and the record tells which.
 */
#ifndef AUDITOR_KNOWN_H
#define AUDITOR_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/logseg.h"
#include "common/record/seal.h"

#define KNOWN_FILE	"gateway.known"
#define KNOWN_NEW	KNOWN_FILE ".new"
#define KNOWN_DIGEST	32

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
	uint8_t		 digest[KNOWN_DIGEST];
};

enum known_found {
	KNOWN_NONE,	/* it is not there */
	KNOWN_BROKEN,	/* it is none */
	KNOWN_TOUCHED,	/* it tells of other files than the directory has */
	KNOWN_FITS
};

/*
 * Reads the file of that name.  Where it fits, what it says of runs, stops, the
 * vault and room is in the auditor, which must know nothing of them; it is to
 * be believed if the log has its digest, which is there where it is not broken.
 */
enum known_found known_load(struct auditor *, struct known_log *,
	    const char *name);
/* How the closed segments of the directory look before they are read. */
void	known_look(struct auditor *, struct known_log *);
int	known_has(const struct known_log *, uint64_t first);
/*
 * Is the plain file of that segment, by its name and by a descriptor, the one
 * that was looked at?  1 or 0, or -1 where none was.
 */
int	known_same(const struct auditor *, const struct known_log *,
	    uint64_t first, int fd);
/*
 * Segment i of those that are known, as it looks now: 1 where that is as it
 * was, 0 where it is not, -1 and errno: ENOENT where it is not there, EINVAL
 * where what is there is no plain file.
 */
int	known_still(const struct auditor *, const struct known_log *, size_t i,
	    struct known_file *now);
/*
 * The name of the file that has a segment, and how it looks; 0, or -1 and errno
 * likewise.  As for who reads it, the plain one comes before the packed one,
 * whatever it is.
 */
int	known_find(const struct auditor *, uint64_t first,
	    char name[LOG_NAMEMAX], struct known_file *now);
/* How the file behind a descriptor looks; 0 or -1. */
int	known_open(int fd, struct known_file *);
int	known_alike(const struct known_file *, const struct known_file *);
/*
 * It was read since, looks like this, and is good; NULL: it is not.  1 if that
 * is new.
 */
int	known_set(struct known_log *, uint64_t first,
	    const struct known_file *);
/* One of them is there packed now, and is about to be so alone; was: before. */
void	known_packed(struct auditor *, struct known_log *, uint64_t first,
	    struct known_segment *was);
/* It is not; as it was. */
void	known_plain(struct known_log *, const struct known_segment *was);
/* What is known of the auditor now: before the current segment is read. */
void	known_put(struct buf *, const struct auditor *,
	    const struct record_head *, const struct sealcheck *);
/*
 * Writes what was put for the segments that were looked at to KNOWN_NEW, and
 * fills in the digest.  0, or -1: that is said and stops nothing.
 */
int	known_save(struct auditor *, struct known_log *, const struct buf *);
/* The record with its digest is durable: KNOWN_NEW becomes KNOWN_FILE. */
void	known_take(const struct auditor *);
/* No record will have its digest. */
void	known_drop(const struct auditor *);
/* It tells of something that is wrong: the next start reads all. */
void	known_wrong(const struct auditor *);
/* Is the copy of segment i's exec lines as it was left? */
int	known_exec(const struct auditor *, const struct known_log *, size_t i);
/* A closed segment is not there any more. */
void	known_forget(struct known_log *, uint64_t first);
void	known_free(struct known_log *);

#endif
