/* SPDX-License-Identifier: ISC */
/*
 * Memory for keys and open values: memfd_secret(2) pages whose descriptor is
 * closed, or, where the kernel has none, anonymous pages whose mlock2(2) was
 * checked, unless it was accepted to be missing (memlock.h).  Every piece
 * stands between pages that cannot be touched, is left out of core dumps and
 * does not survive a fork.  All of it is reserved once,
 * by guard_init, while the limit on locked memory does not bind yet.
 */
#ifndef VAULT_GUARD_H
#define VAULT_GUARD_H

#include <stddef.h>

#define GUARD_KEYS	16384U		/* bytes for the keyring */
#define GUARD_SLOT	69632U		/* bytes for one value */
#define GUARD_SLOTS	16U

/* 0, or -1 and the reason in err. */
int		 guard_init(char *err, size_t errlen);
/* "memfd_secret", "mlock" or "missing: why"; "none" before guard_init. */
const char	*guard_kind(void);
/* The keyring's piece, GUARD_KEYS bytes, zeroed at the start. */
void		*guard_keys(void);
/* A zeroed piece of GUARD_SLOT bytes, or NULL when all are taken. */
void		*guard_take(void);
/* Zeroes it and takes it back; NULL is fine. */
void		 guard_give(void *);
/* Zeroes everything: the last thing before the end. */
void		 guard_wipe(void);

#endif
