/* SPDX-License-Identifier: ISC */
/*
 * Keys out of the bytes that a terminal sends.  What belongs to a sequence is
 * never a key by itself, and what was pasted is told from what was typed.
 */
#ifndef CLIENT_KEYSEQ_H
#define CLIENT_KEYSEQ_H

#include <stddef.h>
#include <stdint.h>

/* A byte that was typed is itself. */
enum {
	KEY_NONE = 0,		/* nothing yet */
	KEY_ESCAPE = 0x1b,
	KEY_UP = 0x100, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME,
	KEY_END,
	KEY_OTHER,		/* one that nothing here is for */
	KEY_PASTED = 0x200	/* | the byte */
};

#define KEYSEQ_MS	100	/* as long as a sequence may take to come */

struct keyseq {
	uint8_t	held[32];	/* a sequence that has begun */
	size_t	n;
	int	pasting;
};

/* The key that this byte completes, or KEY_NONE. */
int	keyseq_put(struct keyseq *, uint8_t);
/*
 * Nothing came for a while: KEY_ESCAPE if that was all, and what has begun
 * else is forgotten.
 */
int	keyseq_flush(struct keyseq *);

#endif
