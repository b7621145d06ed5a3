/* SPDX-License-Identifier: ISC */
/* One file of an archive, as the daemon sends it. */
#ifndef CLIENT_ARCHIVEPUT_H
#define CLIENT_ARCHIVEPUT_H

#include <stdint.h>

#include "client/archive.h"
#include "client/logquery.h"
#include "common/buf.h"

enum archive_put {
	PUT_DONE,	/* it is there, and on disk; its name is, once
			   archive_sync() has been called */
	PUT_OTHER,	/* what came is not what was wanted; nothing is there */
	PUT_FAILED	/* and *f */
};

/* Appends all that comes to b.  0, or -1 and *f. */
int	archiveput_get(struct archive *, const struct query_ask *,
	    struct buf *b, struct fail *);
struct segends_read;
/* Gives all that comes to who reads its ends; likewise. */
int	archiveput_ends(struct archive *, const struct query_ask *,
	    struct segends_read *, struct fail *);
/*
 * Puts what comes into a file of that name, or finds that it is there.  want:
 * NULL, or the digest that it must have.
 */
enum archive_put archiveput_file(struct archive *, const struct query_ask *,
	    int dirfd, const char *name, const uint8_t want[ARCHIVE_DIGEST],
	    struct fail *);

/*
 * archivestay.c: the digest of all of a file, from where it stands.  0, or -1
 * and errno.
 */
int	archivestay_digest(int fd, uint8_t digest[ARCHIVE_DIGEST]);
/*
 * A file was put there, and what came has that digest.  0, or -1
 * and errno: it is not there.
 */
int	archivestay_note(struct archive *, int dirfd, const char *name,
	    const uint8_t digest[ARCHIVE_DIGEST]);
void	archivestay_free(struct archive *);

#endif
