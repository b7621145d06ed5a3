/* SPDX-License-Identifier: ISC */
/*
 * Standard input of a run: from the pipe that the client writes to into the
 * one that the command reads, with a digest of what that was given.  Bytes are
 * copied, because pages that a client has lent to its pipe are still its own to
 * change.  There is room for one chunk of them, of one run in a process, so a
 * command that does not read slows the client down.
 */
#ifndef EXECUTOR_RUNNER_INPUT_H
#define EXECUTOR_RUNNER_INPUT_H

#include <poll.h>
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

#define INPUT_DIGEST	32	/* BLAKE2b-256 */

struct input {
	int		src;	/* -1: ended */
	int		dst;	/* does not block; -1: nobody reads any more */
	uint64_t	bytes;	/* given to the command */
	crypto_generichash_state sum;	/* of those */
	size_t		off;	/* from here to len they wait for room in dst */
	size_t		len;
};

/* Neither end is there yet. */
void	input_init(struct input *);
/* What it waits for now: two places of a poll set; -1: nothing. */
void	input_poll(const struct input *, struct pollfd p[2]);
/* Goes on after poll; never waits. */
void	input_step(struct input *, const struct pollfd p[2]);
void	input_close(struct input *);
/* Of all that was given; once, at the end. */
void	input_digest(struct input *, uint8_t out[INPUT_DIGEST]);

#endif
