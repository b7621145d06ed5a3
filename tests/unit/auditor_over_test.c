/* SPDX-License-Identifier: ISC */
/*
 * What becomes of a segment that was damaged is told once, also across a start:
 * it is mended, or it is removed with its record.
 */
#include "config.h"

#include <sys/inotify.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "common/cberr.h"
#include "tests/unit/rounds_util.h"

#define PLAIN	LOG_STEM "-000000000001.log"

/* In place of the C library's: nothing is heard, it is looked at each seal. */
int
inotify_init1(int flags)
{
	(void)flags;
	errno = EMFILE;
	return (-1);
}

/* Removes the first segment. */
static void
prune(struct aud *a, const char *dir, unsigned code)
{
	struct logseg *segs;
	struct msg_reason v;
	struct buf b;
	size_t by, n;

	segs = listed(dir, &n);
	assert_true(n > 2);
	buf_init(&b, MSG_ROW_MAX);
	buf_put_u64(&b, UINT64_C(1) << 52);
	buf_put_u64(&b, segs[1].first - 1);
	buf_put_u8(&b, 0);
	field_str(&b, "reason", "it is old");
	by = field_obj(&b, "by");
	field_u64(&b, "uid", 1000);
	field_end(&b, by);
	aud_send(a, MSG_A_PRUNE, 700, &b);
	free(segs);
	/* what is told comes between */
	if (code == CBE_OK)
		return;
	while (aud_recv(a) != MSG_A_PRUNED)
		assert_int_not_equal(a->m.type, MSG_NONE);
	assert_int_equal(payload_get(&a->m, &msg_reason_shape, &v), 0);
	assert_int_equal(v.code, code);
	shape_free(&msg_reason_shape, &v);
}

/* The next word of it is that. */
static void
expect(struct aud *a, unsigned fate, unsigned damaged)
{
	struct msg_checked m;

	assert_int_equal(told(a, &m, WAIT_MS), 1);
	assert_int_equal(m.fate, fate);
	assert_int_equal(m.damaged, damaged);
	assert_int_equal(m.first, 1);
	assert_string_equal(m.file, PLAIN);
	assert_true(m.record != 0);
	forget(&m);
}

static void
silent(struct aud *a)
{
	struct msg_checked m;

	if (told(a, &m, 60))
		fail_msg("%u damaged, %s, fate %u", m.damaged, m.file, m.fate);
}

static void
up(struct aud *a, const char *dir)
{
	assert_int_equal(aud_up(a, dir, SMALL), MSG_READY);
}

/* A segment is away, and that is told; path: where it was, to: where it is. */
static void
damage(struct aud *a, const char *dir, char **path, char **to)
{
	xasprintf(path, "%s/" PLAIN, dir);
	xasprintf(to, "%s/kept", dir);
	up(a, dir);
	runs(a, 1);
	assert_int_equal(rename(*path, *to), 0);
	seals(a);
	expect(a, CHECKED_DAMAGED, 1);
}

static void
again(const char *dir)
{
	struct aud a;

	up(&a, dir);
	silent(&a);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* It is put back, and removed before anybody has looked at it. */
static void
test_removed(void **state)
{
	char *path, *to;
	struct aud a;

	damage(&a, *state, &path, &to);
	assert_int_equal(rename(to, path), 0);
	prune(&a, *state, CBE_OK);
	expect(&a, CHECKED_REMOVED, 0);
	silent(&a);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(newest(&a, "mended"), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	again(*state);
	assert_int_equal(records(*state, "recover", "mended"), 0);
	free(path);
	free(to);
}

/* The removal is recorded, and its files go at the next start. */
static void
test_half(void **state)
{
	char *path, *to, *stop;
	struct aud a;

	damage(&a, *state, &path, &to);
	assert_int_equal(rename(to, path), 0);
	xasprintf(&stop, "%s/" LOG_PRUNED ".new", (char *)*state);
	assert_int_equal(mkdir(stop, 0700), 0);
	prune(&a, *state, CBE_IO);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(rmdir(stop), 0);
	up(&a, *state);
	expect(&a, CHECKED_REMOVED, 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(aud_shutdown(&a), 0);
	again(*state);
	assert_int_equal(records(*state, "recover", "mended"), 0);
	free(path);
	free(to);
	free(stop);
}

/* It is put back while nobody looks; however the auditor has ended. */
static void
mend(const char *dir, int crash)
{
	char *path, *to;
	struct aud a;

	damage(&a, dir, &path, &to);
	if (crash) {
		assert_int_equal(kill(a.pid, SIGKILL), 0);
		(void)aud_status(&a);
	} else
		assert_int_equal(aud_shutdown(&a), 0);
	/* as it is nothing starts */
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_FAILED);
	(void)aud_status(&a);
	assert_int_equal(rename(to, path), 0);
	up(&a, dir);
	expect(&a, CHECKED_MENDED, 0);
	silent(&a);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(records(dir, "recover", "damaged"), 1);
	assert_int_equal(records(dir, "recover", "mended"), 1);
	again(dir);
	assert_int_equal(records(dir, "recover", "mended"), 1);
	free(path);
	free(to);
}

static void
test_mended(void **state)
{
	char *dir = aud_tmpdir();

	mend(*state, 0);
	mend(dir, 1);
	aud_rmdir(dir);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_removed), T(test_half), T(test_mended),
	};

	return (cmocka_run_group_tests_name("auditor over", tests, NULL,
	    NULL));
}
