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

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/record/record.h"

struct logmatch;

/* The account of a name or number: 0, or -1 if there is none. */
typedef int (*logmatch_uid)(const char *, uid_t *);

/*
 * Reads n terms at the time now, in seconds since the Unix epoch.  NULL and the
 * reason in err, for a person, if one is none, or if it could be true of no
 * record that there is: a kind, an outcome that is not known.
 */
struct logmatch	*logmatch_new(char *const *terms, size_t n, uint64_t now,
		    logmatch_uid, char *err, size_t errlen);
/* Between what times they all are; 0 where there is no bound. */
void		 logmatch_span(const struct logmatch *, uint64_t *since_us,
		    uint64_t *until_us);
void		 logmatch_free(struct logmatch *);
/* Is it one of them? */
int		 logmatch_is(const struct logmatch *,
		    const struct record_view *);

#endif
