/* SPDX-License-Identifier: ISC */
/*
 * When each secret was last recorded for a run.  The log is where that stands:
 * the auditor takes it from there, and hands it on at the start, so that no
 * release has to write to the vault.
 */
#ifndef COMMON_LASTUSE_H
#define COMMON_LASTUSE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define LASTUSE_MAX	1024U	/* names; the vault has no more */

struct lastuse_row {
	char		*name;
	uint64_t	 time_s;	/* since 1970 */
};

/* Sorted by name; all zero: none. */
struct lastuse {
	struct lastuse_row *v;
	size_t		 n;
};

/*
 * It was used then; a later use that is known already stays.  What is no name
 * of a secret is ignored, and for a name too many the oldest goes.
 */
void	lastuse_note(struct lastuse *, const char *name, size_t len,
	    uint64_t time_s);
/* 0: never, as far as is known. */
uint64_t lastuse_of(const struct lastuse *, const char *name);
/* As a list of "NAME seconds", and what such a list says. */
void	lastuse_put(struct buf *, const char *key, const struct lastuse *);
void	lastuse_take(struct lastuse *, const void *fields, size_t len,
	    const char *key);
void	lastuse_free(struct lastuse *);

#endif
