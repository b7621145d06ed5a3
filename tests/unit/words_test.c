/* SPDX-License-Identifier: ISC */
/* The words that are contracts. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
	};

	return (cmocka_run_group_tests_name("words", tests, NULL, NULL));
}
