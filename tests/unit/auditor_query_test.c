/* SPDX-License-Identifier: ISC */
/* Questions about the log, also from readers that are slow or gone. */
#include "config.h"

#include <string.h>

#include "client/verify.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/unit.h"

#define ANY	UINT32_MAX

struct q {
	char		*dir;
	struct aud	 a;
};

/* Twenty runs over several segments; records 3..42. */
static int
setup(void **state)
{
	struct q *q;
	uint64_t i;

	q = xcalloc(1, sizeof(*q));
	q->dir = aud_tmpdir();
	if (aud_up(&q->a, q->dir, 4096) != MSG_READY)
		return (-1);
	for (i = 1; i <= 20; i++) {
		aud_intent(&q->a, i, "x");
		if (aud_recv(&q->a) != MSG_A_TICKET)
			return (-1);
		aud_close(&q->a, i);
		if (aud_recv(&q->a) != MSG_A_DONE)
			return (-1);
	}
	*state = q;
	return (0);
}

static int
teardown(void **state)
{
	struct q *q = *state;

	aud_rmdir(q->dir);
	free(q);
	return (0);
}

static unsigned
code(struct aud *a, uint64_t id, uint64_t *records, uint8_t head[32])
{
	unsigned err;
	uint8_t none[32];
	struct rd r;

	assert_int_equal(aud_recv(a), MSG_A_QUERIED);
	assert_int_equal(a->m.id, id);
	rd_init(&r, a->m.data, a->m.len);
	err = rd_u16(&r);
	free(rd_str(&r, MSG_TEXT_MAX));
	*records = rd_u64(&r);
	rd_copy(&r, head != NULL ? head : none, 32);
	assert_int_equal(rd_end(&r), 0);
	return (err);
}

static unsigned
lines(const char *s, uint64_t *first, uint64_t *last)
{
	unsigned n = 0;
	const char *p;

	*first = *last = strtoull(s, NULL, 10);
	for (p = s; *p != '\0'; p = strchr(p, '\n') + 1) {
		assert_non_null(strchr(p, '\n'));
		*last = strtoull(p, NULL, 10);
		n++;
	}
	return (n);
}

static void
test_tail(void **state)
{
	static const struct {
		uint64_t n, first;
	} t[] = { { 1, 42 }, { 2, 41 }, { 10, 33 }, { 41, 2 }, { 42, 1 },
	    { 43, 1 }, { 1000000, 1 }, { UINT64_MAX, 1 } };
	struct q *q = *state;
	uint64_t first, last, records;
	size_t i;
	char *s;

	for (i = 0; i < NELEM(t); i++) {
		s = aud_slurp(aud_query(&q->a, 900 + i, QUERY_TAIL, t[i].n, 0,
		    ANY), NULL);
		assert_int_equal(lines(s, &first, &last), 43 - t[i].first);
		assert_int_equal(first, t[i].first);
		assert_int_equal(last, 42);
		assert_int_equal(code(&q->a, 900 + i, &records, NULL),
		    CBE_OK);
		assert_int_equal(records, 43 - t[i].first);
		free(s);
	}
	s = aud_slurp(aud_query(&q->a, 900, QUERY_TAIL, 0, 0, ANY), NULL);
	assert_string_equal(s, "");
	assert_int_equal(code(&q->a, 900, &records, NULL), CBE_OK);
	free(s);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

static void
test_show(void **state)
{
	struct q *q = *state;
	uint64_t first, last, records;
	char *s;

	s = aud_slurp(aud_query(&q->a, 1, QUERY_SHOW, 0, 7, ANY), NULL);
	assert_int_equal(lines(s, &first, &last), 2);
	assert_int_equal(first, 15);
	assert_int_equal(last, 16);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_OK);
	free(s);
	/* the one whose run it is, and another */
	s = aud_slurp(aud_query(&q->a, 2, QUERY_SHOW, 0, 7, 1000), NULL);
	assert_int_equal(lines(s, &first, &last), 2);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_OK);
	free(s);
	s = aud_slurp(aud_query(&q->a, 3, QUERY_SHOW, 0, 7, 1001), NULL);
	assert_string_equal(s, "");
	assert_int_equal(code(&q->a, 3, &records, NULL), CBE_NOENT);
	free(s);
	s = aud_slurp(aud_query(&q->a, 4, QUERY_SHOW, 0, 4711, ANY), NULL);
	assert_string_equal(s, "");
	assert_int_equal(code(&q->a, 4, &records, NULL), CBE_NOENT);
	free(s);
	/* all but SHOW is for admins */
	s = aud_slurp(aud_query(&q->a, 5, QUERY_TAIL, 5, 0, 1000), NULL);
	assert_string_equal(s, "");
	assert_int_equal(code(&q->a, 5, &records, NULL), CBE_REFUSED);
	free(s);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

/* A run of late: the segments before its first record are not even opened. */
static void
test_recent(void **state)
{
	struct q *q = *state;
	uint64_t first, last, records;
	char *s, *path;

	xasprintf(&path, "%s/gateway-000000000001.log", q->dir);
	assert_int_equal(unlink(path), 0);
	free(path);
	s = aud_slurp(aud_query(&q->a, 1, QUERY_SHOW, 0, 19, ANY), NULL);
	assert_int_equal(lines(s, &first, &last), 2);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_OK);
	free(s);
	s = aud_slurp(aud_query(&q->a, 2, QUERY_SHOW, 0, 19, 1000), NULL);
	assert_int_equal(lines(s, &first, &last), 2);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_OK);
	free(s);
	s = aud_slurp(aud_query(&q->a, 3, QUERY_SHOW, 0, 19, 1001), NULL);
	assert_string_equal(s, "");
	assert_int_equal(code(&q->a, 3, &records, NULL), CBE_NOENT);
	free(s);
	/* the first one is there, and of what is not known all is read */
	s = aud_slurp(aud_query(&q->a, 4, QUERY_SHOW, 0, 1, ANY), NULL);
	assert_int_equal(code(&q->a, 4, &records, NULL), CBE_IO);
	free(s);
	s = aud_slurp(aud_query(&q->a, 5, QUERY_SHOW, 0, 4711, ANY), NULL);
	assert_int_equal(code(&q->a, 5, &records, NULL), CBE_IO);
	free(s);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

static void
test_verify(void **state)
{
	struct q *q = *state;
	struct record_head head;
	struct verify_report r;
	struct verify *v;
	size_t n;
	char *s;

	s = aud_slurp(aud_query(&q->a, 1, QUERY_VERIFY, 0, 0, ANY), &n);
	assert_int_equal(code(&q->a, 1, &head.number, head.digest), CBE_OK);
	assert_int_equal(head.number, 42);
	v = verify_new("stream", NULL);
	assert_int_equal(verify_feed(v, s, n), 0);
	verify_end(v, &head, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_string_equal(r.note, "");
	free(s);
	verify_dir(q->dir, &head, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

/* Reads lines from a pipe until there are n of them. */
static void
want_lines(int fd, unsigned n, char *s, size_t size)
{
	size_t len = 0, i;
	unsigned have = 0;
	ssize_t r;

	while (have < n) {
		r = read(fd, s + len, size - len - 1);
		assert_true(r > 0);
		for (i = 0; i < (size_t)r; i++)
			have += s[len + i] == '\n';
		len += (size_t)r;
	}
	s[len] = '\0';
	assert_int_equal(have, n);
}

static void
test_follow(void **state)
{
	struct q *q = *state;
	uint64_t first, last, records, i;
	char s[65536];
	int fd;

	fd = aud_query(&q->a, 1, QUERY_FOLLOW, 3, 0, ANY);
	want_lines(fd, 3, s, sizeof(s));
	(void)lines(s, &first, &last);
	assert_int_equal(first, 40);
	/* over many rotations, each as soon as it is durable */
	for (i = 100; i < 130; i++) {
		aud_intent(&q->a, i, "followed");
		assert_int_equal(aud_recv(&q->a), MSG_A_TICKET);
		want_lines(fd, 1, s, sizeof(s));
		assert_int_equal(strtoull(s, NULL, 10), 43 + i - 100);
	}
	/* the reader leaves while nothing happens */
	(void)close(fd);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_OK);
	assert_int_equal(records, 33);
	fd = aud_query(&q->a, 2, QUERY_FOLLOW, 0, 0, ANY);
	aud_send(&q->a, MSG_SHUTDOWN, 0, NULL);
	ipc_set_state(q->a.ipc, MS_STOP);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_UNAVAIL);
	assert_int_equal(aud_recv(&q->a), MSG_STOPPED);
	(void)close(fd);
	assert_int_equal(aud_status(&q->a), 0);
}

/* That of the next line. */
static uint64_t
next_number(int fd)
{
	char line[65536];
	size_t n = 0;

	do {
		assert_true(n < sizeof(line));
		assert_int_equal(read(fd, line + n, 1), 1);
	} while (line[n++] != '\n');
	return (strtoull(line, NULL, 10));
}

/* Whoever forwards reads from a record on, beside all others, and alone. */
static void
test_forward(void **state)
{
	struct q *q = *state;
	uint64_t first, records, i;
	int fd, other;

	fd = aud_query(&q->a, 1, QUERY_FORWARD, 20, 0, ANY);
	/* it begins with the first one of that file */
	first = next_number(fd);
	assert_in_range(first, 2, 20);
	for (i = first + 1; i <= 42; i++)
		assert_int_equal(next_number(fd), i);
	other = aud_query(&q->a, 2, QUERY_FORWARD, 20, 0, ANY);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_AGAIN);
	(void)close(other);
	(void)close(fd);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_OK);
	fd = aud_query(&q->a, 3, QUERY_FORWARD, 44, 0, ANY);
	assert_int_equal(code(&q->a, 3, &records, NULL), CBE_NOENT);
	(void)close(fd);
	fd = aud_query(&q->a, 4, QUERY_FORWARD, 43, 0, ANY);
	aud_intent(&q->a, 100, "followed");
	assert_int_equal(aud_recv(&q->a), MSG_A_TICKET);
	while ((i = next_number(fd)) < 43)
		;
	assert_int_equal(i, 43);
	(void)close(fd);
	assert_int_equal(code(&q->a, 4, &records, NULL), CBE_OK);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

/* Readers that do not read hold nobody up, and there is room for so many. */
static void
test_slow(void **state)
{
	int fd[AUDITOR_READS], more;
	struct q *q = *state;
	uint64_t i, records;
	size_t k, n;
	char *s;

	for (i = 1000; i < 1500; i++)
		aud_intent(&q->a, i, "to make it long");
	for (i = 1000; i < 1500; i++)
		assert_int_equal(aud_recv(&q->a), MSG_A_TICKET);
	for (k = 0; k < AUDITOR_READS; k++)
		fd[k] = aud_query(&q->a, k, QUERY_VERIFY, 0, 0, ANY);
	more = aud_query(&q->a, 99, QUERY_TAIL, 1, 0, ANY);
	assert_int_equal(code(&q->a, 99, &records, NULL), CBE_AGAIN);
	(void)close(more);
	for (i = 2000; i < 2100; i++) {
		aud_intent(&q->a, i, "meanwhile");
		assert_int_equal(aud_recv(&q->a), MSG_A_TICKET);
	}
	/* one leaves in the middle, the others get what was there */
	(void)close(fd[0]);
	assert_int_equal(code(&q->a, 0, &records, NULL), CBE_IO);
	for (k = 1; k < AUDITOR_READS; k++) {
		s = aud_slurp(fd[k], &n);
		assert_true(n > 200000);
		assert_null(strstr(s, "meanwhile"));
		free(s);
		assert_int_equal(code(&q->a, k, &records, NULL), CBE_OK);
		assert_int_equal(records, 542);
	}
	assert_int_equal(aud_shutdown(&q->a), 0);
}

/*
 * Accounts that ask for runs keep nobody else out, nor do those who may read
 * the log keep them out.
 */
static void
test_places(void **state)
{
	/* who asks, and what comes of it while those before are not done */
	static const struct {
		uint32_t	 uid;
		unsigned	 want;
	} others[] = { { 1000, CBE_OK }, { 1000, CBE_AGAIN },
	    { 1001, CBE_NOENT }, { 1002, CBE_NOENT }, { 1003, CBE_NOENT },
	    { 1004, CBE_NOENT }, { 1005, CBE_NOENT }, { 1006, CBE_AGAIN } };
	struct {
		uint32_t	 uid;
		unsigned	 want;
	} t[AUDITOR_READS + 1 + NELEM(others)];
	unsigned got[NELEM(t)];
	struct q *q = *state;
	int fd[NELEM(t)], st;
	struct rd r;
	size_t i;

	for (i = 0; i <= AUDITOR_READS; i++) {
		t[i].uid = ANY;
		t[i].want = i < AUDITOR_READS ? CBE_OK : CBE_AGAIN;
	}
	for (; i < NELEM(t); i++) {
		t[i].uid = others[i - AUDITOR_READS - 1].uid;
		t[i].want = others[i - AUDITOR_READS - 1].want;
	}
	/* all of them have come before the first is answered */
	assert_int_equal(kill(q->a.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(q->a.pid, &st, WUNTRACED), q->a.pid);
	for (i = 0; i < NELEM(t); i++)
		fd[i] = aud_query(&q->a, i, QUERY_SHOW, 0, 7, t[i].uid);
	assert_int_equal(kill(q->a.pid, SIGCONT), 0);
	for (i = 0; i < NELEM(t); i++) {
		assert_int_equal(aud_recv(&q->a), MSG_A_QUERIED);
		assert_true(q->a.m.id < NELEM(t));
		rd_init(&r, q->a.m.data, q->a.m.len);
		got[q->a.m.id] = rd_u16(&r);
	}
	for (i = 0; i < NELEM(t); i++) {
		assert_int_equal(got[i], t[i].want);
		(void)close(fd[i]);
	}
	/* and then there is room again */
	fd[0] = aud_query(&q->a, 0, QUERY_SHOW, 0, 7, 1006);
	assert_int_equal(aud_recv(&q->a), MSG_A_QUERIED);
	(void)close(fd[0]);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

/* A file as a question gets it, and the answer's code. */
static void
want_file(struct q *q, unsigned type, uint64_t count, uint64_t run,
    const char *name)
{
	size_t n, len = 0;
	uint64_t records;
	char *got, *path, *want = NULL;
	int fd;

	got = aud_slurp(aud_query(&q->a, 7, type, count, run, ANY), &n);
	if (name != NULL) {
		xasprintf(&path, "%s/%s", q->dir, name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_int_not_equal(fd, -1);
		want = aud_slurp(fd, &len);
		free(path);
	}
	assert_int_equal(code(&q->a, 7, &records, NULL), name != NULL ?
	    CBE_OK : CBE_NOENT);
	assert_int_equal(n, len);
	if (want != NULL)
		assert_memory_equal(got, want, n);
	free(want);
	free(got);
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	char *path;
	int fd;

	xasprintf(&path, "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0400);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	free(path);
}

/* Files as they are: what is closed, and what is there, and nothing else. */
static void
test_files(void **state)
{
	struct q *q = *state;
	uint64_t records, first;
	struct logseg *segs;
	size_t i, n;
	int fd, next;
	char *s;

	fd = open(q->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	assert_true(n > 3);
	for (i = 0; i + 1 < n; i++)
		want_file(q, QUERY_PART, segs[i].first, 0, segs[i].name);
	/* that of which it is the middle, the present one, and none */
	first = segs[n - 2].first;
	free(segs);
	want_file(q, QUERY_PART, first + 1, 0, NULL);
	want_file(q, QUERY_PART, 0, 0, NULL);
	want_file(q, QUERY_PART, 43, 0, NULL);
	want_file(q, QUERY_PRUNED, 0, 0, NULL);
	put_file(q->dir, "gateway.seals", "log of seals\n");
	want_file(q, QUERY_SEALS, 0, 0, "gateway.seals");
	want_file(q, QUERY_STORED, 3, 1, NULL);
	s = aud_slurp(aud_query(&q->a, 1, QUERY_NAMES, 9, 0, ANY), NULL);
	assert_string_equal(s, "");
	free(s);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_OK);
	/* nothing of it for who may see his own runs */
	fd = aud_query(&q->a, 2, QUERY_PART, first, 0, 1000);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_REFUSED);
	(void)close(fd);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

static void
test_stored_files(void **state)
{
	static const char plain[] = "000000000003-r000000000001.out",
	    packed[] = "000000000005-r000000000002.out.zst",
	    later[] = "000000000009-r000000000004.out";
	struct q q;
	uint64_t records;
	char *dir, *names, *s;

	(void)state;
	q.dir = aud_tmpdir();
	xasprintf(&dir, "%s/output", q.dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(aud_up(&q.a, q.dir, 4096), MSG_READY);
	/* those that the start looks after are not there yet */
	put_file(dir, plain, "plain bytes");
	put_file(dir, packed, "packed bytes");
	put_file(dir, later, "later ones");
	put_file(dir, "000000000003-r000000000001.out~", "no such name");
	want_file(&q, QUERY_STORED, 3, 1, "output/000000000003-r000000000001"
	    ".out");
	want_file(&q, QUERY_PACKED, 3, 1, NULL);
	want_file(&q, QUERY_PACKED, 5, 2, "output/000000000005-r000000000002"
	    ".out.zst");
	want_file(&q, QUERY_STORED, 5, 2, NULL);
	want_file(&q, QUERY_STORED, 3, 2, NULL);
	s = aud_slurp(aud_query(&q.a, 1, QUERY_NAMES, 8, 0, ANY), NULL);
	assert_int_equal(code(&q.a, 1, &records, NULL), CBE_OK);
	xasprintf(&names, "%s\n%s\n", plain, packed);
	assert_string_equal(s, names);
	free(s);
	/* behind the first of them, and behind the last */
	s = aud_slurp(aud_query(&q.a, 1, QUERY_NAMES, 8, 3, ANY), NULL);
	assert_int_equal(code(&q.a, 1, &records, NULL), CBE_OK);
	assert_string_equal(s, strchr(names, '\n') + 1);
	free(s);
	free(names);
	s = aud_slurp(aud_query(&q.a, 1, QUERY_NAMES, 8, 5, ANY), NULL);
	assert_int_equal(code(&q.a, 1, &records, NULL), CBE_OK);
	assert_string_equal(s, "");
	free(s);
	assert_int_equal(aud_shutdown(&q.a), 0);
	aud_rmdir(dir);
	aud_rmdir(q.dir);
}

static void
test_nonsense(void **state)
{
	struct q *q = *state;
	uint64_t records;
	struct buf b;
	int fd, p[2];

	fd = aud_query(&q->a, 1, QUERY_FORWARD + 1, 0, 0, ANY);
	assert_int_equal(code(&q->a, 1, &records, NULL), CBE_USAGE);
	(void)close(fd);
	/* the wrong end of a pipe */
	assert_int_equal(pipe(p), 0);
	buf_init(&b, 64);
	buf_put_u8(&b, QUERY_TAIL);
	buf_put_u64(&b, 1);
	buf_put_u64(&b, 0);
	buf_put_u32(&b, ANY);
	assert_int_equal(ipc_send(q->a.ipc, MSG_A_QUERY, 2, b.data, b.len,
	    &p[0], 1), 0);
	buf_free(&b);
	assert_int_equal(code(&q->a, 2, &records, NULL), CBE_USAGE);
	(void)close(p[1]);
	assert_int_equal(aud_shutdown(&q->a), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_tail), T(test_show), T(test_recent), T(test_verify),
		T(test_follow), T(test_forward), T(test_slow), T(test_places),
		T(test_nonsense), T(test_files),
		cmocka_unit_test(test_stored_files),
	};

	return (cmocka_run_group_tests_name("auditor query", tests, NULL,
	    NULL));
}
