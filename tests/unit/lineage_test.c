/* SPDX-License-Identifier: ISC */
/* From which run a request comes, how deep, and what that one may see. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/field.h"
#include "supervisor/client/lineage.h"

static const struct lineage outside;

/* As deep as may be, and one more, which is refused for that. */
static void
test_depth(void **state)
{
	struct lineage a, b = outside;
	unsigned i;

	(void)state;
	assert_int_equal(lineage_asker(&outside), 0);
	for (i = 1; i <= LINEAGE_MAX + 1; i++) {
		lineage_next(&a, &b, 100 + i);
		assert_int_equal(a.depth, i);
		assert_int_equal(lineage_asker(&a), 100 + i);
		b = a;
	}
	assert_true(b.depth > LINEAGE_MAX);
	/* nothing is written behind it */
	lineage_next(&a, &b, 200);
	assert_memory_equal(&a, &b, sizeof(a));
}

/* What a run has asked for, directly or in turn, and nothing else. */
static void
test_holds(void **state)
{
	struct lineage one, two, three, other;

	(void)state;
	lineage_next(&one, &outside, 1);
	lineage_next(&two, &one, 2);
	lineage_next(&three, &two, 3);
	lineage_next(&other, &outside, 9);
	/* from outside the account alone counts */
	assert_true(lineage_holds(&outside, &outside));
	assert_true(lineage_holds(&outside, &three));
	assert_true(lineage_holds(&one, &one));
	assert_true(lineage_holds(&one, &two));
	assert_true(lineage_holds(&one, &three));
	assert_true(lineage_holds(&two, &three));
	/* neither what is above, nor beside, nor itself */
	assert_false(lineage_holds(&one, &outside));
	assert_false(lineage_holds(&two, &one));
	assert_false(lineage_holds(&three, &two));
	assert_false(lineage_holds(&one, &other));
	assert_false(lineage_holds(&other, &three));
	/* the same number in another place is another run */
	lineage_next(&other, &two, 1);
	assert_false(lineage_holds(&three, &other));
}

static void
test_put(void **state)
{
	struct lineage one;
	struct field f;
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	lineage_put(&b, &outside);
	assert_int_equal(b.len, 0);
	lineage_next(&one, &outside, 1);
	lineage_put(&b, &one);
	assert_int_equal(field_find(b.data, b.len, "asker", &f), 1);
	assert_int_equal(f.len, 13);
	assert_int_equal(field_find(b.data, b.len, "depth", &f), 1);
	assert_int_equal(f.u, 1);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_put),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
