/* SPDX-License-Identifier: ISC */
/* Hostile texts in records: lines, and what grep finds in them. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/field.h"

/* Put together of what could make a text pass for a record, or for two. */
static size_t
hostile(char *in, size_t max, unsigned *seed)
{
	static const struct { const char *s; size_t n; } bits[] = {
		{ "exec:", 5 }, { " exec: {\"v\":1", 13 }, { "exec", 4 },
		{ ":", 1 }, { "\n", 1 }, { "\r\n", 2 }, { "\0", 1 },
		{ "000000000001 2026-01-01T00:00:00.000000Z ", 41 },
		{ "\\u000a", 6 }, { "exec\\u003a", 10 }, { "\"", 1 },
		{ "\\", 1 }, { "\xe2\x80\x8", 3 }, { "\xe2\x80\xa8", 3 },
		{ "\x0c", 1 }, { "\x1b[2K", 4 }, { "\xff", 1 }, { "e", 1 },
		{ "xec:", 4 }, { "{\"b64\":\"ZXhlYzo=\"}", 18 }, { "}\n", 2 },
	};
	size_t i, n = 0;

	for (;;) {
		*seed = *seed * 1103515245U + 12345U;
		i = (*seed >> 16) % (NELEM(bits) + 2);
		if (i >= NELEM(bits) || n + bits[i].n > max)
			return (n);
		memcpy(in + n, bits[i].s, bits[i].n);
		n += bits[i].n;
	}
}

/*
 * Ten thousand of them are ten thousand lines, of which grep "exec:" finds
 * those that are of that kind.
 */
static void
test_hostile(void **state)
{
	const size_t all = 10000;
	char in[256], *line, *save;
	size_t i, n, lines = 0, found = 0;
	unsigned seed = 1;
	struct buf b;

	(void)state;
	buf_init(&b, all * 2048);
	for (i = 0; i < all; i++) {
		n = hostile(in, sizeof(in), &seed);
		buf_printf(&b, "%s {\"s\":", i % 4 == 0 ? "exec:" : "file:");
		json_str(&b, in, n);
		buf_put(&b, "}\n", 2);
	}
	buf_put(&b, "", 1);
	assert_false(b.bad);
	assert_int_equal(strlen((char *)b.data), b.len - 1);
	for (line = strtok_r((char *)b.data, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		lines++;
		found += strstr(line, "exec:") != NULL;
	}
	assert_int_equal(lines, all);
	assert_int_equal(found, all / 4);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
