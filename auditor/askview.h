/* SPDX-License-Identifier: ISC */
/*
 * What of a record its own asker is shown, who may not read the log.  Words of
 * a request are searched there for what must not be logged, so whether and
 * where something of them is hidden tells which of many guesses is a value of
 * the vault.  Therefore no member is shown whose text is searched, nor one
 * that follows from it, whether anything of it was hidden or not.
 */
#ifndef AUDITOR_ASKVIEW_H
#define AUDITOR_ASKVIEW_H

#include "common/buf.h"
#include "common/record/record.h"

/*
 * Appends a line with those members of a record that its asker may see, and
 * "excerpt":true behind "v"; with ASKVIEW_P for the digest of the line before,
 * whose text that would let them try.  Of a kind that no run has, nothing.
 */
#define ASKVIEW_P	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
void	askview_line(struct buf *, const char *line,
	    const struct record_view *);

#endif
