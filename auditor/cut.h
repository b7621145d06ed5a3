/* SPDX-License-Identifier: ISC */
/*
 * What did not run needs not be kept whole: who is refused again and again
 * would choose how large the log gets.
 */
#ifndef AUDITOR_CUT_H
#define AUDITOR_CUT_H

#include <stddef.h>

#include "common/buf.h"

#define CUT_TEXT	1024	/* bytes that are kept of a text */
#define CUT_WORDS	4096	/* and of all words of a list */

/*
 * Appends field.h fields with what is longer cut off: in place of the rest
 * stands how much it is, and the BLAKE2b-256 of the whole text, or of all
 * words with the NUL that ends each.  Objects are kept as they are.  0, or -1
 * if they are malformed.
 */
int	cut_fields(struct buf *, const void *fields, size_t len);

#endif
