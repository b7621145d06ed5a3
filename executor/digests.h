/* SPDX-License-Identifier: ISC */
/*
 * Digests of files of the system, which keep them for as long as nothing
 * about them changes.  The resolver of a skill writes them down where all
 * that the skill's spawner forks can read them: so what was told to an
 * approver is compared with what is executed, without reading it once more,
 * and what the executor says of a file counts for nothing.
 */
#ifndef EXECUTOR_DIGESTS_H
#define EXECUTOR_DIGESTS_H

#include <stdint.h>

#include "common/plan.h"

/*
 * In the spawner, before it forks: 0, or -1 and errno.  *wishes is the
 * resolver's end of the socket on which runners say what they had to hash.
 */
int	digests_make(int *wishes);
/* In the spawner, once the resolver has been forked: only that writes. */
void	digests_read_only(void);
/* That of a file with these numbers: 1, or 0: it is not known. */
int	digests_get(const struct ident *, uint8_t digest[PLAN_DIGEST]);
/* A runner's end of it, to be kept open there and nowhere beneath. */
int	digests_wishing(void);
/*
 * This runner had to hash a file of the system.  Its word for that is not
 * taken: the resolver does it again, if it agrees that the file is one.
 */
void	digests_wish(const char *path);
/* Of a file that no account of a run can change. */
void	digests_put(const struct ident *);

#endif
