/* SPDX-License-Identifier: ISC */
/*
 * A log of which no auditor runs loses its end: what is from a record on is
 * moved into a directory beside it, "lost-NUMBER", and stays there.  Each step
 * is durable before the next, and leaves a log that does not start until the
 * last of them, for it is not whole or has such a directory where its next
 * record goes; so whatever ends it in the middle, doing it again goes on where
 * it was.
 */
#ifndef CLIENT_SETASIDE_H
#define CLIENT_SETASIDE_H

#include <sys/types.h>

#include <stdint.h>

#include "client/cli.h"
#include "common/buf.h"
#include "common/record/logscan.h"
#include "common/xmalloc.h"

struct setaside {
	int		 dirfd;		/* of the log */
	uid_t		 uid;		/* whose it is */
	gid_t		 gid;
	char		 name[LOG_NAMEMAX];	/* of the directory */
	int		 to;		/* it, or -1 */
	struct strv	 moved;		/* what is in it, with its name */
	struct strv	 digests;	/* as records have them */
	uint64_t	 bytes;
	int		 seals;		/* there are some in it */
	/* what the caller knows of what was removed in front */
	uint64_t	 gone;		/* up to there; parts of it go, too */
	int		 front;		/* nothing left says so: it goes */
};

/* Begins with that record; no directory is made.  0, or -1 and *f. */
int	setaside_init(struct setaside *, int dirfd, uint64_t record,
	    struct fail *);
/*
 * Moves what is from the place of a scan's result on, all where nothing was
 * good, makes the rest a log that can go on, and tells what was moved; the keys
 * too, where none of them goes on behind these seals.  0, or -1 and *f.
 */
int	setaside_do(struct setaside *, const struct logscan_result *,
	    const struct sealcheck *, struct fail *);
/*
 * The last step: appends these lines, which tell of it, to the log, all of them
 * at once.  0, or -1 and *f.
 */
int	setaside_end(const struct setaside *, const struct buf *lines,
	    struct fail *);
void	setaside_free(struct setaside *);

#endif
