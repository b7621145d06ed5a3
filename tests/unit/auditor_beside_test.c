/* SPDX-License-Identifier: ISC */
/*
 * Several parts of a log are damaged, or one beside others: the auditor tells
 * of each that is, and of no other.
 */
#include "config.h"

#include <stdint.h>

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>

static uint32_t check_s;
#define AUD_CHECK_S	check_s

#include "tests/unit/rounds_util.h"

#define SEVERAL	3U

static ino_t *bad;		/* of the file whose reads fail; for auditors */

/* In place of the C library's. */
ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	struct stat st;

	if (*bad != 0 && fstat(fd, &st) == 0 && st.st_ino == *bad) {
		errno = EIO;
		return (-1);
	}
	return ((ssize_t)syscall(SYS_pread64, fd, p, n, at));
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	check_s = 0;
	*bad = 0;
	return (0);
}

/* What several are found to be, at once or one by one, is told of each. */
static void
test_several(void **state)
{
	struct msg_checked m;
	struct logseg *segs;
	struct aud a;
	size_t i, n, len[SEVERAL];
	char *path[SEVERAL], *s[SEVERAL];
	uint64_t last = 0;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	runs(&a, 1 + RUNS);
	segs = listed(*state, &n);
	assert_true(n > 2 * SEVERAL);
	for (i = 0; i < SEVERAL; i++) {
		xasprintf(&path[i], "%s/%s", (char *)*state, segs[2 * i].name);
		s[i] = aud_file(*state, segs[2 * i].name, &len[i]);
		assert_int_equal(unlink(path[i]), 0);
	}
	seals(&a);
	for (i = 0; i < SEVERAL; i++) {
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_in_range(m.damaged, i + 1, SEVERAL);
		assert_int_equal(m.fate, CHECKED_DAMAGED);
		assert_string_equal(m.file, segs[2 * i].name);
		assert_true(m.record > last);
		last = m.record;
		forget(&m);
	}
	quiet(&a);
	for (i = 0; i < SEVERAL; i++)
		replace(path[i], s[i], len[i]);
	seals(&a);
	for (i = 0; i < SEVERAL; i++) {
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.fate, CHECKED_MENDED);
		assert_true(m.record > last);
		last = m.record;
		forget(&m);
		free(path[i]);
		free(s[i]);
	}
	assert_int_equal(m.damaged, 0);
	assert_int_equal(aud_shutdown(&a), 0);
	free(segs);
}

/* A part of another log, as whole as that, that begins with this record. */
static char *
other_part(const char *name, size_t *len)
{
	char *dir = aud_tmpdir(), *s;
	struct aud a;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	runs(&a, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	s = aud_file(dir, name, len);
	assert_non_null(s);
	aud_rmdir(dir);
	return (s);
}

/* Those beside it are not blamed for one that was replaced. */
static void
test_beside(void **state)
{
	char rule[CHECKED_NAME + 1], *path, *mine, *s;
	struct logseg *segs;
	struct msg_checked m;
	size_t i, n, len, other;
	struct aud a;

	check_s = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	segs = listed(*state, &n);
	assert_true(n > 3);
	xasprintf(&path, "%s/%s", (char *)*state, segs[1].name);
	mine = aud_file(*state, segs[1].name, &len);
	s = other_part(segs[1].name, &other);
	replace(path, s, other);
	for (i = 0; i < 3; i++)
		while (round_done(&a, rule) == 0)
			;
	assert_string_equal(rule, "chain");
	assert_int_equal(newest(&a, "damaged"), 1);
	replace(path, mine, len);
	do {
		seals(&a);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		n = m.damaged;
		assert_true(n == 0 || m.fate == CHECKED_DAMAGED);
		forget(&m);
	} while (n != 0);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(records(*state, "recover", "damaged"), 1);
	free(segs);
	free(path);
	free(mine);
	free(s);
}

/* A medium that fails for a while: it is looked whether it still does. */
static void
test_passes(void **state)
{
	struct msg_checked m;
	struct logseg *segs;
	struct stat st;
	struct aud a;
	char *path;
	size_t n;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	segs = listed(*state, &n);
	xasprintf(&path, "%s/%s", (char *)*state, segs[0].name);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(stat(path, &st), 0);
	*bad = st.st_ino;
	seals(&a);
	assert_int_equal(told(&a, &m, WAIT_MS), 1);
	assert_string_equal(m.rule, "read");
	forget(&m);
	quiet(&a);
	*bad = 0;
	seals(&a);
	assert_int_equal(told(&a, &m, WAIT_MS), 1);
	assert_int_equal(m.fate, CHECKED_MENDED);
	assert_int_equal(m.damaged, 0);
	forget(&m);
	assert_int_equal(aud_shutdown(&a), 0);
	free(segs);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_several, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_beside, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_passes, setup,
		    aud_teardown),
	};

	bad = mmap(NULL, sizeof(*bad), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (bad == MAP_FAILED)
		return (1);
	return (cmocka_run_group_tests_name("auditor beside", tests, NULL,
	    NULL));
}
