/* SPDX-License-Identifier: ISC */
/*
 * Secrets on their way to another machine: out of one vault, for who has a key
 * and a ticket for that very file, and into another one, whole and unchanged or
 * not at all.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_carry.h"

static void
test_carried(void **state)
{
	const struct store_entry *e;
	struct store_entry was;
	struct vtest t;

	(void)state;
	fill(&t);
	export_all(&t, 5);
	assert_null(memmem(bundle, bundlelen, "value", 5));
	assert_null(memmem(bundle, bundlelen, "ALPHA", 5));
	was = *store_find(t.v.st, "BETA");
	elsewhere(&t);
	vtest_put(&t, 1, "GAMMA", "another value of gamma");
	ask_import(&t, 2, bundlelen, "what opens no bundle at all, by far",
	    BRING_NONE);
	vtest_done(&t, 2, CBE_REFUSED);
	assert_int_equal(t.v.failures, 0);

	/* what is there with another value is told, and nothing comes */
	ask_import(&t, 3, bundlelen, CARRY, BRING_NONE);
	vtest_recv(&t, MSG_V_NAMES, 3);
	assert_non_null(memmem(t.m.data, t.m.len, "GAMMA", 5));
	assert_null(memmem(t.m.data, t.m.len, "ALPHA", 5));
	assert_int_equal(store_count(t.v.st), 1);
	assert_null(t.v.change);

	ask_import(&t, 4, bundlelen, CARRY, BRING_ALL);
	commit(&t, 4);
	assert_int_equal(t.names, 3);
	vtest_get(&t, 10, "ALPHA", "first value of alpha");
	vtest_get(&t, 11, "BETA", "second value of beta");
	vtest_get(&t, 12, "GAMMA", "first value of gamma");
	e = store_find(t.v.st, "BETA");
	assert_int_equal(e->version, 2);
	assert_int_equal(e->created, was.created);
	assert_int_equal(e->changed, was.changed);
	assert_int_equal(store_find(t.v.st, "GAMMA")->version, 2);
	assert_int_equal(t.v.st->nentries, 4);

	/* once more: there is nothing that it would change */
	ask_import(&t, 5, bundlelen, CARRY, BRING_NONE);
	commit(&t, 5);
	assert_int_equal(t.names, 0);
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 20, "BETA", "second value of beta");
	vtest_stop(&t);
	vtest_end(&t);
}

/* Asks what is there with other values, which is then what was shown. */
static void
look(struct vtest *t, uint64_t id, unsigned count)
{
	struct msg_names v;
	struct field all;
	size_t i;

	ask_import(t, id, bundlelen, CARRY, BRING_NONE);
	vtest_recv(t, MSG_V_NAMES, id);
	assert_int_equal(payload_get(&t->m, &msg_names_shape, &v), 0);
	assert_int_equal(v.n, count);
	for (i = 0; i < v.n; i++) {
		assert_int_equal(field_find(v.names[i].fields,
		    v.names[i].len, "seen", &all), 1);
		assert_int_equal(all.len, sizeof(shown));
		memcpy(shown, all.val, sizeof(shown));
	}
	shape_free(&msg_names_shape, &v);
}

/* What was not shown is not replaced by who was asked about something else. */
static void
shown_before(struct vtest *t, uint64_t id)
{
	ask_import(t, id, bundlelen, CARRY, BRING_SEEN);
	vtest_done(t, id, CBE_AGAIN);
	assert_null(t->v.change);
	assert_null(t->v.prove);
	assert_int_equal(store_count(t->v.st), 3);
}

static void
test_as_shown(void **state)
{
	struct vtest t;

	(void)state;
	fill(&t);
	export_all(&t, 5);
	elsewhere(&t);
	vtest_put(&t, 1, "BETA", "another value of beta");
	vtest_put(&t, 2, "GAMMA", "another value of gamma");
	vtest_put(&t, 3, "OWN", "a value of its own");

	/* another version of one that was shown */
	look(&t, 4, 2);
	vtest_put(&t, 5, "BETA", "one more value of beta");
	shown_before(&t, 6);
	vtest_get(&t, 100, "BETA", "one more value of beta");
	/* a value of the same number */
	look(&t, 10, 2);
	vtest_name(&t, MSG_V_RM, 11, "GAMMA", -1);
	commit(&t, 11);
	vtest_put(&t, 12, "GAMMA", "one more value of gamma");
	shown_before(&t, 13);
	/* one less, and one more */
	look(&t, 20, 2);
	vtest_put(&t, 21, "GAMMA", "first value of gamma");
	shown_before(&t, 22);
	look(&t, 23, 1);
	vtest_put(&t, 24, "GAMMA", "one more value of gamma");
	shown_before(&t, 25);

	/* what has nothing to do with it may change */
	look(&t, 30, 2);
	vtest_put(&t, 31, "OWN", "one more value of its own");
	ask_import(&t, 32, bundlelen, CARRY, BRING_SEEN);
	commit(&t, 32);
	vtest_get(&t, 101, "ALPHA", "first value of alpha");
	vtest_get(&t, 102, "BETA", "second value of beta");
	vtest_get(&t, 103, "GAMMA", "first value of gamma");
	vtest_get(&t, 104, "OWN", "one more value of its own");
	vtest_stop(&t);
	vtest_end(&t);
}

/* Not a byte without a key of the vault, and a ticket for this very file. */
static void
test_not_out(void **state)
{
	uint8_t other[STORE_DIGEST] = { 1 };
	struct vtest t;
	int fd;

	(void)state;
	fill(&t);
	fd = ask_export(&t, 5, "a key that opens nothing at all, anywhere");
	vtest_done(&t, 5, CBE_REFUSED);
	assert_int_equal(read(fd, bundle, ROOM), 0);
	(void)close(fd);
	assert_int_equal(t.v.failures, 1);
	t.v.retry_ms = 0;

	fd = ask_export(&t, 6, FILE_KEY);
	vtest_prepared(&t, 6);
	give_ticket(&t, TICKET_EXPORT, 6, other);
	vtest_done(&t, 6, CBE_REFUSED);
	assert_int_equal(read(fd, bundle, ROOM), 0);
	(void)close(fd);
	fd = ask_export(&t, 7, FILE_KEY);
	vtest_prepared(&t, 7);
	give_ticket(&t, TICKET_COMMIT, 7, t.bundle);
	vtest_done(&t, 7, CBE_REFUSED);
	assert_int_equal(read(fd, bundle, ROOM), 0);
	(void)close(fd);
	fd = ask_export(&t, 8, FILE_KEY);
	vtest_prepared(&t, 8);
	vtest_send(&t, MSG_V_ABORT, 8, NULL, 0, -1);
	assert_int_equal(read(fd, bundle, ROOM), 0);
	(void)close(fd);
	assert_null(t.v.prove);

	/* nobody takes it: it ends, and the vault goes on */
	fd = ask_export(&t, 9, FILE_KEY);
	vtest_prepared(&t, 9);
	(void)close(fd);
	give_ticket(&t, TICKET_EXPORT, 9, t.bundle);
	vtest_done(&t, 9, CBE_IO);
	vtest_send(&t, MSG_V_LOCK, 10, NULL, 0, -1);
	vtest_done(&t, 10, CBE_OK);
	fd = ask_export(&t, 11, FILE_KEY);
	vtest_done(&t, 11, CBE_AGAIN);
	(void)close(fd);
	vtest_stop(&t);
	vtest_end(&t);
}

/* What is answered to a bundle that is not as it was made: never V_PREPARED. */
static void
refused(struct vtest *t, uint64_t id, size_t len)
{
	ask_import(t, id, len, CARRY, BRING_ALL);
	vtest_recv(t, MSG_V_DONE, id);
	assert_null(t->v.change);
	assert_null(t->v.prove);
	assert_int_equal(store_count(t->v.st), 0);
}

/* Each bit of it, and each end. */
static void
test_every_bit(void **state)
{
	struct vtest t;
	uint64_t id = 10;
	size_t i;

	(void)state;
	fill(&t);
	export_all(&t, 5);
	elsewhere(&t);
	for (i = 0; i < 8 * bundlelen; i++) {
		bundle[i / 8] ^= (uint8_t)(1U << i % 8);
		refused(&t, id++, bundlelen);
		bundle[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	for (i = 0; i < bundlelen; i++)
		refused(&t, id++, i);
	bundle[bundlelen] = '\n';
	refused(&t, id++, bundlelen + 1);
	ask_import(&t, id, bundlelen, CARRY, BRING_NONE);
	commit(&t, id);
	assert_int_equal(store_count(t.v.st), 3);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A vault is no bundle, and a bundle none. */
static void
test_kinds(void **state)
{
	static const char vault[] = "# clawbot vault 1\n";
	static const char first[] = "# clawbot bundle 1\n";
	struct store *st;
	struct vtest t;
	unsigned line;
	char *p;

	(void)state;
	fill(&t);
	export_all(&t, 5);
	assert_non_null(store_parse((const char *)bundle, bundlelen, &st,
	    &line));
	assert_int_equal(line, 1);
	p = vtest_read(&t, VFILE_NAME, &bundlelen);
	memcpy(bundle, first, sizeof(first) - 1);
	memcpy(bundle + sizeof(first) - 1, p + sizeof(vault) - 1,
	    bundlelen - sizeof(vault) + 1);
	bundlelen += sizeof(first) - sizeof(vault);
	ask_import(&t, 6, bundlelen, FILE_KEY, BRING_ALL);
	vtest_done(&t, 6, CBE_USAGE);
	memcpy(bundle, p, bundlelen);
	ask_import(&t, 7, bundlelen, FILE_KEY, BRING_ALL);
	vtest_done(&t, 7, CBE_USAGE);
	free(p);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A bundle that no pipe of the smallest size has room for, on its way out. */
static int
slow_export(struct vtest *t, uint64_t id)
{
	int fd = ask_export(t, id, FILE_KEY);

	assert_true(fcntl(fd, F_SETPIPE_SZ, 4096) >= 4096);
	vtest_prepared(t, id);
	give_ticket(t, TICKET_EXPORT, id, t->bundle);
	assert_non_null(t->v.prove);
	assert_true(t->v.prove->sent > 0);
	return (fd);
}

/* Who takes it by and by, or not at all, keeps nobody waiting for long. */
static void
test_slow_out(void **state)
{
	uint64_t deadline;
	char value[60000];
	struct vtest t;
	size_t sent;
	int fd;

	(void)state;
	memset(value, 'v', sizeof(value));
	fill(&t);
	vtest_set(&t, 5, "LARGE", value, sizeof(value));
	commit(&t, 5);
	fd = slow_export(&t, 6);
	deadline = t.v.prove->deadline -= 1000;
	sent = t.v.prove->sent;
	while (t.v.prove->sent == sent) {
		assert_true(read(fd, bundle, 4096) > 0);
		(void)event_base_loop(t.v.base, EVLOOP_NONBLOCK);
	}
	assert_true(t.v.prove->deadline == deadline);
	t.v.prove->deadline = 1;
	assert_true(read(fd, bundle, ROOM) > 0);
	vtest_done(&t, 6, CBE_IO);
	assert_null(t.v.prove);
	(void)close(fd);

	/* and nobody from locking */
	fd = slow_export(&t, 7);
	vtest_send(&t, MSG_V_LOCK, 8, NULL, 0, -1);
	vtest_done(&t, 7, CBE_AGAIN);
	vtest_done(&t, 8, CBE_OK);
	assert_non_null(t.v.locked);
	assert_true(read(fd, bundle, ROOM) > 0);
	assert_int_equal(read(fd, bundle, ROOM), 0);
	(void)close(fd);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_slow_in(void **state)
{
	const struct msg_bring v = { BRING_ALL, { 0 } };
	struct buf b, keys;
	uint64_t deadline;
	struct vtest t;
	size_t have;
	int p[2];

	(void)state;
	fill(&t);
	export_all(&t, 5);
	assert_int_equal(pipe(p), 0);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, CARRY);
	payload_put(&b, MSG_V_BRING, &msg_bring_shape, &v);
	ask_two(&t, MSG_V_BRING, 6, &b, &keys, p[0]);
	buf_free(&b);
	(void)close(p[0]);
	assert_int_equal(write(p[1], bundle, 100), 100);
	while (t.v.prove == NULL || t.v.prove->file.len < 100)
		(void)event_base_loop(t.v.base, EVLOOP_ONCE);
	deadline = t.v.prove->deadline -= 1000;
	for (have = 100; have < 110; have++) {
		assert_int_equal(write(p[1], bundle + have, 1), 1);
		while (t.v.prove->file.len == have)
			(void)event_base_loop(t.v.base, EVLOOP_ONCE);
	}
	assert_true(t.v.prove->deadline == deadline);
	t.v.prove->deadline = 1;
	assert_int_equal(write(p[1], bundle + have, 1), 1);
	vtest_done(&t, 6, CBE_AGAIN);
	assert_null(t.v.prove);
	(void)close(p[1]);
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_carried),
		cmocka_unit_test(test_as_shown),
		cmocka_unit_test(test_not_out),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_slow_out),
		cmocka_unit_test(test_slow_in),
	};

	return (cmocka_run_group_tests_name("secrets for another machine",
	    tests, NULL, NULL));
}
