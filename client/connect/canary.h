/* SPDX-License-Identifier: ISC */
/*
 * Programs as settings name them, started as an agent would, with something
 * that is harmless: what comes of it is what the settings are worth.
 */
#ifndef CLIENT_CANARY_H
#define CLIENT_CANARY_H

#include <stddef.h>

#define CANARY_OUTPUT	65536	/* bytes of it that are kept */

struct canary {
	int	 status;		/* as of a shell; -1: it did not end */
	char	 out[CANARY_OUTPUT + 1];	/* standard output */
};

/*
 * Executes argv with that for its standard input and waits for it, a minute at
 * most.  0, or -1 and errno if it could not be started.
 */
int	canary_fly(struct canary *, char *const *argv, const char *input);
/*
 * The first text in quotes for which fits() is true; to be freed, NULL if
 * there is none.  Ours have nothing in them that would be escaped.
 */
char	*canary_quoted(const char *text, int (*fits)(const char *));

#endif
