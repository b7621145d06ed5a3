/* SPDX-License-Identifier: ISC */
/* How much room there is where the daemon keeps what must stay. */
#ifndef CLIENT_DISK_H
#define CLIENT_DISK_H

#include <stddef.h>

#include "common/buf.h"

/*
 * Is this row of STATUS about such a directory?  1, and the row in b, which is
 * made here, with what its file system says: state "full" where less is free
 * than the daemon needs, "low" where there is little (room.h), "free", "closed"
 * to who asks, or "unknown" where it cannot be looked at.
 */
int	disk_row(const void *, size_t, struct buf *b);

#endif
