/* SPDX-License-Identifier: ISC */
/* Keys: nothing that belongs to a sequence, or was pasted, is typed. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/keyseq.h"

/* All keys of these bytes, 0 at the end. */
static void
press(const char *bytes, size_t n, int *keys)
{
	struct keyseq k;
	size_t i;
	int key;

	memset(&k, 0, sizeof(k));
	for (i = 0; i < n; i++)
		if ((key = keyseq_put(&k, (uint8_t)bytes[i])) != KEY_NONE)
			*keys++ = key;
	if ((key = keyseq_flush(&k)) != KEY_NONE)
		*keys++ = key;
	*keys = KEY_NONE;
}

#define PRESS(s)	press(s, sizeof(s) - 1, keys)

static void
test_known(void **state)
{
	static const struct {
		const char *in;
		int key;
	} t[] = {
		{ "y", 'y' }, { "\r", '\r' }, { "\003", 3 }, { "\303", 0xc3 },
		{ "\033", KEY_ESCAPE },
		{ "\033[A", KEY_UP }, { "\033OA", KEY_UP },
		{ "\033[B", KEY_DOWN }, { "\033[5~", KEY_PAGE_UP },
		{ "\033[6~", KEY_PAGE_DOWN }, { "\033[H", KEY_HOME },
		{ "\033[1~", KEY_HOME }, { "\033[F", KEY_END },
		{ "\033OF", KEY_END }, { "\033[8~", KEY_END },
		/* with a modifier, unknown, of a mouse, Alt */
		{ "\033[1;5A", KEY_OTHER }, { "\033[99~", KEY_OTHER },
		{ "\033[<0;10;10M", KEY_OTHER }, { "\033y", KEY_OTHER },
		{ "\033Oy", KEY_OTHER }, { "\033[y", KEY_OTHER },
		{ "\033\033[A", KEY_UP },
	};
	int keys[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		press(t[i].in, strlen(t[i].in), keys);
		assert_int_equal(keys[0], t[i].key);
		assert_int_equal(keys[1], KEY_NONE);
	}
}

static void
test_broken(void **state)
{
	int keys[128];
	char in[64];

	(void)state;
	/* one that does not end is none, and neither is any part of it */
	PRESS("\033[1;2");
	assert_int_equal(keys[0], KEY_NONE);
	/* a long one is one */
	memset(in, '1', sizeof(in));
	memcpy(in, "\033[", 2);
	in[62] = 'A';
	in[63] = 'y';
	press(in, sizeof(in), keys);
	assert_int_equal(keys[0], KEY_OTHER);
	assert_int_equal(keys[1], 'y');
	assert_int_equal(keys[2], KEY_NONE);
}

static void
test_pasted(void **state)
{
	int keys[64];

	(void)state;
	PRESS("\033[200~y\r\033[Ay\033y\033[201~n");
	assert_int_equal(keys[0], KEY_PASTED | 'y');
	assert_int_equal(keys[1], KEY_PASTED | '\r');
	assert_int_equal(keys[2], KEY_PASTED | 'y');
	assert_int_equal(keys[3], 'n');
	assert_int_equal(keys[4], KEY_NONE);
	/* an end that had no beginning */
	PRESS("\033[201~y");
	assert_int_equal(keys[0], 'y');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_pasted),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
