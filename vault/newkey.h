/* SPDX-License-Identifier: ISC */
/*
 * A key that opens something from now on, of what somebody has given for it:
 * a slot of the vault, or a bundle.
 */
#ifndef VAULT_NEWKEY_H
#define VAULT_NEWKEY_H

#include "vault/prove.h"

struct vault;

/*
 * Takes the new one of the keys that came, for a slot of p->kind, and calls
 * made: with what its derivation costs, or with NULL for a file.  What is wrong
 * with it is answered.
 */
void	newkey_make(struct prove *, void (*made)(struct prove *,
	    const struct slot_cost *cost));
/*
 * Puts a slot into next that k's master key is wrapped in by it, with p->text
 * as its label.  0 or -1.
 */
int	newkey_slot(struct prove *, struct store *next, struct keyring *k,
	    const struct slot_cost *cost);
/*
 * Encrypts all values, of which the vault has the same entries, by k's keys.
 * 0 or -1.
 */
int	newkey_encrypt(const struct vault *, struct store *next,
	    struct keyring *k);

#endif
