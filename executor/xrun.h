/* SPDX-License-Identifier: ISC */
/*
 * The executor's table of runs: from a plan that was resolved to a result
 * that was reported.
 */
#ifndef EXECUTOR_XRUN_H
#define EXECUTOR_XRUN_H

#include "common/ticket.h"
#include "executor/execorder.h"
#include "executor/executor.h"

struct event;

enum xrun_state {
	XRUN_RESOLVED,	/* a plan, nothing else */
	XRUN_BUILT,	/* a runner was asked for; waits for a ticket */
	XRUN_GONE	/* the ticket was passed on */
};

struct xrun {
	struct executor	*x;
	uint64_t	 id;
	enum xrun_state	 state;
	struct skill	*skill;
	uint8_t		*plan;		/* canonical bytes; NULL once gone */
	size_t		 planlen;
	size_t		 nmore;		/* descriptors behind its streams */
	int		 stored;	/* its output, so it is given prints */
	struct profile	 profile;
	int		 detached;	/* its output is spooled */
	int		 tty;		/* it gets a terminal */
	uint16_t	 rows;		/* of that */
	uint16_t	 cols;
	int		 ctl;		/* to the runner, or -1 */
	struct event	*ev;
	struct event	*sizes;		/* of its terminal: room for one */
	struct event	*again;		/* what is to be said once more */
	unsigned	 tries;
	int		 resize;	/* of these: its size */
	enum outcome	 kill;		/* and its end; 0: not */
	int		 kill_now;	/* that, without asking first */
	int		 told;		/* X_STARTED was sent */
	struct execorder order;		/* of what it executes */
	uint32_t	 execs;		/* rows of X_EXECS that were sent */
	uint32_t	 files;		/* and of X_FILES */
	struct buf	 result;	/* came in, cannot be reported yet */
};

struct xrun	*xrun_find(const struct executor *, uint64_t id);
/*
 * Takes the plan out of *res; stored: its output is, and there will be a pipe
 * for that.  NULL: the table is full.
 */
struct xrun	*xrun_new(struct executor *, uint64_t id, struct skill *,
		    const struct profile *, struct resolved *res, int stored);
/* Ends whatever there is and forgets it. */
void		 xrun_free(struct xrun *);
/*
 * Takes the descriptors: streams, whose three places are empty if the run is
 * detached, secrets, the socket of its channel, and the pipe for what is
 * stored of its output, with room behind them for one more.  Failures come as
 * result.
 */
void		 xrun_build(struct xrun *, int *fds, unsigned nfds);
/* The word to go, with the ticket that its runner will look at. */
void		 xrun_go(struct xrun *, const uint8_t ticket[TICKET_SIZE]);
/* The size of its terminal; nothing if it has none, or none any more. */
void		 xrun_winsize(struct xrun *, uint16_t rows, uint16_t cols);
/*
 * Ends it; its result says so.  now: without asking it to end by itself, and
 * whatever of its output has not been read yet.
 */
void		 xrun_kill(struct xrun *, enum outcome, int now);
/* Result of a run that never was. */
void		 xrun_error(struct xrun *, enum outcome, enum cberr,
		    const char *reason);
/*
 * Can a run have come to this?  What nobody knows is lost, and only what was
 * given the word can be.  gone: it was given the word to go; told:
 * that it was executed; ran: the same, says the result.  What cannot be
 * would be a breach of ours to the supervisor.
 */
int		 xrun_can_be(int gone, int told, unsigned ran,
		    const struct runresult *);

#endif
