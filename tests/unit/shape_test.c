/* SPDX-License-Identifier: ISC */
/* Shapes: every kind of row, its bounds, and what is left over. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/shape.h"

struct leaf {
	uint16_t	 n;
	char		*s;
};

struct tree {
	uint8_t		 u8;
	uint32_t	 word;
	uint64_t	 u64;
	int32_t		 i32;
	int64_t		 i64;
	uint8_t		 raw[3];
	struct strv	 list;
	uint8_t		 how[2];
	uint8_t		*bytes;
	size_t		 nbytes;
	struct leaf	 leaf;
	struct leaf	*leaves;
	size_t		 nleaves;
	uint8_t		*rest;
	size_t		 nrest;
};

static const struct shape_row leaf_rows[] = {
	U16(leaf, n, 5, 300),
	STR(leaf, s, 3),
};
static SHAPE(leaf, "LEAF", leaf_rows, NULL);

static const struct shape_row tree_rows[] = {
	MAGIC(0x01020304),
	U8(tree, u8, 2, 4),
	WORD(tree, word, 0, 7),
	U64(tree, u64),
	I32(tree, i32),
	I64(tree, i64),
	RAW(tree, raw),
	STRV(tree, list, 3, 4),
	PER(tree, how, list, 1, 2),
	BYTES(tree, bytes, nbytes, 4),
	OF(tree, leaf, leaf),
	EACH(tree, leaves, nleaves, 2, leaf),
	REST(tree, rest, nrest),
};

static int
wrong(const void *v)
{
	return (((const struct tree *)v)->i32 == 13);
}

static SHAPE(tree, "TREE", tree_rows, wrong);

static void
sample(struct tree *t)
{
	memset(t, 0, sizeof(*t));
	t->u8 = 3;
	t->word = 7;
	t->u64 = UINT64_MAX;
	t->i32 = -2;
	t->i64 = INT64_MIN;
	memcpy(t->raw, "raw", 3);
	strv_add(&t->list, "one");
	strv_add(&t->list, "four");
	t->how[0] = 1;
	t->how[1] = 2;
	t->bytes = (uint8_t *)xstrndup("b", 1);
	t->nbytes = 1;
	t->leaf.n = 300;
	t->leaf.s = xstrdup("abc");
	t->nleaves = 2;
	t->leaves = xcalloc(2, sizeof(*t->leaves));
	t->leaves[0].n = t->leaves[1].n = 5;
	t->leaves[0].s = xstrdup("");
	t->leaves[1].s = xstrdup("x");
	t->rest = (uint8_t *)xstrndup("tail", 4);
	t->nrest = 4;
}

/* The sample with one thing changed: what its decoder says. */
static int
passes(void (*change)(struct tree *))
{
	struct tree t, got;
	struct buf b;
	int r;

	sample(&t);
	if (change != NULL)
		change(&t);
	buf_init(&b, 4096);
	shape_put(&tree_shape, &b, &t);
	r = shape_get(&tree_shape, &got, b.data, b.len);
	if (r == 0)
		assert_null(shape_differ(&tree_shape, &t, &got));
	shape_free(&tree_shape, &got);
	shape_free(&tree_shape, &got);	/* is safe twice */
	shape_free(&tree_shape, &t);
	buf_free(&b);
	return (r);
}

static void
text(char **s, const char *new)
{
	free(*s);
	*s = xstrdup(new);
}

static void c_u8low(struct tree *t) { t->u8 = 1; }
static void c_u8high(struct tree *t) { t->u8 = 5; }
static void c_word(struct tree *t) { t->word = 8; }
static void c_u16(struct tree *t) { t->leaf.n = 301; }
static void c_inner(struct tree *t) { t->leaves[1].n = 4; }
static void c_text(struct tree *t) { text(&t->leaf.s, "abcd"); }
static void c_list(struct tree *t) { text(&t->list.v[0], "fives"); }
static void c_many(struct tree *t) { strv_add(&t->list, "3"); }
static void c_how(struct tree *t) { t->how[1] = 3; }
static void c_how0(struct tree *t) { t->how[0] = 0; }
static void c_wrong(struct tree *t) { t->i32 = 13; }

static void
c_bytes(struct tree *t)
{
	free(t->bytes);
	t->bytes = (uint8_t *)xstrndup("fives", 5);
	t->nbytes = 5;
}

static void
c_leaves(struct tree *t)
{
	t->leaves = xrecallocarray(t->leaves, 2, 3, sizeof(*t->leaves));
	t->leaves[2].n = 5;
	t->leaves[2].s = xstrdup("");
	t->nleaves = 3;
}

static void c_ok(struct tree *t) { t->nrest = 0; t->u8 = 4; t->leaf.n = 5; }
static void c_none(struct tree *t) { strv_free(&t->list); }

static void
test_bounds(void **state)
{
	static void (*const bad[])(struct tree *) = { c_u8low, c_u8high,
	    c_word, c_u16, c_inner, c_text, c_list, c_many, c_how, c_how0,
	    c_wrong, c_bytes, c_leaves };
	size_t i;

	(void)state;
	assert_int_equal(passes(NULL), 0);
	assert_int_equal(passes(c_ok), 0);
	assert_int_equal(passes(c_none), 0);
	for (i = 0; i < NELEM(bad); i++)
		if (passes(bad[i]) != -1)
			fail_msg("change %zu passed", i);
}

/* A count that the message cannot hold reserves nothing. */
static void
test_counts(void **state)
{
	static const struct shape_row rows[] = {
		EACH(tree, leaves, nleaves, SIZE_MAX, leaf),
	};
	const struct shape s = { "S", sizeof(struct tree), rows, 1, NULL };
	struct tree t;

	(void)state;
	assert_int_equal(shape_get(&s, &t, "\0\0\0\2\0\5\0\0\0\0", 10), -1);
	assert_null(t.leaves);
	assert_int_equal(shape_get(&s, &t, "\xff\xff\xff\xff\0\5", 6), -1);
	assert_int_equal(t.nleaves, 0);
	assert_int_equal(shape_get(&s, &t, "\0\0\0\1\0\5\0\0\0\0", 10), 0);
	shape_free(&s, &t);
	assert_int_equal(shape_get(&s, &t, "\0\0\0\1\0\5\0\0\0\0x", 11), -1);
	shape_free(&s, &t);
}

static void
test_copy(void **state)
{
	struct tree a, b;

	(void)state;
	sample(&a);
	shape_copy(&tree_shape, &b, &a);
	assert_null(shape_differ(&tree_shape, &a, &b));
	assert_ptr_not_equal(a.leaves[1].s, b.leaves[1].s);
	text(&b.leaves[1].s, "y");
	assert_string_equal(shape_differ(&tree_shape, &a, &b), "leaves");
	b.word = 6;
	assert_string_equal(shape_differ(&tree_shape, &a, &b), "word");
	shape_free(&tree_shape, &a);
	shape_free(&tree_shape, &b);
	assert_null(b.leaves);
}

struct locked {
	const uint8_t	*key;
	uint8_t		*box;
	size_t		 nbox;
};

static const struct shape_row locked_rows[] = {
	KEY(locked, key, 4),
	BOXED(locked, box, nbox, 16),
};
static SHAPE(locked, "LOCKED", locked_rows, NULL);

/* A key stays in the message; what is boxed is fields and nothing else. */
static void
test_key(void **state)
{
	static const uint8_t good[] = { 1, 2, 3, 4, 0, 0, 0, 11,
	    0, 0, 0, 1, 'a', 1, 0, 0, 0, 1, 'b' };
	uint8_t bad[sizeof(good)];
	struct locked v;
	struct buf b;

	(void)state;
	assert_int_equal(shape_get(&locked_shape, &v, good, sizeof(good)), 0);
	assert_ptr_equal(v.key, good);
	assert_int_equal(v.nbox, 11);
	buf_init(&b, 64);
	shape_put(&locked_shape, &b, &v);
	assert_int_equal(b.len, sizeof(good));
	assert_memory_equal(b.data, good, sizeof(good));
	/* the message is not the structure's to wipe */
	shape_free(&locked_shape, &v);
	assert_null(v.key);
	assert_int_equal(good[0], 1);
	/* no key is one of zeros */
	buf_reset(&b);
	v.box = xmalloc(1);
	shape_put(&locked_shape, &b, &v);
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "\0\0\0\0\0\0\0\0", 8);
	shape_free(&locked_shape, &v);
	buf_free(&b);
	/* less than a key, another type of field, one byte behind */
	assert_int_equal(shape_get(&locked_shape, &v, good, 3), -1);
	shape_free(&locked_shape, &v);
	memcpy(bad, good, sizeof(bad));
	bad[13] = 99;
	assert_int_equal(shape_get(&locked_shape, &v, bad, sizeof(bad)), -1);
	shape_free(&locked_shape, &v);
	memcpy(bad, good, sizeof(bad));
	bad[7] = 10;
	assert_int_equal(shape_get(&locked_shape, &v, bad, sizeof(bad)), -1);
	shape_free(&locked_shape, &v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_key),
	};

	return (cmocka_run_group_tests_name("shape", tests, NULL, NULL));
}
