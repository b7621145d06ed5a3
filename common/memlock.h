/* SPDX-License-Identifier: ISC */
/*
 * Memory for keys and secrets that must not be written to swap, nor to a core
 * file: no page that some of it is in is.  Where it cannot be locked there is
 * none, unless sandbox.acceptMissing names memlock: then a process that was
 * told so goes on, and says it.
 */
#ifndef COMMON_MEMLOCK_H
#define COMMON_MEMLOCK_H

#include <stddef.h>

/* From here on, in this process and what it forks. */
void		 memlock_accept(void);
/* mlock(2), or that it was accepted to be missing.  0, or -1 and errno. */
int		 memlock(void *, size_t);
/* The same; flags are those of mlock2(2). */
int		 memlock_flags(void *, size_t, unsigned flags);
/* Why some could not be locked, as a layer's state in READY; or NULL. */
const char	*memlock_missing(void);

#endif
