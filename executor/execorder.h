/* SPDX-License-Identifier: ISC */
/*
 * The order of what a runner tells of programs, looked at before it goes up:
 * what the supervisor would take for a breach of the executor's ends the run
 * that it is of, and not the daemon with all the others.  It is that of
 * supervisor/run/execrows.h, from what passes here.
 */
#ifndef EXECUTOR_EXECORDER_H
#define EXECUTOR_EXECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "common/execs.h"

enum execorder_state {
	EXECORDER_OPEN,		/* asked, no answer has come by */
	EXECORDER_ALLOWED,
	EXECORDER_REFUSED,
	EXECORDER_GONE		/* taken back */
};

struct execorder_ask {
	uint32_t		 seq;
	enum execorder_state	 state;
};

/* All zero in the beginning. */
struct execorder {
	uint32_t	 next;		/* the last that need not come first */
	uint32_t	 told;		/* rows that went up */
	uint32_t	 durable;	/* of these */
	size_t		 bytes;		/* of those that are not durable */
	size_t		 files;		/* of rows of names, all of them */
	uint32_t	*weights;	/* of messages, at their last row */
	struct execorder_ask *asks;	/* as they came */
	size_t		 nasks;
};

void	execorder_free(struct execorder *);
/* Can these come now?  0, or -1: what they change then does not matter. */
int	execorder_rows(struct execorder *, const struct exec_rows *);
/* Is there room for a message of n rows and so many bytes?  0, or -1. */
int	execorder_up(struct execorder *, size_t n, size_t bytes);
/* The same for one of names that were changed. */
int	execorder_files(struct execorder *, size_t bytes);
int	execorder_ask(struct execorder *, const struct exec_ask *);
int	execorder_asked(struct execorder *, uint32_t seq);
/* What came by on its way down. */
void	execorder_answer(struct execorder *, const struct exec_answer *);
void	execorder_done(struct execorder *, const struct exec_done *);

#endif
