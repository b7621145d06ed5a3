/* SPDX-License-Identifier: ISC */
/* What of files each ABI of Landlock handles: one bit too many is EINVAL. */
#include "config.h"

#include "tests/unit/unit.h"

#include <unistd.h>

#include "common/landlock.h"

static void
test_abis(void **state)
{
	static const uint64_t want[] = { 0x1fff, 0x1fff, 0x3fff, 0x7fff,
	    0x7fff, 0xffff, 0xffff, 0xffff, 0xffff, 0x1ffff, 0x1ffff };
	int abi;

	(void)state;
	for (abi = 1; abi < (int)(sizeof(want) / sizeof(want[0])); abi++)
		assert_int_equal(landlock_fs_all(abi), want[abi]);
}

/* Of the running kernel: all that we say it has, and nothing more. */
static void
test_kernel(void **state)
{
	struct { uint64_t fs; } a = { landlock_fs_all(landlock_abi()) };
	long fd;

	(void)state;
	if (landlock_abi() == 0)
		skip();
	fd = syscall(444, &a, sizeof(a), 0);
	assert_int_not_equal(fd, -1);
	(void)close((int)fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_abis),
		cmocka_unit_test(test_kernel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
