/* SPDX-License-Identifier: ISC */
/*
 * A plan in a file of memory, on its way to who executes it; or what else
 * goes from one process of the executor to another and is long.
 */
#ifndef EXECUTOR_PLANFILE_H
#define EXECUTOR_PLANFILE_H

#include "common/plan.h"

/* A descriptor of a file with these bytes, sealed, or -1 and errno. */
int	planfile_new(const void *, size_t);
/*
 * Maps a file that is sealed likewise and has at most max bytes, to be read.
 * The descriptor stays open.  Memory to be unmapped and *len, or NULL and
 * errno.
 */
void	*planfile_map(int fd, size_t max, size_t *len);
/*
 * Decodes it, if it is sealed: who reads it after this gets the same bytes.
 * Their digest too, unless digest is NULL.  The descriptor stays open.  0, or
 * -1 and errno.
 */
int	planfile_read(int fd, struct plan *, uint8_t *digest);

#endif
