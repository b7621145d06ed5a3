/* SPDX-License-Identifier: ISC */
/* Kinds of records: their words. */
#include "config.h"

#include <string.h>

#include "common/record/kind.h"
#include "tests/unit/unit.h"

static void
test_words(void **state)
{
	static const char *const want[] = {
		"exec", "auth", "policy", "approval", "secret", "quota",
		"config", "session", "stop", "recover",
	};
	static const char *const later[] = {
		"api", "file", "net", "seal", "redact",
	};
	unsigned i;

	(void)state;
	assert_int_equal(RECORD_KINDS, NELEM(want) + 1);
	assert_null(record_kind_name(RECORD_NONE));
	for (i = 0; i < NELEM(want); i++) {
		assert_string_equal(record_kind_name(i + 1), want[i]);
		assert_int_equal(record_kind_find(want[i], strlen(want[i])),
		    i + 1);
		assert_int_equal(record_kind_find(want[i],
		    strlen(want[i]) - 1), RECORD_NONE);
		assert_true(record_kind_ends(want[i], strlen(want[i])));
		assert_false(record_kind_ends(want[i], strlen(want[i]) - 1));
	}
	/* kept, but no record has them */
	for (i = 0; i < NELEM(later); i++) {
		assert_null(record_kind_name(RECORD_KINDS + i));
		assert_int_equal(record_kind_find(later[i],
		    strlen(later[i])), RECORD_NONE);
		assert_true(record_kind_ends(later[i], strlen(later[i])));
	}
	assert_false(record_kind_ends("", 0));
	assert_true(record_kind_ends("an exec", 7));
	assert_false(record_kind_ends("exec ", 5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return (cmocka_run_group_tests_name("record_kind", tests, NULL,
	    NULL));
}
