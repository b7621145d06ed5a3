/* SPDX-License-Identifier: ISC */
/* Base64 in its one spelling: every other one of the same bytes is refused. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <string.h>

#include "common/base64.h"

static int
get(const char *text, size_t len, const char *want)
{
	uint8_t out[3];

	if (base64_get(out, sizeof(out), text, len,
	    sodium_base64_VARIANT_ORIGINAL) == -1)
		return (-1);
	assert_memory_equal(out, want, sizeof(out));
	return (0);
}

static void
test_spelling(void **state)
{
	(void)state;
	assert_int_equal(get("YS9i", 4, "a/b"), 0);
	assert_int_equal(get("YS9", 3, ""), -1);
	assert_int_equal(get("YS9iYw==", 8, ""), -1);
	assert_int_equal(get("YS8=", 4, ""), -1);
	assert_int_equal(get(" YS9i", 5, ""), -1);
	assert_int_equal(get("YS9i\n", 5, ""), -1);
	assert_int_equal(get("YS9i", 0, ""), -1);
}

/* No other byte stands for a digit in any place. */
static void
test_every_byte(void **state)
{
	char text[4] = "////";
	uint8_t out[3], again[64];
	size_t i, at, taken = 0;
	int c;

	(void)state;
	for (at = 0; at < 4; at++)
		for (c = 0; c < 256; c++) {
			memcpy(text, "////", 4);
			text[at] = (char)c;
			if (base64_get(out, 3, text, 4,
			    sodium_base64_VARIANT_ORIGINAL) == -1)
				continue;
			taken++;
			assert_non_null(sodium_bin2base64((char *)again,
			    sizeof(again), out, 3,
			    sodium_base64_VARIANT_ORIGINAL));
			for (i = 0; i < 4; i++)
				assert_int_equal(again[i], (uint8_t)text[i]);
		}
	assert_int_equal(taken, 4 * 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_every_byte),
	};

	if (sodium_init() == -1)
		return (1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
