/* SPDX-License-Identifier: ISC */
/*
 * A start reads the closed segments of a log at most once, and again when any
 * of them was touched; what they say is not lost by that.  read is counted.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <string.h>

#include "auditor/known.h"
#include "client/verify.h"
#include "tests/unit/auditor_util.h"

#define SMALL	4096U		/* a segment */
#define RUNS	150U
#define FIRST	LOG_STEM "-000000000001.log"

/* Shared with the auditor's process. */
static uint64_t *bytes;

ssize_t
read(int fd, void *p, size_t n)
{
	ssize_t r = (ssize_t)syscall(SYS_read, fd, p, n);

	if (r > 0)
		*bytes += (uint64_t)r;
	return (r);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* So much a start has read. */
static uint64_t
start(const char *dir)
{
	struct verify_report v;
	struct aud a;
	uint64_t n;

	*bytes = 0;
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	n = *bytes;
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(dir, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
	return (n);
}

static void
refused(const char *dir)
{
	struct aud a;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

/* A log of many segments; the size of those that are closed. */
static uint64_t
fill(const char *dir)
{
	struct logseg *segs;
	uint64_t i, all = 0;
	struct stat st;
	struct aud a;
	size_t k, n;
	int fd, next;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	for (i = 1; i <= RUNS; i++) {
		aud_intent(&a, i, "x");
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		aud_close(&a, i);
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	assert_true(n > 20);
	for (k = 0; k < n; k++)
		if (segs[k].first != 0) {
			assert_int_equal(fstatat(fd, segs[k].name, &st, 0), 0);
			all += (uint64_t)st.st_size;
		}
	free(segs);
	(void)close(fd);
	return (all);
}

/* Changes one byte by that mask. */
static void
touch(const char *dir, const char *name, size_t at, char mask)
{
	size_t n;
	char *s;

	s = aud_file(dir, name, &n);
	assert_true(s != NULL && at < n);
	s[at] ^= mask;
	aud_write(dir, name, s, n);
	free(s);
}

static void
test_once(void **state)
{
	uint64_t all = fill(*state);

	/* a session that ended in order left what it closed as known */
	assert_true(start(*state) < all / 4);
	assert_true(start(*state) < all / 4);
	/* written to, with nothing new */
	touch(*state, FIRST, 300, 0);
	assert_true(start(*state) > all);
	assert_true(start(*state) < all / 4);
}

static void
test_touched(void **state)
{
	char from[512], to[512];

	(void)fill(*state);
	(void)start(*state);
	touch(*state, FIRST, 300, 1);
	refused(*state);
	/* nor is it taken for known after that */
	refused(*state);
	touch(*state, FIRST, 300, 1);
	(void)start(*state);
	(void)snprintf(from, sizeof(from), "%s/" FIRST, (char *)*state);
	(void)snprintf(to, sizeof(to), "%s/away", (char *)*state);
	assert_int_equal(rename(from, to), 0);
	refused(*state);
	assert_int_equal(rename(to, from), 0);
	(void)start(*state);
}

/* A file that is not what was written is as good as none. */
static void
test_broken(void **state)
{
	uint64_t all = fill(*state);
	size_t i, n;
	char *s;

	(void)start(*state);
	s = aud_file(*state, KNOWN_FILE, &n);
	assert_non_null(s);
	for (i = 0; i < n; i += n / 16) {
		touch(*state, KNOWN_FILE, i, 1);
		assert_true(start(*state) > all);
		assert_true(start(*state) < all / 4);
	}
	for (i = 0; i < n; i += n / 8) {
		aud_write(*state, KNOWN_FILE, s, i);
		assert_true(start(*state) > all);
	}
	free(s);
}

/* So many records are of that event. */
static size_t
recovers(const char *dir, const char *ev)
{
	char want[64];
	struct logseg *segs;
	size_t i, n, all = 0;
	char *s, *p;
	int fd, next;

	(void)snprintf(want, sizeof(want), " recover: {\"v\":1,\"ev\":\"%s\"",
	    ev);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	for (i = 0; i < n; i++) {
		s = aud_file(dir, segs[i].name, NULL);
		assert_non_null(s);
		for (p = s; (p = strstr(p, want)) != NULL; p++)
			all++;
		free(s);
	}
	free(segs);
	return (all);
}

static size_t
rereads(const char *dir)
{
	return (recovers(dir, "reread"));
}

/*
 * One that is in order, and that no start left: it could have a start forget a
 * stop.  The log has the digest of the right one.
 */
static void
test_forged(void **state)
{
	uint8_t sum[KNOWN_DIGEST];
	uint64_t all = fill(*state);
	char *s;
	size_t n;

	(void)start(*state);
	assert_int_equal(rereads(*state), 0);
	s = aud_file(*state, KNOWN_FILE, &n);
	assert_non_null(s);
	s[n - KNOWN_DIGEST - 1] ^= 1;
	(void)crypto_generichash(sum, sizeof(sum), (uint8_t *)s,
	    n - KNOWN_DIGEST, NULL, 0);
	memcpy(s + n - KNOWN_DIGEST, sum, sizeof(sum));
	aud_write(*state, KNOWN_FILE, s, n);
	assert_true(start(*state) > all);
	assert_int_equal(rereads(*state), 1);
	assert_true(start(*state) < all / 4);
	assert_int_equal(rereads(*state), 1);
	free(s);
}

/* The crash came between the record and the file's name. */
static void
test_untaken(void **state)
{
	uint64_t all = fill(*state);
	char now[512], new[512];

	(void)start(*state);
	(void)snprintf(now, sizeof(now), "%s/" KNOWN_FILE, (char *)*state);
	(void)snprintf(new, sizeof(new), "%s/" KNOWN_NEW, (char *)*state);
	assert_int_equal(rename(now, new), 0);
	aud_write(*state, KNOWN_FILE, "older", 5);
	assert_true(start(*state) < all / 4);
	assert_int_equal(access(new, F_OK), -1);
	assert_true(start(*state) < all / 4);
	assert_int_equal(rereads(*state), 0);
	/* it is not there: that costs time alone */
	assert_int_equal(unlink(now), 0);
	assert_true(start(*state) > all);
	assert_int_equal(rereads(*state), 0);
}

/* The copies of exec lines are looked after all the same. */
static void
test_exec(void **state)
{
	static const char name[] = LOG_EXEC_STEM "-000000000001.log";
	uint64_t all = fill(*state);
	char *before, *now;
	size_t n, m;

	(void)start(*state);
	before = aud_file(*state, name, &n);
	assert_non_null(before);
	aud_write(*state, name, before, n / 2);
	(void)start(*state);
	now = aud_file(*state, name, &m);
	assert_int_equal(m, n);
	assert_memory_equal(now, before, n);
	assert_true(start(*state) < all / 4);
	/* that it was behind is no news, that it was changed is */
	assert_int_equal(recovers(*state, "rewritten"), 0);
	/* nor that a power cut came before it was written */
	free(now);
	now = xmalloc(n + 100);
	memcpy(now, before, n);
	memset(now + n / 2, 0, n / 2 + 100);
	aud_write(*state, name, now, n);
	(void)start(*state);
	memcpy(now, before, n);
	aud_write(*state, name, now, n + 100);
	(void)start(*state);
	free(now);
	now = aud_file(*state, name, &m);
	assert_int_equal(m, n);
	assert_memory_equal(now, before, n);
	assert_int_equal(recovers(*state, "rewritten"), 0);
	touch(*state, name, n / 2, 1);
	(void)start(*state);
	assert_int_equal(recovers(*state, "rewritten"), 1);
	free(now);
	now = aud_file(*state, name, &m);
	assert_int_equal(m, n);
	assert_memory_equal(now, before, n);
	/* more than the log has */
	free(now);
	now = aud_file(*state, LOG_EXEC, &m);
	now = xrecallocarray(now, m + 1, m + 6, 1);
	memcpy(now + m, "more\n", 6);
	aud_write(*state, LOG_EXEC, now, m + 5);
	(void)start(*state);
	assert_int_equal(recovers(*state, "rewritten"), 2);
	(void)start(*state);
	assert_int_equal(recovers(*state, "rewritten"), 2);
	free(before);
	free(now);
}

static void
one_of_each(struct auditor *a)
{
	struct estop e;

	openruns_add(&a->runs, 70, 2, NULL, 0);
	openruns_add(&a->runs, 71, 5, NULL, 0);
	a->recent[0].time_us = 1700000000000000;
	(void)snprintf(a->recent[0].channel, sizeof(a->recent[0].channel),
	    "cli");
	a->nrecent = 1;
	memset(&e, 0, sizeof(e));
	e.scope = ESTOP_USER;
	e.user = 1000;
	e.by = 1001;
	e.time_us = 5;
	(void)snprintf(e.why, sizeof(e.why), "because");
	assert_non_null(estops_add(&a->stops, &e));
	a->vault_version = 12;
	memset(a->vault_digest, 'v', sizeof(a->vault_digest));
	lastuse_note(&a->uses, "TOKEN", 5, 1700000001);
}

static void
same_of_each(const struct auditor *a)
{
	assert_int_equal(a->runs.n, 2);
	assert_int_equal(a->runs.v[1].id, 71);
	assert_int_equal(a->runs.v[1].record, 5);
	assert_int_equal(a->nrecent, 1);
	assert_int_equal(a->recent[0].time_us, 1700000000000000);
	assert_string_equal(a->recent[0].channel, "cli");
	assert_int_equal(a->stops.n, 1);
	assert_non_null(estops_covers(&a->stops, "cli", "x", 1000));
	assert_null(estops_covers(&a->stops, "cli", "x", 1001));
	assert_string_equal(a->stops.v[0].why, "because");
	assert_int_equal(a->stops.v[0].by, 1001);
	assert_int_equal(a->vault_version, 12);
	assert_int_equal(a->vault_digest[31], 'v');
	assert_int_equal(a->uses.n, 1);
	assert_int_equal(lastuse_of(&a->uses, "TOKEN"), 1700000001);
}

static void
fresh(struct auditor *a, const char *dir)
{
	memset(a, 0, sizeof(*a));
	a->recent = xcalloc(RECENT_MAX, sizeof(*a->recent));
	a->chain.seg.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a->chain.seg.old = xcalloc(1, sizeof(*a->chain.seg.old));
	a->chain.seg.old[0] = 1;
	a->chain.seg.nold = 1;
}

static void
done(struct auditor *a)
{
	while (a->runs.n != 0)
		openruns_del(&a->runs, a->runs.v[0].id);
	free(a->runs.v);
	free(a->recent);
	lastuse_free(&a->uses);
	free(a->chain.seg.old);
	(void)close(a->chain.seg.dirfd);
}

/* All that a segment says comes back. */
static void
test_state(void **state)
{
	static struct auditor a;
	struct record_head tail = { 9, "tail" };
	struct sealcheck seals;
	struct known_log k;
	struct buf b;

	aud_write(*state, FIRST, "x\n", 2);
	sealcheck_init(&seals);
	seals.tree.size = 9;
	seals.tree.node[3][0] = 33;
	seals.seals = seals.at = 4;
	seals.last.epoch = 3;
	(void)snprintf(seals.last.log, sizeof(seals.last.log), "clawbot/0");
	seals.last.next[31] = 31;
	fresh(&a, *state);
	one_of_each(&a);
	memset(&k, 0, sizeof(k));
	known_look(&a, &k);
	buf_init(&b, 1 << 20);
	known_put(&b, &a, &tail, &seals);
	assert_int_equal(known_save(&a, &k, &b), 0);
	known_take(&a);
	buf_free(&b);
	known_free(&k);
	done(&a);
	fresh(&a, *state);
	assert_int_equal(known_load(&a, &k, KNOWN_FILE), KNOWN_FITS);
	same_of_each(&a);
	assert_int_equal(k.tail.number, 9);
	assert_memory_equal(k.tail.digest, tail.digest, 32);
	assert_memory_equal(&k.seals, &seals, sizeof(seals));
	known_free(&k);
	done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_touched, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_broken, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_forged, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_untaken, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_exec, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_state, setup,
		    aud_teardown),
	};

	bytes = mmap(NULL, sizeof(*bytes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED || sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor known", tests, NULL,
	    NULL));
}
