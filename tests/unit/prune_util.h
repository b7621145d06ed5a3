/* SPDX-License-Identifier: ISC */
/* Auditors that remove the beginning of their log, for the tests of that. */
#ifndef TESTS_UNIT_PRUNE_UTIL_H
#define TESTS_UNIT_PRUNE_UTIL_H

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

	buf_init(&b, MSG_ROW_MAX);
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
prune_why(struct aud *a, uint64_t before, int dry, unsigned code,
    const char *why)
{
	struct msg_reason v;
	size_t n = 0;

	ask(a, before, dry, why);
	while (aud_recv(a) == MSG_A_PRUNING)
		n++;
	assert_int_equal(a->m.type, MSG_A_PRUNED);
	assert_int_equal(payload_get(&a->m, &msg_reason_shape, &v), 0);
	if (v.code != code)
		fail_msg("%u: %s", v.code, v.text);
	shape_free(&msg_reason_shape, &v);
	return (n);
}

static size_t
prune(struct aud *a, uint64_t before, int dry, unsigned code)
{
	return (prune_why(a, before, dry, code, "it is old"));
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
UNUSED static void
forget(const char *dir)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, KNOWN_FILE);
	assert_int_equal(unlink(path), 0);
}

UNUSED static void
verify_whole_dir(const char *dir)
{
	struct verify_report r;

	verify_dir(dir, NULL, &r);
	if (!verify_whole(&r))
		fail_msg("%s", r.line);
}

/* The daemon's answer to a question for all of it. */
UNUSED static void
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

/* A log whose beginning is removed, with some of it left. */
UNUSED static void
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

UNUSED static void
gone(const char *dir, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

#endif
