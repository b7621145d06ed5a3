/* SPDX-License-Identifier: ISC */
/*
 * The closed segments while the auditor runs: what is known behind the last of
 * them (known.h) is taken down at each rotation, so that the next start, also
 * one that follows a long session, reads little more than the last segment.
 */
#ifndef AUDITOR_CLOSED_H
#define AUDITOR_CLOSED_H

#include "auditor/known.h"
#include "common/buf.h"

struct auditor;

struct closed {
	int		 on;		/* what follows is so */
	struct known_log known;		/* all that are closed */
	struct buf	 state;		/* behind the last one */
	int		 good;		/* gateway.known says it */
	int		 untaken;	/* it does when it is taken */
	void		(*told)(struct auditor *); /* of each rotation */
};

/*
 * What a start has found; known and state are taken over.  good: as it is in
 * the file that is there.
 */
void	closed_begin(struct auditor *, struct known_log *, struct buf *state,
	    int good);
/*
 * Adds to the fields of a record, which the next commit will make durable, the
 * digest of what is known, in a file that is.
 */
void	closed_put(struct auditor *, struct buf *fields);
/* Takes that back where the record was not made. */
void	closed_back(struct auditor *);
/* After that commit. */
void	closed_durable(struct auditor *);
/* After a commit: exec.log, rotation, and what follows from it. */
void	closed_tidy(struct auditor *);
/*
 * One of them, which is known, is there packed now, and is about to be so
 * alone; was: how it was.
 */
void	closed_packed(struct auditor *, uint64_t first,
	    struct known_segment *was);
/* It is still there as it was. */
void	closed_plain(struct auditor *, const struct known_segment *was);
/* One was read again, and is not what the log says: nothing believes it. */
void	closed_doubt(struct auditor *, uint64_t first);
/* Nor is any of them, as if that were said of each. */
void	closed_doubt_all(struct auditor *);
/* It is, and looks like this by now. */
void	closed_sure(struct auditor *, uint64_t first,
	    const struct known_file *);
/* One is not there any more. */
void	closed_forget(struct auditor *, uint64_t first);
/*
 * The auditor knows what is not in the log: nothing more is taken down in this
 * session.
 */
void	closed_off(struct auditor *);

#endif
