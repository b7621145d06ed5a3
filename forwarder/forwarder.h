/* SPDX-License-Identifier: ISC */
/*
 * The forwarder's process: it reads the log's lines from a pipe that the
 * auditor fills, and sends each to a syslog.  It knows how far that one has
 * them, on disk; so after a crash of either something may come twice, and
 * nothing is left out.  What it has not read yet waits in the log itself.
 */
#ifndef FORWARDER_FORWARDER_H
#define FORWARDER_FORWARDER_H

#include "common/ipc.h"
#include "common/record/lines.h"
#include "common/record/record.h"
#include "forwarder/outbox.h"

#define FORWARD_STALL_MS	5000	/* without anything going on */

struct forwarder {
	struct ipc	*ipc;
	char		 host[256];	/* this host's name */
	int		 place;		/* file of the place; see place.h */
	uint64_t	 done;		/* the peer has all up to this record */
	uint64_t	 next;		/* is read next; earlier ones are
					   passed over */
	int		 fresh;		/* there was no place yet */
	struct record_head last;	/* was read, or is the place */
	int		 unproved;	/* the log may be another than that */
	int		 another;	/* it is */
	int		 pipe;		/* the log's lines; -1: none */
	int		 asked;		/* for it */
	int64_t		 ask_at;	/* not before that */
	struct record_lines lines;
	uint64_t	 time_us;	/* of the last line */
	int64_t		 now;		/* when it came */
	struct outbox	 box;
	int		 unplaced;	/* the place could not be written */
	/* what the supervisor was told last, and when */
	int		 told_stalled;
	uint64_t	 told_done;
	int64_t		 told_at;
};

/* Until the supervisor ends it, or is gone. */
void	forwarder_serve(struct forwarder *) __attribute__((__noreturn__));
/* A frame that no supervisor of ours sends. */
void	forwarder_breach(unsigned type) __attribute__((__noreturn__));

/* source.c: some of the pipe, where there is room for it. */
void	source_read(struct forwarder *, int64_t now);
/* A pipe, whose lines begin at that record or before. */
void	source_set(struct forwarder *, int fd, uint64_t from);
/* There is none: asks for one, if it is time. */
void	source_want(struct forwarder *, int64_t now);
/* Milliseconds of a clock that nobody sets. */
int64_t	forwarder_now(void);

#endif
