/* SPDX-License-Identifier: ISC */
/*
 * What opens or wraps slots of the vault, on its way from a client through a
 * pipe: entries, one behind the other, each of
 *	kind u8, slot u8, length u16, so many bytes
 * big-endian.  Only the client and the vault ever see them.
 */
#ifndef COMMON_KEYIN_H
#define COMMON_KEYIN_H

#include <stddef.h>
#include <stdint.h>

#include "common/keyfile.h"

#define KEYIN_MAX	9U		/* entries: of 8 slots, and a new one */
#define KEYIN_HEAD	4U
#define KEYIN_BYTES	(KEYIN_MAX * (KEYIN_HEAD + KEYFILE_MAX))
#define KEYIN_NEW	255U		/* slot: of one that is to be made */
#define KEYIN_PHRASE_MIN 12U		/* bytes of a new passphrase */

enum { KEYIN_FILE = 1, KEYIN_PHRASE = 2 };

struct keyin {
	unsigned	 kind;		/* KEYIN_FILE, KEYIN_PHRASE */
	unsigned	 slot;		/* from 1; 0: any; KEYIN_NEW */
	const uint8_t	*p;
	size_t		 len;		/* 1 to KEYFILE_MAX */
};

/*
 * Appends an entry to the *len bytes at to, which has room for KEYIN_BYTES.
 * 0, or -1 if that is not so for this one.
 */
int	keyin_put(uint8_t *to, size_t *len, const struct keyin *);
/*
 * Takes len bytes apart; the entries point into them.  0, or -1 if they are
 * malformed: then there is none.
 */
int	keyin_get(const uint8_t *, size_t len, struct keyin v[KEYIN_MAX],
	    size_t *n);

#endif
