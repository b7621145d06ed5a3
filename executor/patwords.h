/* SPDX-License-Identifier: ISC */
/*
 * The files that the words of a skill's patterns mean.  A profile has hundreds
 * of words, most of which mean nothing on a host: which directories of PATH do
 * not have a name is kept for as long as these do not change.  The resolver
 * of a skill writes it down where all that the skill's spawner forks can read
 * it.
 */
#ifndef EXECUTOR_PATWORDS_H
#define EXECUTOR_PATWORDS_H

#include <sys/stat.h>

#include "common/xmalloc.h"
#include "executor/ident.h"

/* In the spawner, before it forks: 0, or -1 and errno. */
int	patwords_make(void);
/* In the spawner, once the resolver has been forked: only that writes. */
void	patwords_read_only(void);
/*
 * In the resolver, and in the spawner before what it forks next: the words are
 * others from now on, and what was written down of those before means nothing
 * to who has these, nor the other way round.  Both as often.
 */
void	patwords_renew(void);
/*
 * Calls found for every word that means a file, in the order of the words: its
 * index, the name as it was found, and what fstat says.  0; or -1 and *t
 * where a lack kept one from being looked up, or where found said so.
 */
int	patwords_find(const struct place *, const struct strv *words,
	    int (*found)(void *, size_t, const char *, const struct stat *),
	    void *, struct trouble *);

#endif
