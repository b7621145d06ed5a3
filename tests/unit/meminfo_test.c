/* SPDX-License-Identifier: ISC */
/* What /proc/meminfo tells a run with a limit of memory. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "executor/box/box.h"

/* As the kernel writes it. */
static const char host[] =
    "MemTotal:       24684084 kB\n"
    "MemFree:        18254260 kB\n"
    "MemAvailable:   23789800 kB\n"
    "Cached:          4799860 kB\n"
    "SwapTotal:       1048572 kB\n"
    "VmallocTotal:   34359738367 kB\n"
    "NotKnownYet:         123 kB\n"
    "HugePages_Total:       5\n"
    "Hugepagesize:       2048 kB\n";

static const char limited[] =
    "MemTotal:         262144 kB\n"
    "MemFree:          262144 kB\n"
    "MemAvailable:     262144 kB\n"
    "Cached:                0 kB\n"
    "SwapTotal:             0 kB\n"
    "VmallocTotal:   34359738367 kB\n"
    "NotKnownYet:           0 kB\n"
    "HugePages_Total:       0\n"
    "Hugepagesize:       2048 kB\n";

static void
test_text(void **state)
{
	char text[1024];
	size_t n;

	(void)state;
	n = box_meminfo_text(host, 262144, text, sizeof(text));
	assert_int_equal(n, strlen(limited));
	assert_string_equal(text, limited);
	/* and from that the same once more */
	n = box_meminfo_text(limited, 262144, text, sizeof(text));
	assert_string_equal(text, limited);
	assert_int_equal(n, strlen(limited));
}

/* The largest limit there is, and lines that are none. */
static void
test_odd(void **state)
{
	char text[256];

	(void)state;
	(void)box_meminfo_text("MemTotal: 1 kB\nno colon\n:\nMemFree:\nlast: 2",
	    UINT64_C(16777216) * 1024, text, sizeof(text));
	assert_string_equal(text, "MemTotal:       17179869184 kB\n"
	    ":                      0\nMemFree:        17179869184\n");
	assert_int_equal(box_meminfo_text("", 1, text, sizeof(text)), 0);
}

/* Whole lines, and nothing behind the end. */
static void
test_room(void **state)
{
	char text[sizeof(limited) + 1];
	size_t size, n;

	(void)state;
	for (size = 1; size <= sizeof(limited); size++) {
		memset(text, 'x', sizeof(text));
		n = box_meminfo_text(host, 262144, text, size);
		assert_true(n < size);
		assert_memory_equal(text, limited, n);
		assert_true(n == 0 || text[n - 1] == '\n');
		assert_int_equal(text[size], 'x');
	}
	assert_int_equal(n, strlen(limited));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_room),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
