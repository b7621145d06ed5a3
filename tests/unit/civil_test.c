/* SPDX-License-Identifier: ISC */
/* Dates against the C library, and against what there is not. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>
#include <time.h>

#include "common/civil.h"

#define LAST	UINT64_C(253402300799)

/* Every day of eight thousand years, at a second that moves. */
static void
test_days(void **state)
{
	struct civil c;
	struct tm tm;
	uint64_t s, back;
	time_t t;

	(void)state;
	for (s = 0; s <= LAST; s += 86399) {
		t = (time_t)s;
		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(civil_get(&c, s), 0);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(civil_seconds(&back, &c), 0);
		assert_true(back == s);
	}
	assert_int_equal(civil_get(&c, LAST), 0);
	assert_int_equal(civil_get(&c, LAST + 1), -1);
	assert_int_equal(civil_get(&c, UINT64_MAX), -1);
}

static void
test_refused(void **state)
{
	static const struct civil bad[] = {
		{ 1969, 12, 31, 23, 59, 59 }, { 10000, 1, 1, 0, 0, 0 },
		{ 2026, 0, 1, 0, 0, 0 }, { 2026, 13, 1, 0, 0, 0 },
		{ 2026, 1, 0, 0, 0, 0 }, { 2026, 1, 32, 0, 0, 0 },
		{ 2026, 4, 31, 0, 0, 0 }, { 2026, 2, 29, 0, 0, 0 },
		{ 2100, 2, 29, 0, 0, 0 }, { 2024, 2, 30, 0, 0, 0 },
		{ 2026, 1, 1, 24, 0, 0 }, { 2026, 1, 1, 0, 60, 0 },
		{ 2026, 1, 1, 0, 0, 60 },
		{ 2026, 1, UINT32_MAX, 0, 0, 0 },
	};
	static const struct civil good[] = {
		{ 2024, 2, 29, 0, 0, 0 }, { 2000, 2, 29, 0, 0, 0 },
		{ 2026, 12, 31, 23, 59, 59 },
	};
	uint64_t s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		assert_int_equal(civil_seconds(&s, &bad[i]), -1);
	for (i = 0; i < NELEM(good); i++)
		assert_int_equal(civil_seconds(&s, &good[i]), 0);
}

static void
test_text(void **state)
{
	char text[CIVIL_TEXT];

	(void)state;
	civil_text(text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	civil_text(text, 1769947200);
	assert_string_equal(text, "2026-02-01T12:00:00Z");
	civil_text(text, UINT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
test_now(void **state)
{
	uint64_t us, s = (uint64_t)time(NULL);

	(void)state;
	assert_int_equal(civil_now(&us), 0);
	assert_in_range(us / 1000000, s, s + 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_now),
	};

	return (cmocka_run_group_tests_name("civil", tests, NULL, NULL));
}
