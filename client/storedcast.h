/* SPDX-License-Identifier: ISC */
/*
 * Stored output in its time: as asciicast, version 2, which players of
 * terminals' recordings take, as parts in JSON, or on this terminal.
 */
#ifndef CLIENT_STOREDCAST_H
#define CLIENT_STOREDCAST_H

#include <stddef.h>
#include <stdint.h>

#include "client/stored.h"

/*
 * All that a file has behind its start, on standard output.  0, or -1 where
 * it ends in a part or has what is none: what there is, is shown.
 */
int	storedcast_print(const struct stored_output *, const char *name,
	    const uint8_t *, size_t);
int	storedcast_json(const char *name, const uint8_t *, size_t);
/* Waits as the run did, two seconds at a time at most. */
int	storedcast_replay(const uint8_t *, size_t);

#endif
