/* SPDX-License-Identifier: ISC */
/* How the keyring gets what opens a slot. */
#ifndef VAULT_UNLOCK_H
#define VAULT_UNLOCK_H

#include <sys/types.h>

#include <stddef.h>

#include "vault/keyring.h"

/*
 * Reads the key file that fd is open on, whole, into guarded memory.  Refuses
 * what is no regular file, what belongs neither to root nor to uid, what group
 * or others may read or write, what is shorter than KEYFILE_MIN or longer than
 * KEYFILE_MAX, and one byte repeated.
 * 0, or -1 and the reason in err.  fd stays the caller's.
 */
int	unlock_keyfile(struct keyring *, int fd, uid_t uid, char *err,
	    size_t errlen);

#endif
