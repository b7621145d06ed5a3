/* SPDX-License-Identifier: ISC */
/*
 * An archive: a directory of an administrator's with closed segments of a log
 * as they are, gateway.pruned and gateway.seals where the log's beginning was
 * gone before the first of them came, and the output that is stored of their
 * runs.  A file gets its name there when all of it is on disk, and is never
 * replaced: what is there and is the same counts as put there.
 */
#ifndef CLIENT_ARCHIVE_H
#define CLIENT_ARCHIVE_H

#include <stdint.h>

#include "client/cli.h"

#define ARCHIVE_DIGEST	32

struct archive {
	const char	*path;		/* for messages */
	int		 fd;		/* the directory, locked; or -1 */
	int		 outfd;		/* its OUTFILE_DIR, or -1 */
	int		 logfd;		/* where it comes from, or -1 */
	int		 logoutfd;	/* OUTFILE_DIR there, or -1 */
	uint64_t	 files;		/* that were put there */
	uint64_t	 bytes;
};

/*
 * Opens both; a directory for output is made where the log has one.  0, or -1
 * and *f.  archive_close() in any case.
 */
int	archive_open(struct archive *, const char *path, const char *logdir,
	    struct fail *);
void	archive_close(struct archive *);
/*
 * Puts a file of the log directory there; digest: NULL, or what all of it must
 * come to (BLAKE2b-256).  0, or -1 and *f.
 */
int	archive_file(struct archive *, const char *name,
	    const uint8_t digest[ARCHIVE_DIGEST], struct fail *);
/* The output of all runs that have begun up to that record; likewise. */
int	archive_output(struct archive *, uint64_t last, struct fail *);

#endif
