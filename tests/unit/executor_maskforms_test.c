/* SPDX-License-Identifier: ISC */
/*
 * Values of all kinds in every form that is masked, cut in two at every byte:
 * nothing of the value is left, but for what base64 has at its edges, and all
 * that is around it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/plan.h"
#include "executor/runner/masker.h"

#define BEFORE	"before: "
#define BEHIND	" :behind\n"
#define EDGES	4	/* characters of base64 that are left at most */
#define TEXT	1200

static const char *const values[] = {
	"sk-live-0123456789abcdef",
	"p@ss/0123 \"word\" %41+$x\\y'z`",
	"\360\237\230\200 smiles \360\237\224\221 and keys",
	"gr\303\274\303\237e aus K\303\266ln",
	("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nb1+/Xy9=\n"
	    "-----END KEY-----"),
	"line one of it\r\nline two of it\r\nand a third",
};

/* Puts a form of the value; 0 if there is none of it. */
typedef int form_fn(struct buf *, const uint8_t *, size_t);

static int
as_it_is(struct buf *b, const uint8_t *p, size_t n)
{
	buf_put(b, p, n);
	return (1);
}

static int
with_crlf(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
			buf_put_u8(b, '\r');
		buf_put_u8(b, p[i]);
	}
	return (1);
}

static int
indented(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_put_u8(b, p[i]);
		if (p[i] == '\n')
			buf_put(b, "\t    ", 5);
	}
	return (1);
}

static int
hex(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%02x", p[i]);
	return (1);
}

static int
hex_upper(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%02X", p[i]);
	return (1);
}

static void
base64(struct buf *b, const uint8_t *p, size_t n, size_t before, int variant,
    size_t fold)
{
	char text[TEXT];
	uint8_t all[TEXT];
	size_t i, len;

	memset(all, '#', before);
	memcpy(all + before, p, n);
	(void)sodium_bin2base64(text, sizeof(text), all, before + n, variant);
	/* what is in front of it is no part of the form */
	len = strlen(text);
	for (i = before == 0 ? 0 : before + 1; i < len; i++) {
		buf_put_u8(b, (uint8_t)text[i]);
		if (fold != 0 && i % fold == fold - 1)
			buf_put_u8(b, '\n');
	}
}

#define BASE64(name, before, variant, fold)				\
static int								\
name(struct buf *b, const uint8_t *p, size_t n)				\
{									\
	base64(b, p, n, before, variant, fold);				\
	return (1);							\
}
BASE64(base64_0, 0, sodium_base64_VARIANT_ORIGINAL, 0)
BASE64(base64_1, 1, sodium_base64_VARIANT_ORIGINAL, 0)
BASE64(base64_2, 2, sodium_base64_VARIANT_ORIGINAL, 0)
BASE64(base64_folded, 1, sodium_base64_VARIANT_ORIGINAL, 11)
BASE64(base64_url, 0, sodium_base64_VARIANT_URLSAFE_NO_PADDING, 0)
BASE64(base64_url_2, 2, sodium_base64_VARIANT_URLSAFE, 0)

static int
base64_crlf(struct buf *b, const uint8_t *p, size_t n)
{
	struct buf lines;

	buf_init(&lines, TEXT);
	(void)with_crlf(&lines, p, n);
	base64(b, lines.data, lines.len, 0, sodium_base64_VARIANT_ORIGINAL, 0);
	buf_free(&lines);
	return (1);
}

static int
percent(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (sodium_memcmp(&p[i], "/", 1) != 0 && (p[i] < '0' ||
		    (p[i] > '9' && p[i] < 'A') || p[i] > 'z'))
			buf_printf(b, "%%%02X", p[i]);
		else
			buf_put_u8(b, p[i]);
	return (1);
}

/* The code point at p, and how many bytes it has. */
static size_t
point(const uint8_t *p, uint32_t *c)
{
	size_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4, i;

	*c = n == 1 ? *p : *p & (0x7fU >> n);
	for (i = 1; i < n; i++)
		*c = *c << 6 | (p[i] & 63U);
	return (n);
}

/* As Python's json.dumps() has it. */
static int
json_ascii(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i, k;
	uint32_t c;

	for (i = 0; i < n; i += k) {
		k = point(p + i, &c);
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", (int)c);
		else if (c == '\n')
			buf_printf(b, "\\n");
		else if (c == '\r')
			buf_printf(b, "\\r");
		else if (c < 0x80)
			buf_put_u8(b, (uint8_t)c);
		else if (c < 0x10000)
			buf_printf(b, "\\u%04x", c);
		else
			buf_printf(b, "\\u%04x\\u%04X",
			    0xd800 + ((c - 0x10000) >> 10),
			    0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	return (1);
}

/* As bash has it in $''. */
static int
octal(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] < 32 || p[i] > 126 || p[i] == '\'' || p[i] == '\\')
			buf_printf(b, "\\%03o", p[i]);
		else
			buf_put_u8(b, p[i]);
	return (1);
}

static int
shell_quoted(struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\'')
			buf_printf(b, "'\\''");
		else
			buf_put_u8(b, p[i]);
	return (1);
}

static void
utf16(struct buf *b, const uint8_t *p, size_t n, int little)
{
	size_t i, k, m;
	uint32_t c, u[2];

	for (i = 0; i < n; i += k) {
		k = point(p + i, &c);
		u[0] = c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10);
		u[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
		for (m = 0; m < (c < 0x10000 ? 1 : 2); m++) {
			buf_put_u8(b, (uint8_t)(little ? u[m] : u[m] >> 8));
			buf_put_u8(b, (uint8_t)(little ? u[m] >> 8 : u[m]));
		}
	}
}

static int
utf16_le(struct buf *b, const uint8_t *p, size_t n)
{
	utf16(b, p, n, 1);
	return (1);
}

static int
utf16_be(struct buf *b, const uint8_t *p, size_t n)
{
	utf16(b, p, n, 0);
	return (1);
}

/* One line of several, in base64 behind a byte. */
static int
line_base64(struct buf *b, const uint8_t *p, size_t n)
{
	const uint8_t *at = memchr(p, '\n', n), *end;

	if (at == NULL)
		return (0);
	at++;
	end = p + n;
	if (memchr(at, '\n', (size_t)(end - at)) != NULL)
		end = memchr(at, '\n', (size_t)(end - at));
	while (end > at && end[-1] == '\r')
		end--;
	base64(b, at, (size_t)(end - at), 1, sodium_base64_VARIANT_ORIGINAL,
	    0);
	return (1);
}

static const struct {
	const char	*name;
	form_fn		*fn;
	size_t		 edges;
} forms[] = {
	{ "as it is", as_it_is, 0 },
	{ "CR LF", with_crlf, 0 },
	{ "indented", indented, 0 },
	{ "hex", hex, 0 },
	{ "HEX", hex_upper, 0 },
	{ "base64", base64_0, EDGES },
	{ "base64 behind a byte", base64_1, EDGES },
	{ "base64 behind two bytes", base64_2, EDGES },
	{ "base64 in lines", base64_folded, EDGES + 1 },
	{ "base64url", base64_url, EDGES },
	{ "base64url behind two bytes", base64_url_2, EDGES },
	{ "base64 of CR LF", base64_crlf, EDGES },
	{ "base64 of a line", line_base64, EDGES },
	{ "percent", percent, 1 },
	{ "JSON", json_ascii, 1 },
	{ "octal", octal, 1 },
	{ "shell", shell_quoted, 0 },
	{ "UTF-16LE", utf16_le, 1 },
	{ "UTF-16BE", utf16_be, 1 },
};

/* Bytes that are left of the form, between what is around it. */
static size_t
left_of(const struct buf *got, const char *what)
{
	size_t n = strlen(BEFORE), left = 0, marks = 0, end;
	const char *p = (const char *)got->data;

	if (got->len < n + strlen(BEHIND) || memcmp(p, BEFORE, n) != 0 ||
	    memcmp(p + got->len - strlen(BEHIND), BEHIND,
	    strlen(BEHIND)) != 0)
		fail_msg("%s: changed around it: %.*s", what, (int)got->len,
		    p);
	for (end = got->len - strlen(BEHIND); n < end;)
		if (n + strlen(MASK_MARK) <= end && memcmp(p + n, MASK_MARK,
		    strlen(MASK_MARK)) == 0) {
			n += strlen(MASK_MARK);
			marks++;
		} else {
			n++;
			left++;
		}
	if (marks == 0)
		fail_msg("%s: not masked: %.*s", what, (int)got->len, p);
	return (left);
}

/* The output in two pieces; all of it at once where cut is its length. */
static void
cut_at(const struct masker *h, const struct buf *out, size_t cut,
    struct buf *got)
{
	struct masker_stream *s = masker_open(h);

	buf_init(got, masker_room(h) + 4 * TEXT);
	masker_feed(s, out->data, cut, got);
	masker_feed(s, out->data + cut, out->len - cut, got);
	masker_finish(s, got);
	masker_close(s);
}

static void
try_form(const struct masker *h, const char *value, size_t f)
{
	struct buf out, got, whole;
	char what[128];
	size_t cut;

	buf_init(&out, 8 * TEXT);
	buf_put(&out, BEFORE, strlen(BEFORE));
	if (!forms[f].fn(&out, (const uint8_t *)value, strlen(value))) {
		buf_free(&out);
		return;
	}
	buf_put(&out, BEHIND, strlen(BEHIND));
	assert_false(out.bad);
	cut_at(h, &out, out.len, &whole);
	(void)snprintf(what, sizeof(what), "%.20s, %s", value, forms[f].name);
	if (left_of(&whole, what) > forms[f].edges)
		fail_msg("%s: shown: %.*s", what, (int)whole.len,
		    (const char *)whole.data);
	for (cut = 0; cut < out.len; cut++) {
		cut_at(h, &out, cut, &got);
		if (got.len != whole.len || memcmp(got.data, whole.data,
		    got.len) != 0)
			fail_msg("%s, cut at %zu: %.*s", what, cut,
			    (int)got.len, (const char *)got.data);
		buf_free(&got);
	}
	buf_free(&whole);
	buf_free(&out);
}

static void
test_forms(void **state)
{
	struct masker *h;
	size_t i, f;

	(void)state;
	for (i = 0; i < NELEM(values); i++) {
		h = masker_new();
		masker_add(h, (const uint8_t *)values[i], strlen(values[i]));
		assert_int_equal(masker_build(h), 0);
		for (f = 0; f < NELEM(forms); f++)
			try_form(h, values[i], f);
		masker_free(h);
	}
}

/* A prompt is there before anything is typed, in every reading. */
static void
test_prompts(void **state)
{
	static const char *const prompts[] = { "$ ", "Password: ",
	    "continue? [y/N] ", "\\u003e ", "100% ", "it's ", "sk-l\n",
	    "value? sk-li\n" };
	struct masker_stream *s;
	struct masker *h;
	struct buf b;
	size_t i;

	(void)state;
	h = masker_new();
	for (i = 0; i < NELEM(values); i++)
		masker_add(h, (const uint8_t *)values[i], strlen(values[i]));
	assert_int_equal(masker_build(h), 0);
	for (i = 0; i < NELEM(prompts); i++) {
		buf_init(&b, masker_room(h));
		s = masker_open(h);
		masker_feed(s, (const uint8_t *)prompts[i],
		    strlen(prompts[i]), &b);
		if (b.len != strlen(prompts[i]) || memcmp(b.data, prompts[i],
		    b.len) != 0)
			fail_msg("held: \"%s\"", prompts[i]);
		masker_close(s);
		buf_free(&b);
	}
	masker_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_prompts),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("forms of masked values", tests,
	    NULL, NULL));
}
