/* SPDX-License-Identifier: ISC */
/*
 * The vault file: what is written is what is read, anything else is refused
 * with a reason, and nothing is written over.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_util.h"

/* A vault with two secrets, stopped. */
static void
make_vault(struct vtest *t)
{
	vtest_new(t);
	vtest_start(t);
	vtest_put(t, 1, "ALPHA", "first value");
	vtest_put(t, 2, "BETA", "second value");
	vtest_stop(t);
}

/* Refused, or locked, for a reason that says so; the file is left alone. */
static void
refused(struct vtest *t, const char *reason)
{
	size_t before, after;
	char *a, *b;

	a = vtest_read(t, VFILE_NAME, &before);
	assert_int_not_equal(vtest_open(t, vtest_cipher(), UNLOCK_KEYFILE),
	    0);
	if (reason != NULL && strstr(t->err, reason) == NULL)
		fail_msg("\"%s\" is not in: %s", reason, t->err);
	assert_non_null(strstr(t->err, VFILE_NAME));
	vtest_stop(t);
	b = vtest_read(t, VFILE_NAME, &after);
	assert_int_equal(before, after);
	assert_memory_equal(a, b, before);
	free(a);
	free(b);
}

static void
test_every_bit(void **state)
{
	struct vtest t;
	size_t i, len;
	char *p;

	(void)state;
	make_vault(&t);
	/* The log remembers nothing: the file must protect itself. */
	t.version = 0;
	p = vtest_read(&t, VFILE_NAME, &len);
	for (i = 0; i < len * 8; i++) {
		p[i / 8] = (char)(p[i / 8] ^ (1 << (i % 8)));
		vtest_write(&t, VFILE_NAME, p, len);
		assert_int_not_equal(vtest_open(&t, vtest_cipher(),
		    UNLOCK_KEYFILE), 0);
		vtest_stop(&t);
		p[i / 8] = (char)(p[i / 8] ^ (1 << (i % 8)));
	}
	for (i = 0; i < len; i++) {
		vtest_write(&t, VFILE_NAME, p, i);
		assert_int_not_equal(vtest_open(&t, vtest_cipher(),
		    UNLOCK_KEYFILE), 0);
		vtest_stop(&t);
	}
	vtest_write(&t, VFILE_NAME, p, len);
	vtest_start(&t);
	vtest_get(&t, 1, "BETA", "second value");
	vtest_stop(&t);
	free(p);
	vtest_end(&t);
}

static void
test_log(void **state)
{
	struct vtest t;
	size_t len;
	char *old;

	(void)state;
	make_vault(&t);
	old = vtest_read(&t, VFILE_NAME, &len);
	t.version++;
	refused(&t, "older than version 3");
	t.version -= 2;
	refused(&t, "newer than version 1");
	t.version++;
	t.digest[5] ^= 1;
	refused(&t, "not the file that the log remembers");
	t.digest[5] ^= 1;
	vtest_start(&t);
	vtest_put(&t, 1, "ALPHA", "changed");
	vtest_stop(&t);
	/* The old file, good in itself, comes back: from a backup, say. */
	vtest_write(&t, VFILE_NAME, old, len);
	refused(&t, "older than version 3");
	free(old);
	(void)unlinkat(t.dirfd, VFILE_NAME, 0);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_non_null(strstr(t.err, "is missing, but the log remembers"));
	assert_non_null(strstr(t.err, "secrets recover --accept-rollback"));
	assert_int_equal(vtest_count(&t, VFILE_NAME), 0);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A vault that is astray: nothing of it is had before it is recovered. */
static void
recovered(struct vtest *t, const char *value)
{
	uint64_t pinned = t->version;

	assert_int_equal(vtest_open(t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	vtest_set(t, 1, "ALPHA", "x", 1);
	vtest_done(t, 1, CBE_AGAIN);
	(void)close(vtest_release(t, 2, "ALPHA"));
	vtest_done(t, 2, CBE_AGAIN);
	vtest_send(t, MSG_V_RECOVER, 3, NULL, 0, -1);
	vtest_prepared(t, 3);
	assert_true(t->version > pinned);
	vtest_commit(t, 3);
	vtest_done(t, 3, CBE_OK);
	vtest_get(t, 4, "ALPHA", value);
	vtest_send(t, MSG_V_RECOVER, 5, NULL, 0, -1);
	vtest_done(t, 5, CBE_REFUSED);
	vtest_stop(t);
	vtest_start(t);
	vtest_get(t, 6, "ALPHA", value);
	vtest_put(t, 7, "ALPHA", "later");
	vtest_stop(t);
}

static void
test_recover(void **state)
{
	struct vtest t;
	size_t len;
	char *old;

	(void)state;
	make_vault(&t);
	old = vtest_read(&t, VFILE_NAME, &len);
	vtest_start(&t);
	vtest_put(&t, 1, "ALPHA", "changed");
	vtest_stop(&t);
	vtest_write(&t, VFILE_NAME, old, len);
	recovered(&t, "first value");
	/* that file is older still than what was made of it */
	vtest_write(&t, VFILE_NAME, old, len);
	refused(&t, "older than version 5");
	(void)unlinkat(t.dirfd, VFILE_NAME, 0);
	recovered(&t, NULL);
	/* a file that the log knows nothing of */
	t.version--;
	recovered(&t, "later");
	t.digest[0] ^= 1;
	recovered(&t, "later");
	/* prepared, recorded, and ended before the word came */
	vtest_write(&t, VFILE_NAME, old, len);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	vtest_send(&t, MSG_V_RECOVER, 1, NULL, 0, -1);
	vtest_prepared(&t, 1);
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 2, "ALPHA", "first value");
	vtest_stop(&t);
	free(old);
	vtest_end(&t);
}

static void
test_foreign(void **state)
{
	static const struct {
		const char *text;
		const char *reason;
	} files[] = {
		{ "", "is empty" },
		{ "TOKEN=abc\n", "clawbot secrets set" },
		{ "# my keys\n\nexport A=1\n", "plain dotenv" },
		{ "  A=1", "plain dotenv" },
		{ "# nothing=here\n", "not a vault" },
		{ "# clawbot vault 2\n", "not a vault file of format 1" },
		{ "# clawbot vault 1\n", ":2: bad id" },
		{ "\0\0\0", "is empty" },
	};
	struct vtest t;
	size_t i;

	(void)state;
	make_vault(&t);
	t.version = 0;
	for (i = 0; i < NELEM(files); i++) {
		vtest_write(&t, VFILE_NAME, files[i].text,
		    strlen(files[i].text));
		refused(&t, files[i].reason);
	}
	vtest_write(&t, VFILE_NAME, "\0=\377\n", 4);
	refused(&t, NULL);
	vtest_end(&t);
}

static void
test_file_kind(void **state)
{
	struct vtest t;

	(void)state;
	make_vault(&t);
	assert_int_equal(fchmodat(t.dirfd, VFILE_NAME, 0640, 0), 0);
	refused(&t, "chmod 600");
	assert_int_equal(fchmodat(t.dirfd, VFILE_NAME, 0600, 0), 0);
	if (getuid() == 0) {
		assert_int_equal(fchownat(t.dirfd, VFILE_NAME, 1, 1, 0), 0);
		refused(&t, "belongs to uid 1");
		assert_int_equal(fchownat(t.dirfd, VFILE_NAME, 0, 0, 0), 0);
	}
	assert_int_equal(renameat(t.dirfd, VFILE_NAME, t.dirfd, "moved"), 0);
	assert_int_equal(symlinkat("moved", t.dirfd, VFILE_NAME), 0);
	refused(&t, NULL);
	assert_int_equal(unlinkat(t.dirfd, VFILE_NAME, 0), 0);
	assert_int_equal(mkfifoat(t.dirfd, VFILE_NAME, 0600), 0);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), -1);
	assert_non_null(strstr(t.err, "not a regular file"));
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_cipher(void **state)
{
	struct vtest t;

	(void)state;
	vtest_new(&t);
	assert_int_equal(vtest_open(&t, CIPHER_XCHACHA, UNLOCK_KEYFILE), 0);
	vtest_put(&t, 1, "ALPHA", "value");
	vtest_stop(&t);
	assert_int_equal(vtest_open(&t, CIPHER_XCHACHA, UNLOCK_KEYFILE), 0);
	vtest_get(&t, 1, "ALPHA", "value");
	vtest_stop(&t);
	/* Never another one than the configuration names. */
	assert_int_equal(vtest_open(&t, CIPHER_AES256, UNLOCK_KEYFILE), -1);
	assert_non_null(strstr(t.err, "xchacha20-poly1305"));
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_key_file(void **state)
{
	char big[KEYFILE_MAX + 1];
	struct vtest t;
	size_t i;

	(void)state;
	make_vault(&t);
	for (i = 0; i < sizeof(big); i++)
		big[i] = (char)i;
	vtest_write(&t, "key", big, 31);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_non_null(strstr(t.err, "shorter than 32 bytes"));
	vtest_stop(&t);
	vtest_write(&t, "key", big, sizeof(big));
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_non_null(strstr(t.err, "longer than 4096 bytes"));
	vtest_stop(&t);
	vtest_write(&t, "key", big, KEYFILE_MAX);
	refused(&t, "does not open");
	vtest_write(&t, "key", "                                  ", 34);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_non_null(strstr(t.err, "one byte, repeated"));
	vtest_stop(&t);
	assert_int_equal(fchmodat(t.dirfd, "key", 0644, 0), 0);
	assert_int_equal(vtest_open(&t, vtest_cipher(), UNLOCK_KEYFILE), 1);
	assert_non_null(strstr(t.err, "chmod 600"));
	vtest_stop(&t);
	vtest_end(&t);
}

/* Records cannot be exchanged, nor come from another vault. */
static void
test_bindings(void **state)
{
	struct store_entry *a, *b;
	struct vtest t;
	uint8_t *text, *msg;
	size_t len;

	(void)state;
	make_vault(&t);
	vtest_start(&t);
	a = store_find(t.v.st, "ALPHA");
	b = store_find(t.v.st, "BETA");
	text = guard_take();
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), 0);
	assert_int_equal(len, strlen("first value"));
	assert_memory_equal(text + 4, "first value", len);
	msg = a->msg;
	a->msg = b->msg;
	b->msg = msg;
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), -1);
	assert_int_equal(store_value(t.v.st, t.v.k, b, text, &len), -1);
	b->msg = a->msg;
	a->msg = msg;
	a->version++;
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), -1);
	a->version--;
	a->written++;
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), -1);
	a->written--;
	t.v.st->id[0] ^= 1;
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), -1);
	t.v.st->id[0] ^= 1;
	assert_int_equal(store_value(t.v.st, t.v.k, a, text, &len), 0);
	guard_give(text);
	vtest_stop(&t);
	vtest_end(&t);
}

/* Slots of types that this version does not know are kept as they are. */
static void
test_unknown_slots(void **state)
{
	struct store_slot *s;
	struct vtest t;
	size_t len;
	char *p;

	(void)state;
	make_vault(&t);
	vtest_start(&t);
	s = &t.v.st->slots[t.v.st->nslots++];
	memcpy(s->type, "argon2id", 9);
	s->label = xmalloc(1);
	s->labellen = 0;
	s->nparams = 24;
	s->params = xcalloc(1, 24);
	s->nwrapped = KEYRING_WRAPPED;
	s->wrapped = xcalloc(1, KEYRING_WRAPPED);
	vtest_put(&t, 3, "GAMMA", "third value");
	vtest_put(&t, 4, "GAMMA", "fourth value");
	vtest_stop(&t);
	p = vtest_read(&t, VFILE_NAME, &len);
	assert_non_null(memmem(p, len, "# slot argon2id - AAAA", 22));
	free(p);
	vtest_start(&t);
	assert_int_equal(t.v.st->nslots, 2);
	vtest_get(&t, 1, "GAMMA", "fourth value");
	vtest_stop(&t);
	vtest_end(&t);
}

/* The text of an index with these entries, as store_get_index takes it. */
static int
index_of(const char *a, uint64_t aversion, unsigned astate, const char *b,
    uint64_t bversion, unsigned bstate)
{
	struct store *st = store_new(), *got = store_new();
	struct buf buf;
	int r;

	st->nentries = got->nentries = 2;
	st->entries = xcalloc(2, sizeof(*st->entries));
	got->entries = xcalloc(2, sizeof(*got->entries));
	got->version = 5;
	st->entries[0].name = xstrdup(a);
	st->entries[0].version = aversion;
	st->entries[0].written = 1;
	st->entries[0].state = (uint8_t)astate;
	st->entries[1].name = xstrdup(b);
	st->entries[1].version = bversion;
	st->entries[1].written = 5;
	st->entries[1].state = (uint8_t)bstate;
	buf_init(&buf, STORE_MAXINDEX);
	store_put_index(&buf, st);
	assert_int_equal(buf.len % STORE_INDEX_PAD, 0);
	r = store_get_index(got, buf.data, buf.len);
	buf_free(&buf);
	store_free(st);
	store_free(got);
	return (r);
}

static void
test_index(void **state)
{
	(void)state;
	assert_int_equal(index_of("A", 1, 1, "B", 1, 1), 0);
	assert_int_equal(index_of("A", 1, 2, "A", 2, 1), 0);
	assert_int_equal(index_of("A", 1, 2, "A", 2, 2), 0);
	/* order, duplicates, two in force, an older one in force */
	assert_int_equal(index_of("B", 1, 1, "A", 1, 1), -1);
	assert_int_equal(index_of("A", 1, 1, "A", 1, 1), -1);
	assert_int_equal(index_of("A", 1, 1, "A", 2, 1), -1);
	assert_int_equal(index_of("A", 1, 1, "A", 2, 2), -1);
	assert_int_equal(index_of("A", 2, 2, "A", 1, 1), -1);
	/* values out of range */
	assert_int_equal(index_of("A", 0, 1, "B", 1, 1), -1);
	assert_int_equal(index_of("A", 1, 0, "B", 1, 1), -1);
	assert_int_equal(index_of("A", 1, 3, "B", 1, 1), -1);
	assert_int_equal(index_of("", 1, 1, "B", 1, 1), -1);
	assert_int_equal(index_of("A-", 1, 1, "B", 1, 1), -1);
}

static void
test_names(void **state)
{
	char name[KEYRING_NAME + 2];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[KEYRING_NAME + 1] = '\0';
	assert_false(store_name_ok(name));
	name[KEYRING_NAME] = '\0';
	assert_true(store_name_ok(name));
	assert_true(store_name_ok("_"));
	assert_true(store_name_ok("aZ_09"));
	assert_false(store_name_ok(""));
	assert_false(store_name_ok("0a"));
	assert_false(store_name_ok("a=b"));
	assert_false(store_name_ok("a\n"));
	assert_false(store_name_ok("\303\244"));
}

/* No more than what a listing can carry. */
static void
test_full(void **state)
{
	struct store *st;
	uint8_t *text;
	struct vtest t;
	char name[32];
	unsigned i;

	(void)state;
	make_vault(&t);
	vtest_start(&t);
	st = t.v.st;
	text = guard_take();
	for (i = 2; i < STORE_MAXSECRETS; i++) {
		(void)snprintf(name, sizeof(name), "S%u", i);
		memcpy(text + 4, "x", 1);
		assert_int_equal(store_set(st, t.v.k, name, text, 1, 0), 0);
	}
	assert_int_equal(store_set(st, t.v.k, "MORE", text, 1, 0), -1);
	/* Replacing one is no matter of room. */
	assert_int_equal(store_set(st, t.v.k, "S2", text, 1, 0), 0);
	assert_int_equal(store_find(st, "S2")->version, 2);
	guard_give(text);
	vtest_set(&t, 1, "MORE", "x", 1);
	vtest_done(&t, 1, CBE_REFUSED);
	vtest_send(&t, MSG_V_LIST, 2, NULL, 0, -1);
	vtest_recv(&t, MSG_V_NAMES, 2);
	vtest_stop(&t);
	vtest_end(&t);
}

/* Pieces are zeroed, apart, limited, and gone in a child. */
static int
child_sees(void *arg)
{
	const uint8_t *p = arg;

	(void)signal(SIGSEGV, SIG_DFL);
	return (p[0] == 0 && p[1] == 0 ? 0 : 1);
}

static void
test_guard(void **state)
{
	uint8_t *slot[GUARD_SLOTS];
	char err[128];
	unsigned i;
	int status;

	(void)state;
	assert_int_equal(guard_init(err, sizeof(err)), 0);
	assert_string_not_equal(guard_kind(), "none");
	for (i = 0; i < GUARD_SLOTS; i++) {
		slot[i] = guard_take();
		assert_non_null(slot[i]);
		assert_true(sodium_is_zero(slot[i], GUARD_SLOT));
	}
	assert_null(guard_take());
	memset(slot[3], 0xaa, GUARD_SLOT);
	status = in_child(child_sees, slot[3]);
	/* The pages are empty there, or not there at all. */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0 ||
	    CB_SANITIZE);
	guard_give(slot[3]);
	assert_ptr_equal(guard_take(), slot[3]);
	assert_true(sodium_is_zero(slot[3], GUARD_SLOT));
	for (i = 0; i < GUARD_SLOTS; i++)
		guard_give(slot[i]);
	guard_give(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_recover),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_file_kind),
		cmocka_unit_test(test_cipher),
		cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_unknown_slots),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_guard),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
