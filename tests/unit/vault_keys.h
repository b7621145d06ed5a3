/* SPDX-License-Identifier: ISC */
/* Keys of slots for tests of a vault: how they are sent, and what they open. */
#ifndef TESTS_VAULT_KEYS_H
#define TESTS_VAULT_KEYS_H

#include <stdio.h>
#include <stdlib.h>

#include "common/field.h"
#include "common/keyin.h"
#include "common/payload.h"
#include "tests/unit/vault_util.h"
#include "vault/prove.h"
#include "vault/slot.h"

#define PHRASE		"a phrase that opens it"
#define OTHER		"another phrase of it all"
#define FILE_KEY		"a key of more than 32 bytes, for tests"

static inline void
put_key(struct buf *b, unsigned kind, unsigned slot, const char *key)
{
	static uint8_t bytes[KEYIN_BYTES];
	const struct keyin k = { kind, slot, (const uint8_t *)key,
	    strlen(key) };
	size_t len = 0;

	assert_int_equal(keyin_put(bytes, &len, &k), 0);
	buf_put(b, bytes, len);
}

/* Sends a request with these keys behind it, which are freed. */
static inline void
ask(struct vtest *t, unsigned type, uint64_t id, const struct buf *b,
    struct buf *keys)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], keys->data, keys->len), keys->len);
	(void)close(p[1]);
	vtest_send(t, type, id, b == NULL ? NULL : b->data,
	    b == NULL ? 0 : b->len, p[0]);
	buf_free(keys);
}

static inline void
ask_one(struct vtest *t, unsigned type, uint64_t id, unsigned kind,
    const char *key)
{
	struct buf keys;

	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, kind, 0, key);
	ask(t, type, id, NULL, &keys);
}

/* The slots as somebody sees them who looks now. */
static inline struct msg_rekey
rekeying(struct vtest *t, uint32_t keep)
{
	struct msg_rekey v = { keep, { 0 } };

	slot_digest(t->v.st, v.seen);
	return (v);
}

static inline void
commit(struct vtest *t, uint64_t id)
{
	vtest_prepared(t, id);
	vtest_commit(t, id);
	vtest_done(t, id, CBE_OK);
}

static inline void
add(struct vtest *t, uint64_t id, unsigned type, const char *now,
    unsigned kind, const char *key)
{
	struct msg_slot_add v = { (uint8_t)type, xstrdup("a label") };
	struct buf b, keys;

	payload_put(&b, MSG_V_SLOT_ADD, &msg_slot_add_shape, &v);
	free(v.label);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, now);
	put_key(&keys, kind, KEYIN_NEW, key);
	ask(t, MSG_V_SLOT_ADD, id, &b, &keys);
	buf_free(&b);
}

static inline void
check_value(struct vtest *t, const char *want)
{
	uint8_t *text = guard_take();
	struct store_entry *e = store_find(t->v.st, "TOKEN");
	size_t len;

	assert_null(t->v.locked);
	assert_non_null(e);
	assert_int_equal(store_value(t->v.st, t->v.k, e, text, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(text + 4, want, len);
	guard_give(text);
}

static inline void
set(struct vtest *t, uint64_t id, const char *value)
{
	vtest_set(t, id, "TOKEN", value, strlen(value));
	commit(t, id);
}

#endif
