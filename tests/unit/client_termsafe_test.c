/* SPDX-License-Identifier: ISC */
/* What a replay lets through to a terminal, and what not. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/termsafe.h"

/* The same in one piece and in many. */
static void
gives(const char *text, const char *want)
{
	const size_t n = strlen(text);
	struct termsafe t;
	struct buf b;
	size_t size, i;

	for (size = 1; size <= n; size++) {
		memset(&t, 0, sizeof(t));
		buf_init(&b, 65536);
		for (i = 0; i < n; i += size)
			termsafe_put(&t, &b, (const uint8_t *)text + i,
			    n - i < size ? n - i : size);
		assert_int_equal(b.len, strlen(want));
		if (b.len != 0)
			assert_memory_equal(b.data, want, b.len);
		buf_free(&b);
	}
}

static void
test_through(void **state)
{
	(void)state;
	gives("text\r\n\ttab\bx", "text\r\n\ttab\bx");
	gives("\033[1;31mred\033[0m", "\033[1;31mred\033[0m");
	gives("\033[2J\033[H\033[10;20Hx\033[K",
	    "\033[2J\033[H\033[10;20Hx\033[K");
	gives("\303\251\342\202\254\360\237\230\200",
	    "\303\251\342\202\254\360\237\230\200");
}

static void
test_left_out(void **state)
{
	(void)state;
	gives("a\033]0;title\007b", "ab");
	gives("a\033]52;c;aGk=\033\\b", "ab");
	gives("a\033P+q544e\033\\b", "ab");
	gives("a\033[6nb\033[cc\033[>c\033[0;0td", "abcd");
	gives("a\033[?1049hb\033[?25lc\033[?2004h", "abc");
	gives("a\033cb\033(Bc\0337d\033=", "abcd");
	gives("a\007b\177c\001\016", "abc");
	/* turns round, invisible, no UTF-8, and the other controls */
	gives("a\342\200\256b\342\200\213c\377d\303(\302\233" "6ne",
	    "abcd(6ne");
	/* one sequence inside of another, and one that is too long */
	gives("\033[3\033[31mx", "\033[31mx");
	gives("\033[11111111111111111111111111111111111111mx", "x");
	gives("\033[1 qx\033[!py", "xy");
	/* a string without an end takes all the rest along */
	gives("a\033]0;x", "a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_through),
		cmocka_unit_test(test_left_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
