/* SPDX-License-Identifier: ISC */
/*
 * Types of slots, clawbot-vault(5).  What stands in a slot is looked at here
 * before a byte of memory is taken for what it asks for.
 */
#ifndef VAULT_SLOT_H
#define VAULT_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "vault/keyring.h"
#include "vault/store.h"

#define SLOT_SALT	16U
#define SLOT_COST	(8U + SLOT_SALT)	/* parameters of argon2id */
#define SLOT_PASSES_MIN	3U
#define SLOT_PASSES_MAX	16U
#define SLOT_KIB_MIN	65536U			/* 64 MiB */
#define SLOT_KIB_MAX	4194304U		/* 4 GiB */
#define SLOT_KIB_MADE	262144U			/* of a new one, at most */
#define SLOTS_WRITTEN	8U			/* more are not made */

enum slot_kind {
	SLOT_OTHER, SLOT_KEYFILE, SLOT_CREDENTIAL, SLOT_ARGON2ID
};

/* What a passphrase is made into a key with. */
struct slot_cost {
	uint32_t	passes;
	uint32_t	kib;
	uint8_t		salt[SLOT_SALT];
};

enum slot_kind	 slot_kind(const struct store_slot *);
/* "keyfile", ...; NULL for SLOT_OTHER. */
const char	*slot_type(enum slot_kind);
/* NULL, or why this slot cannot be tried; static text. */
const char	*slot_wrong(const struct store_slot *);
/* Of a slot of a passphrase that is not wrong. */
void		 slot_cost(struct slot_cost *, const struct store_slot *);
/*
 * Puts one behind those that there are, with parameters of its own (random
 * ones, or cost) and wrapped empty.  NULL if there are SLOTS_WRITTEN.
 */
struct store_slot *slot_add(struct store *, enum slot_kind,
		    const char *label, const struct slot_cost *cost);
/* Of all that the slots are: another one once any of them has changed. */
void		 slot_digest(const struct store *, uint8_t out[STORE_DIGEST]);
/* Takes slot i out. */
void		 slot_remove(struct store *, size_t i);
/*
 * Wraps the master key for it, or opens it, by k->kek, which is overwritten.
 * 0; -1: it is not the key, or the slot was changed.
 */
int		 slot_wrap(const struct store *, struct store_slot *,
		    struct keyring *);
int		 slot_open(const struct store *, const struct store_slot *,
		    struct keyring *);
/* k->kek for it, of bytes. */
void		 slot_kek(const struct store *, const struct store_slot *,
		    struct keyring *, const uint8_t *, size_t);

#endif
