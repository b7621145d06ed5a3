/* SPDX-License-Identifier: ISC */
/*
 * What is stored of a run's output, where logging.output says so: on its way
 * to the auditor, by a pipe that only this run has, in parts as outfile.h has
 * them.  It is what the client gets, so masked, and scrubbed beyond that.
 *
 * All of it (KEEP_FULL) is scrubbed and sent as it comes, up to so many bytes;
 * then it is counted.  Of an excerpt (KEEP_EXCERPT) its beginning and its end
 * are held here, half of the bytes each, and scrubbed and sent at the end, so
 * output costs no more than copying it.
 */
#ifndef EXECUTOR_RUNNER_KEEP_H
#define EXECUTOR_RUNNER_KEEP_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outfile.h"
#include "executor/runner/scrub.h"

/* What all runs of a skill have. */
struct keepconf {
	uint8_t		 how;		/* KEEP_*, see xconf.h */
	uint64_t	 max;		/* bytes of a run */
	struct redactpat *patterns;
	int		 known;		/* known shapes are hidden as well */
};

struct keep;

/* Takes the pipe's write end, and the secrets, or NULL. */
struct keep	*keep_new(const struct keepconf *, struct fingerprints *,
		    int fd);
/* The word to go was given at this time; all times count from there. */
void		 keep_begin(struct keep *, int64_t now_us);
/* NULL: nothing is stored.  kind: OUTFILE_OUT, ERR or TTY. */
void		 keep_put(struct keep *, enum outfile_kind, const uint8_t *,
		    size_t);
/* The terminal has this size from now on. */
void		 keep_size(struct keep *, uint16_t rows, uint16_t cols);
/* Does so much wait to be sent that nothing more is to come? */
int		 keep_waits(const struct keep *);
/* The descriptor that it waits for now; fd -1: none. */
void		 keep_poll(const struct keep *, struct pollfd *);
/* Goes on after poll; never waits.  NULL is fine, in all of these. */
void		 keep_step(struct keep *, const struct pollfd *);
/* The end of the output: sends the rest, and waits for that.  Frees it. */
void		 keep_end(struct keep *);

#endif
