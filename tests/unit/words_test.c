/* SPDX-License-Identifier: ISC */
/* The words that are contracts, and what looks like a record's beginning. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/words.h"

static void
test_lists(void **state)
{
	(void)state;
	assert_string_equal(verdict_words[VERDICT_ALLOW], "allow");
	assert_string_equal(verdict_words[VERDICT_ASK], "ask");
	assert_string_equal(verdict_words[VERDICT_DENY], "deny");
	assert_null(verdict_words[VERDICT_DENY + 1]);
	assert_string_equal(access_words[ACCESS_NONE], "none");
	assert_string_equal(access_words[ACCESS_READ_ONLY], "read-only");
	assert_string_equal(access_words[ACCESS_EXECUTE], "execute");
	assert_null(access_words[ACCESS_EXECUTE + 1]);
}

static void
test_kinds(void **state)
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
	assert_null(record_kind_name(0));
	for (i = 0; i < NELEM(want); i++) {
		assert_string_equal(record_kind_name(i + 1), want[i]);
		assert_true(record_kind_ends(want[i], strlen(want[i])));
		assert_false(record_kind_ends(want[i], strlen(want[i]) - 1));
	}
	/* kept, but no record has them */
	for (i = 0; i < NELEM(later); i++) {
		assert_null(record_kind_name(RECORD_KINDS + i));
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
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_kinds),
	};

	return (cmocka_run_group_tests_name("words", tests, NULL, NULL));
}
