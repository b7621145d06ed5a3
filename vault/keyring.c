/* SPDX-License-Identifier: ISC */
/* Keys and bindings; see keyring.h. */
#include "config.h"

#include <string.h>

#include "vault/guard.h"
#include "vault/keyring.h"

/* Every label ends with its NUL, so none is the beginning of another. */
#define LABEL_MSG	"clawbot vault 1 messages"
#define LABEL_MAC	"clawbot vault 1 mac"
#define LABEL_TYPE	"clawbot vault 1 "	/* and a slot's type */
#define LABEL_SLOT	"clawbot vault 1 slot"
#define LABEL_INDEX	"clawbot vault 1 index"
#define LABEL_RECORD	"clawbot vault 1 record"

_Static_assert(sizeof(struct keyring) <= GUARD_KEYS, "keyring is too large");

struct keyring *
keyring_get(void)
{
	return (guard_keys());
}

static void
binding_put(struct binding *b, const void *p, size_t n)
{
	memcpy(b->bytes + b->len, p, n);
	b->len += n;
}

static void
binding_put_u64(struct binding *b, uint64_t v)
{
	uint8_t raw[8];
	unsigned i;

	for (i = 0; i < 8; i++)
		raw[i] = (uint8_t)(v >> (56 - 8 * i));
	binding_put(b, raw, sizeof(raw));
}

static void
binding_start(struct binding *b, const char *label, size_t labellen,
    const uint8_t id[KEYRING_ID])
{
	b->len = 0;
	binding_put(b, label, labellen);
	binding_put(b, id, KEYRING_ID);
}

void
binding_index(struct binding *b, const uint8_t id[KEYRING_ID],
    uint64_t fileversion)
{
	binding_start(b, LABEL_INDEX, sizeof(LABEL_INDEX), id);
	binding_put_u64(b, fileversion);
}

void
binding_record(struct binding *b, const uint8_t id[KEYRING_ID],
    const char *name, uint64_t version, uint64_t written)
{
	binding_start(b, LABEL_RECORD, sizeof(LABEL_RECORD), id);
	binding_put_u64(b, version);
	binding_put_u64(b, written);
	/* Last, so it needs no length. */
	binding_put(b, name, strnlen(name, KEYRING_NAME));
}

/* The type with its NUL, then the parameters. */
static void
binding_slot(struct binding *b, const uint8_t id[KEYRING_ID],
    const char *type, const uint8_t *params, size_t nparams)
{
	binding_start(b, LABEL_SLOT, sizeof(LABEL_SLOT), id);
	binding_put(b, type, strlen(type) + 1);
	binding_put(b, params, nparams);
}

static void
subkey(struct keyring *k, const char *label, size_t labellen,
    const uint8_t id[KEYRING_ID], uint8_t out[AEAD_KEY])
{
	struct binding b;
	struct iovec info;

	binding_start(&b, label, labellen, id);
	info.iov_base = b.bytes;
	info.iov_len = b.len;
	(void)aead_hkdf_expand(&k->work, k->master, sizeof(k->master), &info,
	    1, out, AEAD_KEY);
}

static void
keyring_derive(struct keyring *k, const uint8_t id[KEYRING_ID])
{
	subkey(k, LABEL_MSG, sizeof(LABEL_MSG), id, k->msg);
	subkey(k, LABEL_MAC, sizeof(LABEL_MAC), id, k->mac);
	k->open = 1;
}

void
keyring_create(struct keyring *k, const uint8_t id[KEYRING_ID])
{
	randombytes_buf(k->master, sizeof(k->master));
	keyring_derive(k, id);
}

/* HKDF with the slot's salt. */
void
keyring_kek(struct keyring *k, const uint8_t id[KEYRING_ID],
    const char *type, const uint8_t params[KEYRING_SALT], const uint8_t *p,
    size_t len)
{
	struct binding b;
	struct iovec info;

	aead_hkdf_extract(&k->work, k->kek, params, KEYRING_SALT, p, len);
	b.len = 0;
	binding_put(&b, LABEL_TYPE, sizeof(LABEL_TYPE) - 1);
	binding_put(&b, type, strlen(type) + 1);
	binding_put(&b, id, KEYRING_ID);
	info.iov_base = b.bytes;
	info.iov_len = b.len;
	(void)aead_hkdf_expand(&k->work, k->kek, sizeof(k->kek), &info, 1,
	    k->kek, AEAD_KEY);
}

int
keyring_wrap(struct keyring *k, unsigned cipher, const uint8_t id[KEYRING_ID],
    const char *type, const uint8_t *params, size_t nparams,
    uint8_t out[KEYRING_WRAPPED])
{
	struct binding b;
	int r;

	binding_slot(&b, id, type, params, nparams);
	r = aead_encrypt(&k->work, cipher, k->kek, b.bytes, b.len, k->master,
	    sizeof(k->master), out);
	sodium_memzero(k->kek, sizeof(k->kek));
	return (r);
}

int
keyring_unwrap(struct keyring *k, unsigned cipher,
    const uint8_t id[KEYRING_ID], const char *type, const uint8_t *params,
    size_t nparams, const uint8_t in[KEYRING_WRAPPED])
{
	struct binding b;
	int r;

	binding_slot(&b, id, type, params, nparams);
	r = aead_decrypt(&k->work, cipher, k->kek, b.bytes, b.len, in,
	    KEYRING_WRAPPED, k->master);
	sodium_memzero(k->kek, sizeof(k->kek));
	if (r == 0)
		keyring_derive(k, id);
	return (r);
}

void
keyring_take(struct keyring *k, const struct keyring *from)
{
	memcpy(k->msg, from->msg, sizeof(k->msg));
	memcpy(k->mac, from->mac, sizeof(k->mac));
	k->open = 1;
}

void
keyring_shut(struct keyring *k)
{
	keyring_forget(k);
	sodium_memzero(&k->work, sizeof(k->work));
	sodium_memzero(k->msg, sizeof(k->msg));
	sodium_memzero(k->mac, sizeof(k->mac));
	sodium_memzero(k->kek, sizeof(k->kek));
	k->open = 0;
}

void
keyring_forget(struct keyring *k)
{
	sodium_memzero(k->file, sizeof(k->file));
	sodium_memzero(k->master, sizeof(k->master));
	k->filelen = 0;
}

void
keyring_mac(struct keyring *k, const void *p, size_t len,
    uint8_t out[KEYRING_MAC])
{
	crypto_generichash(out, KEYRING_MAC, p, len, k->mac, sizeof(k->mac));
	sodium_stackzero(1024);
}

int
keyring_encrypt(struct keyring *k, unsigned cipher, const struct binding *b,
    const uint8_t *text, size_t len, uint8_t *out)
{
	return (aead_encrypt(&k->work, cipher, k->msg, b->bytes, b->len, text,
	    len, out));
}

int
keyring_decrypt(struct keyring *k, unsigned cipher, const struct binding *b,
    const uint8_t *msg, size_t len, uint8_t *out)
{
	return (aead_decrypt(&k->work, cipher, k->msg, b->bytes, b->len, msg,
	    len, out));
}
