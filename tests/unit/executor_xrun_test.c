/* SPDX-License-Identifier: ISC */
/* What the executor takes from a runner as the result of a run. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "executor/xrun.h"

static int
can_be(int gone, int told, unsigned ran, unsigned outcome)
{
	struct runresult v;

	memset(&v, 0, sizeof(v));
	v.outcome = (uint8_t)outcome;
	return (xrun_can_be(gone, told, ran, &v));
}

/* What was denied never came to the executor. */
static int
is_end(unsigned o)
{
	return ((o >= OUTCOME_EXITED && o <= OUTCOME_ERROR) ||
	    o == OUTCOME_LOST);
}

static void
test_before_go(void **state)
{
	unsigned o;

	(void)state;
	for (o = 0; o < 256; o++) {
		assert_int_equal(can_be(0, 0, 0, o), o == OUTCOME_ERROR);
		assert_false(can_be(0, 0, 1, o));
	}
}

/* What was not executed has neither a status nor a signal. */
static void
test_never_ran(void **state)
{
	(void)state;
	assert_false(can_be(1, 0, 0, OUTCOME_EXITED));
	assert_false(can_be(1, 0, 0, OUTCOME_SIGNALED));
	assert_true(can_be(1, 0, 0, OUTCOME_TIMEOUT));
	assert_true(can_be(1, 0, 0, OUTCOME_LIMITED));
	assert_true(can_be(1, 0, 0, OUTCOME_KILLED));
	assert_true(can_be(1, 0, 0, OUTCOME_ERROR));
	assert_true(can_be(1, 0, 0, OUTCOME_LOST));
}

static void
test_ran(void **state)
{
	unsigned o;

	(void)state;
	for (o = 0; o < 256; o++) {
		assert_int_equal(can_be(1, 0, 1, o), is_end(o));
		assert_int_equal(can_be(1, 1, 0, o), is_end(o));
		assert_false(can_be(1, 1, 2, o));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_go),
		cmocka_unit_test(test_never_ran),
		cmocka_unit_test(test_ran),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
