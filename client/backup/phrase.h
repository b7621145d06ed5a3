/* SPDX-License-Identifier: ISC */
/* A passphrase from the terminal of standard input, without echo. */
#ifndef CLIENT_PHRASE_H
#define CLIENT_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"

#define PHRASE_MIN	12U	/* bytes of a new one */

/*
 * Into p, which has room for size bytes; again: a new one, which is typed
 * twice and has a least length.  0, or -1 and *f.  A signal ends the process,
 * with the terminal as it was.
 */
int	phrase_read(uint8_t *p, size_t size, size_t *len, int again,
	    struct fail *);

#endif
