/* SPDX-License-Identifier: ISC */
/*
 * Bundles that no vault has written, and that are opened by their key: nothing
 * comes in that the vault's own file may not have.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_carry.h"
#include "vault/past.h"

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
		ask_import(&t, id, bundlelen, CARRY, BRING_NONE);
		vtest_done(&t, id++, CBE_USAGE);
		assert_null(t.v.change);
	}
	craft(&c);
	craft_put(&c, "ALPHA", STORE_VERSION_MAX, 0);
	craft_put(&c, "BETA", STORE_VERSION_MAX - 1, 0);
	craft_end(&c);
	ask_import(&t, id, bundlelen, CARRY, BRING_NONE);
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
	ask_import(&t, 1, bundlelen, CARRY, BRING_NONE);
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
	ask_import(&t, 2, bundlelen, CARRY, BRING_NONE);
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
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_reads_back),
	};

	return (cmocka_run_group_tests_name("bundles of somebody else", tests,
	    NULL, NULL));
}
