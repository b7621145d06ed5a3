/* SPDX-License-Identifier: ISC */
/*
 * Standard input of a run: from the pipe that the client writes to into the
 * one that the command reads.  The bytes are not looked at.  The pipes are
 * the only buffer, so a command that does not read slows the client down.
 */
#ifndef EXECUTOR_RUNNER_INPUT_H
#define EXECUTOR_RUNNER_INPUT_H

#include <poll.h>
#include <stdint.h>

struct input {
	int		src;	/* -1: ended */
	int		dst;	/* -1: nobody reads any more */
	int		full;	/* waits for room in dst */
	uint64_t	bytes;	/* given to the command */
};

/* Neither end is there yet. */
void	input_init(struct input *);
/* What it waits for now: two places of a poll set; -1: nothing. */
void	input_poll(const struct input *, struct pollfd p[2]);
/* Goes on after poll; never waits. */
void	input_step(struct input *, const struct pollfd p[2]);
void	input_close(struct input *);

#endif
