/* SPDX-License-Identifier: ISC */
/*
 * audit verify: nothing that happens to a copy of the log goes unseen, and
 * what is named is what was changed.
 */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#include "client/verify.h"
#include "common/field.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/unit.h"

#define NREC	7
#define SPLIT	3	/* records 1..SPLIT are in a rotated segment */

struct log {
	char		*dir;
	struct buf	 line[NREC + 1];	/* by number */
	struct buf	 old;			/* the two files */
	struct buf	 cur;
	struct record_head head;
};

static const char oldname[] = "gateway-000000000001.log";

static void
make_line(struct log *l, struct record_head *end, const char *text)
{
	uint64_t n = end->number + 1;
	struct buf f;

	buf_init(&f, 4096);
	field_str(&f, "ev", "x");
	field_str(&f, "text", text);
	buf_init(&l->line[n], RECORD_MAX);
	assert_int_equal(record_line(&l->line[n], end, 1000000 * n,
	    n % 2 ? RECORD_EXEC : RECORD_POLICY, f.data, f.len), 0);
	record_step(end, l->line[n].data, l->line[n].len);
	buf_free(&f);
}

static void
put_files(const struct log *l)
{
	aud_write(l->dir, oldname, (char *)l->old.data, l->old.len);
	aud_write(l->dir, LOG_CURRENT, (char *)l->cur.data, l->cur.len);
}

static void
fill_files(struct log *l)
{
	uint64_t n;

	buf_reset(&l->old);
	buf_reset(&l->cur);
	for (n = 1; n <= NREC; n++)
		buf_put(n <= SPLIT ? &l->old : &l->cur, l->line[n].data,
		    l->line[n].len);
	put_files(l);
}

static int
setup(void **state)
{
	struct log *l;
	uint64_t n;

	if (sodium_init() == -1)
		return (-1);
	l = xcalloc(1, sizeof(*l));
	l->dir = aud_tmpdir();
	record_start(&l->head);
	for (n = 1; n <= NREC; n++)
		make_line(l, &l->head, "some text");
	buf_init(&l->old, RECORD_MAX);
	buf_init(&l->cur, RECORD_MAX);
	fill_files(l);
	*state = l;
	return (0);
}

static int
teardown(void **state)
{
	struct log *l = *state;
	uint64_t n;

	for (n = 1; n <= NREC; n++)
		buf_free(&l->line[n]);
	buf_free(&l->old);
	buf_free(&l->cur);
	aud_rmdir(l->dir);
	free(l);
	return (0);
}

static void
stream(const struct buf *old, const struct buf *cur,
    const struct record_head *head, struct verify_report *r)
{
	struct verify *v;

	v = verify_new("stream", NULL);
	(void)verify_feed(v, old->data, old->len);
	(void)verify_feed(v, cur->data, cur->len);
	verify_end(v, head, r);
}

static void
test_ok(void **state)
{
	struct log *l = *state;
	struct verify_report r;
	char want[256], p[RECORD_P + 1];

	record_p(p, l->head.digest);
	(void)snprintf(want, sizeof(want),
	    "OK records=%d first=1 last=%d head=%s", NREC, NREC, p);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_string_equal(r.line, want);
	assert_string_equal(r.note, "");
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_string_equal(r.line, want);
	assert_string_equal(r.note, "note: the last record is not yet "
	    "covered by a following one");
	stream(&l->old, &l->cur, &l->head, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_string_equal(r.line, want);
}

/* The number of the record that byte off of all lines together is in. */
static uint64_t
record_at(const struct log *l, size_t off)
{
	uint64_t n;

	for (n = 1; off >= l->line[n].len; n++)
		off -= l->line[n].len;
	return (n);
}

static int
is_p(const struct log *l, size_t off)
{
	uint64_t n;

	for (n = 1; off >= l->line[n].len; n++)
		off -= l->line[n].len;
	return (off >= l->line[n].len - 3 - RECORD_P &&
	    off < l->line[n].len - 3);
}

/* A changed bit in record n, in the directory and in the stream. */
static void
check_flip(const struct log *l, size_t off, int bit, uint64_t n, int head)
{
	struct verify_report r;
	int i;

	for (i = 0; i < 2; i++) {
		if (i == 0)
			verify_dir(l->dir, head ? &l->head : NULL, &r);
		else
			stream(&l->old, &l->cur, head ? &l->head : NULL, &r);
		if (n == NREC) {
			assert_int_not_equal(r.status, VERIFY_OK);
			assert_int_equal(r.res.record, n);
			continue;
		}
		if (r.status != VERIFY_TAMPERED || r.res.record != n)
			print_error("byte %zu bit %d of record %llu: %s\n",
			    off, bit, (unsigned long long)n, r.line);
		assert_int_equal(r.status, VERIFY_TAMPERED);
		assert_int_equal(r.res.record, n);
		if (i == 0)
			assert_string_equal(r.res.file, n <= SPLIT ?
			    oldname : LOG_CURRENT);
	}
}

static int
open_file(const struct log *l, const char *name)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	return (fd);
}

static void
test_every_bit(void **state)
{
	struct log *l = *state;
	size_t off, at, total = l->old.len + l->cur.len;
	uint8_t *byte;
	uint64_t n;
	int bit, fd;

	for (off = 0; off < total; off++) {
		at = off < l->old.len ? off : off - l->old.len;
		byte = off < l->old.len ? &l->old.data[at] :
		    &l->cur.data[at];
		fd = open_file(l, off < l->old.len ? oldname : LOG_CURRENT);
		n = record_at(l, off);
		for (bit = 0; bit < 8; bit++) {
			*byte ^= (uint8_t)(1U << bit);
			assert_int_equal(pwrite(fd, byte, 1, (off_t)at), 1);
			check_flip(l, off, bit, n, 1);
			/* all but the last two are sure without the head */
			if (n < NREC - 1)
				check_flip(l, off, bit, n, 0);
			*byte ^= (uint8_t)(1U << bit);
		}
		assert_int_equal(pwrite(fd, byte, 1, (off_t)at), 1);
		(void)close(fd);
	}
}

/* A p of the last but one, and no head: it may be either of two. */
static void
test_ambiguous(void **state)
{
	struct log *l = *state;
	struct verify_report r;
	size_t off = l->old.len + l->cur.len - 10;

	assert_true(is_p(l, off));
	l->cur.data[l->cur.len - 10] ^= 1;
	put_files(l);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_TAMPERED);
	assert_int_equal(r.res.record, NREC - 1);
	assert_string_equal(r.res.rule, "chain");
	assert_non_null(strstr(r.note, "record 6 or 7"));
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.res.record, NREC);
	assert_string_equal(r.note, "");
}

/* Cut at every byte. */
static void
test_truncated(void **state)
{
	struct log *l = *state;
	size_t len, full = l->cur.len, ends = 0;
	struct verify_report r;
	int line_end;

	for (len = 0; len < full; len++) {
		l->cur.len = len;
		put_files(l);
		line_end = len == 0 || l->cur.data[len - 1] == '\n';
		verify_dir(l->dir, NULL, &r);
		assert_int_equal(r.status, line_end ? VERIFY_OK :
		    VERIFY_TRUNCATED);
		verify_dir(l->dir, &l->head, &r);
		assert_int_equal(r.status, line_end ? VERIFY_ROLLBACK :
		    VERIFY_TRUNCATED);
		ends += (size_t)line_end;
	}
	assert_int_equal(ends, NREC - SPLIT);
	l->cur.len = full;
}

static void
test_cut_in_the_middle(void **state)
{
	struct log *l = *state;
	struct verify_report r;

	l->old.len--;
	put_files(l);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_TAMPERED);
	assert_int_equal(r.res.record, SPLIT);
	assert_string_equal(r.res.rule, "format");
	l->old.len -= l->line[SPLIT].len - 1;
	put_files(l);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_MISSING);
	assert_string_equal(r.line, "MISSING first=3 last=3 file=gateway.log");
}

static void
test_missing(void **state)
{
	struct log *l = *state;
	struct verify_report r;

	aud_write(l->dir, oldname, "", 0);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_MISSING);
	assert_int_equal(r.res.record, 1);
	put_files(l);
	{
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/%s", l->dir, oldname);
		assert_int_equal(unlink(path), 0);
		verify_dir(l->dir, NULL, &r);
		assert_int_equal(r.status, VERIFY_MISSING);
		assert_string_equal(r.line,
		    "MISSING first=1 last=3 file=gateway.log");
		put_files(l);
		(void)snprintf(path, sizeof(path), "%s/%s", l->dir,
		    LOG_CURRENT);
		assert_int_equal(unlink(path), 0);
		verify_dir(l->dir, NULL, &r);
		assert_int_equal(r.status, VERIFY_MISSING);
		assert_string_equal(r.line,
		    "MISSING first=4 last=unknown file=gateway.log");
	}
	stream(&l->cur, &l->cur, NULL, &r);
	assert_int_equal(r.status, VERIFY_MISSING);
}

/* Lines taken out, put in again, or in another order. */
static void
test_lines(void **state)
{
	struct log *l = *state;
	struct verify_report r;
	struct buf none;
	uint64_t i, k;

	buf_init(&none, 1);
	for (i = 2; i < NREC; i++) {
		buf_reset(&l->cur);
		for (k = 1; k <= NREC; k++)
			if (k != i)
				buf_put(&l->cur, l->line[k].data,
				    l->line[k].len);
		stream(&none, &l->cur, &l->head, &r);
		assert_int_equal(r.status, VERIFY_TAMPERED);
		assert_int_equal(r.res.record, i);
		buf_reset(&l->cur);
		for (k = 1; k <= NREC; k++) {
			buf_put(&l->cur, l->line[k].data, l->line[k].len);
			if (k == i)
				buf_put(&l->cur, l->line[k].data,
				    l->line[k].len);
		}
		stream(&none, &l->cur, &l->head, &r);
		assert_int_equal(r.status, VERIFY_TAMPERED);
		assert_int_equal(r.res.record, i + 1);
	}
}

/* A whole history that is well-formed, and not the one that was. */
static void
test_fork(void **state)
{
	struct log *l = *state;
	struct record_head end = { 4, { 0 } };
	struct verify_report r;
	uint64_t n;

	record_digest(end.digest, l->line[4].data, l->line[4].len);
	for (n = 5; n <= NREC; n++) {
		buf_free(&l->line[n]);
		make_line(l, &end, "another text");
	}
	fill_files(l);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_ROLLBACK);
	assert_int_equal(strncmp(r.line, "FORK record=7 ", 14), 0);
	/* the head of an earlier time covers what was there then */
	l->head.number = 4;
	record_digest(l->head.digest, l->line[4].data, l->line[4].len);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_OK);
	l->head.digest[0] ^= 1;
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_ROLLBACK);
	l->head.number = NREC + 1;
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_ROLLBACK);
	assert_int_equal(strncmp(r.line, "ROLLBACK record=7 expected=8 ",
	    29), 0);
}

static void
test_io(void **state)
{
	struct log *l = *state;
	struct verify_report r;
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/none", l->dir);
	verify_dir(path, NULL, &r);
	assert_int_equal(r.status, VERIFY_IO);
	/* a name that is no plain file is not waited for */
	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, LOG_CURRENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_IO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(oldname, path), 0);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_IO);
}

static void
test_empty(void **state)
{
	struct log *l = *state;
	struct verify_report r;
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, oldname);
	assert_int_equal(unlink(path), 0);
	aud_write(l->dir, LOG_CURRENT, "", 0);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_int_equal(strncmp(r.line, "OK records=0 first=0 last=0 ", 28),
	    0);
	verify_dir(l->dir, &l->head, &r);
	assert_int_equal(r.status, VERIFY_ROLLBACK);
	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, LOG_CURRENT);
	assert_int_equal(unlink(path), 0);
	verify_dir(l->dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_MISSING);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_ok), T(test_every_bit), T(test_ambiguous),
		T(test_truncated), T(test_cut_in_the_middle),
		T(test_missing), T(test_lines), T(test_fork), T(test_io),
		T(test_empty),
	};

	return (cmocka_run_group_tests_name("verify", tests, NULL, NULL));
}
