/* SPDX-License-Identifier: ISC */
/*
 * Fingerprints of secrets: by them one is known again in a text by who does not
 * have it.  The vault makes them, of each value, and of each of its lines that
 * is long enough to be no other word; the executor looks for them in what is
 * to be logged.  Both have the key, which is another one at each start.
 *
 * One is the length, some bits of SipHash-2-4 of eight bytes in the middle, by
 * which a text is looked through, a sum of all, by which a place costs the same
 * whatever the length, and BLAKE2b-128 of all, by which it is certain.  Who
 * holds fingerprints and key can try guesses, and of the whole value alone: the
 * bits, 16 or, of a long one, 24, tell less than would let its middle be
 * guessed first.  A value of less than FINGERPRINT_LEAST bytes, which would
 * soon be found and stands in ordinary words besides, has none.  Needs
 * libsodium.
 */
#ifndef COMMON_FINGERPRINT_H
#define COMMON_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "common/payload.h"

#define FINGERPRINT_LEAST	8	/* bytes of a value */
#define FINGERPRINT_LINE	16	/* of a line of one */

/*
 * Adds those of a value, without the line breaks that end it or its lines, if
 * there is room: at most MSG_PRINTS_MAX in all.
 * key: MSG_PRINT_KEY bytes.
 */
void	fingerprint_add(struct msg_prints *, const uint8_t *key,
	    const uint8_t *value, size_t len);

/* For looking: what is given stays the caller's. */
struct fingerprints;
struct fingerprints *fingerprints_new(const struct msg_prints *,
	    const uint8_t *key);
void	fingerprints_free(struct fingerprints *);
/*
 * Sets those of the len bytes of hide to 1 that are in text.  How many secrets
 * were found.  Time is linear in the text; where that would not be enough, the
 * place of a value is hidden of which only the middle has been seen.
 */
size_t	fingerprints_find(const struct fingerprints *, const char *text,
	    size_t len, uint8_t *hide);

#endif
