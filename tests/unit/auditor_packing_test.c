/* SPDX-License-Identifier: ISC */
/*
 * Closed segments are packed while the auditor runs, and everything that reads
 * a log reads them as if they were not.
 */
#include "config.h"

#include "tests/unit/unit.h"

#define AUD_COMPRESS	compress
static uint8_t compress;

#include <poll.h>
#include <string.h>

#include "auditor/packcheck.h"
#include "auditor/packfile.h"
#include "client/verify.h"
#include "common/payload.h"
#include "common/record/logseg.h"
#include "common/record/packed.h"
#include "tests/unit/auditor_util.h"

#define SMALL	8192U		/* a segment */
#define RUNS	40U
#define FIRST	LOG_STEM "-000000000001.log"

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* The closed segments that are packed, and those that are not. */
static void
count(const char *dir, size_t *packed, size_t *plain)
{
	struct logseg *segs;
	size_t i, n;
	int fd, next;

	*packed = *plain = 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	for (i = 0; i < n; i++)
		if (segs[i].first != 0)
			++*(segs[i].packed ? packed : plain);
	free(segs);
	(void)close(fd);
}

/* All but so many are packed. */
static void
wait_plain(const char *dir, size_t want)
{
	size_t i, packed, plain;

	for (i = 0; i < 60000; i++) {
		count(dir, &packed, &plain);
		if (plain == want && packed != 0)
			return;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("%zu segments are not packed", plain);
}

static void
wait_packed(const char *dir)
{
	wait_plain(dir, 0);
}

static void
runs(struct aud *a, uint64_t from)
{
	uint64_t i;

	for (i = from; i < from + RUNS; i++) {
		aud_intent(a, i, "x");
		assert_int_equal(aud_recv(a), MSG_A_TICKET);
		aud_close(a, i);
		assert_int_equal(aud_recv(a), MSG_A_DONE);
	}
}

static char *
query(struct aud *a, unsigned type, uint64_t n, uint64_t run, size_t *len)
{
	char *s;

	s = aud_slurp(aud_query(a, 900, type, n, run, UINT32_MAX), len);
	assert_int_equal(aud_recv(a), MSG_A_QUERIED);
	return (s);
}

static void
whole(const char *dir)
{
	struct verify_report v;

	verify_dir(dir, NULL, &v);
	assert_string_equal(v.status == VERIFY_OK ? "" : v.line, "");
}

/* A log with packed segments, and what it held before that. */
static char *
make(const char *dir, size_t *len)
{
	struct aud a;
	char *s;

	compress = 0;
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	runs(&a, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	compress = 1;
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	s = query(&a, QUERY_VERIFY, 0, 0, len);
	wait_packed(dir);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(dir);
	return (s);
}

static void
test_read(void **state)
{
	size_t len, n, packed, plain;
	char *before, *now, *line, path[512];
	struct stat st;
	struct aud a;

	before = make(*state, &len);
	(void)snprintf(path, sizeof(path), "%s/" FIRST PACKED_SUFFIX,
	    (char *)*state);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0440);
	assert_true(st.st_size < SMALL / 2);
	/* as a crash leaves it */
	aud_write(*state, LOG_EXEC_STEM "-000000000001.log", "x\n", 2);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_null(aud_file(*state, LOG_EXEC_STEM "-000000000001.log", &n));
	now = query(&a, QUERY_VERIFY, 0, 0, &n);
	assert_true(n > len);
	assert_memory_equal(now, before, len);
	assert_non_null(strstr(now, "session: {\"v\":1,\"ev\":\"packed\","
	    "\"first\":1,\"bytes\":"));
	free(now);
	/* backwards, over the boundaries of files, in lines */
	now = query(&a, QUERY_TAIL, 1000000, 0, &n);
	assert_memory_equal(now, before, len);
	for (line = now + n - 1, plain = 0; plain < 60; plain++)
		line = memrchr(now, '\n', (size_t)(line - now));
	free(before);
	before = query(&a, QUERY_TAIL, 60, 0, NULL);
	assert_string_equal(before, line + 1);
	free(before);
	free(now);
	now = query(&a, QUERY_SHOW, 0, 3, &n);
	assert_non_null(strstr(now, "\"ev\":\"result\""));
	free(now);
	/* in use, too */
	runs(&a, 100);
	wait_packed(*state);
	now = query(&a, QUERY_SHOW, 0, 101, &n);
	assert_non_null(strstr(now, "\"ev\":\"result\""));
	free(now);
	assert_int_equal(aud_shutdown(&a), 0);
	count(*state, &packed, &plain);
	assert_true(packed > 5);
	whole(*state);
}

/* So much of the log was its first segment, which is not there. */
static size_t
first_segment(const char *dir, const char *log)
{
	struct logseg *segs;
	char want[32], *end;
	int fd, next;
	size_t n;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	(void)snprintf(want, sizeof(want), "\n%012llu ",
	    (unsigned long long)segs[0].first);
	free(segs);
	end = strstr(log, want);
	assert_non_null(end);
	return ((size_t)(end - log) + 1);
}

/* The plain one counts until it is gone: the other may not be complete. */
static void
test_both(void **state)
{
	char *before, *now, path[512];
	struct aud a;
	size_t len, n;

	before = make(*state, &len);
	(void)snprintf(path, sizeof(path), "%s/" FIRST PACKED_SUFFIX,
	    (char *)*state);
	assert_int_equal(unlink(path), 0);
	n = first_segment(*state, before);
	aud_write(*state, FIRST, before, n);
	whole(*state);
	aud_write(*state, FIRST PACKED_SUFFIX, "half of it", 10);
	whole(*state);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	wait_packed(*state);
	now = query(&a, QUERY_VERIFY, 0, 0, NULL);
	assert_memory_equal(now, before, len);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	free(now);
	free(before);
}

/* Number of the last record of lines that are whole, and how many there are. */
static size_t
last_of(const char *s, uint64_t *last)
{
	size_t n;

	for (n = 0; *s != '\0'; s = strchr(s, '\n') + 1, n++)
		*last = strtoull(s, NULL, 10);
	return (n);
}

/* What is changed while the auditor runs stays, and is found. */
static void
test_touched(void **state)
{
	struct logseg *segs;
	char path[512], *s, *was;
	struct verify_report v;
	struct aud a;
	int fd, next, st;
	size_t len, n;

	compress = 0;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	assert_true(n > 3);
	compress = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(kill(a.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(a.pid, &st, WUNTRACED), a.pid);
	was = aud_file(*state, segs[n - 2].name, &len);
	assert_non_null(was);
	s = xmalloc(len);
	memcpy(s, was, len);
	s[len / 2] ^= 1;
	(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state,
	    segs[n - 2].name);
	assert_int_equal(chmod(path, 0600), 0);
	aud_write(*state, segs[n - 2].name, s, len);
	assert_int_equal(kill(a.pid, SIGCONT), 0);
	/* all but that one, also those that come behind it */
	runs(&a, 100);
	wait_plain(*state, 1);
	free(query(&a, QUERY_TAIL, 1, 0, NULL));
	assert_int_equal(aud_shutdown(&a), 0);
	free(aud_file(*state, segs[n - 2].name, &len));
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_TAMPERED);
	assert_string_equal(v.res.file, segs[n - 2].name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	(void)aud_status(&a);
	free(segs);
	free(was);
	free(s);
}

/* A changed byte of a segment breaks a rule. */
static void
test_check(void **state)
{
	static struct auditor a;
	const char *bad = NULL;
	struct packcheck c;
	struct aud up;
	size_t i, len;
	uint64_t last = 0;
	char *s;

	compress = 0;
	assert_int_equal(aud_up(&up, *state, SMALL), MSG_READY);
	runs(&up, 1);
	assert_int_equal(aud_shutdown(&up), 0);
	s = aud_file(*state, FIRST, &len);
	assert_true(last_of(s, &last) > 3);
	packcheck_begin(&c, 1);
	packcheck_feed(&c, s, len);
	assert_int_equal(c.last.number, last);
	a.chain.durable = c.last;
	assert_int_equal(packcheck_end(&c, &a, 0, &bad), 0);
	packcheck_free(&c);
	for (i = 0; i < len; i += 1 + i % 61) {
		s[i] ^= 1;
		packcheck_begin(&c, 1);
		packcheck_feed(&c, s, len);
		assert_int_equal(packcheck_end(&c, &a, 0, &bad), 1);
		packcheck_free(&c);
		s[i] ^= 1;
	}
	packcheck_begin(&c, 2);
	packcheck_feed(&c, s, len);
	assert_int_equal(packcheck_end(&c, &a, 0, &bad), 1);
	assert_string_equal(bad, "number");
	packcheck_free(&c);
	free(s);
}

/* A log of one packed segment and a current one; how it verifies. */
static int
verdict(const char *dir, const void *p, size_t n)
{
	struct verify_report v;

	aud_write(dir, FIRST PACKED_SUFFIX, p, n);
	verify_dir(dir, NULL, &v);
	return ((int)v.status);
}

/* All that can be read of it, by parts; -1 where that is refused. */
static ssize_t
parts(const char *dir, uint8_t *out, size_t max)
{
	struct packfile *f;
	ssize_t n = -1;
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if ((f = packfile_open(fd, 1)) != NULL) {
		assert_true(packfile_size(f) <= max);
		n = packfile_read(f, out, packfile_size(f), 0);
		packfile_close(f);
	}
	(void)close(fd);
	return (n);
}

/* What was changed holds the same, or is found. */
static void
test_changed(void **state)
{
	static uint8_t want[PACKED_PART], got[PACKED_PART];
	size_t i, len, same = 0;
	char *s, path[512];
	ssize_t n, m;

	free(make(*state, &len));
	s = aud_file(*state, FIRST PACKED_SUFFIX, &len);
	assert_non_null(s);
	n = parts(*state, want, sizeof(want));
	assert_true(n > 0);
	(void)snprintf(path, sizeof(path), "%s/" FIRST PACKED_SUFFIX,
	    (char *)*state);
	assert_int_equal(chmod(path, 0600), 0);
	for (i = 0; i < len * 8; i += 1 + i % 3) {
		s[i / 8] ^= (char)(1 << i % 8);
		aud_write(*state, FIRST PACKED_SUFFIX, s, len);
		m = parts(*state, got, sizeof(got));
		assert_true(m == -1 || m == n);
		if (m == n && memcmp(want, got, (size_t)n) == 0)
			same++;
		if (i % 16 < 3 && verdict(*state, s, len) == VERIFY_OK)
			same++;
		s[i / 8] ^= (char)(1 << i % 8);
	}
	/* bits of a header that say nothing, or the same in other words */
	assert_true(same < 64);
	for (i = 0; i < len; i += 1 + i / 8) {
		assert_int_not_equal(verdict(*state, s, i), VERIFY_OK);
		assert_int_equal(parts(*state, got, sizeof(got)), -1);
	}
	assert_int_equal(verdict(*state, s, len), VERIFY_OK);
	free(s);
}

/* Lines without the table are for zstd to read, and not for the auditor. */
static void
test_table(void **state)
{
	size_t len, n;
	char *s, why[512];
	struct msg_queried v;
	struct aud a;

	free(make(*state, &len));
	s = aud_file(*state, FIRST PACKED_SUFFIX, &len);
	assert_non_null(s);
	for (n = len - PACKED_FOOT - PACKED_ENTRY - PACKED_HEAD; n > 0 &&
	    memcmp(s + n, "\x5e\x2a\x4d\x18", 4) != 0; n--)
		;
	assert_true(n > 0);
	/* it is damaged while the auditor runs */
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(verdict(*state, s, n), VERIFY_TAMPERED);
	/* to who verifies it is a gap, and others are told */
	free(aud_slurp(aud_query(&a, 900, QUERY_VERIFY, 0, 0, UINT32_MAX),
	    NULL));
	assert_int_equal(aud_recv(&a), MSG_A_QUERIED);
	assert_int_equal(payload_get(&a.m, &msg_queried_shape, &v), 0);
	assert_int_equal(v.code, CBE_OK);
	free(v.text);
	free(aud_slurp(aud_query(&a, 901, QUERY_TAIL, 1000000, 0,
	    UINT32_MAX), NULL));
	assert_int_equal(aud_recv(&a), MSG_A_QUERIED);
	assert_int_equal(payload_get(&a.m, &msg_queried_shape, &v), 0);
	assert_int_equal(v.code, CBE_IO);
	(void)snprintf(why, sizeof(why), FIRST PACKED_SUFFIX " is damaged: "
	    "look at it with \"clawbot audit verify %s\"", (char *)*state);
	assert_string_equal(v.text, why);
	free(v.text);
	assert_int_equal(verdict(*state, s, len), VERIFY_OK);
	s[len - PACKED_FOOT - 1] ^= 1;
	assert_int_equal(verdict(*state, s, len), VERIFY_TAMPERED);
	assert_int_equal(aud_shutdown(&a), 0);
	free(s);
}

/* A little that becomes a lot is no log after its first piece. */
static void
test_bomb(void **state)
{
	static uint8_t zeros[PACKED_PART];
	struct packwriter *w;
	struct verify_report v;
	uint64_t size;
	char path[512];
	size_t i;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/" FIRST PACKED_SUFFIX,
	    (char *)*state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	w = packwriter_new(fd);
	for (i = 0; i < PACKED_PARTS; i++)
		assert_int_equal(packwriter_part(w, zeros, sizeof(zeros)), 0);
	/* no more than the largest segment */
	assert_int_equal(packwriter_part(w, zeros, sizeof(zeros)), -1);
	assert_int_equal(packwriter_end(w, &size), 0);
	packwriter_free(w);
	(void)close(fd);
	assert_true(size < 4 * 1024 * 1024);
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_TAMPERED);
	assert_int_equal(v.res.record, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_both, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_touched, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_check, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_changed, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_table, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_bomb, setup,
		    aud_teardown),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor packing", tests, NULL,
	    NULL));
}
