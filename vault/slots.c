/* SPDX-License-Identifier: ISC */
/*
 * Slots shown, added and removed, and the whole vault with a new key.  Each
 * is a change of the file like any other (change.c); who adds one or makes
 * the key anew has shown before that he has one that opens it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "vault/change.h"
#include "vault/newkey.h"
#include "vault/prove.h"
#include "vault/slot.h"
#include "vault/vault.h"

static void
put_slot(struct buf *out, const struct store *st, size_t number)
{
	const struct store_slot *s = &st->slots[number - 1];
	const char *wrong = slot_wrong(s);
	uint8_t all[STORE_DIGEST];
	struct slot_cost cost;
	struct buf b;
	char *label;

	buf_init(&b, 4096);
	label = xmalloc(s->labellen + 1);
	memcpy(label, s->label, s->labellen);
	label[s->labellen] = '\0';
	field_u64(&b, "slot", number);
	field_str(&b, "type", s->type);
	field_str(&b, "label", label);
	if (wrong != NULL)
		field_str(&b, "wrong", wrong);
	else if (slot_kind(s) == SLOT_ARGON2ID) {
		slot_cost(&cost, s);
		field_u64(&b, "passes", cost.passes);
		field_u64(&b, "memory_kb", cost.kib);
	}
	slot_digest(st, all);
	field_hex(&b, "slots", all, sizeof(all));
	buf_put_bytes(out, b.data, b.len);
	buf_free(&b);
	free(label);
}

void
slots_list(struct vault *v, uint64_t id)
{
	struct buf b;
	size_t i;

	buf_init(&b, MSG_ROW_MAX);
	buf_put_u32(&b, (uint32_t)v->st->nslots);
	for (i = 0; i < v->st->nslots; i++)
		put_slot(&b, v->st, i + 1);
	(void)ipc_send(v->ipc, MSG_V_NAMES, id, b.data, b.len, NULL, 0);
	buf_free(&b);
}

/* How many can be opened, and how many of them at a start. */
static unsigned
usable(const struct store *st, int at_start)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < st->nslots; i++)
		n += slot_wrong(&st->slots[i]) == NULL &&
		    (!at_start || slot_kind(&st->slots[i]) != SLOT_ARGON2ID);
	return (n);
}

#define NONE_AT_START	"; no slot is left that opens at a start: after "   \
			"one the vault is locked until clawbot secrets "    \
			"unlock"

static const char *
at_start(const struct store *was, const struct store *next)
{
	return (usable(was, 1) != 0 && usable(next, 1) == 0 ?
	    NONE_AT_START : "");
}

/* NULL, or why slots cannot be changed now. */
static const char *
not_changed(const struct vault *v)
{
	if (v->astray && v->st->version == 0 && !v->k->open)
		return (lock_missing);
	if (v->astray)
		return (v->stray != NULL ? v->stray : v->locked);
	if (v->locked != NULL && v->st->nslots != 0)
		return ("the vault is locked; clawbot secrets unlock comes "
		    "first");
	return (v->change != NULL ? "another change of the vault is under "
	    "way" : NULL);
}

#define SLOTS_OTHERS	"the vault has other slots than those that were "    \
			"shown: nothing was changed; clawbot secrets slots " \
			"shows them"

_Static_assert(MSG_SLOTS_SEEN == STORE_DIGEST, "a digest of slots");

/* Are the slots those that whoever asks has seen? */
static int
as_seen(const struct vault *v, const uint8_t seen[STORE_DIGEST])
{
	uint8_t all[STORE_DIGEST];

	slot_digest(v->st, all);
	return (memcmp(all, seen, sizeof(all)) == 0);
}

/* It is wrapped in a slot by the new key. */
static void
add_slot(struct prove *p, const struct slot_cost *cost)
{
	struct vault *v = p->v;
	struct prove_mem *m = p->m;
	struct store *next = change_successor(v);
	int create = next->nslots == 0;
	char said[128];

	if (create) {
		randombytes_buf(next->id, KEYRING_ID);
		next->cipher = v->cipher;
		keyring_create(&m->k, next->id);
	}
	if (newkey_slot(p, next, &m->k, cost) == -1) {
		store_free(next);
		prove_fail(p, CBE_INTERNAL, "wrapping the key failed");
		return;
	}
	(void)snprintf(said, sizeof(said), "slot %zu (%s) was added",
	    next->nslots, next->slots[next->nslots - 1].type);
	keyring_forget(&m->k);
	/* the new vault's keys are in force with its file */
	if (create)
		p->m = NULL;
	change_slots(v, p->id, next, create ? &m->k : NULL,
	    create ? m : NULL, said);
	prove_end(p);
}

/* Others may have gone on while a key was derived. */
static void
add_made(struct prove *p, const struct slot_cost *cost)
{
	const char *why = not_changed(p->v);

	if (why != NULL)
		prove_fail(p, CBE_AGAIN, "%s", why);
	else
		add_slot(p, cost);
}

static void
add_proved(struct prove *p)
{
	newkey_make(p, add_made);
}

void
slots_add(struct vault *v, uint64_t id, unsigned kind, const char *label,
    int fd)
{
	const char *why = not_changed(v);
	struct prove *p;

	if (why == NULL && v->st->nslots >= SLOTS_WRITTEN)
		why = "there are 8 slots already; clawbot secrets slots rm "
		    "makes room";
	if (why == NULL && v->st->nslots == 0 && !aead_available(v->cipher))
		why = "this processor cannot do vault.cipher";
	if (why != NULL) {
		(void)close(fd);
		vault_done(v, id, CBE_AGAIN, "%s", why);
		return;
	}
	p = prove_start(v, id, fd, PROVE_ANY, add_proved);
	if (p == NULL)
		return;
	p->kind = kind;
	p->text = xstrdup(label);
}

void
slots_rm(struct vault *v, uint64_t id, const struct msg_slot *m)
{
	const char *why = not_changed(v);
	unsigned number = m->slot;
	struct store *next;
	char said[256];

	if (why == NULL && v->locked != NULL)
		why = "there is no vault yet";
	if (why != NULL || v->prove != NULL) {
		vault_done(v, id, CBE_AGAIN, "%s", why != NULL ? why :
		    "a key is being tried");
		return;
	}
	if (!as_seen(v, m->seen)) {
		vault_done(v, id, CBE_AGAIN, SLOTS_OTHERS);
		return;
	}
	if (number == 0 || number > v->st->nslots) {
		vault_done(v, id, CBE_NOENT, "there is no slot %u", number);
		return;
	}
	next = change_successor(v);
	slot_remove(next, number - 1);
	if (usable(next, 0) == 0) {
		store_free(next);
		vault_done(v, id, CBE_REFUSED, "slot %u is the last one that "
		    "opens the vault: add another one first", number);
		return;
	}
	(void)snprintf(said, sizeof(said), "slot %u (%s) was removed%s",
	    number, v->st->slots[number - 1].type, at_start(v->st, next));
	change_slots(v, id, next, NULL, NULL, said);
}

/* From the end, so that numbers stay what they are. */
static int
wrap_anew(const struct prove *p, struct store *next, struct keyring *k)
{
	size_t i;

	for (i = next->nslots; i-- > 0;) {
		if ((p->opened & 1U << i) == 0) {
			slot_remove(next, i);
			continue;
		}
		memcpy(k->kek, p->m->kek[i], AEAD_KEY);
		if (slot_wrap(next, &next->slots[i], k) == -1)
			return (-1);
	}
	return (0);
}

/* The first slot that would be lost, and nobody has said so; 0: none. */
static unsigned
lost(const struct prove *p)
{
	unsigned i;

	for (i = 0; i < p->v->st->nslots; i++)
		if ((p->opened & 1U << i) == 0 && (p->keep & 1U << i) != 0)
			return (i + 1);
	return (0);
}

static void
rekey_proved(struct prove *p)
{
	struct vault *v = p->v;
	struct prove_mem *m = p->m;
	const char *why = not_changed(v);
	struct store *next;
	unsigned n = lost(p);
	char said[256];

	if (why != NULL) {
		prove_fail(p, CBE_AGAIN, "%s", why);
		return;
	}
	if (!as_seen(v, p->seen)) {
		prove_fail(p, CBE_AGAIN, SLOTS_OTHERS);
		return;
	}
	if (n != 0) {
		prove_fail(p, CBE_REFUSED, "slot %u does not open with what "
		    "was given for it: nothing was changed", n);
		return;
	}
	next = change_successor(v);
	keyring_create(&m->next, next->id);
	if (newkey_encrypt(v, next, &m->next) == -1 ||
	    wrap_anew(p, next, &m->next) == -1) {
		store_free(next);
		prove_fail(p, CBE_INTERNAL, "encrypting anew failed: nothing "
		    "was changed");
		return;
	}
	(void)snprintf(said, sizeof(said), "the key is a new one, in %zu of "
	    "%zu slots%s", next->nslots, v->st->nslots, at_start(v->st,
	    next));
	keyring_forget(&m->next);
	p->m = NULL;
	change_slots(v, p->id, next, &m->next, m, said);
	prove_end(p);
}

void
slots_rekey(struct vault *v, uint64_t id, const struct msg_rekey *m, int fd)
{
	const char *why = not_changed(v);
	struct prove *p;

	if (why == NULL && v->st->version == 0)
		why = "there is no vault yet";
	if (why != NULL) {
		(void)close(fd);
		vault_done(v, id, CBE_AGAIN, "%s", why);
		return;
	}
	p = prove_start(v, id, fd, PROVE_EACH, rekey_proved);
	if (p != NULL) {
		p->keep = m->keep;
		memcpy(p->seen, m->seen, sizeof(p->seen));
	}
}
