/* SPDX-License-Identifier: ISC */
/*
 * What is done to a sealed log, and by whom: who has only the bytes, who has
 * taken the auditor over later, who has an older copy.  Each is found by who
 * has the first public key, or a checkpoint, and nothing else.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <time.h>

#include "common/xmalloc.h"
#include "tests/unit/sealed_log.h"

/* So much of a log has every bit changed; "make check-work" takes 64. */
#define KIB_DEFAULT	2

static struct sl_key key[SL_EPOCHS], other[SL_EPOCHS];

/* Epochs of three records each, and their seals. */
static void
make(struct sealed_log *l, unsigned epochs, const char *third)
{
	unsigned e;

	sl_init(l, &key[0]);
	for (e = 0; e < epochs; e++) {
		sl_add(l, "one");
		sl_add(l, "and another one, with more words");
		sl_add(l, e == 0 ? third : "three");
		sl_seal(l, &key[e], &key[e + 1]);
	}
}

static int
setup(void **state)
{
	struct sealed_log *l = xcalloc(1, sizeof(*l));

	make(l, 4, "three");
	*state = l;
	return (0);
}

static int
teardown(void **state)
{
	sl_free(*state);
	free(*state);
	return (0);
}

static void
says(const struct sealed_log *l, const struct verify_by *by,
    enum verify_status want, const char *text)
{
	struct verify_report r;

	if (sl_verify(l, l->b.len, by, &r) != want ||
	    strstr(r.line, text) == NULL)
		print_error("%s\n", r.line);
	assert_int_equal(r.status, want);
	assert_non_null(strstr(r.line, text));
}

static void
test_whole(void **state)
{
	struct sealed_log *l = *state;
	struct verify_report r;
	struct verify_by by;
	unsigned e;

	assert_int_equal(sl_verify(l, l->b.len, NULL, &r), VERIFY_OK);
	assert_int_equal(r.res.records, 16);
	assert_int_equal(r.sealed, 16);
	assert_non_null(strstr(r.line, " sealed=16"));
	assert_non_null(strstr(r.note, "whose seals these are"));
	/* the key of any epoch vouches for all that is before its end */
	for (e = 0; e < 4; e++) {
		sl_pin(&by, l, &key[e]);
		assert_int_equal(sl_verify(l, l->b.len, &by, &r), VERIFY_OK);
		assert_string_equal(r.note, "");
	}
	/* that of the next one has sealed nothing yet */
	sl_pin(&by, l, &key[4]);
	says(l, &by, VERIFY_UNSEALED, "UNSEALED sealed=16: that key");
	sl_pin(&by, l, &key[5]);
	says(l, &by, VERIFY_KEY, "WRONGKEY");
	sl_pin(&by, l, &other[0]);
	says(l, &by, VERIFY_KEY, "WRONGKEY");
	/* and the name belongs to the key */
	sl_pin(&by, l, &key[0]);
	by.log[10] ^= 1;
	says(l, &by, VERIFY_KEY, "WRONGKEY");
}

/* Not one is missed, those of the last line included. */
static void
test_every_bit(void **state)
{
	const char *kib = getenv("SEALED_KIB");
	size_t want = (kib != NULL ? strtoul(kib, NULL, 10) : KIB_DEFAULT) *
	    1024, off;
	struct verify_report r;
	struct sealed_log l;
	struct verify_by by;
	unsigned e = 0, missed = 0;
	int bit;

	(void)state;
	sl_init(&l, &key[0]);
	for (; e < 3 || (l.b.len < want && e < SL_EPOCHS - 1); e++) {
		while (l.b.len < want * (e + 1) / (kib != NULL ? 15 : 3))
			sl_add(&l, "what somebody has asked for");
		sl_seal(&l, &key[e], &key[e + 1]);
	}
	sl_pin(&by, &l, &key[0]);
	assert_int_equal(sl_verify(&l, l.b.len, &by, &r), VERIFY_OK);
	for (off = 0; off < l.b.len; off++)
		for (bit = 0; bit < 8; bit++) {
			l.b.data[off] ^= (uint8_t)(1U << bit);
			if (sl_verify(&l, l.b.len, &by, &r) == VERIFY_OK) {
				print_error("bit %d at %zu\n", bit, off);
				missed++;
			}
			l.b.data[off] ^= (uint8_t)(1U << bit);
		}
	print_message("# %zu bits, %u missed\n", l.b.len * 8, missed);
	assert_int_equal(missed, 0);
	sl_free(&l);
}

/* Cut at every byte: by the key; where a seal ends, by a checkpoint. */
static void
test_cut(void **state)
{
	struct sealed_log *l = *state;
	struct verify_report r, full;
	struct verify_by by, end;
	size_t n, seals = 0;

	sl_pin(&by, l, &key[0]);
	assert_int_equal(sl_verify(l, l->b.len, &by, &full), VERIFY_OK);
	end = by;
	end.size = full.seal.last;
	memcpy(end.root, full.seal.root, TREE_HASH);
	assert_int_equal(sl_verify(l, l->b.len, &end, &r), VERIFY_OK);
	for (n = 0; n < l->b.len; n++) {
		(void)sl_verify(l, n, &by, &r);
		if (n == 0 || l->b.data[n - 1] == '\n')
			assert_true(r.status == VERIFY_UNSEALED ||
			    r.status == VERIFY_OK);
		else
			assert_int_equal(r.status, VERIFY_TRUNCATED);
		if (r.status == VERIFY_OK) {
			assert_int_equal(r.sealed, r.res.last.number);
			seals++;
		}
		assert_int_not_equal(sl_verify(l, n, &end, &r), VERIFY_OK);
		if (n != 0 && l->b.data[n - 1] == '\n')
			assert_int_equal(r.status, VERIFY_ROLLBACK);
	}
	assert_int_equal(seals, 3);
}

/* The lines of l but those for which drop says so, bound anew. */
static void
without(struct sealed_log *to, const struct sealed_log *l,
    int (*drop)(const struct record_view *))
{
	const char *p = (const char *)l->b.data, *end = p + l->b.len, *nl;
	struct record_view v;
	struct seal s;
	struct buf f;
	char text[64];

	sl_init(to, &key[0]);
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		assert_int_equal(record_view(&v, p, (size_t)(nl + 1 - p)), 0);
		if (drop(&v))
			continue;
		if (v.kind != RECORD_SEAL) {
			assert_true(record_member_str(v.json, v.jsonlen,
			    "reason", text, sizeof(text)) > 0);
			sl_add(to, text);
			continue;
		}
		assert_int_equal(seal_read(&s, p, (size_t)(nl + 1 - p)), 0);
		buf_init(&f, 8192);
		seal_fields(&f, &s);
		sl_line(to, RECORD_SEAL, &f, s.time_us);
		buf_free(&f);
	}
}

static int
any_seal(const struct record_view *v)
{
	return (v->kind == RECORD_SEAL);
}

static int
last_seal(const struct record_view *v)
{
	return (v->number == 16);
}

static int
one_seal(const struct record_view *v)
{
	return (v->number == 8);
}

static int
one_record(const struct record_view *v)
{
	return (v->number == 6);
}

static void
stripped(const struct sealed_log *l, int (*drop)(const struct record_view *),
    const struct verify_by *by, enum verify_status want, const char *text)
{
	struct sealed_log m;

	without(&m, l, drop);
	says(&m, by, want, text);
	sl_free(&m);
}

static void
test_stripped(void **state)
{
	struct sealed_log *l = *state;
	struct verify_by by;

	sl_pin(&by, l, &key[0]);
	stripped(l, any_seal, &by, VERIFY_UNSEALED, "UNSEALED first=1 last=12");
	stripped(l, last_seal, &by, VERIFY_UNSEALED,
	    "UNSEALED first=13 last=15");
	stripped(l, one_seal, &by, VERIFY_KEY, "WRONGKEY record=11");
	stripped(l, one_record, &by, VERIFY_TAMPERED,
	    "TAMPERED record=7 ");
	/* without a key, too, where there is a seal behind it */
	stripped(l, one_seal, NULL, VERIFY_KEY, "WRONGKEY record=11");
	stripped(l, one_record, NULL, VERIFY_TAMPERED, "rule=seal");
}

/*
 * The auditor is taken over in epoch 2, and the first record is to be another
 * one: the keys of epochs 0 and 1 are gone, those from 2 on are there.
 */
static void
test_later_key(void **state)
{
	struct sealed_log *l = *state, m;
	struct verify_by by, later;

	sl_pin(&by, l, &key[0]);
	sl_pin(&later, l, &key[2]);
	/* all of it with the key of epoch 2 */
	sl_init(&m, &key[0]);
	sl_add(&m, "nothing happened");
	sl_seal(&m, &key[2], &key[3]);
	says(&m, &by, VERIFY_TAMPERED, "TAMPERED record=2 ");
	/* under the name that belongs to that key: another log */
	sl_free(&m);
	sl_init(&m, &key[2]);
	sl_add(&m, "nothing happened");
	sl_seal(&m, &key[2], &key[3]);
	says(&m, &by, VERIFY_KEY, "WRONGKEY");
	says(&m, NULL, VERIFY_OK, "OK ");
	/* signed by it, and said to be the key of epoch 0 */
	sl_free(&m);
	sl_init(&m, &key[0]);
	sl_add(&m, "nothing happened");
	sl_seal_as(&m, &key[2], key[0].public, key[2].public);
	says(&m, &by, VERIFY_TAMPERED, "rule=seal");
	/* own keys first, which then name the one that is there */
	sl_free(&m);
	sl_init(&m, &other[0]);
	sl_add(&m, "nothing happened");
	sl_seal(&m, &other[0], &other[1]);
	sl_seal(&m, &other[1], &key[2]);
	sl_seal(&m, &key[2], &key[3]);
	says(&m, &by, VERIFY_KEY, "WRONGKEY");
	memcpy(later.log, m.name, sizeof(later.log));
	says(&m, &later, VERIFY_OK, "OK ");
	/* but the log has its name from its first key, and so has the pin */
	sl_pin(&later, l, &key[2]);
	says(&m, &later, VERIFY_KEY, "WRONGKEY");
	sl_free(&m);
	/* the seal of epoch 0 is kept, its record is not */
	make(&m, 0, "");
	sl_add(&m, "one");
	sl_add(&m, "and another one, with more words");
	sl_add(&m, "nothing happened");
	sl_seal_as(&m, &other[0], key[0].public, key[1].public);
	says(&m, &by, VERIFY_TAMPERED, "rule=seal");
	sl_free(&m);
}

/* An older copy, and a log that went another way from some epoch on. */
static void
test_checkpoint(void **state)
{
	struct sealed_log *l = *state, old, fork;
	struct verify_report r;
	struct verify_by by;

	sl_pin(&by, l, &key[0]);
	assert_int_equal(sl_verify(l, l->b.len, &by, &r), VERIFY_OK);
	by.size = r.seal.last;
	memcpy(by.root, r.seal.root, TREE_HASH);
	make(&old, 2, "three");
	says(&old, &by, VERIFY_ROLLBACK, "ROLLBACK sealed=8 expected=15");
	make(&fork, 4, "something else");
	says(&fork, &by, VERIFY_ROLLBACK, "FORK sealed=16 expected=15");
	sl_add(&fork, "and more");
	sl_seal(&fork, &key[4], &key[5]);
	says(&fork, &by, VERIFY_ROLLBACK, "FORK ");
	/* the older checkpoint is in the newer log */
	assert_int_equal(sl_verify(&old, old.b.len, NULL, &r), VERIFY_OK);
	by.size = r.seal.last;
	memcpy(by.root, r.seal.root, TREE_HASH);
	says(l, &by, VERIFY_OK, "OK ");
	sl_free(&old);
	sl_free(&fork);
}

/* What a seal says of its epoch is held against what is there. */
static void
test_wrong_seals(void **state)
{
	struct sealed_log m;

	(void)state;
	sl_init(&m, &key[0]);
	sl_add(&m, "one");
	m.epoch = 1;
	sl_seal(&m, &key[0], &key[1]);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=2 ");
	sl_free(&m);
	make(&m, 1, "x");
	m.at = 2;
	sl_seal(&m, &key[1], &key[2]);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=5 ");
	sl_free(&m);
	make(&m, 1, "x");
	m.tree.node[0][0] ^= 1;
	m.tree.node[2][0] ^= 1;
	sl_seal(&m, &key[1], &key[2]);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=5 ");
	sl_free(&m);
	make(&m, 1, "x");
	m.epoch = 5;
	sl_seal(&m, &key[1], &key[2]);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=5 ");
	sl_free(&m);
	make(&m, 1, "x");
	sl_seal(&m, &key[2], &key[3]);
	says(&m, NULL, VERIFY_KEY, "WRONGKEY record=5 ");
	sl_free(&m);
	/* an epoch of nothing but the seal before it is one */
	make(&m, 1, "x");
	sl_seal(&m, &key[1], &key[2]);
	sl_seal(&m, &key[2], &key[3]);
	says(&m, NULL, VERIFY_OK, "sealed=6");
	sl_free(&m);
}

/* Goes on by keys of somebody. */
static void
series(struct sealed_log *l, const struct sl_key *first)
{
	sl_add(l, "restored");
	seal_name(l->name, first[0].public);
	l->epoch = 0;
	sl_seal(l, &first[0], &first[1]);
}

/* A log that was restored without its keys: others, and who knows of which. */
static void
test_series(void **state)
{
	struct sealed_log m;
	struct verify_by old, new;

	(void)state;
	make(&m, 2, "three");
	sl_pin(&old, &m, &key[0]);
	series(&m, other);
	sl_add(&m, "four");
	sl_seal(&m, &other[1], &other[2]);
	says(&m, NULL, VERIFY_OK, "sealed=12");
	says(&m, &old, VERIFY_KEY, "WRONGKEY record=10 sealed=12");
	sl_pin(&new, &m, &other[0]);
	says(&m, &new, VERIFY_OK, "sealed=12");
	/* a checkpoint of before is in there still */
	new.size = 7;
	says(&m, &new, VERIFY_ROLLBACK, "FORK ");
	/* nobody comes back, with a later key of the first */
	memcpy(m.name, old.log, sizeof(m.name));
	m.epoch = 2;
	sl_seal(&m, &key[2], &key[3]);
	says(&m, NULL, VERIFY_KEY, "WRONGKEY record=13");
	sl_free(&m);
	/* it begins with its first key */
	make(&m, 2, "three");
	seal_name(m.name, other[0].public);
	sl_seal(&m, &other[1], &other[2]);
	says(&m, NULL, VERIFY_KEY, "WRONGKEY record=9");
	sl_free(&m);
	/* with epoch 0, and right behind the last seal */
	make(&m, 2, "three");
	seal_name(m.name, other[0].public);
	sl_seal(&m, &other[0], &other[1]);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=9");
	sl_free(&m);
	make(&m, 2, "three");
	m.at = 4;
	series(&m, other);
	says(&m, NULL, VERIFY_TAMPERED, "TAMPERED record=10");
	sl_free(&m);
}

/* Behind the last seal: a log that is in use has some, but not so many. */
static void
test_behind(void **state)
{
	struct sealed_log m;
	struct verify_by by;
	unsigned i;

	(void)state;
	make(&m, 1, "x");
	m.b.max = 64 * SL_MAX;
	for (i = 0; i < VERIFY_BEHIND; i++)
		sl_add(&m, "y");
	says(&m, NULL, VERIFY_OK, "sealed=4");
	sl_pin(&by, &m, &key[0]);
	says(&m, &by, VERIFY_UNSEALED, "UNSEALED first=5 last=8196");
	sl_add(&m, "y");
	says(&m, NULL, VERIFY_UNSEALED, "UNSEALED first=5 last=8197");
	sl_free(&m);
}

/* What a daemon says of its end counts, by a key, while it seals. */
static void
test_lately(void **state)
{
	const uint64_t was = sl_begin_us;
	struct sealed_log m;
	struct verify_by by;
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		sl_begin_us = (uint64_t)time(NULL) * 1000000 -
		    (i == 0 ? 0 : VERIFY_STALE_US + 60000000);
		make(&m, 1, "x");
		sl_add(&m, "y");
		sl_pin(&by, &m, &key[0]);
		by.head = m.head;
		if (i == 0)
			says(&m, &by, VERIFY_OK, "OK ");
		else
			says(&m, &by, VERIFY_UNSEALED, "UNSEALED first=5");
		by.keyed = 0;
		says(&m, &by, VERIFY_OK, "OK ");
		sl_free(&m);
	}
	/* and before it has sealed, nothing vouches for it */
	sl_init(&m, &key[0]);
	sl_add(&m, "y");
	sl_pin(&by, &m, &key[0]);
	by.head = m.head;
	says(&m, &by, VERIFY_UNSEALED, "UNSEALED first=1 last=1");
	sl_free(&m);
	sl_begin_us = was;
}

/* A note as others read it, and a key as they take it. */
static void
test_note(void **state)
{
	struct sealed_log *l = *state;
	char vkey[SEAL_VKEY], log[SEAL_NAME + 1], bad[SEAL_VKEY];
	uint8_t got[SEAL_KEY];
	struct verify_report r;
	struct buf b;
	size_t i;

	assert_int_equal(sl_verify(l, l->b.len, NULL, &r), VERIFY_OK);
	buf_init(&b, SEAL_NOTE);
	seal_note(&b, &r.seal);
	buf_put_u8(&b, 0);
	assert_false(b.bad);
	assert_memory_equal(b.data, l->name, SEAL_NAME);
	assert_memory_equal(b.data + SEAL_NAME, "\n15\n", 4);
	assert_non_null(strstr((char *)b.data, "\nepoch 3\nrecords 12 15\n"
	    "time 2027-01-15T08:00:18.518505Z\nchain "));
	assert_non_null(strstr((char *)b.data, "\n\n\342\200\224 clawbot/"));
	buf_free(&b);
	seal_vkey(vkey, l->name, key[0].public);
	assert_int_equal(seal_vkey_parse(log, got, vkey), 0);
	assert_string_equal(log, l->name);
	assert_memory_equal(got, key[0].public, SEAL_KEY);
	/* no character can be another one */
	for (i = 0; i < strlen(vkey); i++) {
		memcpy(bad, vkey, sizeof(bad));
		bad[i] ^= 1;
		assert_int_equal(seal_vkey_parse(log, got, bad), -1);
	}
	vkey[strlen(vkey) - 1] = '\0';
	assert_int_equal(seal_vkey_parse(log, got, vkey), -1);
	assert_int_equal(seal_vkey_parse(log, got, ""), -1);
	assert_int_equal(seal_vkey_parse(log, got, "+++++"), -1);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_whole), T(test_every_bit), T(test_cut),
		T(test_stripped), T(test_later_key), T(test_checkpoint),
		T(test_wrong_seals),
		T(test_series), T(test_behind), T(test_lately), T(test_note),
	};

	if (sodium_init() == -1)
		return (1);
	sl_keys(key, 'k');
	sl_keys(other, 'o');
	return (cmocka_run_group_tests_name("record seal", tests, NULL,
	    NULL));
}
