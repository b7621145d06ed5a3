/* SPDX-License-Identifier: ISC */
/* What is marked in an index of git's, and that all else stays as it is. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "executor/watch/gitindex.h"
#include "executor/watch/gitsum.h"

#define DEV	7U
#define MTIME	3U
#define MODE	0120000U
#define SIZE	36U
#define INO	100U		/* of the first entry; then one more each */

/* Of FIPS 180-4, and around the length of a block. */
static void
test_sum(void **state)
{
	static const struct {
		const char	*text;
		size_t		 n;
		const char	*sum;
	} known[] = {
		{ "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
		{ "a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a" },
		{ "a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d" },
		{ "a", 1000, "291e9a6c66994949b57ba5e650361e98fc36b1ba" },
	};
	uint8_t in[1024], out[GITSUM_SIZE];
	char hex[2 * GITSUM_SIZE + 1];
	size_t i, j, len;

	(void)state;
	for (i = 0; i < NELEM(known); i++) {
		len = strlen(known[i].text);
		for (j = 0; j < known[i].n; j++)
			memcpy(in + j * len, known[i].text, len);
		gitsum(out, in, len * known[i].n);
		for (j = 0; j < GITSUM_SIZE; j++)
			(void)snprintf(hex + 2 * j, 3, "%02x", out[j]);
		assert_string_equal(hex, known[i].sum);
	}
}

struct sample_entry {
	const char	*name;
	unsigned	 flags;		/* beside its length */
	unsigned	 more;		/* with 0x4000 in flags */
	size_t		 cut;		/* version 4 */
};

static void
put_one(struct buf *b, unsigned version, size_t hash,
    const struct sample_entry *e, uint32_t ino)
{
	static const uint8_t zero[32];
	const uint32_t st[10] = { 0, 0, MTIME, 0, DEV, ino, MODE, 0, 0,
	    SIZE };
	const size_t begins = b->len;
	size_t i;

	for (i = 0; i < 10; i++)
		buf_put_u32(b, st[i]);
	for (i = 0; i < hash; i++)
		buf_put_u8(b, 0xab);
	buf_put_u16(b, (uint16_t)(e->flags | strlen(e->name)));
	if (e->flags & 0x4000)
		buf_put_u16(b, (uint16_t)e->more);
	if (version == 4) {
		buf_put_u8(b, (uint8_t)e->cut);
		buf_put(b, e->name + (e->cut == 0 ? 0 : 2),
		    strlen(e->name) - (e->cut == 0 ? 0 : 2));
		buf_put_u8(b, 0);
		return;
	}
	buf_put(b, e->name, strlen(e->name));
	buf_put(b, zero, 8 - (b->len - begins) % 8);
}

static void
put_index(struct buf *b, unsigned version, size_t hash,
    const struct sample_entry *e, size_t n, const char *ext, int sum)
{
	uint8_t out[32] = { 0 };
	size_t i;

	buf_init(b, 65536);
	buf_put(b, "DIRC", 4);
	buf_put_u32(b, version);
	buf_put_u32(b, (uint32_t)n);
	for (i = 0; i < n; i++)
		put_one(b, version, hash, &e[i], INO + (uint32_t)i);
	for (; *ext != '\0'; ext += 4) {
		buf_put(b, ext, 4);
		buf_put_u32(b, 3);
		buf_put(b, "xyz", 3);
	}
	if (sum && hash == GITSUM_SIZE)
		gitsum(out, b->data, b->len);
	else if (sum)
		(void)crypto_hash_sha256(out, b->data, b->len);
	buf_put(b, out, hash);
}

static uint32_t wanted;		/* a bit for each inode from INO on */

static int
is_wanted(const struct gitindex_stat *f)
{
	return (f->mtime == MTIME && f->mode == MODE && f->size == SIZE &&
	    f->dev == DEV && (wanted >> (f->ino - INO) & 1) != 0);
}

static const struct sample_entry plain[] = {
	{ ".vscode/a", 0, 0, 0 }, { "b", 0, 0, 9 }, { "conflict", 0x1000,
	    0, 1 },
};
static const struct sample_entry marked[] = {
	{ ".vscode/a", 0x4000, 0x4000, 0 }, { "b", 0, 0, 9 }, { "conflict",
	    0x1000, 0, 1 },
};
/* Version 4 in two names, of which the second begins as the first. */
static const struct sample_entry shorter[] = {
	{ "d/abc", 0, 0, 0 }, { "d/x", 0, 0, 3 },
};
static const struct sample_entry shorter_marked[] = {
	{ "d/abc", 0x4000, 0x4000, 0 }, { "d/x", 0x4000, 0x4000, 3 },
};

static void
becomes(unsigned version, size_t hash, const struct sample_entry *from,
    const struct sample_entry *to, size_t n, const char *ext,
    const char *then, int sum, int count)
{
	struct buf in, want, out;

	put_index(&in, version, hash, from, n, ext, sum);
	put_index(&want, version == 2 && count != 0 ? 3 : version, hash, to,
	    n, then, sum);
	assert_int_equal(gitindex_mark(in.data, in.len, is_wanted, &out),
	    count);
	assert_int_equal(out.len, want.len);
	assert_memory_equal(out.data, want.data, want.len);
	buf_free(&out);
	/* what is marked stays as it is */
	assert_int_equal(gitindex_mark(want.data, want.len, is_wanted, &out),
	    0);
	assert_int_equal(out.len, want.len);
	assert_memory_equal(out.data, want.data, want.len);
	buf_free(&out);
	buf_free(&in);
	buf_free(&want);
}

static void
test_mark(void **state)
{
	static const size_t sizes[] = { GITSUM_SIZE, 32 };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		/* one that is not merged is no file of the work tree's */
		wanted = 0x5;
		becomes(2, sizes[i], plain, marked, 3, "", "", 1, 1);
		becomes(3, sizes[i], plain, marked, 3, "TREEEOIEIEOTFSMN",
		    "TREEFSMN", 1, 1);
		becomes(2, sizes[i], plain, marked, 3, "TREE", "TREE", 0, 1);
		wanted = 0;
		becomes(2, sizes[i], plain, plain, 3, "TREE", "TREE", 1, 0);
		wanted = 0x3;
		becomes(4, sizes[i], shorter, shorter_marked, 2, "TREE",
		    "TREE", 1, 2);
	}
}

static void
refused(const struct buf *b, size_t len)
{
	struct buf out;

	assert_int_equal(gitindex_mark(b->data, len, is_wanted, &out), -1);
	buf_free(&out);
}

static void
test_odd(void **state)
{
	struct buf in;
	size_t i;

	(void)state;
	wanted = 0xff;
	put_index(&in, 2, GITSUM_SIZE, plain, 3, "TREE", 1);
	for (i = 0; i < in.len; i++)
		refused(&in, i);
	in.data[7] = 5;		/* version */
	refused(&in, in.len);
	in.data[7] = 2;
	in.data[11] = 4;	/* entries */
	refused(&in, in.len);
	buf_free(&in);
	/* over several files: what is marked here would not be the entry */
	put_index(&in, 2, GITSUM_SIZE, plain, 3, "link", 1);
	refused(&in, in.len);
	buf_free(&in);
	/* more is cut off than there was */
	put_index(&in, 4, GITSUM_SIZE, shorter + 1, 1, "", 1);
	refused(&in, in.len);
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_odd),
	};

	return (cmocka_run_group_tests_name("gitindex", tests, NULL, NULL));
}
