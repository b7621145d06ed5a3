/* SPDX-License-Identifier: ISC */
/*
 * audit show --output: what a run has printed, as far as it is stored.
 * Standard output and error come out where they went in; on a terminal all of
 * it is made harmless, unless it is wanted as it was, or once more in its time.
 */
#ifndef CLIENT_STOREDSHOW_H
#define CLIENT_STOREDSHOW_H

#include <stdint.h>

#include "client/cli.h"

enum stored_as {
	STORED_NOT,
	STORED_TEXT,
	STORED_RAW,
	STORED_TIMING,		/* asciicast, version 2 */
	STORED_REPLAY
};

/* name: the run's; the exit status. */
int	stored_show(const struct cli *, const char *name, uint64_t run,
	    enum stored_as);

#endif
