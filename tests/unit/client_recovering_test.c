/* SPDX-License-Identifier: ISC */
/*
 * Whatever part of a log is damaged, however, and whatever was removed from it
 * before: it goes on with what is in front of the damage, or nothing is changed
 * at all; and that may end at any point and be done again.
 */
#include "config.h"

#include <stdint.h>

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "client/backup/recovering.h"
#include "client/backup/logstate.h"
#include "tests/unit/prune_util.h"

#define ENDED	99	/* the status of one that was ended */

static unsigned ends_at;	/* which fsync() ends it; 0: none */

/* Each step is made durable by one, which no power cut follows here. */
int
fsync(int fd)
{
	(void)fd;
	if (ends_at != 0 && --ends_at == 0)
		_exit(ENDED);
	return (0);
}

int
fdatasync(int fd)
{
	(void)fd;
	return (0);
}

enum removed { NEVER_REMOVED, ONCE, OFTEN, HALF, HALF_COPY };

static const char *const removed_names[] = {
	"never pruned", "pruned", "pruned often", "half pruned",
	"half pruned without its copy"
};

enum part { FIRST, MIDDLE, LAST, SAYS, CURRENT, COPY, SEALS, PARTS };

static const char *const part_names[] = {
	"first part", "middle part", "last part", "part with the record",
	LOG_CURRENT, LOG_PRUNED, LOG_SEALS
};

enum spoiled { BEGINNING, INSIDE, END, EMPTY, GONE, DAMAGES };

static const char *const spoiled_names[] = {
	"at the beginning", "in the middle", "at the end", "empty", "missing"
};

/* Its status. */
static int
does(const char *prog, const char *option, const char *a, const char *b)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)execlp(prog, prog, option, a, b, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void
remove_dir(const char *dir)
{
	assert_int_equal(does("rm", "-rf", dir, NULL), 0);
}

static void
copy_dir(const char *from, const char *to)
{
	remove_dir(to);
	assert_int_equal(does("cp", "-a", from, to), 0);
}

/* Up to record last. */
static void
prune_to(struct aud *a, uint64_t last)
{
	last_wanted = last;
	assert_true(prune(a, NEVER, 0, CBE_OK) > 0);
	last_wanted = 0;
}

/* The last record of the part that is the i-th. */
static uint64_t
end_of(const char *dir, size_t i)
{
	struct logseg *segs;
	uint64_t last;
	size_t n;
	int fd, next;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	assert_true(n > i + 2);
	last = segs[i + 1].first - 1;
	free(segs);
	return (last);
}

/* The first part again, as it was before it was removed. */
static void
make_half(const char *dir, int copy)
{
	char name[LOG_NAMEMAX], *part, *pruned;
	size_t len, plen;
	uint64_t first;
	struct aud a;

	assert_true(closed(dir, &first, name) > 2);
	part = aud_file(dir, name, &len);
	pruned = aud_file(dir, LOG_PRUNED, &plen);
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	prune_to(&a, end_of(dir, 0));
	assert_int_equal(aud_shutdown(&a), 0);
	aud_write(dir, name, part, len);
	if (copy)
		aud_write(dir, LOG_PRUNED, pruned, plen);
	free(part);
	free(pruned);
}

/* A log in dir. */
static void
make_log(const char *dir, enum removed how)
{
	struct aud a;
	unsigned i;

	make(dir);
	for (i = 0; how != NEVER_REMOVED && i < (how == ONCE ? 1U : 3U);
	    i++) {
		assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
		prune_to(&a, end_of(dir, i % 2));
		runs(&a, 1000 + i * RUNS);
		assert_int_equal(aud_shutdown(&a), 0);
	}
	if (how >= HALF)
		make_half(dir, how == HALF_COPY);
}

static void
scan(const char *dir, struct logscan_result *res)
{
	struct logscan *scan;
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scan = logscan_new(NULL, NULL);
	logscan_dir(scan, fd);
	(void)logscan_end(scan, res);
	logscan_free(scan);
	(void)close(fd);
}

/* That part of the log in dir; 0 if it has none. */
static int
find_part(const char *dir, enum part part, char name[LOG_NAMEMAX])
{
	struct logscan_result res;
	struct logseg *segs;
	size_t i, n;
	int fd, next;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	scan(dir, &res);
	assert_true(n > 4);
	i = part == FIRST ? 0 : part == MIDDLE ? n / 2 : n - 2;
	for (; part == SAYS && i > 0 && segs[i].first > res.prune; i--)
		;
	(void)snprintf(name, LOG_NAMEMAX, "%s", part == COPY ? LOG_PRUNED :
	    part == SEALS ? LOG_SEALS : part == CURRENT ? LOG_CURRENT :
	    segs[i].name);
	free(segs);
	next = (part != SAYS || res.prune != 0) &&
	    faccessat(fd, name, F_OK, 0) == 0;
	(void)close(fd);
	return (next);
}

static void
spoil(const char *dir, const char *name, enum spoiled how)
{
	char *s;
	size_t len, n;

	s = aud_file(dir, name, &len);
	assert_non_null(s);
	gone(dir, name);
	/* one that has just begun may be empty, and stays as good as that */
	n = len < 8 ? len / 2 : 4;
	if (how == BEGINNING)
		memset(s, 0, n);
	else if (how == INSIDE)
		memset(s + len / 2, 0, n);
	else if (how == END)
		memset(s + len - n, 0, n);
	if (how != GONE)
		aud_write(dir, name, s, how == EMPTY ? 0 : len);
	free(s);
}

/* The command's status; nothing of what it says. */
static int
recovers(const char *dir, int accept, unsigned end)
{
	struct recovering r;
	struct fail f;
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(98);
		memset(&r, 0, sizeof(r));
		r.log = dir;
		r.why = "a test";
		r.accept = accept;
		r.dirfd = logstate_hold(dir, &f);
		ends_at = end;
		status = recovering_do(&r, &f);
		if (status == -1)
			fprintf(stderr, "%s: %s\n", dir, f.text);
		_exit(status == -1 ? f.status : status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static int finishes;	/* a start does, what was begun of a removal */

/*
 * There is nothing more to do, also for auditors, and what was good in front of
 * the damage is there; what was removed before is so by a sealed record.
 */
static void
goes_on(const char *dir, const struct logscan_result *was, const char *what)
{
	struct verify_report r;
	struct aud a;

	if (recovers(dir, 0, 0) != 0)
		fail_msg("%s: there is more to do", what);
	if (aud_up(&a, dir, SMALL) != MSG_READY)
		fail_msg("%s: no start", what);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(dir, NULL, &r);
	if (!verify_whole(&r) || (was->records > 1 &&
	    r.res.last.number <= was->last.number) ||
	    (r.res.cut != was->cut && !finishes && was->records > 1))
		fail_msg("%s: %s", what, r.line);
	if (recovers(dir, 1, 0) != 0)
		fail_msg("%s: after a start there is more to do", what);
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Before a start: what was removed is no more than missing. */
static void
is_told(const char *dir, const char *what)
{
	struct verify_report r;

	verify_dir(dir, NULL, &r);
	if (!verify_whole(&r) && (r.status != VERIFY_MISSING || !r.res.unsaid))
		fail_msg("%s: before a start: %s", what, r.line);
}

/* What was lost at all, and how often that was ended before its end. */
static unsigned lost, ended;

/* Done until it does not end before its own end. */
static int
recovers_killed(const char *dir)
{
	unsigned n;
	int status = 0;

	for (n = 1; n < 200; n++) {
		status = recovers(dir, 1, n);
		if (status != ENDED)
			break;
		ended++;
	}
	return (status);
}

static void
one(const char *log, const char *work, const char *name, enum spoiled how,
    int killed, const char *what)
{
	struct logscan_result was;
	char *before;
	int status;

	copy_dir(log, work);
	spoil(work, name, how);
	scan(work, &was);
	xasprintf(&before, "%s.before", work);
	copy_dir(work, before);
	if ((status = recovers(work, 0, 0)) != 0) {
		lost++;
		if (does("diff", "-r", work, before) != 0)
			fail_msg("%s: to tell of it changes it", what);
		status = killed ? recovers_killed(work) : recovers(work, 1, 0);
		if (status != 0)
			fail_msg("%s: status %d", what, status);
		is_told(work, what);
	}
	goes_on(work, &was, what);
	free(before);
}

/* All damages of all parts of such a log. */
static void
all_of(const char *dir, enum removed removed, int killed)
{
	char *log, *work, name[LOG_NAMEMAX], *what;
	unsigned part, how;

	xasprintf(&log, "%s/log", dir);
	xasprintf(&work, "%s/work", dir);
	assert_int_equal(mkdir(log, 0700), 0);
	make_log(log, removed);
	lost = ended = 0;
	finishes = removed == HALF_COPY;
	for (part = 0; part < PARTS; part++)
		for (how = 0; how < DAMAGES && find_part(log, part, name);
		    how++) {
			xasprintf(&what, "%s%s: %s, %s, %s",
			    removed_names[removed], compress ? ", packed" : "",
			    part_names[part], name, spoiled_names[how]);
			one(log, work, name, how, killed, what);
			free(what);
		}
	assert_true(lost > 10);
	assert_true(!killed || ended > lost);
	free(log);
	free(work);
}

#define TEST_REMOVED(name, removed, packed, killed)			\
static void								\
test_##name(void **state)						\
{									\
	compress = packed;						\
	all_of(*state, removed, killed);				\
}

TEST_REMOVED(never, NEVER_REMOVED, 0, 0)
TEST_REMOVED(once, ONCE, 0, 0)
TEST_REMOVED(often_packed, OFTEN, 1, 0)
TEST_REMOVED(half, HALF, 0, 0)
TEST_REMOVED(half_copy_packed, HALF_COPY, 1, 0)
TEST_REMOVED(once_killed, ONCE, 0, 1)

static int
remove_all(void **state)
{
	remove_dir(*state);
	free(*state);
	return (0);
}

#define ONE_TEST(name)							\
	cmocka_unit_test_setup_teardown(test_##name, setup, remove_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_TEST(never),
		ONE_TEST(once),
		ONE_TEST(often_packed),
		ONE_TEST(half),
		ONE_TEST(half_copy_packed),
		ONE_TEST(once_killed),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("client recovering", tests, NULL,
	    NULL));
}
