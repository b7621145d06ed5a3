/* SPDX-License-Identifier: ISC */
/*
 * A vault that was taken over; see common/takeover.h.  The file is "hostile" in
 * its directory.
 */
#ifndef VAULT_HOSTILE_VAULT_H
#define VAULT_HOSTILE_VAULT_H

#include "vault/vault.h"

#if CB_TEST_HOOKS
/* In place of a release to a run; 1: it is done, and fd taken. */
int	hostile_release(struct vault *, uint64_t run, const char *name,
	    int fd);
#else
#define hostile_release(v, run, name, fd)	0
#endif

#endif
