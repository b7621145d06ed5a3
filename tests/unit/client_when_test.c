/* SPDX-License-Identifier: ISC */
/* Moments as people write them, and what is none. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <time.h>

#include "client/when.h"

#define NOW	UINT64_C(1700000000)

static void
test_ago(void **state)
{
	static const struct { const char *s; uint64_t before; } t[] = {
		{ "0s", 0 }, { "90s", 90 }, { "15m", 900 }, { "2h", 7200 },
		{ "7d", 604800 }, { "4w", 2419200 },
		{ "1000000000w", NOW }
	};
	uint64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(when_parse(t[i].s, NOW, &at), 0);
		assert_int_equal(at, NOW - t[i].before);
	}
}

static void
test_date(void **state)
{
	uint64_t at;

	(void)state;
	assert_int_equal(setenv("TZ", "CET-1", 1), 0);
	tzset();
	assert_int_equal(when_parse("1970-01-02", NOW, &at), 0);
	assert_int_equal(at, 86400 - 3600);
	assert_int_equal(when_parse("2026-03-01T12:00", NOW, &at), 0);
	assert_int_equal(at, 1772362800);
	assert_int_equal(when_parse("2026-03-01T12:00:09", NOW, &at), 0);
	assert_int_equal(at, 1772362809);
	/* a leap day, and one with an hour that is not there */
	assert_int_equal(when_parse("2028-02-29T12:00", NOW, &at), 0);
	assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0", 1), 0);
	tzset();
	assert_int_equal(when_parse("2026-03-29T02:30", NOW, &at), 0);
}

static void
test_none(void **state)
{
	static const char *const t[] = { "", "d", "7", "7x", "7dd", "-7d",
	    " 7d", "7 d", "99999999999999999999s", "1000000001s", "noon",
	    "2026-03", "2026-13-01", "2026-03-01 ", "2026-03-01T", "1960-01-01",
	    "2026-03-01T25:00", "2026-02-30", "2026-02-29T12:00",
	    "2026-11-31", "2026-04-31T00:00:00", "2026-01-00" };
	uint64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(when_parse(t[i], NOW, &at), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ago),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_none),
	};

	return (cmocka_run_group_tests_name("client when", tests, NULL,
	    NULL));
}
