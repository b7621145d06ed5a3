/* SPDX-License-Identifier: ISC */
/* Backups: what is written comes back, and nothing else is taken for one. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupread.h"
#include "client/backup/backupstream.h"
#include "client/backup/backupstream_priv.h"
#include "client/stored.h"

#define ROOM	(512U * 1024)

static uint8_t secret_bytes[32] = "thirty-two bytes of a key file.";
static struct backup_secret secret = { BY_KEYFILE, secret_bytes, 32 };

/* What was read. */
struct got {
	struct buf	names;
	struct buf	data;
	int		heads;
};

static int
got_head(void *arg, const struct backup_head *h, struct fail *f)
{
	struct got *g = arg;

	(void)f;
	g->heads++;
	assert_true(h->n > 0);
	return (0);
}

static int
got_begin(void *arg, const struct backup_file *file, struct fail *f)
{
	struct got *g = arg;

	(void)f;
	buf_printf(&g->names, "%s;", file->name);
	return (0);
}

static int
got_data(void *arg, const void *p, size_t n, struct fail *f)
{
	struct got *g = arg;

	(void)f;
	buf_put(&g->data, p, n);
	return (0);
}

static int
got_end(void *arg, const struct backup_file *file, struct fail *f)
{
	struct got *g = arg;

	(void)file;
	(void)f;
	buf_printf(&g->names, ".");
	return (0);
}

static const struct backup_sink sink = { got_head, got_begin, got_data,
    got_end };

static int
on_plain(void *arg, const void *p, size_t n, struct fail *f)
{
	return (backup_read_feed(arg, p, n, f));
}

/* Reads a backup in pieces of so many bytes; 0, or -1 and *f. */
static int
read_in(struct got *g, const uint8_t *p, size_t n, size_t piece,
    const struct backup_secret *s, struct fail *f)
{
	struct backup_read *r;
	struct backup_in *in;
	size_t at, k;
	int ret = 0;

	memset(g, 0, sizeof(*g));
	buf_init(&g->names, 65536);
	buf_init(&g->data, ROOM);
	r = backup_read_new(&sink, g);
	in = backup_in_new(s, on_plain, r);
	for (at = 0; ret == 0 && at < n; at += k) {
		k = n - at < piece ? n - at : piece;
		ret = backup_in_feed(in, p + at, k, f);
	}
	if (ret == 0)
		ret = backup_in_end(in, f);
	if (ret == 0)
		ret = backup_read_end(r, f);
	backup_in_free(in);
	backup_read_free(r);
	return (ret);
}

static void
got_free(struct got *g)
{
	buf_free(&g->names);
	buf_free(&g->data);
}

/* The plain text of one with these files, each of its own letter. */
static void
plain_of(struct buf *b, const char *const *names, const uint64_t *sizes,
    size_t n)
{
	struct backup_head h = { .time_us = 1, .host = (char *)(uintptr_t)"h",
	    .version = (char *)(uintptr_t)"v" };
	uint8_t digest[BACKUP_DIGEST];
	struct buf all[8];
	size_t i, k;

	buf_init(b, ROOM);
	for (i = 0; i < n; i++)
		backup_head_add(&h, names[i], sizes[i]);
	backup_head_put(b, &h);
	free(h.v);
	for (i = 0; i < n; i++) {
		buf_init(&all[i], ROOM);
		for (k = 0; k < sizes[i] && k < ROOM; k++)
			buf_put_u8(&all[i], (uint8_t)('a' + i));
		buf_put(b, all[i].data, all[i].len);
	}
	for (i = 0; i < n; i++) {
		(void)crypto_generichash(digest, sizeof(digest), all[i].data,
		    all[i].len, NULL, 0);
		buf_put(b, digest, sizeof(digest));
		buf_free(&all[i]);
	}
}

/* That, as a file. */
static void
file_of(struct buf *b, const struct buf *plain)
{
	struct backup_out *o;
	struct fail f;
	uint8_t part[4096];
	ssize_t n;
	int fd;

	fd = memfd_create("backup", 0);
	assert_int_not_equal(fd, -1);
	o = backup_out_new(fd, &secret, &f);
	assert_non_null(o);
	assert_int_equal(backup_out_put(o, plain->data, plain->len, &f), 0);
	assert_int_equal(backup_out_end(o, &f), 0);
	backup_out_free(o);
	buf_init(b, ROOM);
	(void)lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_put(b, part, (size_t)n);
	(void)close(fd);
	assert_false(b->bad);
}

static const char *const usual[] = { "clawbot.conf", "vault/secrets.env",
    "log/gateway.torn-000000000007", "log/gateway.torn-000000000007.1",
    "log/gateway-000000000001.log", "log/gateway-000000000042.log",
    "log/gateway.log" };
static const uint64_t usual_sizes[] = { 10, 0, 3, 0, 70000, 1, 0 };

static void
test_back(void **state)
{
	static const size_t pieces[] = { 1, 7, 65536, 65537, ROOM };
	struct buf plain, file;
	struct fail f;
	struct got g;
	size_t i;

	(void)state;
	plain_of(&plain, usual, usual_sizes, NELEM(usual));
	file_of(&file, &plain);
	for (i = 0; i < NELEM(pieces); i++) {
		assert_int_equal(read_in(&g, file.data, file.len, pieces[i],
		    &secret, &f), 0);
		buf_put_u8(&g.names, 0);
		assert_string_equal((char *)g.names.data, "clawbot.conf;."
		    "vault/secrets.env;.log/gateway.torn-000000000007;."
		    "log/gateway.torn-000000000007.1;."
		    "log/gateway-000000000001.log;."
		    "log/gateway-000000000042.log;.log/gateway.log;.");
		assert_int_equal(g.data.len, 70014);
		assert_int_equal(g.heads, 1);
		got_free(&g);
	}
	buf_free(&file);
	buf_free(&plain);
}

/* Nothing of it in clear, and no two alike. */
static void
test_hidden(void **state)
{
	struct buf plain, a, b;

	(void)state;
	plain_of(&plain, usual, usual_sizes, NELEM(usual));
	file_of(&a, &plain);
	file_of(&b, &plain);
	assert_null(memmem(a.data, a.len, "gateway", 7));
	assert_int_not_equal(memcmp(a.data + STREAM_FRONT,
	    b.data + STREAM_FRONT, 64), 0);
	buf_free(&plain);
	buf_free(&a);
	buf_free(&b);
}

/* Every changed bit, every end that is missing, every byte too many. */
static void
test_altered(void **state)
{
	static const char *const names[] = { "clawbot.conf" };
	static const uint64_t sizes[] = { 5 };
	struct buf plain, file;
	struct fail f;
	struct got g;
	size_t i;
	int bit;

	(void)state;
	plain_of(&plain, names, sizes, 1);
	file_of(&file, &plain);
	for (i = 0; i < file.len; i++) {
		assert_int_equal(read_in(&g, file.data, i, ROOM, &secret,
		    &f), -1);
		assert_int_equal(f.status, EXIT_ALTERED);
		got_free(&g);
		for (bit = 0; bit < 8; bit++) {
			file.data[i] ^= (uint8_t)(1 << bit);
			assert_int_equal(read_in(&g, file.data, file.len,
			    ROOM, &secret, &f), -1);
			file.data[i] ^= (uint8_t)(1 << bit);
			got_free(&g);
		}
	}
	buf_put_u8(&file, 0);
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &secret, &f),
	    -1);
	assert_int_equal(f.status, EXIT_ALTERED);
	got_free(&g);
	buf_free(&plain);
	buf_free(&file);
}

/* Chunks that are swapped, left out or come twice. */
static void
test_chunks(void **state)
{
	const size_t chunk = STREAM_CHUNK + STREAM_MORE;
	static uint8_t noise[3 * STREAM_CHUNK];
	struct buf plain, file, cut;
	struct fail f;
	struct got g;

	(void)state;
	/* what cannot be compressed; it is no head, which comes later */
	randombytes_buf(noise, sizeof(noise));
	buf_init(&plain, ROOM);
	buf_put(&plain, noise, sizeof(noise));
	file_of(&file, &plain);
	assert_true(file.len > STREAM_FRONT + 3 * chunk);
	buf_init(&cut, ROOM);
	buf_put(&cut, file.data, STREAM_FRONT);
	buf_put(&cut, file.data + STREAM_FRONT + chunk, file.len -
	    STREAM_FRONT - chunk);
	assert_int_equal(read_in(&g, cut.data, cut.len, ROOM, &secret, &f),
	    -1);
	assert_int_equal(f.status, EXIT_ALTERED);
	assert_int_equal(g.heads, 0);
	got_free(&g);
	memmove(file.data + STREAM_FRONT, file.data + STREAM_FRONT + chunk,
	    chunk);
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &secret, &f),
	    -1);
	got_free(&g);
	buf_free(&plain);
	buf_free(&file);
	buf_free(&cut);
}

static void
test_other_key(void **state)
{
	uint8_t other[32] = "another key file, of the size.";
	struct backup_secret s = { BY_KEYFILE, other, 32 };
	struct buf plain, file;
	struct fail f;
	struct got g;

	(void)state;
	plain_of(&plain, usual, usual_sizes, NELEM(usual));
	file_of(&file, &plain);
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &s, &f), -1);
	assert_int_equal(f.status, EXIT_ALTERED);
	assert_int_equal(g.heads, 0);
	got_free(&g);
	s.how = BY_PASSPHRASE;
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &s, &f), -1);
	assert_non_null(strstr(f.text, "key file"));
	got_free(&g);
	buf_free(&plain);
	buf_free(&file);
}

/* Heads that only somebody who has the key could make. */
static void
test_heads(void **state)
{
	static const struct {
		const char	*names[3];
		uint64_t	 sizes[3];
		size_t		 n;
	} bad[] = {
		{ { "vault/secrets.env" }, { 1 }, 1 },
		{ { "clawbot.conf", "clawbot.conf" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway.log", "log/gateway.log" },
		    { 1, 1, 1 }, 3 },
		{ { "clawbot.conf", "log/gateway.log", "vault/secrets.env" },
		    { 1, 1, 1 }, 3 },
		{ { "clawbot.conf", "log/gateway-000000000002.log",
		    "log/gateway-000000000001.log" }, { 1, 1, 1 }, 3 },
		{ { "clawbot.conf", "../etc/passwd" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "/etc/passwd" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/../x" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/seal.key" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/exec.log" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway-000000000000.log" },
		    { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway-1.log" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway-+00000000001.log" },
		    { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway-000000000001.log/x" },
		    { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway.torn-1" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/gateway.torn-000000000001/x" },
		    { 1, 1 }, 2 },
		{ { "clawbot.conf", "log/" }, { 1, 1 }, 2 },
		{ { "clawbot.conf", "" }, { 1, 1 }, 2 },
		/* more than such a file has */
		{ { "clawbot.conf" }, { BACKUP_CONF_MAX + 1 }, 1 },
		{ { "clawbot.conf", "vault/secrets.env" },
		    { 1, BACKUP_VAULT_MAX + 1 }, 2 },
		{ { "clawbot.conf", "log/gateway.log" },
		    { 1, UINT64_C(1) << 45 }, 2 },
		{ { "clawbot.conf", "log/gateway.log" }, { 1, UINT64_MAX },
		    2 },
	};
	struct buf plain, file;
	struct fail f;
	struct got g;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		plain_of(&plain, bad[i].names, bad[i].sizes, bad[i].n);
		file_of(&file, &plain);
		assert_int_equal(read_in(&g, file.data, file.len, ROOM,
		    &secret, &f), -1);
		if (f.status != EXIT_ALTERED || g.heads != 0)
			fail_msg("head %zu is taken", i);
		got_free(&g);
		buf_free(&file);
		buf_free(&plain);
	}
}

/* As much of a run as can be asked for, and what came with the last of it. */
static void
test_output_size(void **state)
{
	static const uint64_t sizes[] = { (UINT64_C(64) << 20) + 65536 +
	    OUTFILE_START, STORED_MAX, STORED_MAX + 1 };
	char name[sizeof(BACKUP_OUTDIR) + OUTFILE_NAME] = BACKUP_OUTDIR;
	struct backup_head h = { .time_us = 1, .host = (char *)(uintptr_t)"h",
	    .version = (char *)(uintptr_t)"v" }, back;
	struct buf b;
	size_t i;

	(void)state;
	outfile_name(name + strlen(name), 7, 0x123456789abULL);
	backup_head_add(&h, BACKUP_CONF, 1);
	backup_head_add(&h, name, 0);
	for (i = 0; i < NELEM(sizes); i++) {
		h.v[1].size = sizes[i];
		buf_init(&b, ROOM);
		backup_head_put(&b, &h);
		assert_int_equal(backup_head_get(&back, b.data + 4,
		    b.len - 4), sizes[i] <= STORED_MAX ? 0 : -1);
		backup_head_free(&back);
		buf_free(&b);
	}
	free(h.v);
}

/* Too short, too long, and digests of something else, by who has the key. */
static void
test_contents(void **state)
{
	static const char *const names[] = { "clawbot.conf",
	    "log/gateway.log" };
	static const uint64_t sizes[] = { 5, 9 };
	struct buf plain, file, some;
	struct fail f;
	struct got g;
	size_t i;

	(void)state;
	plain_of(&plain, names, sizes, 2);
	for (i = 0; i < plain.len; i++) {
		buf_init(&some, ROOM);
		buf_put(&some, plain.data, i);
		file_of(&file, &some);
		assert_int_equal(read_in(&g, file.data, file.len, ROOM,
		    &secret, &f), -1);
		assert_int_equal(f.status, EXIT_ALTERED);
		got_free(&g);
		buf_free(&file);
		buf_free(&some);
	}
	buf_put_u8(&plain, 'x');
	file_of(&file, &plain);
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &secret, &f),
	    -1);
	got_free(&g);
	buf_free(&file);
	plain.len--;
	plain.data[plain.len - 1] ^= 1;
	file_of(&file, &plain);
	assert_int_equal(read_in(&g, file.data, file.len, ROOM, &secret, &f),
	    -1);
	assert_non_null(strstr(f.text, "log/gateway.log"));
	got_free(&g);
	buf_free(&file);
	buf_free(&plain);
}

/* By a passphrase, and with costs that nobody wrote. */
static void
test_passphrase(void **state)
{
	uint8_t front[BACKUP_FRONT], *key, *again;
	uint8_t word[] = "correct horse battery";
	struct backup_secret s = { BY_PASSPHRASE, word, sizeof(word) - 1 };
	struct fail f;

	(void)state;
	key = backup_key_make(&s, front, &f);
	assert_non_null(key);
	again = backup_key_of(&s, front, &f);
	assert_non_null(again);
	assert_memory_equal(key, again, BACKUP_KEY);
	sodium_free(again);
	front[BACKUP_FRONT - 1] ^= 1;
	again = backup_key_of(&s, front, &f);
	assert_non_null(again);
	assert_memory_not_equal(key, again, BACKUP_KEY);
	sodium_free(again);
	sodium_free(key);
	/* passes, then memory: all bits of both would take for ever */
	memset(front + sizeof(BACKUP_MAGIC), 0xff, 4);
	assert_null(backup_key_of(&s, front, &f));
	assert_int_equal(f.status, EXIT_ALTERED);
	memset(front + sizeof(BACKUP_MAGIC), 0, 4);
	front[sizeof(BACKUP_MAGIC) + 3] = 1;
	memset(front + sizeof(BACKUP_MAGIC) + 4, 0xff, 4);
	assert_null(backup_key_of(&s, front, &f));
	assert_int_equal(f.status, EXIT_ALTERED);
}

static int
set_up(void **state)
{
	(void)state;
	return (sodium_init() == -1 ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_output_size),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_passphrase),
	};

	return (cmocka_run_group_tests(tests, set_up, NULL));
}
