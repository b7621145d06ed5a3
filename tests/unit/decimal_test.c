/* SPDX-License-Identifier: ISC */
/* Decimal numbers: what is one, and what is more than there is room for. */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/decimal.h"

static void
whole(const char *s, uint64_t max, uint64_t want)
{
	uint64_t v = 77;

	if (decimal(s, max, &v) == -1 || v != want)
		fail_msg("\"%s\" is not %ju", s, (uintmax_t)want);
}

static void
none(const char *s, uint64_t max)
{
	uint64_t v = 77;

	if (decimal(s, max, &v) != -1 || v != 77)
		fail_msg("\"%s\" is a number: %ju", s, (uintmax_t)v);
}

static void
test_numbers(void **state)
{
	(void)state;
	whole("0", 0, 0);
	whole("7", 7, 7);
	whole("007", 9, 7);
	whole("0000000000000000000000000000000000000000000012", 12, 12);
	whole("18446744073709551609", UINT64_MAX, UINT64_MAX - 6);
	whole("18446744073709551615", UINT64_MAX, UINT64_MAX);
}

static void
test_no_numbers(void **state)
{
	(void)state;
	none("", UINT64_MAX);
	none(" 1", UINT64_MAX);
	none("1 ", UINT64_MAX);
	none("1\n", UINT64_MAX);
	none("\t1", UINT64_MAX);
	none("+1", UINT64_MAX);
	none("-1", UINT64_MAX);
	none("-0", UINT64_MAX);
	none("0x10", UINT64_MAX);
	none("1e3", UINT64_MAX);
	none("1.0", UINT64_MAX);
	none("1,000", UINT64_MAX);
	none("\xd9\xa1", UINT64_MAX);	/* an Arabic digit */
	none("/", UINT64_MAX);		/* beside the digits */
	none(":", UINT64_MAX);
}

static void
test_too_much(void **state)
{
	(void)state;
	none("1", 0);
	none("8", 7);
	none("18446744073709551615", UINT64_MAX - 1);
	none("18446744073709551616", UINT64_MAX);
	none("18446744073709551620", UINT64_MAX);
	none("28446744073709551615", UINT64_MAX);
	/* what would be a small number again, had it gone round */
	none("18446744073709551617", 7);
	none("36893488147419103232", UINT64_MAX);
	none("99999999999999999999999999999999", UINT64_MAX);
}

static void
front(const char *s, const char *rest, uint64_t want)
{
	const char *end;
	uint64_t v = 77;

	end = decimal_front(s, &v);
	if (rest == NULL) {
		assert_null(end);
		return;
	}
	assert_non_null(end);
	assert_string_equal(end, rest);
	assert_true(v == want);
}

static void
test_front(void **state)
{
	(void)state;
	front("12 more", " more", 12);
	front("012-3", "-3", 12);
	front("5", "", 5);
	front("18446744073709551615x", "x", UINT64_MAX);
	/* all of its digits belong to it, also those past its bound */
	front("18446744073709551616x", "x", UINT64_MAX);
	front("184467440737095516150 0", " 0", UINT64_MAX);
	front("", NULL, 0);
	front("-1", NULL, 0);
	front("+1", NULL, 0);
	front(" 1", NULL, 0);
	front("x1", NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_no_numbers),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_front),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
