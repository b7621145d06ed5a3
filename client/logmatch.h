/* SPDX-License-Identifier: ISC */
/*
 * What records are looked for, as audit search takes it: a term a word, and all
 * of them have to be true of a record.
 *
 *	KEY=VALUE	a member of that meaning is VALUE, for fnmatch(3)
 *	KEY!=VALUE	none is
 *	since=TIME, until=TIME
 *	WORD, text=WORD	the record's text has it, in letters of either size
 */
#ifndef CLIENT_LOGMATCH_H
#define CLIENT_LOGMATCH_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/record.h"

struct logmatch;

/*
 * Reads n terms at the time now, in seconds since the Unix epoch.  NULL and the
 * reason in err if one is none.
 */
struct logmatch	*logmatch_new(char *const *terms, size_t n, uint64_t now,
		    char *err, size_t errlen);
void		 logmatch_free(struct logmatch *);
/* Is it one of them? */
int		 logmatch_is(const struct logmatch *,
		    const struct record_view *);

#endif
