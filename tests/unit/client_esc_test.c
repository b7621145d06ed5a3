/* SPDX-License-Identifier: ISC */
/* What reaches a terminal: nothing hidden, nothing lost. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/esc.h"
#include "common/text.h"

static void
check(int word, const char *in, size_t n, const char *want)
{
	struct buf b;

	buf_init(&b, 65536);
	if (word)
		esc_word(&b, in, n);
	else
		esc_text(&b, in, n);
	buf_put_u8(&b, 0);
	assert_string_equal((const char *)b.data, want);
	buf_free(&b);
}

static void
test_word(void **state)
{
	static const struct {
		const char *in;
		const char *want;
	} t[] = {
		{ "ls", "ls" },
		{ "--a=b/c.d,e:f@g%h+i_j-", "--a=b/c.d,e:f@g%h+i_j-" },
		{ "", "\"\"" },
		{ "a b", "\"a b\"" },
		{ "a ", "\"a \"" },
		{ "\"", "\"\\\"\"" },
		{ "\\", "\"\\\\\"" },
		{ "a\nb\tc\rd", "\"a\\nb\\tc\\rd\"" },
		{ "\033[2J", "\"\\x1b[2J\"" },
		{ "\177", "\"\\x7f\"" },
		{ "$(x)", "\"$(x)\"" },
		{ "caf\303\251", "\"caf\303\251\"" },
		{ "\342\200\256", "\"\\u{202e}\"" },	/* bidi */
		{ "\342\200\213", "\"\\u{200b}\"" },	/* zero width */
		{ "\302\240", "\"\\u{a0}\"" },		/* another blank */
		{ "e\314\201", "\"e\\u{301}\"" },	/* combining */
		{ "\357\273\277", "\"\\u{feff}\"" },
		{ "\363\240\201\201", "\"\\u{e0041}\"" }, /* tags */
		{ "\302\233", "\"\\u{9b}\"" },		/* C1 CSI */
		{ "\377\376", "\"\\xff\\xfe\"" },
		{ "\300\200", "\"\\xc0\\x80\"" },	/* overlong */
		{ "\355\240\200", "\"\\xed\\xa0\\x80\"" }, /* surrogate */
		{ "\342\202", "\"\\xe2\\x82\"" },	/* cut */
		{ "\364\220\200\200", "\"\\xf4\\x90\\x80\\x80\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++)
		check(1, t[i].in, strlen(t[i].in), t[i].want);
	check(1, "a\0b", 3, "\"a\\x00b\"");
}

static void
test_text(void **state)
{
	(void)state;
	check(0, "a \\ \"b\"", 7, "a \\ \"b\"");
	check(0, "a\nb\033", 4, "a\\nb\\x1b");
}

/* What fits: whole characters, each beyond ASCII as wide as the widest. */
static void
test_fits(void **state)
{
	static const char wide[] = "a\xe6\xbc\xa2" "b\xc3\xa9";

	(void)state;
	assert_int_equal(esc_fits("abc", 3, 0), 0);
	assert_int_equal(esc_fits("abc", 3, 2), 2);
	assert_int_equal(esc_fits("abc", 3, 3), 3);
	assert_int_equal(esc_fits("abc", 2, 80), 2);
	assert_int_equal(esc_fits("", 0, 80), 0);
	assert_int_equal(esc_fits(wide, 7, 1), 1);
	assert_int_equal(esc_fits(wide, 7, 2), 1);
	assert_int_equal(esc_fits(wide, 7, 3), 4);
	assert_int_equal(esc_fits(wide, 7, 4), 5);
	assert_int_equal(esc_fits(wide, 7, 5), 5);
	assert_int_equal(esc_fits(wide, 7, 6), 7);
}

/* Two different words never look the same. */
static void
test_unique(void **state)
{
	static const char *const words[] = { "a", "a ", " a", "a\\n", "a\n",
	    "\\x1b", "\033", "\\u{200b}", "\342\200\213", "\"a\"", "",
	    "\"\"" };
	struct buf b[NELEM(words)];
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(words); i++) {
		buf_init(&b[i], 256);
		esc_word(&b[i], words[i], strlen(words[i]));
		for (k = 0; k < i; k++)
			assert_false(b[i].len == b[k].len &&
			    memcmp(b[i].data, b[k].data, b[i].len) == 0);
	}
	for (i = 0; i < NELEM(words); i++)
		buf_free(&b[i]);
}

/* Whatever the bytes are, only printable ASCII and UTF-8 come out. */
static void
test_any_bytes(void **state)
{
	char in[3];
	struct buf b;
	uint32_t cp;
	size_t i, n;
	int v;

	(void)state;
	for (v = 0; v < 65536; v++) {
		in[0] = (char)(v >> 8);
		in[1] = (char)(v & 255);
		in[2] = '!';
		buf_init(&b, 256);
		esc_word(&b, in, sizeof(in));
		assert_false(b.bad);
		for (i = 0; i < b.len; i += n) {
			n = text_char(b.data + i, b.len - i, &cp);
			assert_true(n != 0);
			assert_true(cp >= ' ' && cp != 0x7f &&
			    !(cp >= 0x80 && cp <= 0xa0));
		}
		buf_free(&b);
	}
}

static void
test_foreign(void **state)
{
	(void)state;
	assert_false(esc_foreign("abc", 3));
	assert_true(esc_foreign("\320\260bc", 4));
	assert_int_equal(esc_width("\303\251a", 3), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_unique),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_foreign),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
