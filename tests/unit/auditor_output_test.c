/* SPDX-License-Identifier: ISC */
/* Files of stored output: what is in them, and where it ends. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>

#include "auditor/outstore.h"
#include "auditor/packfile.h"
#include "common/field.h"
#include "common/outfile.h"
#include "common/payload.h"

#define RUN	0x123456789abULL

static char dir[] = "/tmp/cbt-output-XXXXXX";
static struct outstore os;
static struct event_base *base;
static int dirfd_log;
static uint64_t next_intent = 100;
static uint32_t who;			/* asks for the runs */
static struct buf fields, file;		/* of the run that settled last */

static fsfilcnt_t files, files_left;

/* In place of the C library's: there is always room, but for files. */
int
fstatvfs(int fd, struct statvfs *v)
{
	(void)fd;
	memset(v, 0, sizeof(*v));
	v->f_frsize = 4096;
	v->f_blocks = v->f_bavail = 1U << 20;
	v->f_files = files;
	v->f_favail = files_left;
	return (0);
}

static int
set_up(void **state)
{
	(void)state;
	assert_int_not_equal(sodium_init(), -1);
	assert_non_null(mkdtemp(dir));
	dirfd_log = open(dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(dirfd_log, OUTFILE_DIR, 0700), 0);
	base = event_base_new();
	assert_int_equal(event_base_priority_init(base, 2), 0);
	return (0);
}

static void
empty(void)
{
	struct dirent *d;
	DIR *all;
	int fd;

	fd = openat(dirfd_log, OUTFILE_DIR, O_RDONLY | O_DIRECTORY);
	all = fdopendir(fd);
	while ((d = readdir(all)) != NULL)
		(void)unlinkat(fd, d->d_name, 0);
	(void)closedir(all);
}

static int
tear_down(void **state)
{
	(void)state;
	empty();
	buf_free(&fields);
	buf_free(&file);
	(void)unlinkat(dirfd_log, OUTFILE_DIR, AT_REMOVEDIR);
	(void)close(dirfd_log);
	(void)rmdir(dir);
	event_base_free(base);
	return (0);
}

static void
looked(void)
{
	while (os.looking != NULL)
		(void)event_base_loop(base, EVLOOP_ONCE);
}

static void
begin_at(uint64_t max, uint64_t total, uint64_t first)
{
	memset(&os, 0, sizeof(os));
	os.max = max;
	os.total_max = total;
	outstore_open(&os, dirfd_log, next_intent + 1);
	assert_int_not_equal(os.dirfd, -1);
	outstore_start(&os, base, first);
	looked();
}

static void
begin(uint64_t max, uint64_t total)
{
	begin_at(max, total, 1);
}

static void
end(void)
{
	if (os.look != NULL)
		event_free(os.look);
	(void)close(os.dirfd);
	free(os.share.files);
	free(os.share.accounts);
}

static int
take(uint64_t run)
{
	struct open_run r = { run, ++next_intent, NULL, who };
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(outstore_take(&os, &r, p[0]), 0);
	return (p[1]);
}

/* What there is to read goes through the loop until it is waited for. */
static void
sends(int fd, struct buf *b)
{
	assert_int_equal(write(fd, b->data, b->len), (ssize_t)b->len);
	buf_reset(b);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
put(struct buf *b, enum outfile_kind kind, const char *text)
{
	outfile_put(b, kind, 7, strlen(text));
	buf_put(b, text, strlen(text));
}

/* The fields of its end; the file's bytes in *file, or none. */
static void
settles(uint64_t run)
{
	uint8_t p[65536], digest[32];
	struct packfile *stored;
	struct field f;
	ssize_t n;

	buf_free(&fields);
	buf_free(&file);
	buf_init(&fields, 65536);
	buf_init(&file, 1U << 20);
	outstore_settle(&os, run);
	outstore_settle(&os, run);
	outstore_fields(&os, run, &fields);
	if ((stored = outstore_read(&os, run, next_intent)) != NULL) {
		while ((n = packfile_read(stored, p, sizeof(p),
		    file.len)) > 0)
			buf_put(&file, p, (size_t)n);
		packfile_close(stored);
	}
	if (field_find(fields.data, fields.len, "output", &f) == 1) {
		(void)crypto_generichash(digest, 32, file.data, file.len,
		    NULL, 0);
		assert_int_equal(f.len, 32);
		assert_memory_equal(f.val, digest, 32);
		assert_int_equal(field_get_u64(fields.data, fields.len,
		    "output_bytes", 0), file.len);
	} else
		assert_int_equal(file.len, 0);
	outstore_forget(&os, run);
}

static uint64_t
number(const char *key)
{
	return (field_get_u64(fields.data, fields.len, key, 0));
}

static void
is_lost(const char *want)
{
	char *text = field_get_str(fields.data, fields.len, "output_lost");

	assert_string_equal(text, want);
	free(text);
}

static void
test_stored(void **state)
{
	uint8_t start[OUTFILE_START];
	struct buf b;
	struct stat st;
	char name[OUTFILE_NAME];
	int fd;

	(void)state;
	begin(65536, 1U << 30);
	fd = take(RUN);
	buf_init(&b, 65536);
	put(&b, OUTFILE_OUT, "out\n");
	sends(fd, &b);
	put(&b, OUTFILE_ERR, "err\n");
	outfile_put_gap(&b, 9, 1000);
	sends(fd, &b);
	settles(RUN);
	outfile_start(start, RUN);
	assert_memory_equal(file.data, start, sizeof(start));
	assert_int_equal(file.len, 16 + 20 + 20 + 24);
	assert_int_equal(number("output_cut"), 1000);
	is_lost("");
	outfile_name(name, next_intent, RUN);
	assert_int_equal(fstatat(os.dirfd, name, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, OUTFILE_MODE);
	/* nothing printed: no file */
	(void)close(fd);
	fd = take(RUN + 1);
	(void)close(fd);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	settles(RUN + 1);
	assert_int_equal(fields.len, 0);
	buf_free(&b);
	end();
}

/* A part that lacks some of it, and what is none, end what is stored. */
static void
test_broken(void **state)
{
	struct buf b;
	int fd;

	(void)state;
	begin(65536, 1U << 30);
	buf_init(&b, 65536);
	fd = take(RUN);
	put(&b, OUTFILE_OUT, "whole");
	put(&b, OUTFILE_OUT, "cut");
	b.len -= 2;
	sends(fd, &b);
	(void)close(fd);
	settles(RUN);
	assert_int_equal(file.len, 16 + 21);
	is_lost("its end did not come");
	fd = take(RUN);
	put(&b, OUTFILE_OUT, "whole");
	put(&b, (enum outfile_kind)77, "none");
	sends(fd, &b);
	settles(RUN);
	assert_int_equal(file.len, 16 + 21);
	is_lost("what came of it makes no sense");
	assert_int_equal(write(fd, "x", 1), -1);
	(void)close(fd);
	buf_free(&b);
	end();
}

static void
test_bounds(void **state)
{
	struct buf b;
	char text[4001];
	int fd, i;

	(void)state;
	memset(text, 'x', 4000);
	text[4000] = '\0';
	empty();
	begin(16384, 1U << 30);
	buf_init(&b, 1U << 20);
	fd = take(RUN);
	for (i = 0; i < 10; i++)
		put(&b, OUTFILE_OUT, text);
	sends(fd, &b);
	settles(RUN);
	assert_true(file.len <= 16384 + 65536);
	is_lost("more came than there may be");
	assert_int_equal(write(fd, "x", 1), -1);
	(void)close(fd);
	end();
	/* of all of them together, with those that were there */
	begin(1U << 20, 65536);
	assert_true(os.total >= file.len);
	for (i = 0; i < 4; i++) {
		fd = take(RUN + (uint64_t)i);
		put(&b, OUTFILE_OUT, text);
		put(&b, OUTFILE_OUT, text);
		put(&b, OUTFILE_OUT, text);
		sends(fd, &b);
		(void)close(fd);
		settles(RUN + (uint64_t)i);
	}
	is_lost("as much of this account's is stored as its share of "
	    "logging.outputTotalMB is");
	assert_int_equal(number("output_cut"), 12000);
	assert_true(os.total <= 65536);
	buf_free(&b);
	end();
}

/* A run that has printed so much; its intent. */
static uint64_t
prints(uint64_t run, size_t n)
{
	struct buf b;
	char text[8192];
	int fd;

	assert_true(n < sizeof(text));
	memset(text, 'x', n);
	text[n] = '\0';
	fd = take(run);
	buf_init(&b, 65536);
	put(&b, OUTFILE_OUT, text);
	sends(fd, &b);
	(void)close(fd);
	settles(run);
	buf_free(&fields);
	buf_free(&file);
	buf_free(&b);
	return (next_intent);
}

static int
is_there(uint64_t run, uint64_t intent)
{
	struct packfile *stored = outstore_read(&os, run, intent);

	packfile_close(stored);
	return (stored != NULL);
}

/* With the records that it belongs to it goes, and the room of it is free. */
static void
test_gone(void **state)
{
	uint64_t at[6];
	size_t i;
	int fd;

	(void)state;
	empty();
	begin(65536, 1U << 30);
	for (i = 0; i < 6; i++)
		at[i] = prints(RUN + i, i == 0 ? 6000 : 10);
	assert_int_equal(os.total, 8192 + 5 * 4096);
	fd = openat(os.dirfd, "000000000001-none.out", O_CREAT | O_WRONLY |
	    O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	(void)close(fd);
	outstore_gone(&os, at[1]);
	looked();
	assert_false(is_there(RUN, at[0]));
	assert_true(is_there(RUN + 1, at[1]));
	assert_int_equal(os.total, 5 * 4096);
	/* one more while it is looked for */
	outstore_gone(&os, at[2]);
	outstore_gone(&os, at[3]);
	looked();
	assert_false(is_there(RUN + 1, at[1]));
	assert_false(is_there(RUN + 2, at[2]));
	assert_true(is_there(RUN + 3, at[3]));
	assert_int_equal(os.total, 3 * 4096);
	end();
	/* what a crash has left of it, also where none is stored any more */
	begin_at(65536, 1U << 30, at[4]);
	assert_false(is_there(RUN + 3, at[3]));
	assert_int_equal(os.total, 2 * 4096);
	end();
	begin_at(0, 0, at[5]);
	assert_false(is_there(RUN + 4, at[4]));
	assert_true(is_there(RUN + 5, at[5]));
	/* nobody's file is touched */
	assert_int_equal(unlinkat(os.dirfd, "000000000001-none.out", 0), 0);
	end();
}

static void
stores(uint64_t run, const char *text)
{
	struct buf b;
	int fd = take(run);

	buf_init(&b, 65536);
	put(&b, OUTFILE_OUT, text);
	sends(fd, &b);
	(void)close(fd);
	settles(run);
	buf_free(&b);
}

/* Each takes a block of the disk, in this session as in the next. */
static void
test_small(void **state)
{
	uint64_t i, total;

	(void)state;
	empty();
	begin(65536, 12288);
	for (i = 0; i < 3; i++) {
		who = (uint32_t)i;
		stores(RUN + i, "little");
		is_lost("");
		assert_int_equal(os.total, (i + 1) * 4096);
	}
	who = (uint32_t)i;
	stores(RUN + i, "little");
	is_lost("as much is stored as logging.outputTotalMB says");
	assert_int_equal(os.refused, OUTPUT_TOTAL);
	total = os.total;
	end();
	begin(65536, 12288);
	assert_int_equal(os.total, total);
	end();
	who = 0;
}

/* Until nothing more of the account's is stored: how many files there are. */
static unsigned
stores_all(uint32_t uid, uint64_t from)
{
	unsigned n;

	who = uid;
	for (n = 0; n < 1000; n++) {
		stores(RUN + from + n, "little");
		if (number("output_cut") != 0)
			break;
	}
	assert_int_equal(os.refused, OUTPUT_SHARE);
	assert_int_equal(os.refused_uid, uid);
	who = 0;
	return (n);
}

/*
 * However much one account prints, half of what it has left is for the next
 * one; and what is removed of its own it has again.
 */
static void
test_share(void **state)
{
	uint64_t first = next_intent + 1, second;
	unsigned n;

	(void)state;
	empty();
	begin(65536, 256 * 4096);
	assert_int_equal(stores_all(1, 0), 128);
	second = next_intent + 1;
	assert_int_equal(stores_all(2, 1000), 64);
	assert_int_equal(stores_all(3, 2000), 32);
	assert_int_equal(os.total, (128 + 64 + 32) * 4096);
	assert_int_equal(outshare_of(&os.share, 1), 128 * 4096);
	outstore_sized(&os, first, 4096, 0);	/* packed: it takes less */
	assert_int_equal(outshare_of(&os.share, 1), 127 * 4096);
	/* what the first one had is gone: the third is no more refused */
	outstore_gone(&os, second);
	looked();
	assert_int_equal(outshare_of(&os.share, 1), 0);
	assert_int_equal(outshare_of(&os.share, 2), 64 * 4096);
	assert_int_equal(os.refused, OUTPUT_FITS);
	n = stores_all(1, 3000);
	assert_true(n >= 79 && n <= 81);
	/* of an earlier session nobody's is known: what is left is shared */
	end();
	begin(65536, 256 * 4096);
	assert_int_equal(outshare_of(&os.share, 1), 0);
	n = stores_all(1, 4000);
	assert_true(n >= 38 && n <= 41);
	end();
	empty();
}

/* A twentieth of the files that there can be is left to others. */
static void
test_files(void **state)
{
	(void)state;
	empty();
	begin(65536, 1U << 30);
	files = 1000;
	files_left = 50;
	stores(RUN, "text");
	is_lost("there is not enough room on the disk");
	assert_int_equal(number("output_cut"), 4);
	assert_int_equal(os.total, 0);
	files_left = 51;
	stores(RUN, "text");
	is_lost("");
	files = files_left = 0;
	stores(RUN + 1, "text");
	is_lost("");
	end();
}

/* Nobody's file is written to, or read, in place of a run's. */
static void
test_there(void **state)
{
	struct open_run r = { RUN, 0, NULL, 0 };
	struct buf b;
	char name[OUTFILE_NAME];
	int fd, p[2];

	(void)state;
	empty();
	begin(65536, 1U << 30);
	buf_init(&b, 65536);
	outfile_name(name, next_intent + 1, RUN);
	assert_int_equal(symlinkat("/etc/passwd", os.dirfd, name), 0);
	fd = take(RUN);
	put(&b, OUTFILE_OUT, "text");
	sends(fd, &b);
	(void)close(fd);
	settles(RUN);
	is_lost("it could not be written");
	assert_int_equal(number("output_cut"), 4);
	/* the other end of a pipe, a file, and one pipe more */
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(outstore_take(&os, &r, p[1]), -1);
	assert_int_equal(outstore_take(&os, &r, open("/dev/null",
	    O_RDONLY)), -1);
	assert_int_equal(outstore_take(&os, NULL, p[0]), 0);
	fd = take(RUN);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(outstore_take(&os, &r, p[0]), -1);
	(void)close(p[1]);
	(void)close(fd);
	outstore_forget(&os, RUN);
	buf_free(&b);
	end();
}

/* Of a run that a crash has ended. */
static void
test_found(void **state)
{
	struct buf b;
	struct field f;
	int fd;

	(void)state;
	empty();
	begin(65536, 1U << 30);
	buf_init(&b, 65536);
	fd = take(RUN);
	put(&b, OUTFILE_OUT, "before the crash");
	sends(fd, &b);
	outstore_forget(&os, RUN);
	(void)close(fd);
	end();
	begin(65536, 1U << 30);
	buf_free(&fields);
	buf_init(&fields, 65536);
	outstore_found(&os, RUN, next_intent, &fields);
	assert_int_equal(field_find(fields.data, fields.len, "output", &f),
	    1);
	assert_int_equal(number("output_bytes"), 16 + 32);
	buf_free(&fields);
	buf_init(&fields, 65536);
	outstore_found(&os, RUN, next_intent + 1, &fields);
	assert_int_equal(fields.len, 0);
	buf_free(&fields);
	buf_free(&b);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stored),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_there),
		cmocka_unit_test(test_found),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
