/* SPDX-License-Identifier: ISC */
/* The register of ids: held is held, and let go is gone. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/plan.h"
#include "supervisor/ids.h"

static void
test_new(void **state)
{
	struct ids s;
	uint64_t id;
	size_t i;

	(void)state;
	memset(&s, 0, sizeof(s));
	for (i = 0; i < 200; i++) {
		id = ids_new(&s);
		assert_true(id != 0 && (id & ~RUNID_MASK) == 0);
		assert_true(ids_held(&s, id));
	}
	assert_int_equal(s.nheld, 200);
	while (s.nheld > 0)
		ids_let_go(&s, s.held[0].id);
	assert_false(ids_held(&s, id));
	free(s.held);
}

/* A run that is over may still be asked about, or be kept. */
static void
test_holders(void **state)
{
	struct ids s;
	uint64_t id;

	(void)state;
	memset(&s, 0, sizeof(s));
	id = ids_new(&s);
	ids_hold(&s, id);
	ids_hold(&s, 7);
	ids_let_go(&s, id);
	assert_true(ids_held(&s, id));
	ids_let_go(&s, id);
	assert_false(ids_held(&s, id));
	assert_true(ids_held(&s, 7));
	assert_false(ids_late(&s, 7));
	free(s.held);
}

static void
test_late(void **state)
{
	struct ids s;
	uint64_t i;

	(void)state;
	memset(&s, 0, sizeof(s));
	for (i = 1; i <= IDS_LATE; i++)
		ids_forget(&s, i);
	assert_true(ids_late(&s, 1) && ids_held(&s, 1));
	assert_false(ids_late(&s, IDS_LATE + 1));
	ids_forget(&s, IDS_LATE + 1);
	assert_false(ids_late(&s, 1) || ids_held(&s, 1));
	assert_true(ids_late(&s, 2) && ids_late(&s, IDS_LATE + 1));
	/* the same one twice */
	ids_forget(&s, 2);
	assert_true(ids_late(&s, 2));
	assert_int_equal(s.nheld, IDS_LATE);
	free(s.held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_late),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
