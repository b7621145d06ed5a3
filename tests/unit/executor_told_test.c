/* SPDX-License-Identifier: ISC */
/*
 * Which files git was told that it has made, by their numbers: each of them and
 * no other, and found in little time, since a run chooses how often it is
 * asked.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <time.h>

#include "executor/watch/watch_priv.h"

#define FILES		70000U	/* more than are kept */
#define KEPT		65536U
#define ASKED		1000000U
#define SECONDS		4	/* of processor time, where it takes 0.1 */

#define DEV		0x21U
#define INO(i)		(1000U + 3U * (i))

static void
test_told(void **state)
{
	struct stat st = { .st_dev = DEV };
	clock_t begun;
	unsigned i, n = 0;

	(void)state;
	assert_int_equal(skip_was_told(0, 0), 0);
	for (i = 0; i < FILES; i++) {
		st.st_ino = INO(i);
		skip_told(&st);
	}
	begun = clock();
	for (i = 0; i < ASKED; i++)
		n += skip_was_told(DEV, i) != 0;
	assert_int_equal(n, KEPT);
	assert_true(clock() - begun < SECONDS * CLOCKS_PER_SEC);
	assert_int_equal(skip_was_told(DEV, INO(0)), 1);
	assert_int_equal(skip_was_told(DEV, INO(KEPT - 1)), 1);
	assert_int_equal(skip_was_told(DEV, INO(0) + 1), 0);
	assert_int_equal(skip_was_told(DEV, INO(0) - 1), 0);
	assert_int_equal(skip_was_told(DEV, INO(KEPT)), 0);
	assert_int_equal(skip_was_told(DEV + 1, INO(0)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
	};

	return (cmocka_run_group_tests_name("told", tests, NULL, NULL));
}
