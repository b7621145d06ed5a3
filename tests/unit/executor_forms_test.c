/* SPDX-License-Identifier: ISC */
/*
 * Forms of values in the output of runs, as programs make them: each is
 * masked, wherever it is cut in two, and what is around it stays.  What may be
 * shown at once is not held.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <ctype.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/plan.h"
#include "executor/runner/masker.h"

/* What programs make of a value, each by its own means. */
static char *
by_hex(const char *v, int upper)
{
	size_t n = strlen(v), i;
	char *out = xmalloc(2 * n + 1);

	for (i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, upper ? "%02X" : "%02x",
		    (unsigned)(uint8_t)v[i]);
	return (out);
}

/* keep: what stays as it is; all else, or with NULL everything, is escaped. */
static char *
by_percent(const char *v, const char *keep, int upper, int plus)
{
	char *out = xcalloc(3, strlen(v) + 1), *p = out;

	for (; *v != '\0'; v++)
		if (plus && *v == ' ')
			*p++ = '+';
		else if (keep != NULL && (isalnum((unsigned char)*v) ||
		    strchr(keep, *v) != NULL))
			*p++ = *v;
		else
			p += snprintf(p, 4, upper ? "%%%02X" : "%%%02x",
			    (unsigned)(uint8_t)*v);
	return (out);
}

static char *
by_json(const char *v, size_t flags)
{
	json_t *j = json_string(v);
	char *out = json_dumps(j, JSON_ENCODE_ANY | flags), *inner;

	inner = xstrndup(out + 1, strlen(out) - 2);
	free(out);
	json_decref(j);
	return (inner);
}

/* from: what a backslash, or another text, is put in the place of. */
static char *
by_quotes(const char *v, const char *from, const char *before,
    const char *after)
{
	char *out = xcalloc(8, strlen(v) + 1), *p = out;

	for (; *v != '\0'; v++)
		if (strchr(from, *v) != NULL)
			p += snprintf(p, 8, "%s%c%s", before, *v, after);
		else
			*p++ = *v;
	return (out);
}

/* Lines that end in another way, and are indented. */
static char *
by_lines(const char *v, const char *eol)
{
	char *out = xcalloc(16, strlen(v) + 1), *p = out;

	for (; *v != '\0'; v++)
		if (*v == '\n')
			p = stpcpy(p, eol);
		else
			*p++ = *v;
	return (out);
}

/* before: bytes of something else in front of it; columns: 0, or a line's. */
static char *
by_base64(const char *v, size_t before, int variant, size_t columns)
{
	size_t n = strlen(v), len, i;
	uint8_t *in = xcalloc(1, n + before + 1);
	char *text, *out, *p;

	memset(in, 0x5a, before);
	memcpy(in + before, v, n);
	len = sodium_base64_encoded_len(n + before, variant);
	text = xmalloc(len);
	sodium_bin2base64(text, len, in, n + before, variant);
	p = out = xcalloc(2, len + 1);
	for (i = 0; text[i] != '\0'; i++) {
		if (columns != 0 && i != 0 && i % columns == 0)
			*p++ = '\n';
		*p++ = text[i];
	}
	free(in);
	free(text);
	return (out);
}

struct wrapped {
	const char	*value;
	char		*form;		/* freed */
	size_t		 n;
	size_t		 edge;		/* characters that may be shown */
	const char	*how;
};

static size_t
masked_at(struct buf *b, const struct masker *h, const uint8_t *p, size_t n,
    size_t split)
{
	struct masker_stream *s = masker_open(h);
	size_t certain;

	buf_reset(b);
	masker_feed(s, p, split, b);
	certain = b->len;
	masker_feed(s, p + split, n - split, b);
	masker_finish(s, b);
	masker_close(s);
	return (certain);
}

/* Between other text, in two pieces wherever it is cut. */
static void
check_form(struct wrapped *w)
{
	static const char pre[] = "; was: ", post[] = " = the end.";
	struct masker *h = masker_new();
	struct buf in, out;
	size_t i, left;
	char *mark;

	masker_add(h, (const uint8_t *)w->value, strlen(w->value));
	assert_int_equal(masker_build(h), 0);
	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	buf_put(&in, pre, strlen(pre));
	buf_put(&in, w->form, w->n);
	buf_put(&in, post, strlen(post));
	for (i = 0; i <= in.len; i += 1 + in.len / 400) {
		(void)masked_at(&out, h, in.data, in.len, i);
		buf_put_u8(&out, 0);
		mark = strstr((char *)out.data, MASK_MARK);
		left = out.len - 1 - strlen(MASK_MARK) - strlen(pre) -
		    strlen(post);
		if (mark == NULL || left > w->edge || strncmp(
		    (char *)out.data, pre, strlen(pre)) != 0 ||
		    strcmp((char *)out.data + out.len - 1 - strlen(post),
		    post) != 0)
			fail_msg("%s of \"%s\" at %zu: \"%s\"", w->how,
			    w->value, i, (char *)out.data);
	}
	buf_free(&in);
	buf_free(&out);
	masker_free(h);
	free(w->form);
}

static void
form(const char *value, const char *how, char *made, size_t edge)
{
	struct wrapped w = { value, made, strlen(made), edge, how };

	check_form(&w);
}

static void
zeros_form(const char *value, size_t before, size_t after)
{
	struct wrapped w = { value, NULL, 0, before + after, "zeros" };
	size_t i, n = strlen(value);

	w.form = xcalloc(n, 1 + before + after);
	for (i = 0; i < n; i++) {
		w.n += before;
		w.form[w.n++] = value[i];
		w.n += after;
	}
	/* what is around them is not for strstr() */
	memmove(w.form, w.form + before, w.n - before - after);
	w.n -= before + after;
	check_form(&w);
}

static void
test_forms(void **state)
{
	static const char *const values[] = {
		"tok-0123456789", "p@ss w0rd/\"quoted\" \\ 'x' $y `z`",
		"a+b c&d=e%f?g#h+i", "\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac-"
		"\xf0\x9f\x94\x91-key", "short", "first of lines\nsecond\n"
		"\tthe third one is longer", "{\n  \"key\": \"0123456789\"\n}",
	};
	const char *v;
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(values); i++) {
		v = values[i];
		form(v, "itself", xstrdup(v), 0);
		form(v, "CR LF", by_lines(v, "\r\n"), 0);
		form(v, "indented", by_lines(v, "\n\t  "), 0);
		form(v, "hex", by_hex(v, 0), 0);
		form(v, "HEX", by_hex(v, 1), 0);
		form(v, "a URL's", by_percent(v, "-._~", 1, 0), 1);
		form(v, "a component's", by_percent(v, "-_.!~*'()", 0, 0), 1);
		form(v, "a form's", by_percent(v, "*-._", 1, 1), 1);
		form(v, "percent", by_percent(v, NULL, 1, 0), 1);
		form(v, "JSON", by_json(v, 0), 1);
		form(v, "JSON in ASCII", by_json(v, JSON_ENSURE_ASCII), 1);
		form(v, "JSON with \\/", by_json(v, JSON_ESCAPE_SLASH), 1);
		form(v, "a shell's", by_quotes(v, "'", "'\\", "'"), 1);
		form(v, "Python's", by_quotes(v, "'", "'\"", "\"'"), 0);
		form(v, "double quotes'", by_quotes(v, "$`\"\\", "\\", ""),
		    1);
		form(v, "%q", by_quotes(v, " $`\"\\'&?#=%{}", "\\", ""), 1);
		for (k = 0; k < 3; k++) {
			form(v, "base64", by_base64(v, k,
			    sodium_base64_VARIANT_ORIGINAL, 0), 7);
			form(v, "base64url", by_base64(v, k,
			    sodium_base64_VARIANT_URLSAFE, 0), 7);
			form(v, "base64 in lines", by_base64(v, k,
			    sodium_base64_VARIANT_ORIGINAL, 8 + k), 8);
		}
	}
	zeros_form(values[0], 0, 1);
	zeros_form(values[0], 1, 0);
	zeros_form(values[0], 0, 3);
}

/* UTF-16 of what is not ASCII, as iconv makes it. */
static void
test_utf16(void **state)
{
	static const char v[] = "\xc3\xa4-\xe2\x82\xac-\xf0\x9f\x94\x91-key";
	static const uint8_t le[] = { 0xe4, 0, '-', 0, 0xac, 0x20, '-', 0,
	    0x3d, 0xd8, 0x11, 0xdd, '-', 0, 'k', 0, 'e', 0, 'y', 0 };
	struct wrapped w = { v, NULL, sizeof(le), 0, "UTF-16" };
	size_t i;

	(void)state;
	w.form = xmalloc(sizeof(le));
	memcpy(w.form, le, sizeof(le));
	check_form(&w);
	w.form = xmalloc(sizeof(le));
	for (i = 0; i < sizeof(le); i += 2) {
		w.form[i] = (char)le[i + 1];
		w.form[i + 1] = (char)le[i];
	}
	check_form(&w);
}

/* How much of a text is certain at once, before anything follows. */
static size_t
certain(const struct masker *h, const char *text)
{
	struct buf b;
	size_t n;

	buf_init(&b, 65536);
	n = masked_at(&b, h, (const uint8_t *)text, strlen(text),
	    strlen(text));
	buf_free(&b);
	return (n);
}

/*
 * Prompts, and lines that wait for an answer, are not held, whatever they end
 * with; a value that is whole is not either, nor one that could go on.
 */
static void
test_prompts(void **state)
{
	static const char *const prompts[] = { "$ ", "Password: ", ">>> ",
	    "% ", "go on? [y/N] ", "{\"id\":1}\n", "{\"id\":1}\r\n", "half: %",
	    "C:\\", "dG9rLQ\n", "tok-0\n", "tok-0\r\n", "'", "\"x\"\n" };
	struct masker *h = masker_new();
	size_t i;

	(void)state;
	masker_add(h, (const uint8_t *)"tok-0123456789", 14);
	masker_add(h, (const uint8_t *)"  \"indented\"", 12);
	masker_add(h, (const uint8_t *)"tok-0123456789-longer", 21);
	assert_int_equal(masker_build(h), 0);
	for (i = 0; i < NELEM(prompts); i++)
		if (certain(h, prompts[i]) != strlen(prompts[i]))
			fail_msg("held: %s, but for %zu", prompts[i],
			    certain(h, prompts[i]));
	assert_int_equal(certain(h, "x tok-0123456789"), 2 +
	    strlen(MASK_MARK));
	assert_int_equal(certain(h, "x tok-"), 2);
	masker_free(h);
}

/* Each line that is long enough, alone, and what is around it stays. */
static void
test_lines(void **state)
{
	static const char v[] = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n"
	    "kqhkiG9w0BAQ==\nab\n-----END KEY-----\n";
	static const char in[] = "1: -----BEGIN KEY-----;\n"
	    "2:\tkqhkiG9w0BAQ==\r\n+MIIEvQIBADANBg|ab\n";
	static const char want[] = "1: " MASK_MARK ";\n2:\t" MASK_MARK
	    "\r\n+" MASK_MARK "|ab\n";
	struct masker *h = masker_new();
	struct buf b;
	size_t i;

	(void)state;
	masker_add(h, (const uint8_t *)v, strlen(v));
	assert_int_equal(masker_build(h), 0);
	buf_init(&b, 65536);
	for (i = 0; i <= strlen(in); i++) {
		(void)masked_at(&b, h, (const uint8_t *)in, strlen(in), i);
		assert_int_equal(b.len, strlen(want));
		assert_memory_equal(b.data, want, b.len);
	}
	buf_free(&b);
	masker_free(h);
}

/* A hundred values, and output that nearly is one all the time. */
static void
test_many(void **state)
{
	static char v[100][64];
	static uint8_t chunk[MASKER_CHUNK];
	struct masker *h = masker_new();
	struct masker_stream *s;
	struct buf b;
	size_t i, n;

	(void)state;
	srandom(3);
	for (i = 0; i < 100; i++) {
		memset(v[i], 'a', 40);
		for (n = 40; n < 62; n++)
			v[i][n] = (char)('a' + random() % 26);
		masker_add(h, (const uint8_t *)v[i], 62);
	}
	assert_int_equal(masker_build(h), 0);
	s = masker_open(h);
	buf_init(&b, masker_room(h));
	memset(chunk, 'a', sizeof(chunk));
	for (i = 0; i < 100; i++) {
		masker_feed(s, chunk, sizeof(chunk), &b);
		n = i * 601 % (sizeof(chunk) - 64);
		memcpy(chunk + n, v[i], 62);
		masker_feed(s, chunk, sizeof(chunk), &b);
		memset(chunk + n, 'a', 62);
		assert_int_equal(b.bad, 0);
		buf_reset(&b);
	}
	masker_finish(s, &b);
	assert_int_equal(masker_count(s), 100);
	buf_free(&b);
	masker_close(s);
	masker_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_prompts),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests_name("executor forms", tests, NULL,
	    NULL));
}
