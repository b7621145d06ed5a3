/* SPDX-License-Identifier: ISC */
/*
 * A vault that is locked and opened again, what keys cost that open nothing,
 * and a value that is shown to who has one.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_keys.h"

/* Failures are counted whoever has them, and the wait has an end. */
static void
test_delay(void **state)
{
	static const unsigned want[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256,
	    300, 300, 300 };
	struct vtest t;
	uint64_t now;
	size_t i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	vtest_send(&t, MSG_V_LOCK, 2, NULL, 0, -1);
	vtest_done(&t, 2, CBE_OK);
	for (i = 0; i < NELEM(want); i++) {
		now = ticket_now();
		t.v.retry_ms = 0;
		ask_one(&t, MSG_V_UNLOCK, 10 + i, KEYIN_FILE,
		    "no key of this vault at all, by any means");
		vtest_done(&t, 10 + i, CBE_REFUSED);
		assert_true(t.v.retry_ms - now >= want[i] * 1000U);
		assert_true(t.v.retry_ms - now < want[i] * 1000U + 60000);
	}
	vtest_stop(&t);
	vtest_end(&t);
}

/* Each key of many counts, and what cannot be one does not. */
static void
test_counted(void **state)
{
	struct msg_rekey v;
	struct vtest t;
	struct buf b, keys;
	unsigned i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	v = rekeying(&t, 0);
	payload_put(&b, MSG_V_REKEY, &msg_rekey_shape, &v);
	buf_init(&keys, KEYIN_BYTES);
	for (i = 0; i < 5; i++)
		put_key(&keys, KEYIN_FILE, 0, "no key of this vault at all");
	put_key(&keys, KEYIN_FILE, 0, FILE_KEY);
	ask(&t, MSG_V_REKEY, 2, &b, &keys);
	commit(&t, 2);
	buf_free(&b);
	assert_int_equal(t.v.failures, 5);
	assert_true(t.v.retry_ms > ticket_now() + 10000);
	t.v.retry_ms = 0;
	vtest_send(&t, MSG_V_LOCK, 3, NULL, 0, -1);
	vtest_done(&t, 3, CBE_OK);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, "no key of this vault at all");
	put_key(&keys, KEYIN_FILE, 0, FILE_KEY);
	ask(&t, MSG_V_UNLOCK, 4, NULL, &keys);
	vtest_done(&t, 4, CBE_USAGE);
	ask_one(&t, MSG_V_UNLOCK, 5, KEYIN_PHRASE, PHRASE);
	vtest_done(&t, 5, CBE_USAGE);
	buf_init(&keys, KEYIN_BYTES);
	ask(&t, MSG_V_UNLOCK, 6, NULL, &keys);
	vtest_done(&t, 6, CBE_USAGE);
	ask_one(&t, MSG_V_UNLOCK, 7, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 7, CBE_OK);
	assert_int_equal(t.v.failures, 0);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
ask_value(struct vtest *t, uint64_t id, const char *phrase, int out)
{
	const struct keyin k = { KEYIN_PHRASE, 0, (const uint8_t *)phrase,
	    strlen(phrase) };
	uint8_t bytes[256];
	size_t len = 0;
	int fds[2], p[2];
	struct buf b;

	assert_int_equal(keyin_put(bytes, &len, &k), 0);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], bytes, len), len);
	(void)close(p[1]);
	fds[0] = p[0];
	fds[1] = dup(out);
	buf_init(&b, 64);
	buf_put_str(&b, "TOKEN");
	assert_int_equal(ipc_send(t->sup, MSG_V_REVEAL, id, b.data, b.len,
	    fds, 2), 0);
	assert_int_equal(ipc_flush(t->sup), 0);
	buf_free(&b);
}

static void
show_by(struct vtest *t, uint8_t kind, uint64_t id, const char *name)
{
	uint8_t digest[32], ticket[TICKET_SIZE];

	(void)crypto_generichash(digest, sizeof(digest),
	    (const uint8_t *)name, strlen(name), NULL, 0);
	vtest_ticket(t, kind, id, digest, 60000, ticket);
	vtest_send(t, MSG_V_COMMIT, id, ticket, sizeof(ticket), -1);
}

static void
show(struct vtest *t, uint64_t id, const char *name)
{
	show_by(t, TICKET_REVEAL, id, name);
}

/* A value, for a passphrase and a ticket for its name, and for nothing less. */
static void
test_reveal(void **state)
{
	struct vtest t;
	char got[64];
	int p[2];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	add(&t, 2, SLOT_ARGON2ID, FILE_KEY, KEYIN_PHRASE, PHRASE);
	commit(&t, 2);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	ask_value(&t, 3, OTHER, p[1]);
	vtest_done(&t, 3, CBE_REFUSED);
	show(&t, 3, "TOKEN");
	vtest_done(&t, 3, CBE_REFUSED);
	t.v.retry_ms = 0;
	ask_value(&t, 4, PHRASE, p[1]);
	/* not before it is known that the passphrase is one */
	show(&t, 4, "TOKEN");
	vtest_done(&t, 4, CBE_REFUSED);
	vtest_prepared(&t, 4);
	vtest_commit(&t, 4);
	vtest_done(&t, 4, CBE_REFUSED);
	ask_value(&t, 5, PHRASE, p[1]);
	vtest_prepared(&t, 5);
	show(&t, 5, "OTHER");
	vtest_done(&t, 5, CBE_REFUSED);
	ask_value(&t, 7, PHRASE, p[1]);
	vtest_prepared(&t, 7);
	show_by(&t, TICKET_COMMIT, 7, "TOKEN");
	vtest_done(&t, 7, CBE_REFUSED);
	assert_int_equal(read(p[0], got, sizeof(got)), -1);
	ask_value(&t, 6, PHRASE, p[1]);
	vtest_prepared(&t, 6);
	show(&t, 6, "TOKEN");
	vtest_done(&t, 6, CBE_OK);
	assert_int_equal(read(p[0], got, sizeof(got)), 9);
	assert_memory_equal(got, "the value", 9);
	assert_null(t.v.prove);
	(void)close(p[0]);
	(void)close(p[1]);
	vtest_stop(&t);
	vtest_end(&t);
}

/* What waits for its record is called off by V_ABORT, and in time by itself. */
static void
test_reveal_ends(void **state)
{
	struct vtest t;
	int p[2];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	add(&t, 2, SLOT_ARGON2ID, FILE_KEY, KEYIN_PHRASE, PHRASE);
	commit(&t, 2);
	assert_int_equal(pipe(p), 0);
	ask_value(&t, 3, PHRASE, p[1]);
	vtest_prepared(&t, 3);
	vtest_send(&t, MSG_V_LOCK, 4, NULL, 0, -1);
	vtest_done(&t, 4, CBE_AGAIN);
	vtest_send(&t, MSG_V_ABORT, 3, NULL, 0, -1);
	ask_value(&t, 5, PHRASE, p[1]);
	vtest_prepared(&t, 5);
	assert_null(t.v.change);
	event_active(t.v.prove->ev, EV_TIMEOUT, 1);
	show(&t, 5, "TOKEN");
	vtest_done(&t, 5, CBE_REFUSED);
	assert_null(t.v.prove);
	vtest_send(&t, MSG_V_LOCK, 6, NULL, 0, -1);
	vtest_done(&t, 6, CBE_OK);
	(void)close(p[0]);
	(void)close(p[1]);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
add_from(struct vtest *t, uint64_t id, int fd)
{
	struct msg_slot_add v = { SLOT_KEYFILE, xstrdup("a label") };
	struct buf b;

	payload_put(&b, MSG_V_SLOT_ADD, &msg_slot_add_shape, &v);
	free(v.label);
	vtest_send(t, MSG_V_SLOT_ADD, id, b.data, b.len, fd);
	buf_free(&b);
}

/* Who has yet to say a key is in nobody's way, but no change begins. */
static void
test_idle(void **state)
{
	struct vtest t;
	int p[2];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	assert_int_equal(pipe(p), 0);
	vtest_send(&t, MSG_V_UNLOCK, 2, NULL, 0, dup(p[0]));
	vtest_done(&t, 2, CBE_NOENT);
	vtest_name(&t, MSG_V_SET, 3, "OTHER", dup(p[0]));
	vtest_send(&t, MSG_V_LOCK, 4, NULL, 0, -1);
	vtest_done(&t, 4, CBE_AGAIN);
	vtest_send(&t, MSG_V_ABORT, 3, NULL, 0, -1);
	add_from(&t, 5, dup(p[0]));
	vtest_name(&t, MSG_V_SET, 6, "OTHER", dup(p[0]));
	vtest_done(&t, 6, CBE_AGAIN);
	vtest_send(&t, MSG_V_LOCK, 7, NULL, 0, -1);
	vtest_done(&t, 5, CBE_AGAIN);
	vtest_done(&t, 7, CBE_OK);
	assert_null(t.v.prove);
	(void)close(p[0]);
	(void)close(p[1]);
	vtest_stop(&t);
	vtest_end(&t);
}

/* One text at a time, and none of a vault that is locked. */
static void
test_identify(void **state)
{
	struct vtest t;
	int p[2];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	assert_int_equal(pipe(p), 0);
	vtest_send(&t, MSG_V_IDENTIFY, 2, NULL, 0, dup(p[0]));
	vtest_send(&t, MSG_V_IDENTIFY, 3, NULL, 0, dup(p[0]));
	vtest_done(&t, 3, CBE_AGAIN);
	vtest_send(&t, MSG_V_LOCK, 4, NULL, 0, -1);
	vtest_done(&t, 2, CBE_AGAIN);
	vtest_done(&t, 4, CBE_OK);
	ask_one(&t, MSG_V_UNLOCK, 5, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 5, CBE_OK);
	vtest_send(&t, MSG_V_IDENTIFY, 6, NULL, 0, dup(p[0]));
	(void)close(p[0]);
	(void)close(p[1]);
	vtest_recv(&t, MSG_V_DONE, 6);
	vtest_stop(&t);
	vtest_end(&t);
}

/* Also where it is told to be locked, for what it is, the keys go. */
static void
test_lock_astray(void **state)
{
	struct vtest t;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	set(&t, 1, "the value");
	vtest_stop(&t);
	t.digest[0] ^= 1;
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_true(t.v.k->open);
	vtest_send(&t, MSG_V_LOCK, 2, NULL, 0, -1);
	vtest_done(&t, 2, CBE_OK);
	assert_false(t.v.k->open);
	assert_non_null(strstr(t.v.locked, "has locked it"));
	vtest_send(&t, MSG_V_RECOVER, 3, NULL, 0, -1);
	vtest_done(&t, 3, CBE_AGAIN);
	vtest_send(&t, MSG_V_LOCK, 4, NULL, 0, -1);
	vtest_done(&t, 4, CBE_NOENT);
	ask_one(&t, MSG_V_UNLOCK, 5, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 5, CBE_AGAIN);
	assert_non_null(strstr(t.v.locked, "log remembers"));
	ask_one(&t, MSG_V_UNLOCK, 6, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 6, CBE_AGAIN);
	t.v.lock_after = 1;
	event_active(t.v.lock_ev, EV_TIMEOUT, 1);
	(void)event_base_loop(t.v.base, EVLOOP_NONBLOCK);
	assert_false(t.v.k->open);
	assert_non_null(strstr(t.v.locked, "lockAfterSeconds"));
	ask_one(&t, MSG_V_UNLOCK, 7, KEYIN_FILE, FILE_KEY);
	vtest_done(&t, 7, CBE_AGAIN);
	vtest_send(&t, MSG_V_RECOVER, 8, NULL, 0, -1);
	commit(&t, 8);
	check_value(&t, "the value");
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_reveal),
		cmocka_unit_test(test_reveal_ends),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_lock_astray),
	};

	return (cmocka_run_group_tests_name("vault_lock", tests, NULL,
	    NULL));
}
