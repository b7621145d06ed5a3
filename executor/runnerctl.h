/* SPDX-License-Identifier: ISC */
/* A sandbox as the executor has it: a runner's socket. */
#ifndef EXECUTOR_RUNNERCTL_H
#define EXECUTOR_RUNNERCTL_H

#include "common/ticket.h"
#include "executor/executor.h"

/* What is said to its runner: 0, or -1 and errno. */
/* The plan of a run, and fds: streams and secrets, which stay open here. */
int	runnerctl_plan(int ctl, uint64_t run, const void *plan,
	    size_t planlen, const int *fds, unsigned nfds);
/* Whether the ticket is good is the runner's to know. */
int	runnerctl_go(int ctl, const uint8_t ticket[TICKET_SIZE]);
/* The word to go for the battery, which needs no ticket. */
int	runnerctl_try(int ctl);
int	runnerctl_kill(int ctl, enum outcome, int now);
/* X_ANSWER and X_EXECED, as they came. */
int	runnerctl_pass(int ctl, enum inside letter, const void *p, size_t len);
int	runnerctl_size(int ctl, uint16_t rows, uint16_t cols);

/* What its runner has said. */
enum heard_what {
	HEARD_NOTHING,
	HEARD_STARTED,
	HEARD_RESULT,
	HEARD_EXECS,	/* bytes of EXECS; these are not decoded either */
	HEARD_FILES,	/* of FILES */
	HEARD_ASK,	/* of ASK */
	HEARD_ASKED,	/* of ASKED */
	HEARD_END	/* of it, without a result; or what it must not say */
};
struct heard {
	unsigned	 ran;		/* of a result */
	const uint8_t	*p;		/* bytes of a RUNRESULT, not decoded */
	size_t		 len;
	uint8_t		 m[INSIDE_EXECS_MAX + 1];
};
/* *h is the caller's until it hears the next. */
enum heard_what	runnerctl_hear(int ctl, struct heard *);

#endif
