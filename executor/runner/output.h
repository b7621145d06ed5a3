/* SPDX-License-Identifier: ISC */
/*
 * One of a run's output streams: from the pipe that the command writes to,
 * through the masks, into the pipe that the client reads.  Nothing is read
 * while something waits to be written, so a slow client slows the command
 * down, as in any pipeline.
 */
#ifndef EXECUTOR_RUNNER_OUTPUT_H
#define EXECUTOR_RUNNER_OUTPUT_H

#include <poll.h>
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

#include "executor/runner/keep.h"
#include "executor/runner/masker.h"

struct output {
	int			 src;	/* -1: ended */
	int			 dst;	/* -1: the reader is gone */
	struct masker_stream	*hs;
	struct buf		 out;
	size_t			 off;	/* written of out */
	int			 drop;	/* what still comes is for nobody */
	uint64_t		 bytes;	/* delivered */
	crypto_generichash_state hash;	/* of what was delivered */
	struct keep		*keep;	/* gets it as well; or NULL */
	enum outfile_kind	 kind;	/* as that */
};

/* What both streams of a run may deliver together. */
struct budget {
	uint64_t	left;		/* UINT64_MAX: no limit */
	int		over;		/* something was cut off; what becomes
					   of the streams is the caller's */
};

/* Neither end is there. */
void	output_init(struct output *);
/* Takes both descriptors. 0 or -1, errno. */
int	output_open(struct output *, int src, int dst);
/* From now on values of h are hidden; before the first byte. */
void	output_mask(struct output *, const struct masker *);
/* What is delivered from now on is stored as well; not closed here. */
void	output_keep(struct output *, struct keep *, enum outfile_kind);
/* The one descriptor that it waits for now; fd -1: it is done. */
void	output_poll(const struct output *, struct pollfd *);
/* Goes on after poll. */
void	output_step(struct output *, const struct pollfd *, struct budget *);
/* No more input; what is certain stays to be written. */
void	output_cut(struct output *);
/* The same, but whoever writes can go on, for nobody. */
void	output_discard(struct output *);
/* A line of clawbot's own, outside of the budget. */
void	output_note(struct output *, const char *);
/*
 * Likewise, between two of its writes: 0, or -1 while something is still to be
 * written.  Where nobody reads, it goes nowhere.
 */
int	output_line(struct output *, const char *);
/* Nothing is left to be done. */
int	output_done(const struct output *);
/* The last of it, but for its descriptors: the digest of what was delivered. */
void	output_digest(struct output *, uint8_t digest[32]);

#endif
