/* SPDX-License-Identifier: ISC */
/* What was refused inside of a run, by the fields of its RESULT. */
#ifndef CLIENT_REFUSALS_H
#define CLIENT_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * As lines on standard error, how often and by what; failed: the command did,
 * so that what it has tried in vain is told, too.
 */
void	refusals_tell(const uint8_t *result, size_t len, int failed);
/* The same as text, a sentence each behind a blank. */
void	refusals_text(struct buf *, const uint8_t *result, size_t len,
	    int failed);
/* That the command has met its limit of memory, if so; on standard error. */
void	refusals_memory(const uint8_t *result, size_t len);
/* The members "changed", "denied", "unanswered" and "refused". */
void	refusals_json(struct buf *, const uint8_t *result, size_t len);

#endif
