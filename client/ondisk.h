/* SPDX-License-Identifier: ISC */
/* A file of the configuration that the daemon has read, as it is by now. */
#ifndef CLIENT_ONDISK_H
#define CLIENT_ONDISK_H

#include <stddef.h>

/*
 * Is this row of STATUS about such a file, and was that written, replaced or
 * removed since?  What cannot be looked at counts as it was.
 */
int	ondisk_changed(const void *, size_t);
extern const char ondisk_text[];	/* what that means */

#endif
