/* SPDX-License-Identifier: ISC */
/* A run and its caller, from the request to the end. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "client/claim.h"
#include "client/conn.h"
#include "client/stream.h"
#include "client/termsize.h"
#include "client/timeword.h"
#include "client/tty.h"
#include "client/ttymode.h"
#include "common/plan.h"

#define WAIT_AS_TOLD	UINT32_MAX	/* as the configuration says */

struct session {
	const struct cli *cli;
	struct conn	*conn;
	struct stream	 in;
	struct stream	 out;
	struct stream	 err;
	struct capture	 capout;	/* --json */
	struct capture	 caperr;
	char		 id[RUNID_TEXT];
	int		 tty;		/* -t */
	int		 raw;		/* its keys are the run's now */
	struct tty_keys	 keys;
	struct ttymode	 modes;		/* that it has set */
	int		 stops;		/* Ctrl-Z stops us, and is not its */
	int		 stopping;	/* it was typed */
	struct termsize	 size;
	int		 detach;	/* -d */
	const char	*left;		/* it goes on by itself: "running" */
	int		 started;
	int		 finished;	/* RESULT, or there will be none */
	int		 moved_told;
	int		 cancelled;
	int		 interrupted;	/* by this signal */
	int		 wake;		/* signals have come */
	int		 no_input;	/* -n */
	int		 joined;	/* both outputs go to one file */
	struct intake	*into;		/* NULL, or who has its output: then
					   nobody waits on without it */
	int		 endless;	/* its output did not end */
	const char	*partial;	/* into: why it may not be whole */
	int		 claims;	/* WAIT: for one that there is */
	struct claim_set said;		/* of ourselves */
	uint32_t	 wait_s;	/* for an approver, or WAIT_AS_TOLD */
	uint8_t		*waiting;	/* fields of WAITING */
	size_t		 waitinglen;
	int64_t		 leave_at;	/* then it waits no longer; 0: never */
	struct timeword	 word;		/* -t */
	int		 leaving;	/* the daemon was told so */
	int		 gave_up;	/* it goes on waiting without us */
	uint8_t		*result;
	size_t		 resultlen;
	struct fail	 fail;
};

/*
 * One that has asked for nothing yet.  It is too large for a stack, and of
 * zeroes already, as what is static is: to write them would touch every page
 * of buffers that most runs leave alone.
 */
void	session_init(struct session *, const struct cli *);
/*
 * How the streams of the request go with ours: as one, where output and error
 * are one file, and in a terminal of this size.
 */
void	session_streams(struct session *, struct runreq *);
/* sessionend.c: tells what came of it; the exit status. */
int	session_report(struct session *);
/*
 * Asks, and goes on until it is over: the exit status.  With into nothing is
 * told of a run that ends well, and a signal that came is left to the caller,
 * in interrupted.
 */
int	session_go(struct session *, unsigned type, const void *, size_t);

#endif
