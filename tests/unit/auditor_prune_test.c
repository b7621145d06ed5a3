/* SPDX-License-Identifier: ISC */
/*
 * The beginning of a log is removed: the rest goes on, is known by the key of
 * its first seal, and says what is gone; nothing goes without that.
 */
#include "config.h"

#include "tests/unit/unit.h"

#define AUD_COMPRESS	compress
static uint8_t compress;
#define AUD_KEEP_DAYS	keep_days
static uint32_t keep_days;

#include <sys/syscall.h>

#include <poll.h>
#include <string.h>
#include <time.h>

#include "client/verify.h"
#include "common/civil.h"
#include "common/payload.h"
#include "common/record/logseg.h"
#include "common/record/pruned.h"
#include "tests/unit/auditor_util.h"

#define DAY_S	86400
#define SMALL	8192U		/* a segment */
#define RUNS	40U
#define NEVER	(UINT64_C(1) << 52)	/* all is older than that */

static time_t ahead_s;		/* of the auditors to come */

/* In place of the C library's. */
int
clock_gettime(clockid_t which, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, which, ts);

	if (r == 0 && which == CLOCK_REALTIME)
		ts->tv_sec += ahead_s;
	return (r);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	ahead_s = 0;
	compress = 0;
	keep_days = 0;
	return (0);
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

/* The closed segments; the first of them. */
static size_t
closed(const char *dir, uint64_t *first, char name[LOG_NAMEMAX])
{
	struct logseg *segs;
	size_t n;
	int fd, next;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	*first = n > 1 ? segs[0].first : 0;
	(void)snprintf(name, LOG_NAMEMAX, "%s", n > 1 ? segs[0].name : "");
	free(segs);
	return (n == 0 ? 0 : n - 1);
}

static uint64_t last_wanted;	/* 0: any */

static void
ask(struct aud *a, uint64_t before, int dry, const char *why)
{
	struct buf b;
	size_t by;

	buf_init(&b, 4096);
	buf_put_u64(&b, before);
	buf_put_u64(&b, last_wanted);
	buf_put_u8(&b, dry != 0);
	field_str(&b, "reason", why);
	by = field_obj(&b, "by");
	field_u64(&b, "uid", 1000);
	field_end(&b, by);
	aud_send(a, MSG_A_PRUNE, 700, &b);
}

/* How many were removed; the code and text of the answer stay in a->m. */
static size_t
prune(struct aud *a, uint64_t before, int dry, unsigned code)
{
	struct msg_reason v;
	size_t n = 0;

	ask(a, before, dry, "it is old");
	while (aud_recv(a) == MSG_A_PRUNING)
		n++;
	assert_int_equal(a->m.type, MSG_A_PRUNED);
	assert_int_equal(payload_get(&a->m, &msg_reason_shape, &v), 0);
	if (v.code != code)
		fail_msg("%u: %s", v.code, v.text);
	shape_free(&msg_reason_shape, &v);
	return (n);
}

static void
on_seal(const struct seal *s, void *arg)
{
	struct verify_by *by = arg;

	if (by->keyed)
		return;
	by->keyed = 1;
	memcpy(by->log, s->log, sizeof(by->log));
	memcpy(by->key, s->key, sizeof(by->key));
	by->size = s->last;
	memcpy(by->root, s->root, sizeof(by->root));
}

/* The key and the checkpoint of the first seal. */
static void
first_seal(const char *dir, struct verify_by *by)
{
	struct verify_report r;
	struct verify *v;

	memset(by, 0, sizeof(*by));
	v = verify_new(NULL, NULL);
	verify_lines(v, NULL, on_seal, by);
	verify_end_dir(v, dir, &r);
	assert_true(by->keyed);
}

static void
check(const char *dir, const struct verify_by *by, const char *want,
    enum verify_status status)
{
	struct verify_report r;

	verify_dir_by(dir, by, &r);
	if (strncmp(r.line, want, strlen(want)) != 0 || r.status != status)
		fail_msg("%s (%d) in place of %s", r.line, r.status, want);
}

/* What a start has left for the next one. */
static void
forget(const char *dir)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, KNOWN_FILE);
	assert_int_equal(unlink(path), 0);
}

static void
verify_whole_dir(const char *dir)
{
	struct verify_report r;

	verify_dir(dir, NULL, &r);
	if (!verify_whole(&r))
		fail_msg("%s", r.line);
}

/* The daemon's answer to a question for all of it. */
static void
check_stream(struct aud *a, const struct verify_by *by, const char *want)
{
	struct verify_report r;
	struct msg_queried v;
	struct record_head head;
	struct verify *ver;
	size_t len;
	char *s;

	s = aud_slurp(aud_query(a, 900, QUERY_VERIFY, 0, 0, UINT32_MAX),
	    &len);
	assert_int_equal(aud_recv(a), MSG_A_QUERIED);
	assert_int_equal(payload_get(&a->m, &msg_queried_shape, &v), 0);
	head.number = v.records;
	memcpy(head.digest, v.digest, sizeof(head.digest));
	shape_free(&msg_queried_shape, &v);
	ver = verify_new("log", by);
	(void)verify_feed(ver, s, len);
	verify_end(ver, &head, &r);
	if (strncmp(r.line, want, strlen(want)) != 0)
		fail_msg("%s in place of %s", r.line, want);
	free(s);
}

/* Several sessions, so that there are several seals. */
static void
make(const char *dir)
{
	struct aud a;
	int i;

	for (i = 0; i < 4; i++) {
		assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
		runs(&a, 1 + (uint64_t)i * RUNS);
		assert_int_equal(aud_shutdown(&a), 0);
	}
}

static void
test_prune(void **state)
{
	char name[LOG_NAMEMAX];
	struct verify_by by, cp;
	uint64_t first;
	struct aud a;
	size_t n;

	make(*state);
	first_seal(*state, &by);
	cp = by;
	by.size = 0;
	check(*state, &by, "OK ", VERIFY_OK);
	n = closed(*state, &first, name);
	assert_true(n > 4 && first == 1);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	/* nothing is so old, and a dry run changes nothing */
	assert_int_equal(prune(&a, 1, 0, CBE_OK), 0);
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
	assert_int_equal(closed(*state, &first, name), n);
	check_stream(&a, &by, "OK ");
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(closed(*state, &first, name), 0);
	check_stream(&a, &by, "PRUNED first=1 last=");
	runs(&a, 1000);
	runs(&a, 2000);
	check_stream(&a, &cp, "PRUNED first=1 last=");
	n = closed(*state, &first, name);
	assert_true(n > 2 && first > 1);
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	runs(&a, 3000);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
	check(*state, &cp, "PRUNED first=1 last=", VERIFY_MISSING);
	check(*state, NULL, "PRUNED first=1 last=", VERIFY_MISSING);
	by.key[0] ^= 1;
	check(*state, &by, "WRONGKEY ", VERIFY_KEY);
	cp.root[0] ^= 1;
	check(*state, &cp, "FORK ", VERIFY_ROLLBACK);
	by.key[0] ^= 1;
	/* what is known is believed, and without it all is read */
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	forget(*state);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
}

/* A log whose beginning is removed, with some of it left. */
static void
make_pruned(const char *dir, struct verify_by *by)
{
	struct aud a;

	make(dir);
	first_seal(dir, by);
	by->size = 0;
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	assert_true(prune(&a, NEVER, 0, CBE_OK) > 4);
	runs(&a, 1000);
	assert_int_equal(aud_shutdown(&a), 0);
	check(dir, by, "PRUNED ", VERIFY_MISSING);
}

static void
gone(const char *dir, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

/* Every bit of what stands in front, and any of it missing. */
static void
test_tampered(void **state)
{
	static const char *const names[] = { LOG_PRUNED, LOG_SEALS };
	struct verify_report r;
	struct verify_by by;
	char *s, *was;
	size_t i, k, len;
	struct aud a;

	make_pruned(*state, &by);
	for (k = 0; k < 2; k++) {
		was = aud_file(*state, names[k], &len);
		assert_non_null(was);
		s = xmalloc(len);
		for (i = 0; i < len; i++) {
			memcpy(s, was, len);
			s[i] ^= (char)(1 << i % 8);
			aud_write(*state, names[k], s, len);
			verify_dir(*state, NULL, &r);
			/* a last line without its end is none */
			if (r.status != (i == len - 1 ? VERIFY_TRUNCATED :
			    VERIFY_TAMPERED))
				fail_msg("%s, byte %zu: %s", names[k], i,
				    r.line);
		}
		aud_write(*state, names[k], was, len / 2);
		verify_dir(*state, NULL, &r);
		assert_true(r.status == VERIFY_TRUNCATED ||
		    r.status == VERIFY_TAMPERED);
		gone(*state, names[k]);
		verify_dir(*state, NULL, &r);
		assert_true(r.status == VERIFY_MISSING ||
		    r.status == VERIFY_IO);
		assert_false(verify_whole(&r));
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		(void)aud_status(&a);
		aud_write(*state, names[k], was, len);
		free(s);
		free(was);
	}
	check(*state, &by, "PRUNED ", VERIFY_MISSING);
}

/* What is missing behind what is removed, and without any record. */
static void
test_missing(void **state)
{
	char name[LOG_NAMEMAX];
	struct verify_by by;
	uint64_t first;
	struct aud a;

	make_pruned(*state, &by);
	assert_true(closed(*state, &first, name) > 1);
	gone(*state, name);
	check(*state, &by, "MISSING ", VERIFY_MISSING);
	forget(*state);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

/* One that was changed stays, and what is behind it. */
static void
test_changed(void **state)
{
	char name[LOG_NAMEMAX], *s;
	uint64_t first;
	struct aud a;
	size_t n, len;

	make(*state);
	n = closed(*state, &first, name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	s = aud_file(*state, name, &len);
	assert_non_null(s);
	s[len / 2] ^= 1;
	gone(*state, name);
	aud_write(*state, name, s, len);
	assert_int_equal(prune(&a, NEVER, 0, CBE_IO), 0);
	assert_int_equal(closed(*state, &first, name), n);
	s[len / 2] ^= 1;
	gone(*state, name);
	aud_write(*state, name, s, len);
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(aud_shutdown(&a), 0);
	free(s);
}

/* Up to a record, whatever has been closed behind it since. */
static void
test_last(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first, second;
	struct aud a;
	size_t n;

	make(*state);
	n = closed(*state, &first, name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	last_wanted = 1;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 0);
	last_wanted = 0;
	ask(&a, NEVER, 1, "");
	assert_int_equal(aud_recv(&a), MSG_A_PRUNING);
	last_wanted = field_get_u64(a.m.data, a.m.len, "last", 0);
	assert_true(last_wanted > 1);
	while (aud_recv(&a) == MSG_A_PRUNING)
		;
	last_wanted--;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 0);
	last_wanted++;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 1);
	assert_int_equal(closed(*state, &second, name), n - 1);
	assert_int_equal(second, last_wanted + 1);
	last_wanted = 0;
	assert_int_equal(aud_shutdown(&a), 0);
}

/* A run that is not over keeps its beginning. */
static void
test_open(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;
	size_t n;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	n = closed(*state, &first, name);
	assert_true(n > 0);
	aud_intent(&a, 500, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	runs(&a, 1000);
	assert_int_equal(prune(&a, NEVER, 0, CBE_AGAIN), n);
	aud_close(&a, 500);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_true(prune(&a, NEVER, 0, CBE_OK) > 0);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Until the first segment that is there is another one. */
static void
wait_first(const char *dir, uint64_t was)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	size_t i;

	for (i = 0; i < 60000; i++) {
		(void)closed(dir, &first, name);
		if (first != was)
			return;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("nothing is removed");
}

/* What is older than logging.keepDays goes by itself. */
static void
test_days(void **state)
{
	char name[LOG_NAMEMAX], *s;
	uint64_t first;
	struct aud a;
	size_t len;
	int i;

	for (i = -9; i < 0; i += 3) {
		ahead_s = i * DAY_S;
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1000 + (uint64_t)(i + 9) * RUNS);
		assert_int_equal(aud_shutdown(&a), 0);
	}
	assert_true(closed(*state, &first, name) > 5 && first == 1);
	ahead_s = 0;
	keep_days = 5;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	wait_first(*state, 1);
	/* that it is over is what a question without an effect waits for */
	do {
		(void)poll(NULL, 0, 1);
		ask(&a, 1, 1, "is it over");
		assert_int_equal(aud_recv(&a), MSG_A_PRUNED);
	} while (a.m.data[1] != CBE_OK);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
	/* the last session's are younger */
	assert_true(closed(*state, &first, name) > 1);
	s = aud_file(*state, LOG_PRUNED, &len);
	assert_non_null(s);
	assert_non_null(strstr(s, "\"reason\":\"logging.keepDays 5\""));
	free(s);
}

/* A clock that has jumped deletes nothing, until somebody has looked at it. */
static void
test_jump(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;
	size_t n;
	int i;

	make(*state);
	keep_days = 30;
	ahead_s = 3650 * DAY_S;
	/* nor does it in the sessions after that, whatever they have read */
	for (i = 0; i < 3; i++) {
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1000 * (uint64_t)(i + 1));
		assert_int_equal(aud_shutdown(&a), 0);
		n = closed(*state, &first, name);
		assert_int_equal(first, 1);
		if (i == 1)
			forget(*state);
	}
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	/* to look is not to say that it is right */
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
	runs(&a, 5000);
	(void)closed(*state, &first, name);
	assert_int_equal(first, 1);
	assert_int_equal(prune(&a, 1, 0, CBE_OK), 0);
	runs(&a, 6000);
	wait_first(*state, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_whole_dir(*state);
}

/* Back, too: nothing is of the future because of that, and nothing goes. */
static void
test_back(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;

	make(*state);
	keep_days = 30;
	ahead_s = -365 * DAY_S;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1000);
	assert_int_equal(aud_shutdown(&a), 0);
	ahead_s = 0;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 2000);
	assert_int_equal(aud_shutdown(&a), 0);
	(void)closed(*state, &first, name);
	assert_int_equal(first, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prune, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_tampered, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_missing, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_changed, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_last, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_open, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_days, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_jump, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_back, setup,
		    aud_teardown),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor prune", tests, NULL,
	    NULL));
}
