/* SPDX-License-Identifier: ISC */
/*
 * The keys of the vault and what each message is bound to.  A struct keyring
 * stands in guarded memory only.
 *
 * One random master key is wrapped by each slot; from it and the vault's id
 * come the key for messages (index and records) and the key of the file's
 * MAC.  The context of every message names its kind and the vault:
 *	slot	type, parameters
 *	index	version of the file
 *	record	name, version of the secret, version of the file
 * so no message can stand in for another one, of this vault or of any.
 */
#ifndef VAULT_KEYRING_H
#define VAULT_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "common/keyfile.h"
#include "common/varname.h"
#include "vault/aead.h"

#define KEYRING_ID	16		/* of a vault */
#define KEYRING_MAC	32
#define KEYRING_SALT	32		/* parameters of a file's slot */
#define KEYRING_NAME	VARNAME_MAX	/* longest name of a secret */
#define KEYRING_WRAPPED	(AEAD_HEADER + AEAD_KEY + AEAD_TAG)

struct keyring {
	struct aead_work work;
	uint8_t		 ticket[32];
	uint8_t		 print[32];	/* of fingerprints */
	uint8_t		 master[AEAD_KEY];
	uint8_t		 msg[AEAD_KEY];
	uint8_t		 mac[AEAD_KEY];
	uint8_t		 kek[AEAD_HASH];	/* first half is used */
	uint8_t		 file[KEYFILE_MAX + 1];	/* the key file */
	size_t		 filelen;
	int		 open;			/* msg and mac are there */
};

/* The guarded memory as a keyring; guard_init came before. */
struct keyring	*keyring_get(void);
/* A new random master key for the vault of this id. */
void	 keyring_create(struct keyring *, const uint8_t id[KEYRING_ID]);

/*
 * k->kek for a slot of a type that has a file: of its bytes, and the slot's
 * KEYRING_SALT bytes of parameters.  A passphrase has another way there.
 */
void	 keyring_kek(struct keyring *, const uint8_t id[KEYRING_ID],
	    const char *type, const uint8_t params[KEYRING_SALT],
	    const uint8_t *, size_t len);
/*
 * Wraps the master key under k->kek for a slot with this type and these
 * parameters, or opens one that was wrapped so, after which the keyring is
 * open.  k->kek is overwritten.  -1: it is not the key, or the slot was
 * changed.
 */
int	 keyring_wrap(struct keyring *, unsigned cipher,
	    const uint8_t id[KEYRING_ID], const char *type,
	    const uint8_t *params, size_t nparams,
	    uint8_t out[KEYRING_WRAPPED]);
int	 keyring_unwrap(struct keyring *, unsigned cipher,
	    const uint8_t id[KEYRING_ID], const char *type,
	    const uint8_t *params, size_t nparams,
	    const uint8_t in[KEYRING_WRAPPED]);
/* Takes the keys of another one over that is open, but for its master key. */
void	 keyring_take(struct keyring *, const struct keyring *);
/* Overwrites the keys of the vault: it is locked. */
void	 keyring_shut(struct keyring *);
/*
 * Overwrites the key file and the master key: what opens and wraps slots is
 * not needed once the two keys below it are there.
 */
void	 keyring_forget(struct keyring *);

void	 keyring_mac(struct keyring *, const void *, size_t,
	    uint8_t out[KEYRING_MAC]);

/* What a message is bound to. */
struct binding {
	uint8_t	bytes[192 + KEYRING_NAME];
	size_t	len;
};

void	 binding_index(struct binding *, const uint8_t id[KEYRING_ID],
	    uint64_t fileversion);
/* written: version of the file that the record was made for. */
void	 binding_record(struct binding *, const uint8_t id[KEYRING_ID],
	    const char *name, uint64_t version, uint64_t written);

/* As in aead.h, under the key for messages. */
int	 keyring_encrypt(struct keyring *, unsigned cipher,
	    const struct binding *, const uint8_t *text, size_t len,
	    uint8_t *out);
int	 keyring_decrypt(struct keyring *, unsigned cipher,
	    const struct binding *, const uint8_t *msg, size_t len,
	    uint8_t *out);

#endif
