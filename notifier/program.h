/* SPDX-License-Identifier: ISC */
/*
 * The program, one at a time.  It runs with what this process may do and
 * knows, and nothing of what that holds: its account, its limits, its filter,
 * an environment of a few names, a pipe to read from.  When it has ended, or
 * its time has, all that it started ends with it.
 */
#ifndef NOTIFIER_PROGRAM_H
#define NOTIFIER_PROGRAM_H

#include <stddef.h>

#include "common/payload.h"

/*
 * Starts it: env is what it has of an environment, text its standard input.
 * 0, or -1 and how it ended without having begun.
 */
int	program_start(const char *path, const struct strv *env,
	    const char *text, size_t len, struct msg_noticed *);
/* Is it still to be waited for? */
int	program_goes(void);
/* What it says, to be polled for; -1: nothing. */
int	program_says(void);
/* Milliseconds that are left to it; -1 where there is none. */
int	program_left(void);
/*
 * Takes what it says, and all that has ended.  1 if it is over, everything of
 * it gone, and how it ended; else 0.
 */
int	program_look(struct msg_noticed *);

#endif
