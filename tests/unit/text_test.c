/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 and the characters that deceive: every code point against Unicode's
 * own lists, and against what policy, log and terminal make of it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/esc.h"
#include "common/field.h"
#include "common/text.h"
#include "supervisor/conf/judge.h"

#define LAST	0x10ffffU
#define ROOM	512			/* bytes that are tried at once */

struct range {
	uint32_t	lo;
	uint32_t	hi;
};

/* From Unicode 14.0.0, by property; no copy of the table that is tested. */
static const struct range control[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },
};
static const struct range format[] = {
	{ 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd },
	{ 0x70f, 0x70f }, { 0x890, 0x891 }, { 0x8e2, 0x8e2 },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x2064 }, { 0x2066, 0x206f }, { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x13438 }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
};
static const struct range ignorable[] = {
	{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};
static const struct range bidi[] = {
	{ 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x202a, 0x202e },
	{ 0x2066, 0x2069 },
};
static const struct range selector[] = {
	{ 0x180b, 0x180d }, { 0x180f, 0x180f }, { 0xfe00, 0xfe0f },
	{ 0xe0100, 0xe01ef },
};
/* Zs without the space, Zl, Zp; then what has no ink, by name */
static const struct range blank[] = {
	{ 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
	{ 0x115f, 0x1160 }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
	{ 0xffa0, 0xffa0 }, { 0x16fe4, 0x16fe4 }, { 0x1d159, 0x1d159 },
};
static const struct range tag[] = {
	{ 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
};
static const struct range private[] = {
	{ 0xe000, 0xf8ff }, { 0xf0000, 0xffffd }, { 0x100000, 0x10fffd },
};
static const struct range none[] = {
	{ 0xd800, 0xdfff }, { 0xfdd0, 0xfdef }, { 0xfffc, 0xffff },
	{ 0xe1000, 0xeffff },
};
static const struct range mark[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
	{ 0xfe20, 0xfe2f }, { 0x1d165, 0x1d172 }, { 0x1d17b, 0x1d182 },
	{ 0x1d185, 0x1d18b }, { 0x1d1aa, 0x1d1ad }, { 0x1d242, 0x1d244 },
};
static const struct range twin[] = {
	{ 0x37e, 0x37e }, { 0x1fef, 0x1fef }, { 0x212a, 0x212a },
	{ 0xff01, 0xff5e }, { 0x1d400, 0x1d7ff },
};
/* hieroglyphs that join others, of newer versions too */
static const struct range joiner[] = { { 0x13430, 0x1345f } };

static int
in(uint32_t c, const struct range *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= r[i].lo && c <= r[i].hi)
			return (1);
	return (0);
}

#define IN(c, list)	in((c), (list), NELEM(list))

static enum text_class
expected(uint32_t c)
{
	if (IN(c, control))
		return (TEXT_CONTROL);
	if (IN(c, none) || (c & 0xfffe) == 0xfffe)
		return (TEXT_NONE);
	if (IN(c, bidi))
		return (TEXT_BIDI);
	if (IN(c, selector))
		return (TEXT_SELECTOR);
	if (IN(c, tag))
		return (TEXT_TAG);
	if (IN(c, blank))
		return (TEXT_BLANK);
	if (IN(c, mark))
		return (TEXT_MARK);
	if (IN(c, format) || IN(c, ignorable) || IN(c, joiner))
		return (TEXT_FORMAT);
	if (IN(c, private))
		return (TEXT_PRIVATE);
	return (IN(c, twin) ? TEXT_TWIN : TEXT_PLAIN);
}

static void
test_classes(void **state)
{
	uint32_t c;

	(void)state;
	for (c = 0; c <= LAST + 2; c++) {
		enum text_class want = c > LAST ? TEXT_NONE : expected(c);

		if (text_class(c) != want)
			fail_msg("U+%04X: class %d, not %d", c,
			    (int)text_class(c), (int)want);
		assert_int_equal(text_deceives(c), want != TEXT_PLAIN);
	}
	assert_int_equal(text_class(UINT32_MAX), TEXT_NONE);
}

/* No property of Unicode that hides something is left out. */
static void
test_properties(void **state)
{
	uint32_t c;

	(void)state;
	for (c = 0; c <= LAST; c++)
		if ((IN(c, control) || IN(c, format) || IN(c, ignorable) ||
		    IN(c, bidi) || IN(c, selector) || IN(c, private)) &&
		    !text_deceives(c))
			fail_msg("U+%04X", c);
	for (c = 0x20; c < 0x7f; c++)
		assert_false(text_deceives(c));
}

static int
log_escapes(const char *u, size_t n)
{
	struct buf b;
	int r;

	buf_init(&b, ROOM + 16);
	json_str(&b, u, n);
	assert_false(b.bad);
	r = b.len != n + 2 || memcmp(b.data + 1, u, n) != 0;
	buf_free(&b);
	return (r);
}

static int
terminal_escapes(const char *u, size_t n)
{
	struct buf b;
	int r;

	buf_init(&b, ROOM + 16);
	esc_text(&b, u, n);
	r = b.len != n || memcmp(b.data, u, n) != 0;
	buf_free(&b);
	return (r);
}

/* In a directory of the program's path, where letters of all kinds may be. */
static int
policy_asks(const char *u, size_t n)
{
	static char dev[] = "dev", cli[] = "cli", empty[] = "", exe[] = "/t";
	struct conf_skill skill = { .name = dev, .dflt = VERDICT_ALLOW };
	struct conf conf = { .skills = &skill, .nskills = 1 };
	struct conf_channel ch = { .name = cli, .all_skills = 1,
	    .access = ACCESS_EXECUTE };
	struct strv no = { NULL, 0 };
	struct plan p;
	struct decision d;
	char word[ROOM + 8], *argv[] = { word, NULL };

	(void)snprintf(word, sizeof(word), "/%.*s/t", (int)n, u);
	memset(&p, 0, sizeof(p));
	p.argv.v = argv;
	p.argv.n = 1;
	p.exe.path = exe;
	p.script.path = p.interp_arg = empty;
	conf_decide(&d, &conf, &ch, &skill, &p, &no, &no, NULL);
	if (d.verdict == VERDICT_ASK)
		assert_string_equal(d.rule, "name");
	policy_end(&d);
	return (d.verdict == VERDICT_ASK);
}

static void
agree(const char *u, size_t n, int want, uint32_t c)
{
	int l = log_escapes(u, n), t = terminal_escapes(u, n),
	    p = policy_asks(u, n);

	if (l != want || t != want || p != want)
		fail_msg("to U+%04X: log %d, terminal %d, policy %d, not %d",
		    c, l, t, p, want);
}

/* The bytes of one character; their number, 0 if there is no such one. */
static size_t
put_char(char out[4], uint32_t c)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t i, n;

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return (0);
	if (c < 0x80) {
		out[0] = (char)c;
		return (1);
	}
	n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return (n);
}

/*
 * What one of the three takes for deceptive, all do.  These are tried one by
 * one; of the plain ones some hundred together, where one would be enough to
 * be noticed.
 */
static void
test_agree(void **state)
{
	char u[4], plain[ROOM];
	uint32_t c;
	size_t n, len = 0;

	(void)state;
	for (c = 1; c <= LAST; c++) {
		/* these have a meaning of their own in JSON */
		if (c == '"' || c == '\\' || (n = put_char(u, c)) == 0)
			continue;
		if (text_deceives(c)) {
			agree(u, n, 1, c);
			continue;
		}
		memcpy(plain + len, u, n);
		len += n;
		if (len + 4 > sizeof(plain)) {
			agree(plain, len, 0, c);
			len = 0;
		}
	}
	agree(plain, len, 0, c);
}

static void
test_round_trip(void **state)
{
	uint32_t c, got;
	char u[4];
	size_t n, k;

	(void)state;
	for (c = 0; c <= LAST + 5; c++) {
		n = put_char(u, c);
		if (c > LAST || (c >= 0xd800 && c <= 0xdfff)) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(text_char(u, n, &got), n);
		assert_int_equal(got, c);
		assert_int_equal(text_whole(u, n), n);
		for (k = 0; k < n; k++) {
			assert_int_equal(text_char(u, k, &got), 0);
			assert_int_equal(text_whole(u, k), 0);
		}
	}
}

/* Every two and three bytes: a character is one in its shortest form only. */
static void
test_bytes(void **state)
{
	unsigned char p[3];
	uint32_t c, v;
	char u[4];
	size_t n;

	(void)state;
	for (v = 0; v < 0x1000000; v += v % 0x100 == 0xff ? 1 : 0x11) {
		p[0] = (unsigned char)(v >> 16);
		p[1] = (unsigned char)(v >> 8);
		p[2] = (unsigned char)v;
		if ((n = text_char(p, sizeof(p), &c)) == 0)
			continue;
		assert_int_equal(put_char(u, c), n);
		assert_memory_equal(u, p, n);
	}
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("a\0b", 3));
	assert_false(text_is_utf8("a\xc3", 2));
	assert_false(text_is_utf8("\xf0\x82\x82\xac", 4));
	assert_false(text_is_utf8("\xf4\x90\x80\x80", 4));
	assert_false(text_is_utf8("\xed\xa0\x80", 3));
}

/* As character by character, whatever stands where among how much ASCII. */
static void
test_runs(void **state)
{
	static const char *const bits[] = { "\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\xa6\x80", "\x80", "\xff", "\xc3", "\xed\xa0\x80" };
	char text[64];
	size_t at, b, i, k, n;
	uint32_t c;
	int whole;

	(void)state;
	for (at = 0; at < 40; at++)
		for (b = 0; b < NELEM(bits); b++) {
			n = strlen(bits[b]);
			memset(text, 'a', sizeof(text));
			memcpy(text + at, bits[b], n);
			for (n += at; n < sizeof(text); n += 5) {
				whole = 1;
				for (i = 0; whole && i < n; i += k) {
					k = text_char(text + i, n - i, &c);
					whole = k != 0;
				}
				assert_int_equal(text_is_utf8(text, n),
				    whole);
			}
		}
}

static void
test_whole(void **state)
{
	static const struct { const char *s; size_t want; } t[] = {
		{ "", 0 }, { "a", 1 }, { "a\xc3", 1 }, { "a\xc3\xa9", 3 },
		{ "a\xe2\x82", 1 }, { "a\xe2", 1 }, { "a\xe2\x82\xac", 4 },
		{ "a\xf0\x9f\xa6", 1 }, { "a\xf0\x9f\xa6\x80", 5 },
		/* not UTF-8 before, and not now */
		{ "a\x80", 2 }, { "\x80\x80\x80\x80", 4 }, { "a\xff", 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++)
		assert_int_equal(text_whole(t[i].s, strlen(t[i].s)),
		    t[i].want);
}

static void
test_distance(void **state)
{
	static const struct { const char *a, *b; size_t want; } t[] = {
		{ "", "", 0 }, { "a", "", 1 }, { "", "ab", 2 },
		{ "run", "run", 0 }, { "rnu", "run", 2 }, { "Run", "rUN", 0 },
		{ "kitten", "sitting", 3 }, { "@", "`", 1 }, { "[", "{", 1 },
		{ "maxRnutime", "maxRuntime", 2 },
	};
	char a[40], b[40];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		assert_int_equal(text_distance(t[i].a, t[i].b), t[i].want);
		assert_int_equal(text_distance(t[i].b, t[i].a), t[i].want);
	}
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[32] = b[32] = '\0';
	assert_int_equal(text_distance(a, b), 32);
	a[32] = 'a';
	a[33] = '\0';
	assert_true(text_distance(a, b) == SIZE_MAX);
	assert_true(text_distance(b, a) == SIZE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_distance),
	};

	return (cmocka_run_group_tests_name("text", tests, NULL, NULL));
}
