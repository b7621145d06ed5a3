/* SPDX-License-Identifier: ISC */
/*
 * The terminal of a run, as its runner sees it: the master of a pair that
 * the command has made in its own sandbox.  What the client types goes in
 * here; what comes out is a stream like any other.  It never becomes the
 * controlling terminal of the runner, which did not open it.
 */
#ifndef EXECUTOR_RUNNER_TERM_H
#define EXECUTOR_RUNNER_TERM_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define TERM_BUF	4096

struct term {
	int		expected;	/* the master is on its way */
	int		master;		/* -1: not there */
	int		src;		/* what is typed; -1: ended */
	int		dst;		/* for what is printed */
	uint16_t	rows;
	uint16_t	cols;
	uint8_t		buf[TERM_BUF];
	size_t		off;
	size_t		len;
	uint8_t		last;		/* that was typed */
	uint64_t	bytes;		/* given to the command */
};

/* There is none. */
void	term_init(struct term *);
/* There will be one; takes the client's pipes, but dst is only held. */
void	term_expect(struct term *, int src, int dst);
/* Is the master still to come? */
int	term_awaited(const struct term *);
/*
 * Here it is, still the caller's.  0, or -1 and errno if it is not the
 * master of a terminal.
 */
int	term_open(struct term *, int master);
/* The command is told by the kernel. */
void	term_size(struct term *, uint16_t rows, uint16_t cols);
/* What it waits for now: two places of a poll set; -1: nothing. */
void	term_poll(const struct term *, struct pollfd p[2]);
/* Goes on after poll; never waits. */
void	term_step(struct term *, const struct pollfd p[2]);
/* Nothing is typed any more, and the master is closed here. */
void	term_end(struct term *);

#endif
