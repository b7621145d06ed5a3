/* SPDX-License-Identifier: ISC */
/*
 * Slots of every type, and all that changes them, in a real vault: what is
 * hostile in a slot costs nothing, what was changed in one opens nothing, and
 * the loop goes on while a passphrase is tried.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_keys.h"

#define BITS(p)		(8 * sizeof(p))

/* Malformed keys are none: every truncation, and what is in no entry. */
static void
test_keyin(void **state)
{
	static const uint8_t odd[][6] = {
		{ 0, 0, 0, 1, 'x' }, { 3, 0, 0, 1, 'x' }, { 1, 0, 0, 0 },
		{ 1, 0, 0, 3, 'x' }, { 2, 0, 0xff, 0xff, 'x' },
		{ 1, 0, 0, 1, 'x', 1 },
	};
	struct keyin v[KEYIN_MAX];
	struct buf b;
	size_t i, n;

	(void)state;
	buf_init(&b, KEYIN_BYTES);
	for (i = 0; i < KEYIN_MAX; i++)
		put_key(&b, i % 2 != 0 ? KEYIN_FILE : KEYIN_PHRASE,
		    (unsigned)i, "0123456789");
	assert_int_equal(keyin_get(b.data, b.len, v, &n), 0);
	assert_int_equal(n, KEYIN_MAX);
	for (i = 0; i < n; i++) {
		assert_int_equal(v[i].slot, i);
		assert_int_equal(v[i].len, 10);
		assert_memory_equal(v[i].p, "0123456789", 10);
	}
	for (i = 0; i < b.len; i++)
		assert_int_equal(keyin_get(b.data, i, v, &n),
		    i % 14 == 0 ? 0 : -1);
	put_key(&b, KEYIN_FILE, 0, "x");
	assert_int_equal(keyin_get(b.data, b.len, v, &n), -1);
	assert_int_equal(n, 0);
	for (i = 0; i < NELEM(odd); i++)
		assert_int_equal(keyin_get(odd[i], sizeof(odd[i]), v, &n),
		    -1);
	buf_free(&b);
}

/* What a slot asks for is bounded before anything is taken for it. */
static void
test_bounds(void **state)
{
	static const struct {
		uint32_t	passes, kib;
		int		good;
	} costs[] = {
		{ 3, 65536, 1 }, { 16, 4194304, 1 }, { 2, 65536, 0 },
		{ 17, 65536, 0 }, { 3, 65535, 0 }, { 3, 4194305, 0 },
		{ 0, 0, 0 }, { UINT32_MAX, 65536, 0 }, { 3, UINT32_MAX, 0 },
		{ 1, 8192, 0 },
	};
	struct slot_cost c;
	struct store *st;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(costs); i++) {
		st = store_new();
		memset(&c, 0, sizeof(c));
		c.passes = costs[i].passes;
		c.kib = costs[i].kib;
		assert_non_null(slot_add(st, SLOT_ARGON2ID, "", &c));
		assert_int_equal(slot_wrong(&st->slots[0]) == NULL,
		    costs[i].good);
		st->slots[0].nparams--;
		assert_non_null(slot_wrong(&st->slots[0]));
		st->slots[0].nparams++;
		st->slots[0].nwrapped--;
		assert_non_null(slot_wrong(&st->slots[0]));
		store_free(st);
	}
	st = store_new();
	for (i = 0; i < SLOTS_WRITTEN; i++)
		assert_non_null(slot_add(st, SLOT_KEYFILE, "", NULL));
	assert_null(slot_add(st, SLOT_KEYFILE, "", NULL));
	store_free(st);
}

/* Does the slot open with its key? */
static int
opens(const struct store *st, struct keyring *k, const uint8_t kek[AEAD_KEY])
{
	memcpy(k->kek, kek, AEAD_KEY);
	return (slot_open(st, &st->slots[0], k) == 0);
}

/* Each bit of each type's slot counts, and the type does. */
static void
test_every_bit(void **state)
{
	static const struct slot_cost least = { SLOT_PASSES_MIN,
	    SLOT_KIB_MIN, { 7 } };
	const uint8_t kek[AEAD_KEY] = { 1, 2, 3 };
	struct vtest t;
	struct store *st;
	struct store_slot *s;
	unsigned kind, i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	for (kind = SLOT_KEYFILE; kind <= SLOT_ARGON2ID; kind++) {
		st = store_new();
		st->cipher = vtest_cipher();
		s = slot_add(st, (enum slot_kind)kind, "", &least);
		keyring_create(t.v.k, st->id);
		memcpy(t.v.k->kek, kek, AEAD_KEY);
		assert_int_equal(slot_wrap(st, s, t.v.k), 0);
		assert_true(opens(st, t.v.k, kek));
		for (i = 0; i < 8 * s->nwrapped; i++) {
			s->wrapped[i / 8] ^= (uint8_t)(1U << i % 8);
			assert_false(opens(st, t.v.k, kek));
			s->wrapped[i / 8] ^= (uint8_t)(1U << i % 8);
		}
		for (i = 0; i < 8 * s->nparams; i++) {
			s->params[i / 8] ^= (uint8_t)(1U << i % 8);
			assert_false(opens(st, t.v.k, kek));
			s->params[i / 8] ^= (uint8_t)(1U << i % 8);
		}
		for (i = 0; i < BITS(st->id); i++) {
			st->id[i / 8] ^= (uint8_t)(1U << i % 8);
			assert_false(opens(st, t.v.k, kek));
			st->id[i / 8] ^= (uint8_t)(1U << i % 8);
		}
		s->type[0] = 'x';
		assert_false(opens(st, t.v.k, kek));
		store_free(st);
	}
	vtest_stop(&t);
	vtest_end(&t);
}

/* While a passphrase is tried the loop goes on. */
static void
unlock_and_ping(struct vtest *t)
{
	int pongs = 0, r;

	ask_one(t, MSG_V_UNLOCK, 20, KEYIN_PHRASE, PHRASE);
	vtest_send(t, MSG_PING, 0, NULL, 0, -1);
	do {
		(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
		r = ipc_wait(t->sup, &t->m, 5);
		if (r == 1 && t->m.type == MSG_PONG && t->v.locked != NULL)
			pongs++;
	} while (r == 0 || t->m.type != MSG_V_DONE);
	assert_int_equal(pongs, 1);
	assert_null(t->v.locked);
}

/* By a passphrase, over a start at which nothing opens it. */
static void
test_phrase(void **state)
{
	struct slot_cost c;
	struct vtest t;
	struct rd r;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	add(&t, 2, SLOT_ARGON2ID, FILE_KEY, KEYIN_PHRASE, PHRASE);
	commit(&t, 2);
	assert_int_equal(t.v.st->nslots, 2);
	slot_cost(&c, &t.v.st->slots[1]);
	assert_null(slot_wrong(&t.v.st->slots[1]));
	vtest_stop(&t);

	assert_int_equal(vtest_open(&t, vtest_cipher(), 0), 0);
	assert_non_null(t.v.locked);
	ask_one(&t, MSG_V_UNLOCK, 10, KEYIN_PHRASE, OTHER);
	vtest_done(&t, 10, CBE_REFUSED);
	assert_int_equal(t.v.failures, 1);
	/* the right one has to wait, too */
	ask_one(&t, MSG_V_UNLOCK, 11, KEYIN_PHRASE, PHRASE);
	vtest_done(&t, 11, CBE_AGAIN);
	t.v.retry_ms = 0;
	unlock_and_ping(&t);
	assert_int_equal(t.v.failures, 0);
	check_value(&t, "the value");
	set(&t, 21, "another value");
	vtest_send(&t, MSG_V_LOCK, 22, NULL, 0, -1);
	vtest_recv(&t, MSG_V_STATE, 0);
	vtest_done(&t, 22, CBE_OK);
	assert_non_null(t.v.locked);
	assert_int_equal(t.v.k->open, 0);
	assert_true(sodium_is_zero(t.v.k->msg, AEAD_KEY));
	assert_true(sodium_is_zero(t.v.k->mac, AEAD_KEY));
	assert_true(sodium_is_zero(t.v.k->master, AEAD_KEY));
	vtest_send(&t, MSG_V_LIST, 23, NULL, 0, -1);
	vtest_done(&t, 23, CBE_AGAIN);
	ask_one(&t, MSG_V_UNLOCK, 24, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 24, CBE_OK);
	check_value(&t, "another value");
	vtest_send(&t, MSG_V_SLOTS, 25, NULL, 0, -1);
	vtest_recv(&t, MSG_V_NAMES, 25);
	rd_init(&r, t.m.data, t.m.len);
	assert_int_equal(rd_u32(&r), 2);
	vtest_stop(&t);
	vtest_end(&t);
}

/* Keys that do not fit, and what no slot may be made of. */
static void
test_refused(void **state)
{
	const struct msg_rekey none = { 0, { 0 } };
	struct msg_slot slot = { 1, { 0 } };
	struct vtest t;
	struct buf b, keys;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	add(&t, 2, SLOT_ARGON2ID, FILE_KEY, KEYIN_PHRASE, "too short");
	vtest_done(&t, 2, CBE_USAGE);
	add(&t, 3, SLOT_KEYFILE, FILE_KEY, KEYIN_PHRASE, PHRASE);
	vtest_done(&t, 3, CBE_USAGE);
	add(&t, 4, SLOT_KEYFILE, FILE_KEY, KEYIN_FILE,
	    "00000000000000000000000000000000");
	vtest_done(&t, 4, CBE_USAGE);
	buf_init(&keys, KEYIN_BYTES);
	buf_put(&keys, "nonsense", 8);
	payload_put(&b, MSG_V_REKEY, &msg_rekey_shape, &none);
	ask(&t, MSG_V_REKEY, 5, &b, &keys);
	buf_free(&b);
	vtest_done(&t, 5, CBE_USAGE);
	slot_digest(t.v.st, slot.seen);
	payload_put(&b, MSG_V_SLOT_RM, &msg_slot_shape, &slot);
	vtest_send(&t, MSG_V_SLOT_RM, 6, b.data, b.len, -1);
	vtest_done(&t, 6, CBE_REFUSED);
	buf_free(&b);
	slot.slot = 9;
	payload_put(&b, MSG_V_SLOT_RM, &msg_slot_shape, &slot);
	vtest_send(&t, MSG_V_SLOT_RM, 7, b.data, b.len, -1);
	vtest_done(&t, 7, CBE_NOENT);
	buf_free(&b);
	assert_int_equal(t.v.st->nslots, 1);
	add(&t, 8, SLOT_KEYFILE, "not the key of this vault, but another",
	    KEYIN_FILE, "0123456789 0123456789 0123456789");
	vtest_done(&t, 8, CBE_REFUSED);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A new key for all of it, in the slots that open with what is given. */
static void
test_rekey(void **state)
{
	const char *second = "0123456789 0123456789 0123456789";
	uint8_t old[AEAD_KEY];
	struct msg_rekey v;
	struct vtest t;
	struct buf b, keys;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	add(&t, 2, SLOT_CREDENTIAL, FILE_KEY, KEYIN_FILE, second);
	commit(&t, 2);
	memcpy(old, t.v.k->msg, sizeof(old));

	/* one that is to be kept does not open: nothing happens */
	v = rekeying(&t, 3);
	payload_put(&b, MSG_V_REKEY, &msg_rekey_shape, &v);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 1, FILE_KEY);
	put_key(&keys, KEYIN_FILE, 2, FILE_KEY);
	ask(&t, MSG_V_REKEY, 3, &b, &keys);
	vtest_done(&t, 3, CBE_REFUSED);
	assert_int_equal(t.v.failures, 1);
	t.v.retry_ms = 0;
	assert_memory_equal(old, t.v.k->msg, sizeof(old));

	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 1, FILE_KEY);
	put_key(&keys, KEYIN_FILE, 2, second);
	ask(&t, MSG_V_REKEY, 4, &b, &keys);
	commit(&t, 4);
	buf_free(&b);
	assert_int_equal(t.v.st->nslots, 2);
	assert_memory_not_equal(old, t.v.k->msg, sizeof(old));
	check_value(&t, "the value");
	vtest_stop(&t);

	vtest_start(&t);
	check_value(&t, "the value");
	v = rekeying(&t, 1);
	payload_put(&b, MSG_V_REKEY, &msg_rekey_shape, &v);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 1, FILE_KEY);
	ask(&t, MSG_V_REKEY, 5, &b, &keys);
	commit(&t, 5);
	buf_free(&b);
	assert_int_equal(t.v.st->nslots, 1);
	vtest_stop(&t);
	vtest_start(&t);
	check_value(&t, "the value");
	vtest_stop(&t);
	vtest_end(&t);
}

/* What nobody has seen when he asked is neither lost nor taken for another. */
static void
test_seen(void **state)
{
	const char *second = "0123456789 0123456789 0123456789";
	struct msg_slot slot = { 2, { 0 } };
	struct msg_rekey v;
	struct vtest t;
	struct buf b, keys;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	v = rekeying(&t, 1);
	add(&t, 2, SLOT_KEYFILE, FILE_KEY, KEYIN_FILE, second);
	commit(&t, 2);
	payload_put(&b, MSG_V_REKEY, &msg_rekey_shape, &v);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 1, FILE_KEY);
	ask(&t, MSG_V_REKEY, 3, &b, &keys);
	vtest_done(&t, 3, CBE_AGAIN);
	buf_free(&b);
	memcpy(slot.seen, v.seen, sizeof(slot.seen));
	payload_put(&b, MSG_V_SLOT_RM, &msg_slot_shape, &slot);
	vtest_send(&t, MSG_V_SLOT_RM, 4, b.data, b.len, -1);
	vtest_done(&t, 4, CBE_AGAIN);
	buf_free(&b);
	assert_int_equal(t.v.st->nslots, 2);
	/* what is stored in between changes no slot */
	slot_digest(t.v.st, slot.seen);
	set(&t, 5, "another value");
	payload_put(&b, MSG_V_SLOT_RM, &msg_slot_shape, &slot);
	vtest_send(&t, MSG_V_SLOT_RM, 6, b.data, b.len, -1);
	commit(&t, 6);
	buf_free(&b);
	assert_int_equal(t.v.st->nslots, 1);
	vtest_stop(&t);
	vtest_end(&t);
}

/* Where there is none yet, and nothing opens it at a start. */
static void
test_first(void **state)
{
	struct vtest t;
	struct msg_slot_add v = { SLOT_KEYFILE, xstrdup("first") };
	struct buf b, keys;

	(void)state;
	vtest_new(&t);
	assert_int_equal(vtest_open(&t, vtest_cipher(), 0), 0);
	ask_one(&t, MSG_V_UNLOCK, 1, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 1, CBE_NOENT);
	payload_put(&b, MSG_V_SLOT_ADD, &msg_slot_add_shape, &v);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, KEYIN_NEW, FILE_KEY);
	ask(&t, MSG_V_SLOT_ADD, 2, &b, &keys);
	commit(&t, 2);
	buf_free(&b);
	free(v.label);
	assert_null(t.v.locked);
	set(&t, 3, "the value");
	vtest_stop(&t);
	vtest_start(&t);
	check_value(&t, "the value");
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keyin),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_phrase),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_rekey),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_first),
	};

	return (cmocka_run_group_tests_name("vault_slots", tests, NULL,
	    NULL));
}
