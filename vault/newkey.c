/* SPDX-License-Identifier: ISC */
/* Keys that are made for somebody; see newkey.h. */
#include "config.h"

#include <string.h>

#include "common/keyfile.h"
#include "vault/guard.h"
#include "vault/newkey.h"
#include "vault/slot.h"
#include "vault/vault.h"

int
newkey_slot(struct prove *p, struct store *next, struct keyring *k,
    const struct slot_cost *cost)
{
	const struct keyin *new = prove_new(p);
	struct store_slot *s;

	s = slot_add(next, (enum slot_kind)p->kind, p->text, cost);
	if (s == NULL)
		return (-1);
	if (new->kind == KEYIN_PHRASE)
		memcpy(k->kek, p->m->out, AEAD_KEY);
	else
		slot_kek(next, s, k, new->p, new->len);
	return (slot_wrap(next, s, k));
}

static void
on_new_key(void *arg, int error)
{
	struct prove *p = arg;

	if (p->off)
		prove_end(p);
	else if (error != 0)
		prove_fail(p, CBE_AGAIN, "making a key of the passphrase takes "
		    "more memory than there is: %s", strerror(error));
	else
		p->made(p, &p->d.cost);
}

static const char *
new_wrong(const struct prove *p, const struct keyin *k)
{
	if (k == NULL)
		return ("there is no new key");
	if ((p->kind == SLOT_ARGON2ID) != (k->kind == KEYIN_PHRASE))
		return ("that is no key for a slot of this type");
	if (k->kind == KEYIN_PHRASE)
		return (k->len < KEYIN_PHRASE_MIN ? "a passphrase needs 12 "
		    "bytes: whoever has the file can try as many as he "
		    "likes" : NULL);
	return (keyfile_bytes_wrong(k->p, k->len));
}

void
newkey_make(struct prove *p, void (*made)(struct prove *,
    const struct slot_cost *))
{
	const struct keyin *k = prove_new(p);
	const char *why;
	int error;

	if ((why = new_wrong(p, k)) != NULL) {
		prove_fail(p, CBE_USAGE, "%s", why);
		return;
	}
	if (k->kind == KEYIN_FILE) {
		made(p, NULL);
		return;
	}
	p->made = made;
	p->d.choose = 1;
	p->d.phrase = k->p;
	p->d.len = k->len;
	p->d.out = p->m->out;
	p->d.done = on_new_key;
	p->d.arg = p;
	if ((error = derive_start(&p->d, p->v->base)) != 0)
		prove_fail(p, CBE_AGAIN, "a key cannot be made now: %s",
		    strerror(error));
}

/* Every value, by the old key and then by the new one. */
int
newkey_encrypt(const struct vault *v, struct store *next, struct keyring *k)
{
	uint8_t *text = guard_take();
	size_t i, len;
	int r = text == NULL ? -1 : 0;

	for (i = 0; i < next->nentries && r == 0; i++)
		if (store_value(v->st, v->k, &v->st->entries[i], text,
		    &len) == -1 || store_seal_value(next, k,
		    &next->entries[i], text, len) == -1)
			r = -1;
	guard_give(text);
	return (r);
}
