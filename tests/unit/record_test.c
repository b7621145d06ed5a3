/* SPDX-License-Identifier: ISC */
/* One line of the log: what record_line makes and record_check takes. */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "common/field.h"
#include "common/record/record.h"
#include "tests/unit/unit.h"

static const uint8_t none[1];
static uint8_t start[RECORD_DIGEST];	/* digest of no bytes */

/* What line number follows, whatever the one before it was. */
static const struct record_head *
before(uint64_t number)
{
	static struct record_head head;

	head.number = number - 1;
	memcpy(head.digest, start, sizeof(start));
	return (&head);
}

static void
sample(struct buf *line, uint64_t number, uint64_t us, const char *text)
{
	struct buf f;

	buf_init(&f, 65536);
	field_str(&f, "ev", "refused");
	field_str(&f, "reason", text);
	field_u64(&f, "uid", 1000);
	buf_init(line, RECORD_MAX);
	assert_int_equal(record_line(line, before(number), us, RECORD_POLICY,
	    f.data, f.len), 0);
	buf_free(&f);
}

static const char *
check(const char *line, uint64_t number)
{
	uint64_t got;

	return (record_check(line, strlen(line), before(number), &got));
}

static void
test_format(void **state)
{
	static const char want[] = "000000000042 2026-02-01T12:00:00.123456Z "
	    "policy: {\"v\":1,\"ev\":\"refused\",\"reason\":\"no\","
	    "\"uid\":1000,\"p\":"
	    "\"DldRwCblQ7Loqy6wYJnaodHl30d3j3eH-qtFzfEv46g\"}\n";
	struct record_view v;
	struct buf line;
	uint64_t got;

	(void)state;
	sample(&line, 42, UINT64_C(1769947200123456), "no");
	assert_int_equal(line.len, sizeof(want) - 1);
	assert_memory_equal(line.data, want, line.len);
	assert_null(record_check((char *)line.data, line.len, before(42),
	    &got));
	assert_int_equal(got, 42);
	assert_int_equal(record_view(&v, (char *)line.data, line.len), 0);
	assert_int_equal(v.number, 42);
	assert_int_equal(v.kind, RECORD_POLICY);
	assert_int_equal(v.time_us, UINT64_C(1769947200123456));
	assert_memory_equal(v.json, "{\"v\":1,", 7);
	buf_free(&line);
}

/* Every instant that is written is read back as it was. */
static void
test_time(void **state)
{
	static const uint64_t us[] = {
		0, 1, UINT64_C(951782400000000), UINT64_C(951868799999999),
		UINT64_C(4107542399000000), UINT64_C(253402300799999999),
		UINT64_C(1709164800000000), UINT64_C(68169600000000),
	};
	struct record_view v;
	struct buf line, f;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(us); i++) {
		sample(&line, 1, us[i], "x");
		assert_int_equal(record_view(&v, (char *)line.data,
		    line.len), 0);
		assert_int_equal(v.time_us, us[i]);
		buf_free(&line);
	}
	buf_init(&f, 64);
	field_str(&f, "ev", "x");
	buf_init(&line, RECORD_MAX);
	assert_int_equal(record_line(&line, before(1),
	    UINT64_C(253402300800000000), RECORD_EXEC, f.data, f.len), -1);
	assert_int_equal(line.len, 0);
	buf_free(&f);
	buf_free(&line);
}

#define P	",\"p\":\"DldRwCblQ7Loqy6wYJnaodHl30d3j3eH-qtFzfEv46g\"}\n"
#define T	"2026-02-01T12:00:00.123456Z"

static void
test_rules(void **state)
{
	static const struct {
		const char *line, *rule;
	} t[] = {
		{ "000000000001 " T " exec: {\"v\":1,\"ev\":\"x\"" P, NULL },
		{ "", "format" },
		{ "\n", "format" },
		{ "000000000001\n", "format" },
		{ "00000000001 " T " exec: {\"v\":1,\"ev\":\"xx\"" P,
		    "format" },
		{ "000000000000 " T " exec: {\"v\":1,\"ev\":\"x\"" P,
		    "format" },
		{ "00000000000a " T " exec: {\"v\":1,\"ev\":\"x\"" P,
		    "format" },
		{ "000000000001 " T "  exec: {\"v\":1,\"ev\":\"x\"" P,
		    "format" },
		{ "000000000001 " T " exec:{\"v\":1,\"ev\":\"x\"" P,
		    "format" },
		{ "000000000001 " T " EXEC: {\"v\":1,\"ev\":\"x\"" P,
		    "format" },
		{ "000000000002 " T " exec: {\"v\":1,\"ev\":\"x\"" P,
		    "number" },
		{ "000000000001 2026-02-29T12:00:00.123456Z exec: "
		    "{\"v\":1,\"ev\":\"x\"" P, "time" },
		{ "000000000001 2026-00-01T12:00:00.123456Z exec: "
		    "{\"v\":1,\"ev\":\"x\"" P, "time" },
		{ "000000000001 2026-02-01T24:00:00.123456Z exec: "
		    "{\"v\":1,\"ev\":\"x\"" P, "time" },
		{ "000000000001 2026-02-01t12:00:00.123456Z exec: "
		    "{\"v\":1,\"ev\":\"x\"" P, "time" },
		{ "000000000001 2026-02-01T12:00:60.123456Z exec: "
		    "{\"v\":1,\"ev\":\"x\"" P, "time" },
		{ "000000000001 " T " exe: {\"v\":1,\"ev\":\"x\"" P, "kind" },
		{ "000000000001 " T " net: {\"v\":1,\"ev\":\"x\"" P, "kind" },
		{ "000000000001 " T " exec: {\"v\":2,\"ev\":\"x\"" P, "json" },
		{ "000000000001 " T " exec: {\"v\":1, \"ev\":\"x\"" P,
		    "json" },
		{ "000000000001 " T " exec: {\"v\":1,\"ev\":\"auth:\"" P,
		    "json" },
		{ "000000000001 " T " exec: {\"v\":1,\"ev\":\"x\","
		    "\"ev\":\"y\"" P, "json" },
		{ "000000000001 " T " exec: {\"v\":1,\"p\":\"y\"" P, "json" },
		{ "000000000001 " T " exec: {\"v\":1,\"a\":{\"b\":1" P,
		    "json" },
		{ "000000000001 " T " exec: {\"v\":1,\"a\":\"" P, "json" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		const char *got = check(t[i].line, 1);

		if (t[i].rule == NULL)
			assert_null(got);
		else {
			assert_non_null(got);
			assert_string_equal(got, t[i].rule);
		}
	}
}

static void
test_chain(void **state)
{
	struct record_head other = { 6, { 1 } };
	struct buf line;
	uint64_t got;

	(void)state;
	sample(&line, 7, 1000000, "x");
	assert_string_equal(record_check((char *)line.data, line.len,
	    &other, &got), "chain");
	/* a copy that begins somewhere */
	assert_null(record_check((char *)line.data, line.len, NULL, &got));
	assert_int_equal(got, 7);
	buf_free(&line);
}

/* No changed bit passes, but for those that the next line's p covers. */
static void
test_every_bit(void **state)
{
	uint8_t was[RECORD_DIGEST], is[RECORD_DIGEST];
	size_t bit, passed = 0;
	struct buf line;
	uint64_t got;

	(void)state;
	sample(&line, 7, 1000000, "some text");
	record_digest(was, line.data, line.len);
	for (bit = 0; bit < line.len * 8; bit++) {
		line.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		record_digest(is, line.data, line.len);
		assert_memory_not_equal(was, is, RECORD_DIGEST);
		if (record_check((char *)line.data, line.len, before(7),
		    &got) == NULL)
			passed++;
		line.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	/* digits of the time and letters of values, and nothing more */
	assert_true(passed < line.len * 8 / 3);
	buf_free(&line);
}

static void
refused(const struct buf *f)
{
	struct buf line;

	buf_init(&line, RECORD_MAX);
	buf_put(&line, "before", 6);
	assert_int_equal(record_line(&line, before(1), 0, RECORD_EXEC, f->data,
	    f->len), -1);
	assert_int_equal(line.len, 6);
	assert_int_equal(line.bad, 0);
	buf_free(&line);
}

static void
test_keys(void **state)
{
	static const char *const reserved[] = { "v", "p" };
	struct buf f;
	size_t i, tok;

	(void)state;
	for (i = 0; i < NELEM(reserved); i++) {
		buf_init(&f, 256);
		field_str(&f, reserved[i], "x");
		refused(&f);
		buf_free(&f);
	}
	buf_init(&f, 256);
	field_str(&f, "a", "x");
	field_u64(&f, "b", 1);
	field_str(&f, "a", "y");
	refused(&f);
	buf_free(&f);
	buf_init(&f, 256);
	tok = field_obj(&f, "o");
	field_str(&f, "a", "x");
	field_str(&f, "a", "y");
	field_end(&f, tok);
	refused(&f);
	buf_free(&f);
	/* in an object that is not the record, v and p are names */
	buf_init(&f, 256);
	tok = field_obj(&f, "o");
	field_str(&f, "p", "x");
	field_end(&f, tok);
	{
		struct buf line;

		buf_init(&line, RECORD_MAX);
		assert_int_equal(record_line(&line, before(1), 0, RECORD_EXEC,
		    f.data, f.len), 0);
		buf_free(&line);
	}
	buf_put(&f, none, 1);
	refused(&f);
	buf_free(&f);
}

static void
test_many_keys(void **state)
{
	struct buf f, line;
	char key[16];
	uint64_t got;
	int i;

	(void)state;
	buf_init(&f, 65536);
	for (i = 0; i < RECORD_MAXKEYS - 2; i++) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		field_u64(&f, key, 1);
	}
	buf_init(&line, RECORD_MAX);
	assert_int_equal(record_line(&line, before(1), 0, RECORD_EXEC, f.data,
	    f.len), 0);
	assert_null(record_check((char *)line.data, line.len, before(1),
	    &got));
	field_u64(&f, "more", 1);
	refused(&f);
	buf_free(&line);
	buf_free(&f);
}

static void
test_too_long(void **state)
{
	char *big;
	struct buf f;

	(void)state;
	big = malloc(RECORD_MAX);
	assert_non_null(big);
	memset(big, 'a', RECORD_MAX);
	big[RECORD_MAX - 100] = '\0';
	buf_init(&f, 2U * RECORD_MAX);
	field_str(&f, "a", big);
	refused(&f);
	buf_free(&f);
	/* four characters for three */
	memset(big, 1, RECORD_MAX / 4 * 3);
	big[RECORD_MAX / 4 * 3] = '\0';
	buf_init(&f, 2U * RECORD_MAX);
	field_str(&f, "a", big);
	refused(&f);
	buf_free(&f);
	free(big);
}

static void
test_out_too_small(void **state)
{
	struct buf f, line;

	(void)state;
	buf_init(&f, 256);
	field_str(&f, "ev", "x");
	buf_init(&line, 64);
	assert_int_equal(record_line(&line, before(1), 0, RECORD_EXEC, f.data,
	    f.len), -1);
	assert_int_equal(line.bad, 0);
	assert_int_equal(record_line(&line, before(0), 0, RECORD_EXEC, f.data,
	    f.len), -1);
	assert_int_equal(record_line(&line, before(RECORD_LAST + 1), 0,
	    RECORD_EXEC, f.data, f.len), -1);
	assert_int_equal(record_line(&line, before(1), 0, RECORD_KINDS, f.data,
	    f.len), -1);
	buf_free(&f);
	buf_free(&line);
}

/* What strings may hold, and how grep sees them. */
static void
test_text(void **state)
{
	static const char *const text[] = {
		"exec: auth: myexec:x", "\x1b[31m\r\n\t", "\xff\xfe",
		"\xe2\x80\xae right to left", "\"}\n", "back\\slash \"quote\"",
		"\xf0\x9f\xa6\x9e crab", "", "{\"p\":\"x\"}",
		"\xf3\xa0\x80\x81 tag", "session:stop:recover:",
	};
	struct buf line;
	uint64_t got;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(text); i++) {
		sample(&line, 1, 1, text[i]);
		assert_null(record_check((char *)line.data, line.len, before(1),
		    &got));
		assert_null(memmem(line.data, line.len, "exec:", 5));
		assert_ptr_equal(memchr(line.data, '\n', line.len),
		    line.data + line.len - 1);
		buf_free(&line);
	}
}

static void
test_json(void **state)
{
	static const struct {
		const char *s;
		int ok;
	} t[] = {
		{ "{}", 1 }, { "{\"a\":1}", 1 }, { "{\"a\":-1}", 1 },
		{ "{\"a\":[]}", 1 },
		{ "{\"a\":[\"x\",{\"b64\":\"eA==\"}]}", 1 },
		{ "{\"a\":true,\"b\":false}", 1 }, { "{\"a\":\"\\u0041\"}", 1 },
		{ "{\"a\":\"\\ud83d\\udc00\"}", 1 }, { "{\"a\":0}", 1 },
		{ "", 0 }, { "[]", 0 }, { "{", 0 }, { "{}}", 0 }, { "{},", 0 },
		{ "{\"a\":}", 0 }, { "{\"a\":1,}", 0 }, { "{,}", 0 },
		{ "{\"a\" :1}", 0 }, { "{\"a\":null}", 0 },
		{ "{\"a\":01}", 0 }, { "{\"a\":-0}", 0 }, { "{\"a\":1.5}", 0 },
		{ "{\"a\":1e3}", 0 }, { "{\"a\":+1}", 0 }, { "{\"a\":-}", 0 },
		{ "{\"a\":\"\\n\"}", 0 }, { "{\"a\":\"\\/\"}", 0 },
		{ "{\"a\":\"\\u004A\"}", 0 }, { "{\"a\":\"\\ud83d\"}", 0 },
		{ "{\"a\":\"\\udc00\"}", 0 }, { "{\"a\":\"\x01\"}", 0 },
		{ "{\"a\":\"\x7f\"}", 0 }, { "{\"a\":\"\xc0\xaf\"}", 0 },
		{ "{\"a\":\"\xed\xa0\x80\"}", 0 },
		{ "{\"a\":\"\xf4\x90\x80\x80\"}", 0 },
		{ "{\"a\":\"\xe2\x82\"}", 0 }, { "{\"\":1}", 0 },
		{ "{\"a b\":1}", 0 }, { "{\"a\":1,\"a\":1}", 0 },
		{ "{\"a\":[1,]}", 0 }, { "{\"a\":tru}", 0 },
		{ "{\"a\":100000000000000000000000}", 0 },
		{ "{\"a\":[[[[[[[1]]]]]]]}", 1 },
		{ "{\"a\":[[[[[[[[1]]]]]]]]}", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++)
		assert_int_equal(record_json(t[i].s, strlen(t[i].s)),
		    t[i].ok ? 0 : -1);
}

static void
test_member(void **state)
{
	static const char j[] = "{\"v\":1,\"run\":\"r1\",\"why\":{\"uid\":7,"
	    "\"run\":\"no\"},\"l\":[\"run\"],\"e\":\"\\u0041\",\"z\":"
	    "18446744073709551615,\"y\":18446744073709551616}";
	const size_t n = sizeof(j) - 1;
	char s[8];
	uint64_t u;

	(void)state;
	assert_int_equal(record_json(j, n), 0);
	assert_int_equal(record_member_str(j, n, "run", s, sizeof(s)), 2);
	assert_string_equal(s, "r1");
	assert_int_equal(record_member_str(j, n, "why.run", s, sizeof(s)), 2);
	assert_string_equal(s, "no");
	assert_int_equal(record_member_u64(j, n, "why.uid", &u), 0);
	assert_int_equal(u, 7);
	assert_int_equal(record_member_u64(j, n, "z", &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(record_member_u64(j, n, "y", &u), -1);
	assert_int_equal(record_member_u64(j, n, "run", &u), -1);
	assert_int_equal(record_member_u64(j, n, "run.uid", &u), -1);
	assert_int_equal(record_member_str(j, n, "uid", s, sizeof(s)), -1);
	assert_int_equal(record_member_str(j, n, "e", s, sizeof(s)), -1);
	assert_int_equal(record_member_str(j, n, "run", s, 2), -1);
}

/* Each byte in each place of a string, wherever pieces of it begin. */
static void
test_bytes(void **state)
{
	char s[64];
	size_t at, len;
	int c, n, good;

	(void)state;
	for (len = 1; len <= 20; len++)
		for (at = 0; at < len; at++)
			for (c = 1; c < 256; c++) {
				n = snprintf(s, sizeof(s), "{\"a\":\"%.*s\","
				    "\"b\":1}", (int)len,
				    "xxxxxxxxxxxxxxxxxxxx");
				s[6 + at] = (char)c;
				good = c >= 0x20 && c < 0x7f && c != '"' &&
				    c != '\\';
				assert_int_equal(record_json(s, (size_t)n),
				    good ? 0 : -1);
			}
}

/* As libsodium has it. */
static void
test_p_text(void **state)
{
	char text[RECORD_P + 1], want[RECORD_P + 1];
	uint8_t digest[RECORD_DIGEST], again[RECORD_DIGEST];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		randombytes_buf(digest, sizeof(digest));
		record_p(text, digest);
		(void)sodium_bin2base64(want, sizeof(want), digest,
		    sizeof(digest),
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
		assert_string_equal(text, want);
		assert_int_equal(record_p_parse(again, text, RECORD_P), 0);
		assert_memory_equal(again, digest, sizeof(digest));
	}
}

static void
test_p(void **state)
{
	uint8_t d[RECORD_DIGEST];
	char p[RECORD_P + 1];

	(void)state;
	record_p(p, start);
	assert_int_equal(record_p_parse(d, p, RECORD_P), 0);
	assert_memory_equal(d, start, sizeof(d));
	assert_int_equal(record_p_parse(d, p, RECORD_P - 1), -1);
	/* the two bits that 43 characters have too many */
	p[RECORD_P - 1]++;
	assert_int_equal(record_p_parse(d, p, RECORD_P), -1);
	p[RECORD_P - 1] = '=';
	assert_int_equal(record_p_parse(d, p, RECORD_P), -1);
	p[0] = '+';
	assert_int_equal(record_p_parse(d, p, RECORD_P), -1);
}

static int
setup(void **state)
{
	(void)state;
	if (sodium_init() == -1)
		return (-1);
	record_digest(start, NULL, 0);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_out_too_small),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_member),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_p_text),
		cmocka_unit_test(test_p),
	};

	return (cmocka_run_group_tests_name("record", tests, setup, NULL));
}
