/* SPDX-License-Identifier: ISC */
/*
 * One of a run's output streams: from the pipe that the command writes to,
 * through the masks, into the pipe that the client reads.  Nothing is read
 * while something waits to be written, so a slow client slows the command
 * down, as in any pipeline.
 */
#ifndef EXECUTOR_RUNNER_STREAM_H
#define EXECUTOR_RUNNER_STREAM_H

#include <poll.h>
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

#include "executor/runner/hide.h"

struct stream {
	int			 src;	/* -1: ended */
	int			 dst;	/* -1: the reader is gone */
	struct hide_stream	*hs;
	struct buf		 out;
	size_t			 off;	/* written of out */
	int			 drop;	/* what still comes is for nobody */
	uint64_t		 bytes;	/* delivered */
	crypto_generichash_state hash;	/* of what was delivered */
};

/* What both streams of a run may deliver together. */
struct budget {
	uint64_t	left;		/* UINT64_MAX: no limit */
	int		over;		/* something was cut off; what becomes
					   of the streams is the caller's */
};

/* Neither end is there. */
void	stream_init(struct stream *);
/* Takes both descriptors. 0 or -1, errno. */
int	stream_open(struct stream *, int src, int dst);
/* From now on values of h are hidden; before the first byte. */
void	stream_hide(struct stream *, const struct hide *);
/* The one descriptor that it waits for now; fd -1: it is done. */
void	stream_poll(const struct stream *, struct pollfd *);
/* Goes on after poll. */
void	stream_step(struct stream *, const struct pollfd *, struct budget *);
/* No more input; what is certain stays to be written. */
void	stream_cut(struct stream *);
/* The same, but whoever writes can go on, for nobody. */
void	stream_discard(struct stream *);
/* A line of clawbot's own, outside of the budget. */
void	stream_note(struct stream *, const char *);
/* Nothing is left to be done. */
int	stream_done(const struct stream *);
/* Closes it; digest of what was delivered. */
void	stream_close(struct stream *, uint8_t digest[32]);

#endif
