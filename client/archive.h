/* SPDX-License-Identifier: ISC */
/*
 * An archive: a directory of an administrator's with closed segments of a log
 * as they are, gateway.pruned and gateway.seals where the log's beginning was
 * gone before the first of them came, and the output that is stored of their
 * runs.  All of it comes through the daemon, file by file.  A file gets its
 * name there when all of it is on disk, and is never replaced: what is there
 * and is the same counts as put there.
 */
#ifndef CLIENT_ARCHIVE_H
#define CLIENT_ARCHIVE_H

#include <stdint.h>

#include "client/cli.h"
#include "client/progress.h"
#include "common/record/record.h"

#define ARCHIVE_DIGEST	32

struct logquery;
struct archive_put_file;

struct archive {
	const char	*path;		/* for messages */
	const struct cli *cli;
	int		 fd;		/* the directory, locked; or -1 */
	int		 outfd;		/* its OUTFILE_DIR, or -1: not yet */
	struct logquery	*q;		/* or NULL: not yet */
	struct progress	 progress;
	uint64_t	 files;		/* that were put there */
	uint64_t	 bytes;
	struct archive_put_file *put;	/* these; archivestay.c */
	size_t		 nput;
};

/*
 * A directory that is there, and no log's.  0, or -1 and *f.  archive_close()
 * in any case.
 */
int	archive_open(struct archive *, const char *path, const struct cli *,
	    struct fail *);
void	archive_close(struct archive *);
/*
 * The last record that is in there: number 0 where nothing is.  0, or -1 and
 * *f: what is in there is no archive.
 */
int	archive_end(const struct archive *, struct record_head *last,
	    struct fail *);
/*
 * Does the log's segment of that name, which begins with record first, go on
 * behind that end, or is it in there already?  0, or -1 and *f: what is in
 * there is of another log.
 */
int	archive_joins(struct archive *, const struct record_head *end,
	    uint64_t first, const char *name, struct fail *);
/*
 * Puts the segment there that begins with record first, in the form that its
 * name says; digest: what all of it must come to (BLAKE2b-256).  0, or -1 and
 * *f.
 */
int	archive_part(struct archive *, uint64_t first, const char *name,
	    const uint8_t digest[ARCHIVE_DIGEST], struct fail *);
/* What stands in front of a log whose beginning is gone; likewise. */
int	archive_before(struct archive *, struct fail *);
/* The output of all runs that have begun up to that record; likewise. */
int	archive_output(struct archive *, uint64_t last, struct fail *);
/* All names that are there are on disk; likewise. */
int	archive_sync(const struct archive *, struct fail *);
/*
 * It has come to nothing: looks again at what was put there.  What is whole
 * stays, and is counted on standard error; what has become something else is
 * removed, by name, unless it is another file.  How many stay.
 */
size_t	archive_stays(const struct archive *);

#endif
