/* SPDX-License-Identifier: ISC */
/*
 * What is stored of runs' output (logging.output): a file for each in
 * OUTFILE_DIR, called by the numbers of its intent and its run, so that it can
 * be removed with the records that it belongs to.  It comes by a pipe of this
 * run's own; nobody tells its name or its digest but the auditor, in the
 * record of the run's end, before which it is durable.
 *
 * The log comes first: where there is no room, or too much is stored, of all
 * or of an account, output is dropped and counted, and the record says so.
 */
#ifndef AUDITOR_OUTSTORE_H
#define AUDITOR_OUTSTORE_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "auditor/openruns.h"
#include "auditor/outshare.h"
#include "common/buf.h"

struct event;
struct event_base;
struct outnames;
struct packfile;
struct stored;

struct outstore {
	int			 dirfd;	/* -1: there is none */
	struct event_base	*base;
	uint64_t		 max;	/* bytes of a run; 0: none is stored */
	uint64_t		 total_max;
	uint64_t		 total;	/* of all, as far as they are counted */
	struct outshare		 share;	/* of these, the accounts' */
	unsigned		 refused; /* OUTSTORE_*, the last time */
	uint32_t		 refused_uid;	/* whose run's that was */
	uint64_t		 session; /* records from there on are ours */
	uint64_t		 first;	/* record that is there */
	void			*looking;	/* DIR, or NULL */
	struct event		*look;
	int			 counted;	/* all of it was looked at */
	int			 again;	/* once more, from its beginning */
	TAILQ_HEAD(, stored)	 runs;
	LIST_HEAD(outlistings, outnames) listed; /* outnames.h */
};

/* logdir: the log's; next: the number of the next record. */
void	outstore_open(struct outstore *, int logdir, uint64_t next);
/*
 * Begins to count what is there, and to remove what belongs to records before
 * first, which are gone; before the loop, in which that is done.
 */
void	outstore_start(struct outstore *, struct event_base *,
	    uint64_t first);
/*
 * The records before first have gone from the log for good: so does what is
 * stored of their runs, a few files at a time.  What is left at the end the
 * next start removes.
 */
void	outstore_gone(struct outstore *, uint64_t first);
/*
 * A run's intent is written, or, with NULL, was refused: takes the pipe's read
 * end.  0, or -1: it is none, the run has one, or nothing is to be stored.
 */
int	outstore_take(struct outstore *, const struct open_run *, int fd);
/* The run is over: what is in the pipe is written, and made durable. */
void	outstore_settle(struct outstore *, uint64_t run);
/* Adds what was stored to the record of its end; nothing if nothing was. */
void	outstore_fields(const struct outstore *, uint64_t run, struct buf *);
/* That record is there. */
void	outstore_forget(struct outstore *, uint64_t run);
/* The same for a run of an earlier session, which nobody saw end. */
void	outstore_found(struct outstore *, uint64_t run, uint64_t intent,
	    struct buf *);
/* To read it, packed or not, or NULL. */
struct packfile *outstore_read(const struct outstore *, uint64_t run,
	    uint64_t intent);
/* What a file of so many bytes takes. */
uint64_t outstore_takes(uint64_t bytes);
/* The file of an intent has become another size; 0: there is none. */
void	outstore_sized(struct outstore *, uint64_t intent, uint64_t from,
	    uint64_t to);

#endif
