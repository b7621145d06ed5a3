/* SPDX-License-Identifier: ISC */
/* What a command leaves a terminal in: seen in pieces, and taken back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/tty.h"
#include "client/ttymode.h"

static void
is(const struct ttymode *m, void (*which)(const struct ttymode *,
    struct buf *), const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	which(m, &b);
	assert_int_equal(b.len, strlen(want));
	if (b.len != 0)
		assert_memory_equal(b.data, want, b.len);
	buf_free(&b);
}

static void
see(struct ttymode *m, const char *s)
{
	ttymode_see(m, (const uint8_t *)s, strlen(s));
}

static void
test_modes(void **state)
{
	static const char all[] = "a\033[?1049h\033[?25lb\033[?1000;1006h"
	    "\033[?2004h\033[>1u\033[31mtext";
	struct ttymode m = { 0 };
	size_t cut, n = strlen(all);

	(void)state;
	is(&m, ttymode_off, "");
	for (cut = 0; cut <= n; cut++) {
		memset(&m, 0, sizeof(m));
		ttymode_see(&m, (const uint8_t *)all, cut);
		ttymode_see(&m, (const uint8_t *)all + cut, n - cut);
		is(&m, ttymode_off, "\033[<1u\033[?2004l\033[?1006l"
		    "\033[?1000l\033[?1049l\033[?25h\033[0m");
		is(&m, ttymode_on, "\033[?1049h\033[?1000h\033[?1006h"
		    "\033[?2004h\033[>1u\033[?25l");
	}
	see(&m, "\033[<u\033[?1000;1006;2004l\033[?1049l\033[?25h");
	is(&m, ttymode_off, "");
	is(&m, ttymode_on, "");
}

/* Nothing but what is in the table comes of it, however often. */
static void
test_hostile(void **state)
{
	struct ttymode m = { 0 };
	char big[4096];
	size_t i;

	(void)state;
	see(&m, "\033[?7777h\033[?99999999999999999999h\033[?h\033[?;h\033[h"
	    "\033[?2004\033h\033[>\033[?2004$h");
	is(&m, ttymode_off, "");
	memset(big, '1', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	see(&m, "\033[?");
	see(&m, big);
	see(&m, "h");
	is(&m, ttymode_off, "");
	for (i = 0; i < 1000; i++)
		see(&m, "\033[>1u\033[?1;9;47;1000;1002;1003;1004h"
		    "\033[?1005;1006;1015;1016;1047;1049;2004h");
	assert_true(m.n <= TTYMODE_MAX);
	assert_int_equal(m.n, 14);
	see(&m, "\033[<9999u\033[?1;9;47;1000;1002;1003;1004l"
	    "\033[?1005;1006;1015;1016;1047;1049;2004l");
	is(&m, ttymode_off, "");
}

static void
test_stop(void **state)
{
	(void)state;
	assert_true(tty_is_stop((const uint8_t *)"\032", 1));
	assert_true(tty_is_stop((const uint8_t *)"\033[122;5u", 8));
	assert_false(tty_is_stop((const uint8_t *)"\032\032", 2));
	assert_false(tty_is_stop((const uint8_t *)"a", 1));
	assert_false(tty_is_stop((const uint8_t *)"", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_stop),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
