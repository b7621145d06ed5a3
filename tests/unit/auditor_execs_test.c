/* SPDX-License-Identifier: ISC */
/*
 * Programs that runs have started, and consent to one: a record each, one
 * sync a batch, all of a batch or nothing of it, and a ticket that opens one
 * thing in one run.  fdatasync is counted, fallocate tells of a disk that is
 * full.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>

#include "client/verify.h"
#include "common/execs.h"
#include "common/files.h"
#include "common/payload.h"
#include "common/ticket.h"
#include "common/words.h"
#include "tests/unit/auditor_util.h"

#define BIG	(UINT64_C(64) << 20)
#define RUN	UINT64_C(77)

/* Shared with the auditor's process. */
static struct {
	unsigned	 syncs;
	uint64_t	 end;		/* room up to this offset */
} *disk;

int
fdatasync(int fd)
{
	disk->syncs++;
	return ((int)syscall(SYS_fdatasync, fd));
}

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	(void)fd;
	(void)mode;
	if ((uint64_t)(off + len) > disk->end) {
		errno = ENOSPC;
		return (-1);
	}
	return (0);
}

static int
setup(void **state)
{
	memset(disk, 0, sizeof(*disk));
	disk->end = UINT64_MAX / 2;
	*state = aud_tmpdir();
	return (0);
}

static void
make_row(struct exec_row *row, uint32_t seq, const char *arg)
{
	memset(row, 0, sizeof(*row));
	row->seq = seq;
	row->parent = seq - 1;
	row->how = EXEC_NESTED;
	row->verdict = VERDICT_ALLOW;
	row->path = xstrdup("/usr/bin/git");
	row->script = xstrdup("");
	row->cwd = xstrdup("/w");
	strv_add(&row->argv, "git");
	strv_add(&row->argv, arg);
	row->rule = xstrdup("");
	row->reason = xstrdup("");
}

/* n rows from seq on. */
static void
put_rows(struct buf *b, uint32_t seq, size_t n, const char *arg,
    unsigned verdict)
{
	struct exec_rows v;
	size_t i;

	v.n = n;
	v.rows = xcalloc(n, sizeof(*v.rows));
	for (i = 0; i < n; i++) {
		make_row(&v.rows[i], seq + (uint32_t)i, arg);
		v.rows[i].verdict = (uint8_t)verdict;
	}
	payload_put(b, MSG_A_EXECS, &exec_rows_shape, &v);
	shape_free(&exec_rows_shape, &v);
}

static void
send_rows(struct aud *a, uint64_t run, uint32_t seq, size_t n, const char *arg,
    unsigned verdict)
{
	struct buf b;

	put_rows(&b, seq, n, arg, verdict);
	aud_send(a, MSG_A_EXECS, run, &b);
}

/* n names from seq on, of that kind. */
static void
put_files(struct buf *b, uint32_t seq, size_t n, enum file_what what,
    const char *to)
{
	struct file_rows v;
	size_t i;

	v.n = n;
	v.rows = xcalloc(n, sizeof(*v.rows));
	for (i = 0; i < n; i++) {
		v.rows[i].seq = seq + (uint32_t)i;
		v.rows[i].what = (uint8_t)what;
		v.rows[i].pid = 3;
		v.rows[i].path = xstrdup("/w/a\nb\xff exec: {}");
		v.rows[i].to = xstrdup(to);
	}
	payload_put(b, MSG_A_FILES, &file_rows_shape, &v);
	shape_free(&file_rows_shape, &v);
}

static void
send_files(struct aud *a, uint64_t run, uint32_t seq, size_t n,
    enum file_what what, const char *to)
{
	struct buf b;

	put_files(&b, seq, n, what, to);
	aud_send(a, MSG_A_FILES, run, &b);
}

/* The end of a run, with these payloads in front of it, which are freed. */
static void
send_end(struct aud *a, uint64_t run, struct buf *execs, struct buf *files)
{
	struct msg_batch batches[2] = {
		{ BATCH_EXECS, execs->data, execs->len },
		{ BATCH_FILES, files->data, files->len },
	};
	struct msg_close v = { CLOSE_RESULT, batches, 2, NULL, 0 };
	struct buf b, fields;

	buf_init(&fields, 4096);
	field_str(&fields, "outcome", "exited");
	field_i64(&fields, "exit", 0);
	v.fields = fields.data;
	v.len = fields.len;
	payload_put(&b, MSG_A_CLOSE, &msg_close_shape, &v);
	aud_send(a, MSG_A_CLOSE, run, &b);
	buf_free(&fields);
	buf_free(execs);
	buf_free(files);
}

static void
up(struct aud *a, const char *dir)
{
	assert_int_equal(aud_up(a, dir, BIG), MSG_READY);
	aud_intent(a, RUN, "x");
	assert_int_equal(aud_recv(a), MSG_A_TICKET);
}

static unsigned
count(const char *s, const char *what)
{
	unsigned n = 0;

	for (; (s = strstr(s, what)) != NULL; s++)
		n++;
	return (n);
}

static void
whole(const char *dir)
{
	struct verify_report v;

	verify_dir(dir, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
}

/*
 * 10,000 programs in 1,000 batches: so many records, so many syncs, and one
 * more for each seal; two where it was the clock that wanted it.
 */
static void
test_batches(void **state)
{
	unsigned i, seals, syncs;
	struct aud a;
	uint32_t seq;
	char *s;

	up(&a, *state);
	syncs = disk->syncs;
	for (i = 0, seq = 1; i < 1000; i++, seq += 10) {
		send_rows(&a, RUN, seq, 10, "status", VERDICT_ALLOW);
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
		assert_int_equal(a.m.id, RUN);
	}
	syncs = disk->syncs - syncs;
	s = aud_file(*state, LOG_CURRENT, NULL);
	seals = count(s, " seal: {");
	free(s);
	assert_true(seals >= 9);
	assert_in_range(syncs, 1000, 1000 + 2 * seals);
	print_message("# %u batches of 10: %u syncs, %u seals\n", i, syncs,
	    seals);
	aud_close(&a, RUN);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 10000);
	assert_int_equal(count(s, "\"seq\":10000,\"parent\":9999,"), 1);
	assert_true(strstr(s, "\"seq\":10000,") <
	    strstr(s, "\"ev\":\"result\""));
	free(s);
}

/* Batches that are there together share one. */
static void
test_together(void **state)
{
	unsigned i, syncs;
	struct aud a;

	up(&a, *state);
	for (i = 2; i <= 40; i++) {
		aud_intent(&a, i, "x");
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	}
	syncs = disk->syncs;
	for (i = 2; i <= 40; i++)
		send_rows(&a, i, 1, 3, "status", VERDICT_ALLOW);
	for (i = 2; i <= 40; i++)
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_true(disk->syncs - syncs <= 39);
	print_message("# 39 batches of as many runs at once: %u syncs\n",
	    disk->syncs - syncs);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* What is long stands as its head, how much is missing, and a digest. */
static void
test_long(void **state)
{
	char *arg = xmalloc(EXECS_ARG + 1), *s;
	struct aud a;

	memset(arg, 'y', EXECS_ARG);
	arg[EXECS_ARG] = '\0';
	up(&a, *state);
	send_rows(&a, RUN, 1, 2, arg, VERDICT_DENY);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "[3072 bytes more, BLAKE2b-256 of all: "),
	    2);
	assert_int_equal(count(s, "\"verdict\":\"deny\""), 2);
	free(s);
	free(arg);
}

/* All of a batch or nothing; the same again goes when there is room. */
static void
test_full(void **state)
{
	struct aud a;
	char *s;

	/* room for some rows of it, and for the result */
	disk->end = 3 * RECORD_RESULT + RECORD_STOPS;
	up(&a, *state);
	send_rows(&a, RUN, 1, 350, "status", VERDICT_ALLOW);
	assert_int_equal(aud_recv(&a), MSG_A_REFUSED);
	assert_int_equal(a.m.id, RUN);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 0);
	free(s);
	disk->end = UINT64_MAX / 2;
	send_rows(&a, RUN, 1, 350, "status", VERDICT_ALLOW);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	aud_close(&a, RUN);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 350);
	free(s);
}

/* Consent to a row, by that way: its bytes behind the digest are in bytes. */
static void
put_consent(struct buf *b, uint64_t run, const struct exec_row *row,
    const char *parent, struct buf *bytes)
{
	struct exec_step way[2];
	struct exec_ask ask;
	struct exec_consent v;
	struct buf fields;
	size_t tok;

	memset(&ask, 0, sizeof(ask));
	memset(way, 0, sizeof(way));
	ask.row = *row;
	ask.way = way;
	ask.nway = 2;
	way[0].seq = row->parent;
	way[0].path = xstrdup(parent);
	strv_add(&way[0].argv, "make");
	way[1].path = xstrdup("/usr/bin/dash");
	strv_add(&way[1].argv, "sh");
	buf_init(bytes, MSG_EXECS_MAX);
	shape_put(&exec_ask_shape, bytes, &ask);
	buf_init(&fields, 4096);
	field_str(&fields, "skill", AUD_SKILL);
	tok = field_obj(&fields, "why");
	field_u64(&fields, "uid", 1000);
	field_end(&fields, tok);
	tok = field_obj(&fields, "by");
	field_u64(&fields, "uid", 1001);
	field_end(&fields, tok);
	v.run = run;
	v.ask = bytes->data;
	v.asklen = bytes->len;
	v.fields = fields.data;
	v.len = fields.len;
	payload_put(b, MSG_A_CONSENT, &exec_consent_shape, &v);
	buf_free(&fields);
	free(way[0].path);
	free(way[1].path);
	strv_free(&way[0].argv);
	strv_free(&way[1].argv);
}

/* What the runner that asked so has as its digest. */
static void
asked_digest(uint8_t digest[PLAN_DIGEST], const struct buf *bytes)
{
	plan_digest(digest, bytes->data + PLAN_DIGEST,
	    bytes->len - PLAN_DIGEST);
}

static void
test_consent(void **state)
{
	uint8_t skill[TICKET_KEY], key[TICKET_KEY], other[TICKET_KEY];
	uint8_t digest[PLAN_DIGEST];
	struct msg_tickets t;
	struct exec_row row;
	const char *why;
	struct buf b, bytes, elsewhere;
	struct aud a;
	char *s;

	up(&a, *state);
	make_row(&row, 9, "push");
	row.verdict = VERDICT_ASK;
	put_consent(&b, RUN, &row, "/usr/bin/env", &elsewhere);
	buf_free(&b);
	put_consent(&b, RUN, &row, "/usr/bin/make", &bytes);
	aud_send(&a, MSG_A_CONSENT, 4711, &b);
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(a.m.id, 4711);
	assert_int_equal(payload_get(&a.m, &msg_tickets_shape, &t), 0);
	assert_int_equal(t.secretslen, 0);
	asked_digest(digest, &bytes);
	ticket_skill_key(skill, aud_exec_key, AUD_SKILL);
	ticket_run_key(key, skill, RUN);
	ticket_run_key(other, skill, RUN + 1);
	assert_int_equal(ticket_check(t.ticket, TICKET_ANSWER, RUN, digest,
	    key, &why), 0);
	assert_int_equal(ticket_record(t.ticket), t.record);
	assert_int_equal(ticket_check(t.ticket, TICKET_ANSWER, RUN, digest,
	    other, &why), -1);
	assert_int_equal(ticket_check(t.ticket, TICKET_ANSWER, RUN, digest,
	    skill, &why), -1);
	/* the same program, and another way to it than was shown */
	asked_digest(digest, &elsewhere);
	assert_int_equal(ticket_check(t.ticket, TICKET_ANSWER, RUN, digest,
	    key, &why), -1);
	assert_string_equal(why, "ticket for something else");
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"consent\",\"run\":"), 1);
	assert_int_equal(count(s, "\"exec\":{\"seq\":9,\"digest\":\""), 1);
	assert_int_equal(count(s, ",\"way\":[\"8\",\"0\"]}"), 1);
	free(s);
	shape_free(&msg_tickets_shape, &t);
	shape_free(&exec_row_shape, &row);
	buf_free(&bytes);
	buf_free(&elsewhere);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
}

static void
breached(struct aud *a, const char *dir, const char *why)
{
	char *s;

	assert_int_equal(aud_recv(a), MSG_NONE);
	assert_int_equal(aud_status(a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	s = aud_file(dir, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, why));
	free(s);
	whole(dir);
}

/* Names that a run changed: a record each, of each kind, and one sync. */
static void
test_files(void **state)
{
	unsigned what, syncs;
	struct aud a;
	char *s, want[64];

	up(&a, *state);
	for (what = FILE_MADE; what < FILE_WHATS; what++) {
		send_files(&a, RUN, what, 1, (enum file_what)what,
		    what == FILE_RENAMED || what == FILE_LINKED ||
		    what == FILE_SYMLINKED || what == FILE_EXCHANGED ?
		    "../b" : "");
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	}
	syncs = disk->syncs;
	send_files(&a, RUN, what, 900, FILE_REMOVED, "");
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(disk->syncs - syncs, 1);
	aud_close(&a, RUN);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	for (what = FILE_MADE; what < FILE_WHATS; what++) {
		(void)snprintf(want, sizeof(want), " file: {\"v\":1,\"ev\":"
		    "\"%s\",\"run\":", file_words[what]);
		assert_int_equal(count(s, want), what == FILE_REMOVED ? 901 :
		    1);
	}
	assert_int_equal(count(s, ",\"to\":\"../b\""), 4);
	free(s);
}

/* What goes along with an end: all of it or nothing, in front, by one sync. */
static void
test_along(void **state)
{
	struct buf execs, files;
	struct aud a;
	unsigned syncs;
	char *s;

	disk->end = 3 * RECORD_RESULT + RECORD_STOPS;
	up(&a, *state);
	put_rows(&execs, 1, 40, "status", VERDICT_ALLOW);
	put_files(&files, 1, 900, FILE_RENAMED, "/w/b");
	send_end(&a, RUN, &execs, &files);
	assert_int_equal(aud_recv(&a), MSG_A_REFUSED);
	assert_int_equal(a.m.id, RUN);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 0);
	assert_int_equal(count(s, "\"ev\":\"result\""), 0);
	free(s);
	disk->end = UINT64_MAX / 2;
	syncs = disk->syncs;
	put_rows(&execs, 1, 40, "status", VERDICT_ALLOW);
	put_files(&files, 1, 900, FILE_RENAMED, "/w/b");
	send_end(&a, RUN, &execs, &files);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(disk->syncs - syncs, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 40);
	assert_int_equal(count(s, "\"ev\":\"renamed\",\"run\":"), 900);
	assert_int_equal(count(s, "\"ev\":\"result\""), 1);
	assert_true(strstr(s, "\"seq\":40,") < strstr(s, " file: "));
	assert_true(strstr(s, "\"seq\":900,") < strstr(s, "\"ev\":\"result\""));
	free(s);
}

/* A run that is over does not wait for room: its end has some. */
static void
test_along_full(void **state)
{
	struct buf execs, files;
	uint64_t id = 1000;
	struct aud a;
	char *s;

	disk->end = 3 * RECORD_RESULT + RECORD_STOPS;
	up(&a, *state);
	do {
		aud_record(&a, id++, RECORD_POLICY, "refused", "no");
	} while (aud_recv(&a) == MSG_A_DONE);
	assert_int_equal(a.m.type, MSG_A_REFUSED);
	disk->end = 0;
	put_rows(&execs, 1, 3, "status", VERDICT_ALLOW);
	put_files(&files, 1, 3, FILE_RENAMED, "/w/b");
	send_end(&a, RUN, &execs, &files);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_int_equal(count(s, "\"ev\":\"exec\",\"run\":"), 3);
	assert_int_equal(count(s, "\"ev\":\"renamed\",\"run\":"), 3);
	assert_int_equal(count(s, "\"ev\":\"result\""), 1);
	free(s);
}

/* What a supervisor that was taken over must not get into the log. */
static void
test_breach(void **state)
{
	struct exec_row row;
	struct buf b, bytes, files;
	struct aud a;

	up(&a, *state);
	send_rows(&a, RUN + 1, 1, 1, "x", VERDICT_ALLOW);
	breached(&a, *state, "A_EXECS of a run that is not open");
	up(&a, *state);
	send_rows(&a, RUN, 1, 1, "x", VERDICT_ASK);
	breached(&a, *state, "A_EXECS with what is not decided");
	up(&a, *state);
	aud_close(&a, RUN);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	send_rows(&a, RUN, 1, 1, "x", VERDICT_ALLOW);
	breached(&a, *state, "A_EXECS of a run that is not open");
	up(&a, *state);
	send_files(&a, RUN + 1, 1, 1, FILE_MADE, "");
	breached(&a, *state, "A_FILES of a run that is not open");
	up(&a, *state);
	send_files(&a, RUN, 1, 1, FILE_MADE, "/w/b");
	breached(&a, *state, "A_FILES with a name that cannot be");
	up(&a, *state);
	send_files(&a, RUN, 1, 1, FILE_RENAMED, "");
	breached(&a, *state, "A_FILES with a name that cannot be");
	up(&a, *state);
	put_rows(&b, 1, 1, "x", VERDICT_ASK);
	put_files(&files, 1, 1, FILE_MADE, "");
	send_end(&a, RUN, &b, &files);
	breached(&a, *state, "A_CLOSE with what is not decided");
	up(&a, *state);
	put_rows(&b, 1, 1, "x", VERDICT_ALLOW);
	put_files(&files, 1, 1, FILE_MADE, "/w/b");
	send_end(&a, RUN, &b, &files);
	breached(&a, *state, "A_CLOSE with a name that cannot be");
	up(&a, *state);
	put_rows(&b, 1, 1, "x", VERDICT_ALLOW);
	buf_init(&files, 16);
	buf_put_u32(&files, 1);
	send_end(&a, RUN, &b, &files);
	breached(&a, *state, "malformed A_CLOSE");
	make_row(&row, 2, "x");
	up(&a, *state);
	put_consent(&b, RUN, &row, "/usr/bin/make", &bytes);
	buf_free(&bytes);
	aud_send(&a, MSG_A_CONSENT, 5, &b);
	breached(&a, *state, "A_CONSENT to what was not asked");
	row.verdict = VERDICT_ASK;
	up(&a, *state);
	put_consent(&b, RUN + 1, &row, "/usr/bin/make", &bytes);
	buf_free(&bytes);
	aud_send(&a, MSG_A_CONSENT, 5, &b);
	breached(&a, *state, "A_CONSENT in a run that is not open");
	/* an approval of that kind is nothing that it may record itself */
	up(&a, *state);
	aud_record(&a, 5, RECORD_APPROVAL, "consent", "x");
	breached(&a, *state, "not a record for it to make");
	shape_free(&exec_row_shape, &row);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_batches), T(test_together), T(test_long),
		T(test_full), T(test_consent), T(test_files),
		T(test_along), T(test_along_full),
		T(test_breach),
	};

	disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (disk == MAP_FAILED)
		return (1);
	return (cmocka_run_group_tests_name("auditor execs", tests, NULL,
	    NULL));
}
