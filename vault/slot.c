/* SPDX-License-Identifier: ISC */
/* Types of slots; see slot.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/defs.h"
#include "vault/slot.h"

static const char *const slot_types[] = {
	[SLOT_KEYFILE] = "keyfile",
	[SLOT_CREDENTIAL] = "credential",
	[SLOT_ARGON2ID] = "argon2id",
};

const char *
slot_type(enum slot_kind kind)
{
	return (slot_types[kind]);
}

enum slot_kind
slot_kind(const struct store_slot *s)
{
	unsigned i;

	for (i = SLOT_KEYFILE; i < NELEM(slot_types); i++)
		if (strcmp(s->type, slot_types[i]) == 0)
			return ((enum slot_kind)i);
	return (SLOT_OTHER);
}

static uint32_t
get_u32(const uint8_t *p)
{
	return ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3]);
}

static void
put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

void
slot_cost(struct slot_cost *c, const struct store_slot *s)
{
	c->passes = get_u32(s->params);
	c->kib = get_u32(s->params + 4);
	memcpy(c->salt, s->params + 8, SLOT_SALT);
}

static const char *
cost_wrong(const struct store_slot *s)
{
	struct slot_cost c;

	if (s->nparams != SLOT_COST)
		return ("its parameters are damaged");
	slot_cost(&c, s);
	if (c.passes < SLOT_PASSES_MIN || c.passes > SLOT_PASSES_MAX)
		return ("it does not have 3 to 16 passes");
	if (c.kib < SLOT_KIB_MIN || c.kib > SLOT_KIB_MAX)
		return ("it does not have 64 MiB to 4 GiB of memory");
	return (NULL);
}

const char *
slot_wrong(const struct store_slot *s)
{
	switch (slot_kind(s)) {
	case SLOT_OTHER:
		return ("it is of a type that this version does not know");
	case SLOT_ARGON2ID:
		if (cost_wrong(s) != NULL)
			return (cost_wrong(s));
		break;
	case SLOT_KEYFILE:
	case SLOT_CREDENTIAL:
		if (s->nparams != KEYRING_SALT)
			return ("its parameters are damaged");
		break;
	}
	return (s->nwrapped == KEYRING_WRAPPED ? NULL :
	    "what it wraps is damaged");
}

struct store_slot *
slot_add(struct store *st, enum slot_kind kind, const char *label,
    const struct slot_cost *cost)
{
	struct store_slot *s;

	if (st->nslots >= SLOTS_WRITTEN)
		return (NULL);
	s = &st->slots[st->nslots++];
	memset(s, 0, sizeof(*s));
	(void)snprintf(s->type, sizeof(s->type), "%s", slot_type(kind));
	s->labellen = strnlen(label, STORE_MAXPARAMS);
	s->label = xmalloc(s->labellen + 1);
	memcpy(s->label, label, s->labellen);
	s->nparams = kind == SLOT_ARGON2ID ? SLOT_COST : KEYRING_SALT;
	s->params = xmalloc(s->nparams);
	if (kind == SLOT_ARGON2ID) {
		put_u32(s->params, cost->passes);
		put_u32(s->params + 4, cost->kib);
		memcpy(s->params + 8, cost->salt, SLOT_SALT);
	} else
		randombytes_buf(s->params, s->nparams);
	s->nwrapped = KEYRING_WRAPPED;
	s->wrapped = xcalloc(1, s->nwrapped);
	return (s);
}

static void
hash_bytes(crypto_generichash_state *h, const void *p, size_t len)
{
	uint8_t head[4];

	put_u32(head, (uint32_t)len);
	(void)crypto_generichash_update(h, head, sizeof(head));
	(void)crypto_generichash_update(h, p, len);
}

void
slot_digest(const struct store *st, uint8_t out[STORE_DIGEST])
{
	const struct store_slot *s;
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, NULL, 0, STORE_DIGEST);
	for (s = st->slots; s < st->slots + st->nslots; s++) {
		hash_bytes(&h, s->type, strlen(s->type));
		hash_bytes(&h, s->label, s->labellen);
		hash_bytes(&h, s->params, s->nparams);
		hash_bytes(&h, s->wrapped, s->nwrapped);
	}
	(void)crypto_generichash_final(&h, out, STORE_DIGEST);
}

void
slot_remove(struct store *st, size_t i)
{
	struct store_slot *s = &st->slots[i];

	freezero(s->label, s->labellen);
	freezero(s->params, s->nparams);
	freezero(s->wrapped, s->nwrapped);
	st->nslots--;
	memmove(s, s + 1, (st->nslots - i) * sizeof(*s));
	memset(&st->slots[st->nslots], 0, sizeof(*s));
}

int
slot_wrap(const struct store *st, struct store_slot *s, struct keyring *k)
{
	return (keyring_wrap(k, st->cipher, st->id, s->type, s->params,
	    s->nparams, s->wrapped));
}

int
slot_open(const struct store *st, const struct store_slot *s,
    struct keyring *k)
{
	return (keyring_unwrap(k, st->cipher, st->id, s->type, s->params,
	    s->nparams, s->wrapped));
}

void
slot_kek(const struct store *st, const struct store_slot *s,
    struct keyring *k, const uint8_t *p, size_t len)
{
	keyring_kek(k, st->id, s->type, s->params, p, len);
}
