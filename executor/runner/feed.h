/* SPDX-License-Identifier: ISC */
/*
 * Standard input of a run: from the pipe that the client writes to into the
 * one that the command reads.  The bytes are not looked at.  The pipes are
 * the only buffer, so a command that does not read slows the client down.
 */
#ifndef EXECUTOR_RUNNER_FEED_H
#define EXECUTOR_RUNNER_FEED_H

#include <poll.h>
#include <stdint.h>

struct feed {
	int		src;	/* -1: ended */
	int		dst;	/* -1: nobody reads any more */
	int		full;	/* waits for room in dst */
	uint64_t	bytes;	/* given to the command */
};

/* Neither end is there yet. */
void	feed_init(struct feed *);
/* What it waits for now: two places of a poll set; -1: nothing. */
void	feed_poll(const struct feed *, struct pollfd p[2]);
/* Goes on after poll; never waits. */
void	feed_step(struct feed *, const struct pollfd p[2]);
void	feed_close(struct feed *);

#endif
