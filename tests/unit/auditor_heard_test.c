/* SPDX-License-Identifier: ISC */
/*
 * Somebody lays hands on closed segments while the auditor runs, and it hears
 * of that: without a seal, before the next minute, and before the next record.
 * Of what it does itself nothing is read again.
 */
#include "config.h"

#define AUD_COMPRESS	compress
#include <stdint.h>
static uint8_t compress;

#include <sys/mman.h>
#include <sys/syscall.h>

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "tests/unit/hands_util.h"
#include "tests/unit/blind_util.h"
#include "tests/unit/rounds_util.h"

#define PLAIN	LOG_STEM "-000000000001.log"

/* Of the auditor, which is a child. */
static struct shared {
	unsigned	 reads;		/* segments that rounds have begun */
} *shared;

/* In place of the C library's. */
int
posix_fadvise(int fd, off_t off, off_t len, int advice)
{
	(void)fd;
	(void)off;
	(void)len;
	shared->reads += advice == POSIX_FADV_SEQUENTIAL;
	return (0);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	compress = 0;
	blind = 0;
	shared->reads = 0;
	return (0);
}

static char *
path_of(const char *dir, const char *name)
{
	char *path;

	xasprintf(&path, "%s/%s", dir, name);
	return (path);
}

static void
change_at(const char *path, const char *s, size_t at)
{
	char c = (char)(s[at] ^ 1);
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, &c, 1, (off_t)at), 1);
	assert_int_equal(close(fd), 0);
}

static void
change(const char *path, const char *s, size_t len)
{
	change_at(path, s, len / 2);
}

static void
take_away(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(unlink(path), 0);
}

/* Under a name that is none of the log's. */
static void
move_away(const char *path, const char *s, size_t len)
{
	char *to;

	(void)s;
	(void)len;
	xasprintf(&to, "%s.kept", path);
	assert_int_equal(rename(path, to), 0);
	free(to);
}

static void
touch(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(chmod(path, 0600), 0);
}

/* What is done to a file, and the rule it breaks: "" none, "*" any. */
static const struct hand {
	void		(*lay)(const char *path, const char *s, size_t len);
	const char	*rule;
} hands[] = {
	{ empty, "*" }, { cut, "chain" }, { change, "*" },
	{ take_away, "missing" }, { move_away, "missing" }, { replace, "" },
	{ touch, "" },
};

/* Nothing is told, though nobody looks. */
static void
silent(struct aud *a)
{
	struct msg_checked m;

	if (told(a, &m, 60))
		fail_msg("%u damaged, %s %s", m.damaged, m.file, m.rule);
}

/* The number of the record that a run has made. */
static uint64_t
record_of(struct aud *a, uint64_t run)
{
	struct rd r;

	aud_intent(a, run, "x");
	while (aud_recv(a) != MSG_A_TICKET)
		assert_int_not_equal(a->m.type, MSG_NONE);
	rd_init(&r, a->m.data, a->m.len);
	return (rd_u64(&r));
}

static void
lay(const struct hand *h, const char *dir)
{
	char *path = path_of(dir, PLAIN), *s;
	struct msg_checked m;
	struct aud a;
	size_t len;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	runs(&a, 1);
	s = aud_file(dir, PLAIN, &len);
	assert_non_null(s);
	assert_int_equal(chmod(path, 0600), 0);
	silent(&a);
	h->lay(path, s, len);
	if (*h->rule != '\0') {
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 1);
		if (*h->rule != '*')
			assert_string_equal(m.rule, h->rule);
		assert_string_equal(m.file, PLAIN);
		forget(&m);
		silent(&a);
		replace(path, s, len);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.fate, CHECKED_MENDED);
		assert_int_equal(m.damaged, 0);
		forget(&m);
	}
	silent(&a);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(records(dir, "seal", ""), 0);
	free(path);
	free(s);
}

static void
test_hands(void **state)
{
	size_t i;
	char *dir;

	(void)state;
	for (i = 0; i < NELEM(hands); i++) {
		dir = aud_tmpdir();
		lay(&hands[i], dir);
		aud_rmdir(dir);
	}
}

/* The same size, and times that tell nothing: it was written to. */
static void
test_written(void **state)
{
	blind = 1;
	lay(&hands[2], *state);
}

/* Who reads the part takes what has its plain name before the packed one. */
static void
test_beside(void **state)
{
	char *path = path_of(*state, PLAIN);
	struct msg_checked m;
	struct aud a;
	int i;

	compress = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	for (i = 0; i < WAIT_MS && access(path, F_OK) == 0; i++)
		(void)poll(NULL, 0, 1);
	silent(&a);
	for (i = 0; i < 3; i++) {
		assert_int_equal(i == 0 ? mkdir(path, 0700) : i == 1 ?
		    mkfifo(path, 0600) : symlink("x", path), 0);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 1);
		assert_string_equal(m.rule, "read");
		assert_string_equal(m.file, PLAIN);
		forget(&m);
		silent(&a);
		assert_int_equal(i == 0 ? rmdir(path) : unlink(path), 0);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.fate, CHECKED_MENDED);
		assert_int_equal(m.damaged, 0);
		forget(&m);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	/* and no start believes that it is as it was left */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	(void)aud_status(&a);
	assert_int_equal(rmdir(path), 0);
	free(path);
}

/* What was done before it was asked for is in the log before it. */
static void
test_before(void **state)
{
	char *path = path_of(*state, PLAIN), *s, *damaged, *intent;
	uint64_t number;
	struct aud a;
	size_t len;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	/* it is waiting when both are there */
	assert_int_equal(kill(a.pid, SIGSTOP), 0);
	assert_int_equal(unlink(path), 0);
	aud_intent(&a, 1000, "behind");
	assert_int_equal(ipc_drain(a.ipc, -1), 0);
	assert_int_equal(kill(a.pid, SIGCONT), 0);
	while (aud_recv(&a) != MSG_A_TICKET)
		assert_int_not_equal(a.m.type, MSG_NONE);
	number = record_of(&a, 1001);
	assert_true(number > 2);
	s = aud_slurp(aud_query(&a, 900, QUERY_TAIL, 5, 0, UINT32_MAX), &len);
	damaged = strstr(s, "\"ev\":\"damaged\"");
	intent = strstr(s, "\"ev\":\"intent\"");
	assert_non_null(damaged);
	assert_non_null(intent);
	assert_true(damaged < intent);
	free(s);
	free(path);
	while (aud_recv(&a) != MSG_A_QUERIED)
		;
	assert_int_equal(aud_shutdown(&a), 0);
}

/* It rotates and packs, and all of that is heard; nothing is read for it. */
static void
test_own(void **state)
{
	struct logseg *segs;
	size_t i, n, all = 0;
	struct aud a;

	for (compress = 0; compress < 2; compress++) {
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1 + compress * RUNS);
		for (i = 0; compress && i < WAIT_MS && all == 0; i++) {
			(void)poll(NULL, 0, 1);
			segs = listed(*state, &n);
			for (all = 1; n-- > 1;)
				all &= segs[n - 1].packed != 0;
			free(segs);
		}
		assert_true(!compress || all);
		silent(&a);
		assert_int_equal(aud_shutdown(&a), 0);
		assert_int_equal(shared->reads, 0);
	}
}

/* As many events as the kernel keeps, of no segment; 0 if that is too many. */
static int
flood(const char *dir)
{
	char *x = path_of(dir, "x"), *y = path_of(dir, "y");
	unsigned i, max = 0;
	FILE *f;

	f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	if (f == NULL || fscanf(f, "%u", &max) != 1 || max > 100000)
		return (0);
	(void)fclose(f);
	replace(x, "", 0);
	replace(y, "", 0);
	for (i = 0; i <= max; i++)
		assert_int_equal(chmod(i & 1 ? x : y, 0600), 0);
	free(x);
	free(y);
	return (1);
}

/* More than that: all of them are looked at. */
static void
test_overflow(void **state)
{
	char *path = path_of(*state, PLAIN);
	struct msg_checked m;
	struct aud a;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	assert_int_equal(kill(a.pid, SIGSTOP), 0);
	if (!flood(*state)) {
		(void)kill(a.pid, SIGKILL);
		(void)aud_status(&a);
		skip();
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(kill(a.pid, SIGCONT), 0);
	assert_int_equal(told(&a, &m, WAIT_MS), 1);
	assert_string_equal(m.rule, "missing");
	forget(&m);
	silent(&a);
	assert_int_equal(aud_shutdown(&a), 0);
	free(path);
}

/*
 * So is what no look can tell of read, whatever else was done meanwhile: more
 * than the kernel keeps, or to more names than are kept, which are of none.
 */
static void
test_drowned(void **state)
{
	char name[LOG_NAMEMAX], *path, *s, *other;
	struct msg_checked m;
	struct aud a;
	unsigned i, how;
	size_t len;

	blind = 1;
	for (how = 0; how < 2; how++) {
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1);
		path = path_of(*state, PLAIN);
		assert_non_null(s = aud_file(*state, PLAIN, &len));
		assert_int_equal(kill(a.pid, SIGSTOP), 0);
		for (i = 0; how == 0 && i < 100; i++) {
			logseg_name(name, LOG_STEM, 900000 + i);
			other = path_of(*state, name);
			replace(other, "x", 1);
			assert_int_equal(unlink(other), 0);
			free(other);
		}
		if (how == 1)
			(void)flood(*state);
		assert_int_equal(chmod(path, 0600), 0);
		change(path, s, len);
		assert_int_equal(kill(a.pid, SIGCONT), 0);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 1);
		assert_string_equal(m.file, PLAIN);
		forget(&m);
		replace(path, s, len);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.fate, CHECKED_MENDED);
		forget(&m);
		assert_int_equal(aud_shutdown(&a), 0);
		free(path);
		free(s);
	}
}

/* Names that are of no segment, or of none that there is. */
static void
test_names(void **state)
{
	static const char *const names[] = {
		"gateway-", "gateway-000000000001",
		"gateway-000000000001.log\n",
		"gateway-99999999999999999999.log", "gateway-0000000000x1.log",
		"gateway-000000000000.log", "gateway-999999999999.log.zst",
		"gateway-000000000001.log.zst.zst", "%s%n%s\033[2J", " ",
		"gateway-000000000001.LOG", "\xff\xfe",
	};
	char longest[NAME_MAX + 1], *path;
	struct aud a;
	size_t i;
	int fd;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	memset(longest, 'g', NAME_MAX);
	longest[NAME_MAX] = '\0';
	for (i = 0; i <= NELEM(names); i++) {
		path = path_of(*state, i < NELEM(names) ? names[i] : longest);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
		assert_int_not_equal(fd, -1);
		assert_int_equal(write(fd, "x", 1), 1);
		assert_int_equal(close(fd), 0);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(rmdir(path), 0);
		free(path);
		silent(&a);
	}
	assert_int_equal(shared->reads, 0);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Records would go where nobody looks for them. */
static void
test_moved(void **state)
{
	const char *dir = *state;
	char *to, *said;
	struct aud a;
	int fd;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	runs(&a, 1);
	xasprintf(&to, "%s.away", dir);
	assert_int_equal(rename(dir, to), 0);
	aud_intent(&a, 1000, "behind");
	assert_int_equal(aud_recv(&a), MSG_NONE);
	assert_int_not_equal(fd = dup(a.logfd), -1);
	assert_int_equal(aud_status(&a), EXIT_IO);
	said = aud_slurp(fd, NULL);
	assert_non_null(strstr(said, "the log directory was moved away"));
	assert_int_equal(rename(to, dir), 0);
	free(said);
	free(to);
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Segments that are read when somebody looks, again and again. */
static unsigned
reads_of(struct aud *a, unsigned looks)
{
	const unsigned before = shared->reads;

	while (looks-- > 0)
		quiet(a);
	return (shared->reads - before);
}

/*
 * What is in front of a hole cannot be held to what is behind it: it is read
 * when it has changed, or that has, and not at each look.
 */
static void
test_hole(void **state)
{
	static const struct hand *const holes[] = { &hands[3], &hands[0] };
	char *path = path_of(*state, PLAIN), *behind, *s, *t;
	struct msg_checked m;
	struct logseg *segs;
	struct aud a;
	size_t i, n, len, tlen;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	segs = listed(*state, &n);
	assert_true(n > 3);
	behind = path_of(*state, segs[1].name);
	s = aud_file(*state, PLAIN, &len);
	t = aud_file(*state, segs[1].name, &tlen);
	for (i = 0; i < NELEM(holes); i++) {
		holes[i]->lay(behind, t, tlen);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		forget(&m);
		(void)reads_of(&a, 1);
		replace(path, s, len);
		silent(&a);
		assert_int_equal(reads_of(&a, 4), 0);
		touch(path, s, len);
		/* itself; and what is behind it, if that is there */
		assert_int_equal(reads_of(&a, 1), 1 + i);
		assert_int_equal(reads_of(&a, 4), 0);
		replace(behind, t, tlen);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 0);
		forget(&m);
		silent(&a);
		/* as the file looks now it is known again */
		touch(path, s, len);
		assert_int_equal(reads_of(&a, 1), 1);
		assert_int_equal(reads_of(&a, 2), 0);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	free(segs);
	free(path);
	free(behind);
	free(s);
	free(t);
}

static int
group_setup(void **state)
{
	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return (shared == MAP_FAILED ? -1 : 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_hands), T(test_written), T(test_beside), T(test_before),
		T(test_own), T(test_overflow), T(test_drowned), T(test_names),
		T(test_moved), T(test_hole),
	};

	return (cmocka_run_group_tests_name("auditor heard", tests,
	    group_setup, NULL));
}
