/* SPDX-License-Identifier: ISC */
/*
 * The short line of a program that a run has started: every word as it was,
 * escaped for a terminal, and nothing for other records.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <string.h>

#include "client/execline.h"
#include "common/field.h"

static void
make_line(struct buf *line, const char *ev, const struct strv *argv,
    const char *rule)
{
	struct record_head head;
	struct buf f;

	buf_init(&f, 65536);
	field_str(&f, "ev", ev);
	field_str(&f, "run", "r000000000001");
	field_u64(&f, "seq", 7);
	field_u64(&f, "parent", 3);
	field_str(&f, "verdict", "deny");
	field_list(&f, "argv", argv);
	if (*rule != '\0') {
		field_bool(&f, "answered", 1);
		field_str(&f, "rule", rule);
	}
	record_start(&head);
	buf_init(line, RECORD_MAX);
	assert_int_equal(record_line(line, &head, 1700000000000000,
	    RECORD_EXEC, f.data, f.len), 0);
	buf_free(&f);
}

/* What it says behind number and time; NULL if nothing. */
static char *
show(const char *ev, const struct strv *argv, const char *rule)
{
	struct record_view v;
	struct buf line, b;
	char *s = NULL;

	make_line(&line, ev, argv, rule);
	assert_int_equal(record_view(&v, (char *)line.data, line.len), 0);
	buf_init(&b, RECORD_MAX);
	if (execline_show(&b, &v)) {
		buf_put_u8(&b, 0);
		assert_false(b.bad);
		s = strchr(strchr((char *)b.data, ' ') + 1, ' ');
		s = xstrdup(s + 1);
	} else
		assert_int_equal(b.len, 0);
	buf_free(&line);
	buf_free(&b);
	return (s);
}

static void
test_words(void **state)
{
	static const struct { const char *word, *shown; } t[] = {
		{ "plain", "plain" }, { "", "\"\"" }, { "a b", "\"a b\"" },
		{ "x\"y", "\"x\\\"y\"" }, { "\\", "\"\\\\\"" },
		{ "],[", "\"],[\"" }, { "a\",\"b", "\"a\\\",\\\"b\"" },
		{ "{\"b64\":\"x\"}", "\"{\\\"b64\\\":\\\"x\\\"}\"" },
		/* what nobody would see stays visible, and itself */
		{ "a\nb", "\"a\\nb\"" }, { "a\\u000ab", "\"a\\\\u000ab\"" },
		{ "\033[2J", "\"\\x1b[2J\"" },
		{ "a\xe2\x80\xae" "b", "\"a\\u{202e}b\"" },
		{ "\xf3\xa0\x81\x81", "\"\\u{e0041}\"" },
		{ "\xc3\xa4\xc2\xad", "\"\xc3\xa4\\u{ad}\"" },
		{ "exec:", "exec:" },
	};
	struct strv argv = { NULL, 0 };
	char want[64], *s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		strv_add(&argv, t[i].word);
		(void)snprintf(want, sizeof(want), "r000000000001 #7<3 deny "
		    "%s", t[i].shown);
		s = show("exec", &argv, "");
		assert_string_equal(s, want);
		free(s);
		strv_free(&argv);
	}
}

static void
test_several(void **state)
{
	struct strv argv = { NULL, 0 };
	char *s;

	(void)state;
	strv_add(&argv, "rm");
	strv_add(&argv, "\xff\xfe" "0123456789");
	strv_add(&argv, "-f");
	s = show("exec", &argv, "skills.x.ask: rm **");
	assert_non_null(strstr(s, "deny rm \"{\\\"b64\\\":"));
	assert_non_null(strstr(s, "}\" -f  (skills.x.ask: rm **, answered)"));
	free(s);
	assert_null(show("result", &argv, ""));
	strv_free(&argv);
	s = show("exec", &argv, "");
	assert_string_equal(s, "r000000000001 #7<3 deny");
	free(s);
}

/* Of a name that it has changed, whatever that looks like. */
static void
test_names(void **state)
{
	static const struct { const char *path, *to, *shown; } t[] = {
		{ "/w/a", NULL, "/w/a" },
		{ "/w/a b", "../c", "\"/w/a b\" -> ../c" },
		{ "/w/\n\033[m", NULL, "\"/w/\\n\\x1b[m\"" },
		{ "/w/-> x", "/w/{", "\"/w/-> x\" -> \"/w/{\"" },
		{ "/w/\xff", NULL, "\"{\\\"b64\\\":\\\"L3cv/w==\\\"}\"" },
	};
	struct record_head head;
	struct record_view v;
	struct buf f, line, b;
	char want[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		buf_init(&f, 65536);
		field_str(&f, "ev", "renamed");
		field_str(&f, "run", "r000000000001");
		field_u64(&f, "seq", 7);
		field_str(&f, "path", t[i].path);
		if (t[i].to != NULL)
			field_str(&f, "to", t[i].to);
		record_start(&head);
		buf_init(&line, RECORD_MAX);
		assert_int_equal(record_line(&line, &head, 1700000000000000,
		    RECORD_FILE, f.data, f.len), 0);
		assert_int_equal(record_view(&v, (char *)line.data, line.len),
		    0);
		buf_init(&b, RECORD_MAX);
		assert_int_equal(execline_show(&b, &v), 1);
		buf_put_u8(&b, 0);
		(void)snprintf(want, sizeof(want), "r000000000001 file 7 "
		    "renamed %s", t[i].shown);
		assert_string_equal(strchr(strchr((char *)b.data, ' ') + 1,
		    ' ') + 1, want);
		buf_free(&f);
		buf_free(&line);
		buf_free(&b);
	}
}

static int
setup(void **state)
{
	(void)state;
	return (sodium_init() == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_names),
	};

	return (cmocka_run_group_tests_name("client execline", tests, setup,
	    NULL));
}
