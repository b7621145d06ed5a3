/* SPDX-License-Identifier: ISC */
/*
 * The tree over the records against public vectors of inclusion and
 * consistency, and against itself for every size up to a hundred.  The vectors
 * are in VECTORS, or beside the source tree in ../shared/vectors; without them
 * these are skipped.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "common/record/treeproof.h"
#include "common/xmalloc.h"

#define SIZES	100

static char *
path_of(const char *dir, const char *name)
{
	const char *vectors = getenv("VECTORS"), *src = getenv("SRC");
	char *path;

	if (dir != NULL)
		xasprintf(&path, "%s/%s", dir, name);
	else if (vectors != NULL)
		xasprintf(&path, "%s/%s", vectors, name);
	else
		xasprintf(&path, "%s/../shared/vectors/%s",
		    src != NULL ? src : ".", name);
	return (path);
}

/* A hash in base64: 0, or -1 where it is none of that length. */
static int
hash(uint8_t out[TREE_HASH], const json_t *j)
{
	const char *s = json_string_value(j);
	size_t n;

	return (s != NULL && sodium_base642bin(out, TREE_HASH, s, strlen(s),
	    NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	    n == TREE_HASH ? 0 : -1);
}

static int
proof(struct tree_proof *p, const json_t *list)
{
	size_t i;

	p->n = json_array_size(list);
	if (p->n > TREE_PROOF)
		return (-1);
	for (i = 0; i < p->n; i++)
		if (hash(p->hash[i], json_array_get(list, i)) == -1)
			return (-1);
	return (0);
}

static uint64_t
number(const json_t *j, const char *name)
{
	double v = json_real_value(json_object_get(j, name));

	/* one of them is -1, as an unsigned number: no double has it */
	return (v < 1e18 ? (uint64_t)v : UINT64_MAX);
}

static int
included(const json_t *j)
{
	uint8_t leaf[TREE_HASH], root[TREE_HASH];
	struct tree_proof p;

	return (hash(leaf, json_object_get(j, "leafHash")) == 0 &&
	    hash(root, json_object_get(j, "root")) == 0 &&
	    proof(&p, json_object_get(j, "proof")) == 0 &&
	    tree_check_include(&p, leaf, number(j, "leafIdx"),
	    number(j, "treeSize"), root) == 0);
}

static int
consistent(const json_t *j)
{
	uint8_t a[TREE_HASH], b[TREE_HASH];
	struct tree_proof p;

	return (hash(a, json_object_get(j, "root1")) == 0 &&
	    hash(b, json_object_get(j, "root2")) == 0 &&
	    proof(&p, json_object_get(j, "proof")) == 0 &&
	    tree_check_extend(&p, number(j, "size1"), a, number(j, "size2"),
	    b) == 0);
}

/*
 * Two that a log has not: empty trees, of which nothing is proved, and roots
 * that are no hashes but the same.
 */
static int
is_odd(const json_t *j)
{
	const json_t *root = json_object_get(j, "root1");
	uint8_t h[TREE_HASH];

	return (root != NULL && number(j, "size1") == number(j, "size2") &&
	    (number(j, "size1") == 0 || hash(h, root) == -1));
}

static unsigned
one(const char *path, int (*check)(const json_t *))
{
	json_error_t e;
	json_t *j;
	int want;

	if ((j = json_load_file(path, JSON_DECODE_INT_AS_REAL, &e)) == NULL)
		print_error("%s: %s\n", path, e.text);
	assert_non_null(j);
	want = json_is_false(json_object_get(j, "wantErr"));
	assert_true(want || json_is_true(json_object_get(j, "wantErr")));
	if (!is_odd(j) && check(j) != want) {
		print_error("%s: %s\n", path, want ? "refused" : "taken");
		fail();
	}
	json_decref(j);
	return (1);
}

/* All files below dir; how many there were. */
static unsigned
each(const char *dir, int (*check)(const json_t *))
{
	struct dirent *de;
	unsigned n = 0;
	char *path;
	DIR *d;

	if ((d = opendir(dir)) == NULL)
		return (0);
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		path = path_of(dir, de->d_name);
		n += strstr(de->d_name, ".json") != NULL ? one(path, check) :
		    each(path, check);
		free(path);
	}
	(void)closedir(d);
	return (n);
}

static void
test_vectors(void **state)
{
	char *in = path_of(NULL, "merkle/inclusion");
	char *con = path_of(NULL, "merkle/consistency");
	unsigned n, m;

	(void)state;
	n = each(in, included);
	m = each(con, consistent);
	free(in);
	free(con);
	if (n == 0 && m == 0)
		skip();
	print_message("# %u inclusions, %u consistencies\n", n, m);
	assert_true(n > 50 && m > 50);
}

static uint8_t leaves[SIZES][TREE_HASH];
static uint8_t roots[SIZES + 1][TREE_HASH];

static int
setup(void **state)
{
	struct tree t;
	uint8_t i;

	(void)state;
	tree_init(&t);
	tree_root(&t, roots[0]);
	for (i = 0; i < SIZES; i++) {
		tree_leaf(leaves[i], &i, 1);
		tree_add(&t, leaves[i]);
		tree_root(&t, roots[i + 1]);
	}
	return (0);
}

/* RFC 6962, 2.1: the definition itself, for a tree of three. */
static void
test_definition(void **state)
{
	static const uint8_t two[] = { 2 }, none[] = {
		0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14
	};
	uint8_t b[65], h[TREE_HASH];

	(void)state;
	assert_memory_equal(roots[0], none, sizeof(none));
	assert_memory_equal(roots[1], leaves[0], TREE_HASH);
	b[0] = 0;
	b[1] = two[0];
	(void)crypto_hash_sha256(h, b, 2);
	assert_memory_equal(leaves[2], h, TREE_HASH);
	b[0] = 1;
	memcpy(b + 1, leaves[0], TREE_HASH);
	memcpy(b + 33, leaves[1], TREE_HASH);
	(void)crypto_hash_sha256(h, b, sizeof(b));
	assert_memory_equal(roots[2], h, TREE_HASH);
	memcpy(b + 1, h, TREE_HASH);
	memcpy(b + 33, leaves[2], TREE_HASH);
	(void)crypto_hash_sha256(h, b, sizeof(b));
	assert_memory_equal(roots[3], h, TREE_HASH);
}

static void
test_include(void **state)
{
	const struct tree_leaves l = { NULL, (const void *)leaves };
	uint64_t size, i, k;
	struct tree_proof p;

	(void)state;
	for (size = 1; size <= SIZES; size++)
		for (i = 0; i < size; i++) {
			assert_int_equal(tree_include(&p, &l, size, i), 0);
			assert_int_equal(tree_check_include(&p, leaves[i], i,
			    size, roots[size]), 0);
			k = (i + 1) % size;
			if (k == i)
				continue;
			assert_int_equal(tree_check_include(&p, leaves[k], i,
			    size, roots[size]), -1);
			assert_int_equal(tree_check_include(&p, leaves[i], k,
			    size, roots[size]), -1);
			p.hash[p.n / 2][7] ^= 1;
			assert_int_equal(tree_check_include(&p, leaves[i], i,
			    size, roots[size]), -1);
		}
}

/* Without the first ones, of which their subtrees are kept. */
static void
test_gone(void **state)
{
	uint64_t size, i, n;
	struct tree_leaves l;
	struct tree_proof p;
	struct tree gone;

	(void)state;
	tree_init(&gone);
	l.gone = &gone;
	for (n = 1; n < SIZES; n++) {
		tree_add(&gone, leaves[n - 1]);
		l.v = (const void *)(leaves + n);
		for (size = n; size <= SIZES; size++) {
			for (i = n; i < size; i++) {
				assert_int_equal(tree_include(&p, &l, size,
				    i), 0);
				assert_int_equal(tree_check_include(&p,
				    leaves[i], i, size, roots[size]), 0);
			}
			assert_int_equal(tree_include(&p, &l, size, n - 1),
			    -1);
			for (i = n; i <= size; i++) {
				assert_int_equal(tree_extend(&p, &l, i, size),
				    0);
				assert_int_equal(tree_check_extend(&p, i,
				    roots[i], size, roots[size]), 0);
			}
			if (n > 1)
				assert_int_equal(tree_extend(&p, &l, n - 1,
				    size), -1);
		}
	}
}

static void
test_extend(void **state)
{
	const struct tree_leaves l = { NULL, (const void *)leaves };
	uint64_t from, to;
	struct tree_proof p;

	(void)state;
	for (to = 1; to <= SIZES; to++)
		for (from = 1; from <= to; from++) {
			assert_int_equal(tree_extend(&p, &l, from, to), 0);
			assert_int_equal(tree_check_extend(&p, from,
			    roots[from], to, roots[to]), 0);
			if (from == to)
				continue;
			assert_int_equal(tree_check_extend(&p, from,
			    roots[from - 1], to, roots[to]), -1);
			assert_int_equal(tree_check_extend(&p, from,
			    roots[from], to, roots[to - 1]), -1);
			p.hash[p.n - 1][0] ^= 0x80;
			assert_int_equal(tree_check_extend(&p, from,
			    roots[from], to, roots[to]), -1);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_definition),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_extend),
		cmocka_unit_test(test_gone),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("record tree", tests, setup,
	    NULL));
}
