/* SPDX-License-Identifier: ISC */
/* Self-describing records, and what they look like as JSON. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/field.h"

/* The JSON of a string, as text that the caller frees. */
static char *
json(const char *s, size_t n)
{
	struct buf b;
	char *out;

	buf_init(&b, 8192);
	json_str(&b, s, n);
	assert_int_equal(b.bad, 0);
	out = xstrndup((const char *)b.data, b.len);
	assert_int_equal(strlen(out), b.len);
	buf_free(&b);
	return (out);
}

static void
expect(const char *in, size_t n, const char *want)
{
	char *got = json(in, n);

	assert_string_equal(got, want);
	free(got);
}

#define EXPECT(in, want)	expect((in), sizeof(in) - 1, (want))

static void
test_plain(void **state)
{
	(void)state;
	EXPECT("", "\"\"");
	EXPECT("plain", "\"plain\"");
	EXPECT("a\"b\\c", "\"a\\\"b\\\\c\"");
	EXPECT("/usr/bin", "\"/usr/bin\"");
	EXPECT("Gr\xc3\xbc\xc3\x9f""e", "\"Gr\xc3\xbc\xc3\x9f""e\"");
	EXPECT("\xe6\x97\xa5\xe6\x9c\xac", "\"\xe6\x97\xa5\xe6\x9c\xac\"");
	EXPECT("\xf0\x9f\xa6\x80", "\"\xf0\x9f\xa6\x80\"");
}

/* Nothing that cannot be seen, or that moves its neighbours, gets through. */
static void
test_hidden(void **state)
{
	(void)state;
	EXPECT("a\nb", "\"a\\u000ab\"");
	EXPECT("\t\r\x1b[31m", "\"\\u0009\\u000d\\u001b[31m\"");
	EXPECT("\x7f", "\"\\u007f\"");
	EXPECT("\xc2\x85", "\"\\u0085\"");		/* next line */
	EXPECT("\xc2\xa0", "\"\\u00a0\"");		/* no-break space */
	EXPECT("\xc2\xad", "\"\\u00ad\"");		/* soft hyphen */
	EXPECT("\xe2\x80\x8b", "\"\\u200b\"");		/* zero width space */
	EXPECT("\xe2\x80\x8d", "\"\\u200d\"");		/* joiner */
	EXPECT("\xe2\x80\xae", "\"\\u202e\"");		/* right to left */
	EXPECT("\xe2\x81\xa6", "\"\\u2066\"");		/* isolate */
	EXPECT("\xe2\x80\xa8", "\"\\u2028\"");		/* line separator */
	EXPECT("\xd8\x9c", "\"\\u061c\"");		/* arabic mark */
	EXPECT("\xef\xbb\xbf", "\"\\ufeff\"");		/* bom */
	EXPECT("\xe3\x85\xa4", "\"\\u3164\"");		/* hangul filler */
	EXPECT("\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"");	/* a tag */
	EXPECT("\xef\xb8\x8f", "\"\\ufe0f\"");		/* variation */
}

/* What is not UTF-8 is kept, reversibly. */
static void
test_bytes(void **state)
{
	static const struct { const char *in; const char *b64; } t[] = {
		{ "\xff", "/w==" },
		{ "a\x80", "YYA=" },
		{ "ab\xfe", "YWL+" },
		{ "abc\xff", "YWJj/w==" },
		{ "\xc0\xaf", "wK8=" },			/* overlong / */
		{ "\xe0\x80\xaf", "4ICv" },		/* overlong */
		{ "\xf0\x80\x80\xaf", "8ICArw==" },	/* overlong */
		{ "\xed\xa0\x80", "7aCA" },		/* surrogate */
		{ "\xed\xbf\xbf", "7b+/" },		/* surrogate */
		{ "\xf4\x90\x80\x80", "9JCAgA==" },	/* past U+10FFFF */
		{ "\xf5\x80\x80\x80", "9YCAgA==" },
		{ "\xc3", "ww==" },			/* cut short */
		{ "\xe2\x80", "4oA=" },
		{ "\xf0\x9f\xa6", "8J+m" },
		{ "\xc3(", "wyg=" },
		{ "exec: \xff", "ZXhlYzog/w==" },
	};
	char want[64];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		(void)snprintf(want, sizeof(want), "{\"b64\":\"%s\"}",
		    t[i].b64);
		expect(t[i].in, strlen(t[i].in), want);
	}
}

/* Escapes do not make much of little, and text with some stays text. */
static void
test_noise(void **state)
{
	char in[4096];
	struct buf b;
	size_t n, c;

	(void)state;
	expect("\001\001\001\001\001\001\001\001", 8,
	    "{\"b64\":\"AQEBAQEBAQE=\"}");
	expect("\001\001\001\001\001\001\001", 7, "\"\\u0001\\u0001\\u0001"
	    "\\u0001\\u0001\\u0001\\u0001\"");
	expect("one\ntwo\nthree\n", 14, "\"one\\u000atwo\\u000athree\\u000a\"");
	for (n = 8; n <= sizeof(in); n *= 2)
		for (c = 1; c < 0x80; c++) {
			memset(in, (int)c, n);
			buf_init(&b, 8 * sizeof(in));
			json_str(&b, in, n);
			assert_int_equal(b.bad, 0);
			assert_true(b.len <= 3 * n + 16);
			buf_free(&b);
		}
}

/* A list of one string n times, as it comes out. */
static void
list_of(struct buf *out, const char *s, size_t n)
{
	struct strv v = { NULL, 0 };
	struct buf b;
	size_t i;

	for (i = 0; i < n; i++)
		strv_add(&v, s);
	buf_init(&b, 1U << 20);
	field_list(&b, "a", &v);
	assert_false(b.bad);
	buf_init(out, 1U << 22);
	assert_int_equal(field_json(out, b.data, b.len, 0), 0);
	buf_put_u8(out, '\0');
	assert_false(out->bad);
	buf_free(&b);
	strv_free(&v);
}

/* What is too short for that alone is not when there is a lot of it. */
static void
test_noisy_lists(void **state)
{
	char in[9];
	struct buf b;
	size_t n, k;
	int c;

	(void)state;
	list_of(&b, "\xff", 4);
	assert_string_equal((char *)b.data,
	    "{\"a\":[{\"b64s\":\"/wD/AP8A/wA=\"}]}");
	buf_free(&b);
	list_of(&b, "\xff", 2);	/* as each is */
	assert_string_equal((char *)b.data,
	    "{\"a\":[{\"b64\":\"/w==\"},{\"b64\":\"/w==\"}]}");
	buf_free(&b);
	list_of(&b, "a\tb\nc", 2);
	assert_string_equal((char *)b.data,
	    "{\"a\":[\"a\\u0009b\\u000ac\",\"a\\u0009b\\u000ac\"]}");
	buf_free(&b);
	for (c = 1; c < 0x100; c++)
		for (k = 0; k <= 8; k++)
			for (n = 8; n <= 512; n *= 8) {
				memset(in, c, k);
				in[k] = '\0';
				list_of(&b, in, n);
				assert_true(b.len <= 3 * n * (k + 1) + 32);
				buf_free(&b);
			}
}

/* grep "exec:" finds exec records and nothing else. */
static void
test_kinds(void **state)
{
	static const char *const kinds[] = {
		"exec", "auth", "policy", "approval", "secret", "quota",
		"config", "session", "stop", "recover", "api", "file", "net",
		"seal", "redact",
	};
	char in[64], want[64];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(kinds); i++) {
		(void)snprintf(in, sizeof(in), "x%s: y", kinds[i]);
		(void)snprintf(want, sizeof(want), "\"x%s\\u003a y\"",
		    kinds[i]);
		expect(in, strlen(in), want);
		(void)snprintf(in, sizeof(in), "%s:%s:", kinds[i], kinds[i]);
		(void)snprintf(want, sizeof(want), "\"%s\\u003a%s\\u003a\"",
		    kinds[i], kinds[i]);
		expect(in, strlen(in), want);
	}
	/* the end of an escape is the beginning of a kind */
	EXPECT("\xe2\x80\x8exec:", "\"\\u200exec\\u003a\"");
	EXPECT("\x0c" "onfig:", "\"\\u000config\\u003a\"");
	EXPECT("\x1f" "ile:", "\"\\u001file\\u003a\"");
	EXPECT("\x0b" "xec:", "\"\\u000bxec:\"");
	EXPECT("exe:", "\"exe:\"");
	EXPECT(":", "\":\"");
	EXPECT("http://h:80", "\"http://h:80\"");
	EXPECT("exec :", "\"exec :\"");
}

/* What stands for itself is one thing with what does not, wherever that is. */
static void
test_among_plain(void **state)
{
	static const struct { const char *in, *out; } odd[] = {
		{ "\"", "\\\"" }, { "\\", "\\\\" }, { ":", ":" },
		{ "exec:", "exec\\u003a" }, { "\n", "\\u000a" },
		{ "\x7f", "\\u007f" }, { "\xc3\xa9", "\xc3\xa9" },
		{ "\xe2\x80\xae", "\\u202e" }, { "~ ", "~ " },
	};
	char in[128], want[160];
	size_t i, n, to;

	(void)state;
	for (i = 0; i < NELEM(odd); i++)
		for (n = 0; n < 40; n++)
			for (to = 0; to < 40; to += 3) {
				(void)snprintf(in, sizeof(in), "%.*s%s%.*s",
				    (int)n, "........................"
				    "................", odd[i].in, (int)to,
				    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
				(void)snprintf(want, sizeof(want),
				    "\"%.*s%s%.*s\"", (int)n,
				    "........................"
				    "................", odd[i].out, (int)to,
				    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
				expect(in, strlen(in), want);
			}
}

/*
 * Every code point there is: what comes out is either the very same bytes or
 * escapes of printable ASCII, and no control or bidi character survives.
 */
static void
test_all(void **state)
{
	uint8_t u[4];
	uint32_t c;
	size_t n, i;
	char *got;

	(void)state;
	for (c = 1; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (c < 0x80) {
			u[0] = (uint8_t)c;
			n = 1;
		} else if (c < 0x800) {
			u[0] = (uint8_t)(0xc0 | c >> 6);
			u[1] = (uint8_t)(0x80 | (c & 63));
			n = 2;
		} else if (c < 0x10000) {
			u[0] = (uint8_t)(0xe0 | c >> 12);
			u[1] = (uint8_t)(0x80 | (c >> 6 & 63));
			u[2] = (uint8_t)(0x80 | (c & 63));
			n = 3;
		} else {
			u[0] = (uint8_t)(0xf0 | c >> 18);
			u[1] = (uint8_t)(0x80 | (c >> 12 & 63));
			u[2] = (uint8_t)(0x80 | (c >> 6 & 63));
			u[3] = (uint8_t)(0x80 | (c & 63));
			n = 4;
		}
		got = json((const char *)u, n);
		assert_int_equal(got[0], '"');
		if (strlen(got) == n + 2 && memcmp(got + 1, u, n) == 0) {
			assert_true(c >= 0x20 && c != '"' && c != '\\');
			assert_false(c >= 0x7f && c <= 0x9f);
			assert_false(c >= 0x200b && c <= 0x200f);
			assert_false(c >= 0x2028 && c <= 0x202e);
			assert_false(c >= 0x2060 && c <= 0x2069);
			assert_false(c >= 0xe0000 && c <= 0xe0fff);
		} else
			for (i = 0; got[i] != '\0'; i++)
				assert_true(got[i] >= 0x20 && got[i] < 0x7f);
		free(got);
	}
}

static void
put_all(struct buf *b)
{
	struct strv sv = { NULL, 0 };
	size_t tok, tok2;

	strv_add(&sv, "git");
	strv_add(&sv, "a b");
	field_str(b, "ev", "intent");
	field_u64(b, "n", UINT64_MAX);
	field_i64(b, "i", INT64_MIN);
	field_bool(b, "yes", 7);
	field_bool(b, "no", 0);
	field_list(b, "argv", &sv);
	tok = field_obj(b, "why");
	field_u64(b, "uid", 1000);
	tok2 = field_obj(b, "deep");
	field_end(b, tok2);
	field_end(b, tok);
	field_hex(b, "digest", "\x00\xff\x10", 3);
	strv_free(&sv);
	strv_free(&sv);
	field_list(b, "none", &sv);
	tok = field_rows(b, "rows");
	tok2 = field_obj(b, "one");
	field_u64(b, "a", 1);
	field_end(b, tok2);
	tok2 = field_obj(b, "one");
	field_end(b, field_rows(b, "b"));
	field_end(b, tok2);
	field_end(b, tok);
}

static void
test_json(void **state)
{
	static const char want[] = "{\"ev\":\"intent\","
	    "\"n\":18446744073709551615,\"i\":-9223372036854775808,"
	    "\"yes\":true,\"no\":false,\"argv\":[\"git\",\"a b\"],"
	    "\"why\":{\"uid\":1000,\"deep\":{}},\"digest\":\"00ff10\","
	    "\"none\":[],\"rows\":[{\"a\":1},{\"b\":[]}]}";
	struct buf b, j;

	(void)state;
	buf_init(&b, 4096);
	buf_init(&j, 4096);
	put_all(&b);
	assert_int_equal(field_json(&j, b.data, b.len, 0), 0);
	assert_int_equal(j.len, strlen(want));
	assert_memory_equal(j.data, want, j.len);
	buf_reset(&j);
	assert_int_equal(field_json(&j, b.data, b.len, 1), 0);
	assert_int_equal(j.len, strlen(want) - 1);
	assert_memory_equal(j.data, want, j.len);
	buf_free(&j);
	/* no room is an error, not a shorter document */
	buf_init(&j, strlen(want) - 1);
	assert_int_equal(field_json(&j, b.data, b.len, 0), -1);
	buf_free(&j);
	buf_free(&b);
}

static void
test_find(void **state)
{
	struct strv sv = { NULL, 0 };
	struct field f;
	struct buf b;
	char *s;

	(void)state;
	buf_init(&b, 4096);
	put_all(&b);
	assert_int_equal(field_find(b.data, b.len, "why", &f), 1);
	assert_int_equal(f.type, FIELD_OBJ);
	assert_int_equal(field_get_u64(f.val, f.len, "uid", 0), 1000);
	assert_int_equal(field_find(b.data, b.len, "uid", &f), 0);
	assert_int_equal(field_find(b.data, b.len, "", &f), 0);
	s = field_get_str(b.data, b.len, "ev");
	assert_string_equal(s, "intent");
	free(s);
	s = field_get_str(b.data, b.len, "n");	/* of another type */
	assert_string_equal(s, "");
	free(s);
	assert_int_equal(field_get_u64(b.data, b.len, "ev", 5), 5);
	assert_int_equal(field_get_u64(b.data, b.len, "yes", 5), 1);
	field_get_list(b.data, b.len, "argv", &sv);
	assert_int_equal(sv.n, 2);
	assert_string_equal(sv.v[1], "a b");
	field_get_list(b.data, b.len, "ev", &sv);
	assert_int_equal(sv.n, 0);
	strv_free(&sv);
	buf_free(&b);
}

/* Every truncation is seen, or ends exactly behind a field. */
static void
test_truncated(void **state)
{
	struct field f;
	struct buf b, j;
	struct rd r;
	size_t n, ends = 0;
	uint8_t *p;
	int ret;

	(void)state;
	buf_init(&b, 4096);
	put_all(&b);
	for (n = 0; n < b.len; n++) {
		p = xmalloc(n);		/* of this size, for the sanitizer */
		memcpy(p, b.data, n);
		rd_init(&r, p, n);
		while ((ret = field_next(&r, &f)) == 1)
			;
		ends += ret == 0;
		buf_init(&j, 4096);
		assert_int_equal(field_json(&j, p, n, 0), ret);
		buf_free(&j);
		free(p);
	}
	assert_int_equal(ends, 10);
	buf_free(&b);
}

/* Any byte changed: an error or some JSON, never a crash. */
static void
test_flipped(void **state)
{
	struct buf b, j;
	size_t n, good = 0, bad = 0;
	unsigned bit;

	(void)state;
	buf_init(&b, 4096);
	put_all(&b);
	for (n = 0; n < b.len; n++)
		for (bit = 0; bit < 8; bit++) {
			b.data[n] ^= (uint8_t)(1U << bit);
			buf_init(&j, 65536);
			if (field_json(&j, b.data, b.len, 0) == 0)
				good++;
			else
				bad++;
			buf_free(&j);
			b.data[n] ^= (uint8_t)(1U << bit);
		}
	assert_true(bad > good / 2);
	buf_free(&b);
}

static void
nest(struct buf *b, unsigned depth)
{
	size_t tok;

	if (depth == 0) {
		field_bool(b, "x", 1);
		return;
	}
	tok = field_obj(b, "o");
	nest(b, depth - 1);
	field_end(b, tok);
}

/* Objects in lists of objects, and so on. */
static void
nest_rows(struct buf *b, unsigned depth)
{
	size_t rows, one;

	if (depth == 0)
		return;
	rows = field_rows(b, "r");
	one = field_obj(b, "o");
	nest_rows(b, depth - 1);
	field_end(b, one);
	field_end(b, rows);
}

static void
test_depth(void **state)
{
	struct buf b, j;
	unsigned d;

	(void)state;
	for (d = 0; d < 10; d++) {
		buf_init(&b, 4096);
		buf_init(&j, 4096);
		nest(&b, d);
		assert_int_equal(field_json(&j, b.data, b.len, 0),
		    d <= 4 ? 0 : -1);
		buf_reset(&b);
		buf_reset(&j);
		nest_rows(&b, d);
		assert_int_equal(field_json(&j, b.data, b.len, 0),
		    d <= 4 ? 0 : -1);
		buf_free(&j);
		buf_free(&b);
	}
}

static void
bad_field(const void *p, size_t n)
{
	struct buf j;

	buf_init(&j, 4096);
	assert_int_equal(field_json(&j, p, n, 0), -1);
	buf_free(&j);
}

static void
test_malformed(void **state)
{
	char key[80];
	struct buf b;
	size_t tok;

	(void)state;
	/* a list of what are no objects */
	buf_init(&b, 4096);
	tok = field_rows(&b, "rows");
	field_u64(&b, "a", 1);
	field_end(&b, tok);
	bad_field(b.data, b.len);
	buf_free(&b);
	/* keys: empty, with a quote, with NUL, too long */
	bad_field("\0\0\0\0\4\1", 6);
	bad_field("\0\0\0\1\"\4\1", 7);
	bad_field("\0\0\0\1\0\4\1", 7);
	bad_field("\0\0\0\1-\4\1", 7);
	memset(key, 'k', 65);
	key[65] = '\0';
	buf_init(&b, 4096);
	field_bool(&b, key, 1);
	bad_field(b.data, b.len);
	buf_reset(&b);
	key[64] = '\0';
	field_bool(&b, key, 1);
	assert_int_equal(field_get_u64(b.data, b.len, key, 9), 1);
	buf_free(&b);
	/* a type that does not exist, a bool that is neither */
	bad_field("\0\0\0\1a\0\1", 7);
	bad_field("\0\0\0\1a\x08\1", 7);
	bad_field("\0\0\0\1a\4\2", 7);
	/* NUL in a string, alone and in a list; a list that is not there */
	bad_field("\0\0\0\1a\1\0\0\0\1\0", 11);
	bad_field("\0\0\0\1a\5\0\0\0\1\0\0\0\1\0", 15);
	bad_field("\0\0\0\1a\5\xff\xff\xff\xff", 10);
	/* an object that says more than it has */
	bad_field("\0\0\0\1a\6\0\0\0\x09" "abc", 13);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_noisy_lists),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_among_plain),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_malformed),
	};

	return (cmocka_run_group_tests_name("field", tests, NULL, NULL));
}
