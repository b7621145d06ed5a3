/* SPDX-License-Identifier: ISC */
/*
 * Bring-up sets the immutable attribute on plain files of one account, with one
 * name, by numbers that come in order, and on nothing else.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/immutable.h"
#include "common/msg.h"
#include "common/record/logseg.h"
#include "supervisor/boot/fixparts.h"
#include "tests/unit/fixed_util.h"

static int
set_up(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* Whoever owns the directory: files of others, links, and what is no file. */
static void
test_fixparts(void **state)
{
	static const uint32_t want[] = { EMLINK, EINVAL, ELOOP, EINVAL,
	    ENOENT, 0 };
	struct msg_fix_row rows[6];
	struct msg_fix m = { rows, 6 };
	struct msg_fixed out;
	char name[LOG_NAMEMAX];
	struct ipc_msg in;
	struct buf b;
	int d, fd;
	size_t i;

	d = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < 6; i++) {
		rows[i].first = i + 1;
		rows[i].on = 1;
		logseg_packed_name(name, i + 1);
		fd = -1;
		if (i == 2)
			assert_int_equal(symlinkat("other", d, name), 0);
		else if (i == 3)
			assert_int_equal(mkfifoat(d, name, 0600), 0);
		else if (i != 4)
			assert_return_code(fd = openat(d, name, O_WRONLY |
			    O_CREAT | O_CLOEXEC, 0600), errno);
		if (i == 0)
			assert_int_equal(linkat(d, name, d, "other", 0), 0);
		if (i == 1)
			assert_int_equal(fchown(fd, 12345, 12345), 0);
		if (fd != -1)
			(void)close(fd);
	}
	fixparts(*state, getuid(), &m, &b);
	memset(&in, 0, sizeof(in));
	in.type = MSG_A_FIXED;
	in.data = b.data;
	in.len = (uint32_t)b.len;
	assert_int_equal(payload_get(&in, &msg_fixed_shape, &out), 0);
	assert_int_equal(out.n, 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(out.v[i].error, want[i]);
		logseg_packed_name(name, i + 1);
		assert_int_equal(immutable_has(d, name), i == 5);
	}
	assert_false(immutable_has(d, "other"));
	assert_non_null(strstr(immutable_why(EMLINK), "second name"));
	assert_non_null(strstr(immutable_why(EINVAL), "auditor's account"));
	shape_free(&msg_fixed_shape, &out);
	buf_free(&b);
	/* a directory of somebody else */
	fixparts(*state, 12345, &m, &b);
	in.data = b.data;
	in.len = (uint32_t)b.len;
	assert_int_equal(payload_get(&in, &msg_fixed_shape, &out), 0);
	for (i = 0; i < 6; i++)
		assert_int_equal(out.v[i].error, EINVAL);
	shape_free(&msg_fixed_shape, &out);
	buf_free(&b);
	(void)close(d);
}

/* Of a number that is there in both forms both are lifted. */
static void
test_lift(void **state)
{
	char name[2][LOG_NAMEMAX], err[256];
	int d, fd;
	size_t i;

	d = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	logseg_name(name[0], LOG_STEM, 1);
	logseg_packed_name(name[1], 1);
	for (i = 0; i < 2; i++) {
		assert_return_code(fd = openat(d, name[i], O_WRONLY |
		    O_CREAT | O_CLOEXEC, 0600), errno);
		assert_int_equal(immutable_set(fd, 1), 0);
		(void)close(fd);
		assert_true(immutable_has(d, name[i]));
	}
	assert_int_equal(fixparts_lift(*state, err, sizeof(err)), 0);
	for (i = 0; i < 2; i++)
		assert_false(immutable_has(d, name[i]));
	(void)close(d);
}

/* In order, none twice, not too many; and an answer for each. */
static void
test_shapes(void **state)
{
	struct msg_fix_row *rows = xcalloc(MSG_FIX_MAX + 1, sizeof(*rows));
	struct msg_fix m = { rows, 3 };
	size_t i;

	(void)state;
	for (i = 0; i <= MSG_FIX_MAX; i++)
		rows[i].first = i + 1;
	assert_int_equal(msg_fix_shape.wrong(&m), 0);
	rows[1].first = 1;
	assert_int_not_equal(msg_fix_shape.wrong(&m), 0);
	rows[1].first = 3;
	assert_int_not_equal(msg_fix_shape.wrong(&m), 0);
	m.n = 0;
	assert_int_not_equal(msg_fix_shape.wrong(&m), 0);
	free(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test_setup_teardown(test_fixparts, set_up,
		    fixed_teardown),
		cmocka_unit_test_setup_teardown(test_lift, set_up,
		    fixed_teardown),
	};

	return (cannot() ? 0 : cmocka_run_group_tests_name("fixparts", tests,
	    NULL, NULL));
}
