/* SPDX-License-Identifier: ISC */
/*
 * Secrets on their way to another machine: out of one vault, for who has a key
 * and a ticket for that very file, and into another one, whole and unchanged or
 * not at all.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_keys.h"
#include "vault/past.h"

#define CARRY		"what opens the bundle, and nothing else"
#define ROOM		(1U << 20)

static uint8_t	bundle[ROOM];
static size_t	bundlelen;

/* The keys of an export, or of an import, and a second pipe's end. */
static void
ask_two(struct vtest *t, unsigned type, uint64_t id, uint8_t what,
    struct buf *keys, int fd)
{
	int fds[2], p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], keys->data, keys->len), keys->len);
	(void)close(p[1]);
	buf_free(keys);
	fds[0] = p[0];
	fds[1] = dup(fd);
	assert_int_equal(ipc_send(t->sup, type, id, &what, 1, fds, 2), 0);
	assert_int_equal(ipc_flush(t->sup), 0);
}

/* Asks for an export to a key file; the read end of its pipe. */
static int
ask_export(struct vtest *t, uint64_t id, const char *opener)
{
	struct buf keys;
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, opener);
	put_key(&keys, KEYIN_FILE, KEYIN_NEW, CARRY);
	ask_two(t, MSG_V_EXPORT, id, 0, &keys, p[1]);
	(void)close(p[1]);
	return (p[0]);
}

static void
give_ticket(struct vtest *t, uint8_t kind, uint64_t id, const void *digest)
{
	uint8_t ticket[TICKET_SIZE];

	vtest_ticket(t, kind, id, digest, 60000, ticket);
	vtest_send(t, MSG_V_COMMIT, id, ticket, sizeof(ticket), -1);
}

/* All that comes, while the vault goes on writing it. */
static void
take_bundle(struct vtest *t, int fd)
{
	ssize_t n = 1;

	bundlelen = 0;
	while (n != 0) {
		(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
		n = read(fd, bundle + bundlelen, ROOM - bundlelen);
		if (n > 0)
			bundlelen += (size_t)n;
		else
			assert_true(n == 0 || errno == EAGAIN);
	}
	(void)close(fd);
}

static void
export_all(struct vtest *t, uint64_t id)
{
	uint64_t version = t->v.st->version;
	uint8_t digest[STORE_DIGEST];
	int fd = ask_export(t, id, FILE_KEY);

	vtest_prepared(t, id);
	/* the vault itself stays what it is */
	assert_int_equal(t->version, version);
	assert_memory_equal(t->digest, t->v.digest, sizeof(t->digest));
	assert_int_equal(read(fd, bundle, 1), -1);
	give_ticket(t, TICKET_EXPORT, id, t->bundle);
	take_bundle(t, fd);
	vtest_done(t, id, CBE_OK);
	vfile_digest(bundle, bundlelen, digest);
	assert_memory_equal(digest, t->bundle, sizeof(digest));
	assert_null(t->v.prove);
}

/* Asks to take len bytes in, by a key. */
static void
ask_import(struct vtest *t, uint64_t id, size_t len, const char *key,
    int replace)
{
	struct buf keys;
	int p[2];

	assert_int_equal(pipe(p), 0);
	(void)fcntl(p[1], F_SETPIPE_SZ, ROOM);
	assert_int_equal(write(p[1], bundle, len), len);
	(void)close(p[1]);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, key);
	ask_two(t, MSG_V_BRING, id, (uint8_t)replace, &keys, p[0]);
	(void)close(p[0]);
}

/* An old vault with three secrets, one of which was rotated. */
static void
fill(struct vtest *t)
{
	vtest_new(t);
	vtest_start(t);
	vtest_put(t, 1, "ALPHA", "first value of alpha");
	vtest_put(t, 2, "BETA", "first value of beta");
	vtest_rotate(t, 3, "BETA", "second value of beta", 3600);
	commit(t, 3);
	vtest_put(t, 4, "GAMMA", "first value of gamma");
}

/* Ends it, and begins another one, in another directory, by the same key. */
static void
elsewhere(struct vtest *t)
{
	vtest_stop(t);
	vtest_end(t);
	vtest_new(t);
	vtest_start(t);
}

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
	ask_import(&t, 2, bundlelen, "what opens no bundle at all, by far", 0);
	vtest_done(&t, 2, CBE_REFUSED);
	assert_int_equal(t.v.failures, 0);

	/* what is there with another value is told, and nothing comes */
	ask_import(&t, 3, bundlelen, CARRY, 0);
	vtest_recv(&t, MSG_V_NAMES, 3);
	assert_non_null(memmem(t.m.data, t.m.len, "GAMMA", 5));
	assert_null(memmem(t.m.data, t.m.len, "ALPHA", 5));
	assert_int_equal(store_count(t.v.st), 1);
	assert_null(t.v.change);

	ask_import(&t, 4, bundlelen, CARRY, 1);
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
	ask_import(&t, 5, bundlelen, CARRY, 0);
	commit(&t, 5);
	assert_int_equal(t.names, 0);
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 20, "BETA", "second value of beta");
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
	ask_import(t, id, len, CARRY, 1);
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
	ask_import(&t, id, bundlelen, CARRY, 0);
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
	ask_import(&t, 6, bundlelen, FILE_KEY, 1);
	vtest_done(&t, 6, CBE_USAGE);
	memcpy(bundle, p, bundlelen);
	ask_import(&t, 7, bundlelen, FILE_KEY, 1);
	vtest_done(&t, 7, CBE_USAGE);
	free(p);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A bundle that no vault has written, and that its key opens. */
struct crafted {
	struct store	*st;
	struct keyring	*k;
	uint8_t		*text;
};

static void
craft(struct crafted *c)
{
	struct store_slot *s;

	c->k = guard_take();
	c->text = guard_take();
	assert_non_null(c->k);
	assert_non_null(c->text);
	c->st = store_new();
	c->st->bundle = 1;
	c->st->version = 1;
	c->st->cipher = vtest_cipher();
	randombytes_buf(c->st->id, sizeof(c->st->id));
	keyring_create(c->k, c->st->id);
	s = slot_add(c->st, SLOT_KEYFILE, "", NULL);
	slot_kek(c->st, s, c->k, (const uint8_t *)CARRY, strlen(CARRY));
	assert_int_equal(slot_wrap(c->st, s, c->k), 0);
}

/* until: 0: in force; of an earlier version, when its time is over. */
static void
craft_put(struct crafted *c, const char *name, uint64_t version,
    uint64_t until)
{
	struct store_entry e = { .version = version, .created = 1,
	    .changed = 1, .state = STORE_CURRENT };
	const char *value = "a value of another machine";

	e.name = xstrdup(name);
	if (until != 0) {
		e.state = STORE_EARLIER;
		past_set_until(&e, until);
	}
	memcpy(c->text + 4, value, strlen(value));
	assert_int_equal(store_take_over(c->st, c->k, &e, c->text,
	    strlen(value)), 0);
	free(e.name);
	free(e.extra);
}

static void
craft_end(struct crafted *c)
{
	struct buf b;

	buf_init(&b, ROOM);
	assert_int_equal(store_write(&b, c->st, c->k), 0);
	memcpy(bundle, b.data, b.len);
	bundlelen = b.len;
	buf_free(&b);
	store_free(c->st);
	guard_give(c->text);
	guard_give(c->k);
}

/* The next one would be none that the vault's own file may have. */
static void
test_versions(void **state)
{
	static const uint64_t bad[] = { UINT64_MAX, UINT64_MAX - 1,
	    STORE_VERSION_MAX + 1 };
	struct crafted c;
	struct vtest t;
	uint64_t id = 1;
	size_t i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		craft(&c);
		craft_put(&c, "ALPHA", bad[i], 0);
		craft_end(&c);
		ask_import(&t, id, bundlelen, CARRY, 0);
		vtest_done(&t, id++, CBE_USAGE);
		assert_null(t.v.change);
	}
	craft(&c);
	craft_put(&c, "ALPHA", STORE_VERSION_MAX, 0);
	craft_put(&c, "BETA", STORE_VERSION_MAX - 1, 0);
	craft_end(&c);
	ask_import(&t, id, bundlelen, CARRY, 0);
	commit(&t, id++);

	/* the last that there can be is the last, until it is removed */
	vtest_rotate(&t, id, "ALPHA", "a value to follow", 3600);
	vtest_done(&t, id++, CBE_REFUSED);
	vtest_set(&t, id, "ALPHA", "a value to follow", 17);
	vtest_done(&t, id++, CBE_REFUSED);
	assert_non_null(memmem(t.m.data, t.m.len, "ALPHA: its version", 18));
	vtest_rotate(&t, id, "BETA", "a value to follow", 3600);
	commit(&t, id++);
	assert_non_null(memmem(t.m.data, t.m.len, "version 99999999999999999"
	    "9; version 999999999999999998 is kept", 59));
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 100, "BETA", "a value to follow");
	vtest_get(&t, 101, "ALPHA", "a value of another machine");
	vtest_name(&t, MSG_V_RM, id, "ALPHA", -1);
	commit(&t, id++);
	vtest_put(&t, id, "ALPHA", "a value to follow");
	assert_int_equal(store_find(t.v.st, "ALPHA")->version, 1);
	vtest_stop(&t);
	vtest_end(&t);
}

/*
 * As many earlier versions as one that is made here may have; of those whose
 * time is over that they were there.
 */
static void
test_kept(void **state)
{
	const uint64_t later = (uint64_t)time(NULL) + 3600;
	struct past_version past[PAST_MAX];
	struct crafted c;
	struct vtest t;
	uint64_t i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	craft(&c);
	for (i = 1; i <= STORE_KEPT_MAX + 1; i++)
		craft_put(&c, "ALPHA", i, later);
	craft_put(&c, "ALPHA", i, 0);
	craft_end(&c);
	ask_import(&t, 1, bundlelen, CARRY, 0);
	vtest_done(&t, 1, CBE_USAGE);
	assert_non_null(memmem(t.m.data, t.m.len, "ALPHA", 5));
	assert_null(t.v.change);

	/* 50 that are over among those that are not */
	craft(&c);
	for (i = 1; i <= 50; i++)
		craft_put(&c, "ALPHA", 2 * i, i);
	for (i = 1; i <= STORE_KEPT_MAX; i++)
		craft_put(&c, "ALPHA", 2 * i + 1, later);
	craft_put(&c, "ALPHA", 101, 0);
	craft_end(&c);
	ask_import(&t, 2, bundlelen, CARRY, 0);
	commit(&t, 2);
	assert_int_equal(t.v.st->nentries, STORE_KEPT_MAX + 1);
	assert_int_equal(past_kept(t.v.st, "ALPHA"), STORE_KEPT_MAX);
	assert_int_equal(past_get(store_find(t.v.st, "ALPHA"), past),
	    PAST_MAX);
	assert_int_equal(past[PAST_MAX - 1].version, 100);
	assert_int_equal(past[PAST_MAX - 1].ended, 50);
	vtest_name(&t, MSG_V_HISTORY, 3, "ALPHA", -1);
	vtest_recv(&t, MSG_V_NAMES, 3);
	vtest_rotate(&t, 4, "ALPHA", "a value to follow", 3600);
	vtest_done(&t, 4, CBE_REFUSED);
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 10, "ALPHA", "a value of another machine");
	vtest_stop(&t);
	vtest_end(&t);
}

/* Whatever is wrong in memory: the log never has what would not open. */
static void
test_reads_back(void **state)
{
	struct vtest t;
	uint8_t was[STORE_DIGEST];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "ALPHA", "first value of alpha");
	memcpy(was, t.v.digest, sizeof(was));
	store_find(t.v.st, "ALPHA")->version = 0;
	vtest_set(&t, 2, "BETA", "first value of beta", 19);
	vtest_done(&t, 2, CBE_INTERNAL);
	assert_null(t.v.change);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	assert_memory_equal(t.v.digest, was, sizeof(was));
	vtest_stop(&t);
	vtest_start(&t);
	vtest_put(&t, 3, "BETA", "first value of beta");
	vtest_get(&t, 10, "ALPHA", "first value of alpha");
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_carried),
		cmocka_unit_test(test_not_out),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_reads_back),
	};

	return (cmocka_run_group_tests_name("secrets for another machine",
	    tests, NULL, NULL));
}
