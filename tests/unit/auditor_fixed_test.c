/* SPDX-License-Identifier: ISC */
/*
 * Closed segments that are packed get the immutable attribute at the start, and
 * lose it, by bring-up, whose part is played by its own code; what has it is
 * not removed, and nothing of that is recorded.
 */
#include "config.h"

#include "tests/unit/unit.h"

#define AUD_IMMUTABLE	immutable
static uint8_t immutable;

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/fs.h>

#include <signal.h>

#include "auditor/known.h"
#include "common/immutable.h"
#include "supervisor/boot/fixparts.h"
#include "tests/unit/prune_util.h"
#include "tests/unit/fixed_util.h"

#define DAY_S		86400

/* Shared with the auditor's process. */
static uint64_t *bytes;
/* What bring-up would have done, and does not: all, or the first of it. */
static int may = 1, cut;
static size_t asked;		/* A_FIX since the start began */

ssize_t
read(int fd, void *p, size_t n)
{
	ssize_t r = (ssize_t)syscall(SYS_read, fd, p, n);

	if (r > 0)
		*bytes += (uint64_t)r;
	return (r);
}

static int
set_up(void **state)
{
	immutable = 1;
	may = 1;
	cut = 0;
	(void)setup(state);
	compress = 1;
	return (0);
}

/* The answer that a root gives who may not. */
static void
refuse(const struct msg_fix *m, struct buf *b)
{
	struct msg_fixed v;
	size_t i;

	v.n = m->n;
	v.v = xcalloc(v.n, sizeof(*v.v));
	for (i = 0; i < v.n; i++)
		v.v[i].error = EPERM;
	payload_put(b, MSG_A_FIXED, &msg_fixed_shape, &v);
	free(v.v);
}

/* Bring-up: answers until READY; so much of the log was read. */
static uint64_t
up(struct aud *a, const char *dir)
{
	struct msg_fix m;
	struct buf b;

	*bytes = 0;
	asked = 0;
	aud_start(a, dir, NULL, 0);
	aud_config(a, SMALL);
	while (aud_recv(a) == MSG_A_FIX) {
		asked++;
		assert_int_equal(payload_get(&a->m, &msg_fix_shape, &m), 0);
		if (cut)
			m.n = 1;
		if (may)
			fixparts(dir, getuid(), &m, &b);
		else
			refuse(&m, &b);
		shape_free(&msg_fix_shape, &m);
		if (cut) {
			buf_free(&b);
			assert_int_equal(kill(a->pid, SIGKILL), 0);
			continue;
		}
		aud_send(a, MSG_A_FIXED, 0, &b);
	}
	assert_int_equal(a->m.type, cut ? MSG_NONE : MSG_READY);
	return (*bytes);
}

static uint64_t
ready(struct aud *a, const char *key)
{
	struct msg_fields v;
	uint64_t n;

	assert_int_equal(payload_get(&a->m, &msg_fields_shape, &v), 0);
	n = field_get_u64(v.p, v.len, key, UINT64_MAX);
	shape_free(&msg_fields_shape, &v);
	return (n);
}

/* So many of the closed ones have it, and the size of all. */
static size_t
count(const char *dir, size_t *packed, uint64_t *all)
{
	struct logseg *segs;
	size_t i, n, has = 0;
	struct stat st;
	int fd, next;

	*packed = 0;
	*all = 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	for (i = 0; i < n; i++) {
		has += (size_t)immutable_has(fd, segs[i].name);
		*packed += (size_t)segs[i].packed;
		if (fstatat(fd, segs[i].name, &st, 0) == 0 &&
		    segs[i].first != 0)
			*all += (uint64_t)st.st_size;
	}
	free(segs);
	(void)close(fd);
	return (has);
}

static size_t
has_it(const char *dir)
{
	uint64_t all;
	size_t n;

	return (count(dir, &n, &all));
}

/* All that is closed is packed. */
static void
wait_packed(const char *dir)
{
	char name[LOG_NAMEMAX];
	uint64_t first, all;
	size_t i, n, has;

	for (i = 0; i < 10000; i++) {
		has = count(dir, &n, &all);
		if (n > 1 && n == closed(dir, &first, name)) {
			assert_int_equal(has, 0);
			return;
		}
		(void)poll(NULL, 0, 1);
	}
	fail_msg("not all is packed");
}

/* A log with packed segments, on which no start has set anything yet. */
static void
fill(const char *dir, uint64_t from)
{
	const uint8_t was = immutable;
	struct aud a;

	immutable = 0;
	(void)up(&a, dir);
	runs(&a, from);
	runs(&a, from + RUNS);
	wait_packed(dir);
	assert_int_equal(aud_shutdown(&a), 0);
	immutable = was;
}

/* What a start reads that reads no closed segment. */
static uint64_t
little(const char *dir)
{
	struct aud a;
	uint64_t n;

	n = up(&a, dir);
	assert_int_equal(asked, 0);
	assert_int_equal(aud_shutdown(&a), 0);
	return (n);
}

static void
test_set(void **state)
{
	uint64_t all, n, base;
	size_t packed, n_has;
	struct aud a;

	fill(*state, 1);
	n = up(&a, *state);
	n_has = count(*state, &packed, &all);
	assert_int_equal(n_has, packed);
	assert_int_equal(asked, 1);
	assert_int_equal(ready(&a, "parts"), packed);
	assert_int_equal(ready(&a, "immutable"), packed);
	assert_int_equal(ready(&a, "immutable_error"), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	base = little(*state);
	assert_true(n < base + all / 2);
	verify_whole_dir(*state);
	/* lifted where that is off, and that is known, too */
	immutable = 0;
	assert_true(up(&a, *state) < base + all / 2);
	assert_int_equal(asked, 1);
	assert_int_equal(has_it(*state), 0);
	assert_int_equal(ready(&a, "immutable"), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_true(little(*state) < base + all / 2);
	/* as nothing is where nothing is known */
	forget(*state);
	assert_true(little(*state) > base + all / 2);
}

static void
test_refused(void **state)
{
	struct aud a;

	fill(*state, 1);
	may = 0;
	(void)up(&a, *state);
	assert_int_equal(has_it(*state), 0);
	assert_int_equal(ready(&a, "immutable"), 0);
	assert_int_equal(ready(&a, "immutable_error"), EPERM);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_true(logged(*state, "\"immutable\":0,\"immutable_not\":"
	    "\"bring-up has no CAP_LINUX_IMMUTABLE\""));
	may = 1;
	(void)up(&a, *state);
	assert_true(has_it(*state) > 1);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_whole_dir(*state);
}

/* Killed with one of them set, of which it has not heard. */
static void
test_killed(void **state)
{
	size_t packed;
	uint64_t all, n;
	struct aud a;

	fill(*state, 1);
	cut = 1;
	(void)up(&a, *state);
	assert_int_equal(aud_status(&a), 128 + SIGKILL);
	n = count(*state, &packed, &all);
	assert_int_equal(n, 1);
	verify_whole_dir(*state);
	cut = 0;
	/* that looks as if somebody had been there: all of it is read, once */
	n = up(&a, *state);
	assert_int_equal(has_it(*state), packed);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_true(little(*state) + all / 2 < n);
	verify_whole_dir(*state);
}

static void
set(const char *dir, const char *name, int on)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_return_code(fd = open(path, O_RDONLY | O_CLOEXEC), errno);
	assert_int_equal(immutable_set(fd, on), 0);
	(void)close(fd);
}

static void
lift(const char *dir, const char *name)
{
	set(dir, name, 0);
}

static void
test_pruned(void **state)
{
	char name[LOG_NAMEMAX];
	struct msg_reason v;
	uint64_t first;
	struct aud a;
	size_t n;

	fill(*state, 1);
	(void)up(&a, *state);
	n = closed(*state, &first, name);
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
	assert_int_equal(prune(&a, NEVER, 0, CBE_REFUSED), 0);
	assert_int_equal(payload_get(&a.m, &msg_reason_shape, &v), 0);
	assert_non_null(strstr(v.text, "chattr -i "));
	assert_non_null(strstr(v.text, name));
	shape_free(&msg_reason_shape, &v);
	assert_int_equal(closed(*state, &first, name), n);
	assert_int_equal(first, 1);
	assert_false(logged(*state, " prune: "));
	/* as far as it is lifted */
	lift(*state, name);
	assert_int_equal(prune(&a, NEVER, 0, CBE_REFUSED), 1);
	assert_int_equal(closed(*state, &first, name), n - 1);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
	(void)up(&a, *state);
	assert_int_equal(has_it(*state), n - 1);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* One that root has made append-only goes as little, and has no record. */
static void
test_append(void **state)
{
	char name[LOG_NAMEMAX], path[512];
	struct msg_reason v;
	uint64_t first;
	int fd, flags;
	struct aud a;
	size_t i;

	fill(*state, 1);
	immutable = 0;
	(void)up(&a, *state);
	(void)closed(*state, &first, name);
	(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	assert_return_code(fd = open(path, O_RDONLY | O_CLOEXEC), errno);
	for (i = 0; i < 2; i++) {
		assert_int_equal(ioctl(fd, FS_IOC_GETFLAGS, &flags), 0);
		flags ^= FS_APPEND_FL;
		assert_int_equal(ioctl(fd, FS_IOC_SETFLAGS, &flags), 0);
		if (i == 1)
			break;
		assert_int_equal(prune(&a, NEVER, 0, CBE_REFUSED), 0);
		assert_int_equal(payload_get(&a.m, &msg_reason_shape, &v), 0);
		assert_non_null(strstr(v.text, "append-only"));
		assert_non_null(strstr(v.text, "chattr -a "));
		shape_free(&msg_reason_shape, &v);
	}
	(void)close(fd);
	assert_false(logged(*state, " prune: "));
	assert_true(prune(&a, NEVER, 0, CBE_OK) != 0);
	assert_int_equal(aud_shutdown(&a), 0);
}

/*
 * Two that root has lifted look different from then on: the one that stays is
 * read, is what it was, and counts no more; nothing is said to be damaged.
 */
static void
test_lifted(void **state)
{
	char second[LOG_NAMEMAX], name[LOG_NAMEMAX];
	struct msg_parts v = { 0 };
	struct logseg *segs;
	uint64_t first;
	int fd, next;
	struct aud a;
	size_t n, all;

	fill(*state, 1);
	(void)up(&a, *state);
	n = closed(*state, &first, name);
	fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &all, &next), 0);
	(void)close(fd);
	assert_true(n > 2 && all > 2);
	(void)snprintf(second, sizeof(second), "%s", segs[1].name);
	last_wanted = segs[1].first - 1;
	free(segs);
	lift(*state, name);
	lift(*state, second);
	/* which seals the log, and has the others looked at */
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 1);
	last_wanted = 0;
	while (v.immutable != n - 2) {
		aud_send(&a, MSG_PING, 0, NULL);
		while (aud_recv(&a) != MSG_PONG) {
			assert_int_equal(a.m.type, MSG_A_PARTS);
			assert_int_equal(payload_get(&a.m, &msg_parts_shape,
			    &v), 0);
		}
	}
	assert_int_equal(v.closed, n - 1);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
}

/* The first one that there was has gone. */
static void
wait_gone(const char *dir)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	size_t i;

	for (i = 0; i < 10000; i++) {
		(void)closed(dir, &first, name);
		if (first != 1)
			return;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("nothing is removed");
}

/* What logging.keepDays is about to remove is left out, or lifted. */
static void
test_due(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first, all;
	size_t n, packed;
	struct aud a;

	ahead_s = -3 * DAY_S;
	fill(*state, 1);
	ahead_s = 0;
	keep_days = 35;
	(void)up(&a, *state);
	n = count(*state, &packed, &all);
	assert_true(n > packed / 2);
	assert_int_equal(ready(&a, "parts_due"), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	/* three days old, and removed in thirty */
	keep_days = 33;
	(void)up(&a, *state);
	assert_int_equal(ready(&a, "immutable"), has_it(*state));
	assert_true(ready(&a, "parts_due") > packed / 2);
	assert_true(ready(&a, "immutable") + ready(&a, "parts_due") <=
	    ready(&a, "parts"));
	assert_true(has_it(*state) < packed / 2);
	assert_int_equal(aud_shutdown(&a), 0);
	/* nothing is removed before its time */
	assert_true(closed(*state, &first, name) >= packed && first == 1);
	verify_whole_dir(*state);
}

/*
 * After a jump of the clock what is due by it stays as it is, until somebody
 * has asked: that is recorded though he is refused, and the next start lifts.
 */
static void
test_jump(void **state)
{
	uint64_t first;
	char name[LOG_NAMEMAX];
	struct aud a;
	size_t n, i;

	ahead_s = -40 * DAY_S;
	keep_days = 30;
	fill(*state, 1);
	(void)up(&a, *state);
	assert_int_equal(has_it(*state), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	n = closed(*state, &first, name);
	set(*state, name, 1);
	ahead_s = 0;
	for (i = 0; i < 2; i++) {
		(void)up(&a, *state);
		assert_int_equal(asked, 0);
		assert_int_equal(has_it(*state), 1);
		/* a start may close one more */
		assert_true(ready(&a, "parts_due") >= n);
		if (i == 1)
			assert_int_equal(prune(&a, NEVER, 0, CBE_REFUSED), 0);
		assert_true(closed(*state, &first, name) >= n);
		assert_int_equal(first, 1);
		assert_int_equal(aud_shutdown(&a), 0);
	}
	assert_true(logged(*state, " prune: {\"v\":1,\"ev\":\"none\""));
	(void)up(&a, *state);
	assert_int_equal(asked, 1);
	wait_gone(*state);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
}

/* One that keepDays would remove, and cannot: told once, and nothing goes. */
static void
test_held(void **state)
{
	struct msg_parts v;
	uint64_t first;
	char name[LOG_NAMEMAX];
	struct aud a;
	size_t n;

	ahead_s = -3 * DAY_S;
	fill(*state, 1);
	ahead_s = 0;
	(void)up(&a, *state);
	assert_int_equal(aud_shutdown(&a), 0);
	/* of a daemon that cannot lift it either */
	may = 0;
	keep_days = 1;
	(void)up(&a, *state);
	n = closed(*state, &first, name);
	memset(&v, 0, sizeof(v));
	while (v.held == 0) {
		aud_send(&a, MSG_PING, 0, NULL);
		while (aud_recv(&a) != MSG_PONG && a.m.type != MSG_NONE)
			if (a.m.type == MSG_A_PARTS)
				assert_int_equal(payload_get(&a.m,
				    &msg_parts_shape, &v), 0);
		assert_int_equal(a.m.type, MSG_PONG);
	}
	assert_int_equal(v.held, 1);
	/* one may have been closed since the start that set it */
	assert_int_equal(v.immutable, has_it(*state));
	assert_true(v.immutable != 0);
	assert_int_equal(closed(*state, &first, name), n);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_whole_dir(*state);
	/* the next start lifts it, and they go */
	may = 1;
	(void)up(&a, *state);
	wait_gone(*state);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
}

/* An answer that there cannot be is the supervisor's end for us. */
static void
test_answer(void **state)
{
	struct msg_fixed_row row = { 0 };
	struct msg_fixed v = { &row, 1 };
	struct aud a;
	struct buf b;

	fill(*state, 1);
	aud_start(&a, *state, NULL, 0);
	aud_config(&a, SMALL);
	assert_int_equal(aud_recv(&a), MSG_A_FIX);
	payload_put(&b, MSG_A_FIXED, &msg_fixed_shape, &v);
	aud_send(&a, MSG_A_FIXED, 0, &b);
	assert_int_equal(aud_recv(&a), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	/* or the daemon's end */
	aud_start(&a, *state, NULL, 0);
	aud_config(&a, SMALL);
	assert_int_equal(aud_recv(&a), MSG_A_FIX);
	aud_send(&a, MSG_SHUTDOWN, 0, NULL);
	assert_int_equal(aud_recv(&a), MSG_NONE);
	assert_int_equal(aud_status(&a), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, set_up, fixed_teardown)
	const struct CMUnitTest tests[] = {
		T(test_set), T(test_refused), T(test_killed), T(test_pruned),
		T(test_append), T(test_lifted),
		T(test_due), T(test_jump), T(test_held), T(test_answer),
	};

	if (sodium_init() == -1)
		return (1);
	bytes = mmap(NULL, sizeof(*bytes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return (1);
	return (cannot() ? 0 : cmocka_run_group_tests_name("auditor fixed",
	    tests, NULL, NULL));
}
