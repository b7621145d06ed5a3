/* SPDX-License-Identifier: ISC */
/*
 * Asking the daemon about something that the agent is to do itself.  A shell
 * line is asked for as "/bin/sh -n -c LINE", which reads the line and executes
 * nothing: it is judged as the line, waits for an approver and stands in the
 * log.  Files are looked for from within a run, by test(1).
 */
#ifndef CLIENT_HOOKASK_H
#define CLIENT_HOOKASK_H

#include <stdint.h>

#include "client/cli.h"
#include "client/hook/hookcall.h"

struct hookask {
	const struct cli *cli;
	const char	*skill;
	const char	*agent;		/* its name, for the log */
	const char	*session;	/* of the agent, or NULL */
	int64_t		 until;		/* ms, as execution_now() */
};

enum hookasked {
	HOOKASKED_YES,
	HOOKASKED_NO,
	HOOKASKED_LATER		/* it still waits for an approver */
};

/* What is said to all that the call is about; *why is to be freed. */
enum hookasked hookask(const struct hookask *, const struct hookcall *,
	    char **why);

#endif
