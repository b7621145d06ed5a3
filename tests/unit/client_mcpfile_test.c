/* SPDX-License-Identifier: ISC */
/* What a run of clawbot-file is asked for, and what is made of its words. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/mcp/filetold.h"
#include "client/mcp/mcpfile.h"

#define HEX	"ba7816bf8f01cfea414140de5dae2223"	\
	"b00361a396177a9cb410ff61f20015ad"

static enum filetold_what
told(struct filetold *t, const char *text)
{
	filetold_find(t, text, strlen(text));
	return (t->what);
}

static void
test_told(void **state)
{
	struct filetold t;

	(void)state;
	assert_int_equal(told(&t, FILEOP_LINE "read size=10 sha256=" HEX
	    " bytes=3 more=1\n"), FILETOLD_READ);
	assert_int_equal(t.size, 10);
	assert_int_equal(t.bytes, 3);
	assert_int_equal(t.more, 1);
	assert_string_equal(t.sha256, HEX);
	assert_int_equal(told(&t, "before\n" FILEOP_LINE "wrote size=1 sha256="
	    HEX " how=created\nbehind\n"), FILETOLD_WROTE);
	assert_string_equal(t.text, "created");
	assert_int_equal(t.at, 7);
	assert_int_equal(t.at + t.len + 7, strlen("before\n" FILEOP_LINE
	    "wrote size=1 sha256=" HEX " how=created\nbehind\n"));
	assert_int_equal(told(&t, FILEOP_LINE "differs sha256=-\n"),
	    FILETOLD_DIFFERS);
	assert_string_equal(t.sha256, "");
	assert_int_equal(told(&t, FILEOP_LINE "failed No such file\n"),
	    FILETOLD_FAILED);
	assert_string_equal(t.text, "No such file");
	/* the last one is what it has told */
	assert_int_equal(told(&t, FILEOP_LINE "failed a\n" FILEOP_LINE
	    "failed b\n"), FILETOLD_FAILED);
	assert_string_equal(t.text, "b");
}

static void
test_told_nothing(void **state)
{
	static const char *const lines[] = {
		"", "\n", "failed x\n", FILEOP_LINE, FILEOP_LINE "\n",
		"clawbot-file 2 failed x\n", " " FILEOP_LINE "failed x\n",
		/* not whole */
		FILEOP_LINE "failed x",
		FILEOP_LINE "read size=1 sha256=" HEX " bytes=1\n",
		FILEOP_LINE "read size=1 sha256=" HEX " bytes=1 more=2\n",
		FILEOP_LINE "read size=1 sha256=" HEX " bytes=1 more=0 x\n",
		FILEOP_LINE "read size=-1 sha256=" HEX " bytes=1 more=0\n",
		FILEOP_LINE "read size= sha256=" HEX " bytes=1 more=0\n",
		FILEOP_LINE "read size=99999999999999999999 sha256=" HEX
		    " bytes=1 more=0\n",
		FILEOP_LINE "read size=1 sha256=abc bytes=1 more=0\n",
		FILEOP_LINE "differs sha256=\n", FILEOP_LINE "differs\n",
		FILEOP_LINE "wrote size=1 sha256=" HEX "\n",
		FILEOP_LINE "WROTE size=1 sha256=" HEX " how=created\n",
	};
	struct filetold t;
	char nul[] = FILEOP_LINE "failed xy\n", *longer;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lines); i++)
		assert_int_equal(told(&t, lines[i]), FILETOLD_NOTHING);
	nul[sizeof(nul) - 4] = '\0';
	filetold_find(&t, nul, sizeof(nul) - 1);
	assert_int_equal(t.what, FILETOLD_NOTHING);
	longer = malloc(5000);
	assert_non_null(longer);
	memset(longer, 'x', 5000);
	memcpy(longer, FILEOP_LINE "failed ", sizeof(FILEOP_LINE) + 6);
	longer[4999] = '\n';
	filetold_find(&t, longer, 5000);
	assert_int_equal(t.what, FILETOLD_NOTHING);
	free(longer);
}

/* The words of the command, or what is wrong. */
static void
assert_words(enum tool tool, const char *args, const char *want)
{
	json_t *a = json_loads(args, JSON_ALLOW_NUL, NULL), *c, *word;
	char text[1024] = "", why[256];
	size_t i, n;

	assert_non_null(a);
	c = mcpfile_command(tool, a, why, sizeof(why));
	if (c == NULL)
		assert_string_equal(why, want);
	else {
		assert_string_equal(tooltable_str(c, "command"), FILEOP_NAME);
		json_array_foreach(json_object_get(c, "args"), i, word) {
			n = strlen(text);
			(void)snprintf(text + n, sizeof(text) - n, "%s%s",
			    i == 0 ? "" : "|", json_string_value(word));
		}
		assert_string_equal(text, want);
	}
	json_decref(c);
	json_decref(a);
}

static void
test_read_words(void **state)
{
	(void)state;
	assert_int_equal(chdir("/usr/share"), 0);
	assert_words(TOOL_READ, "{\"path\":\"/a\"}", "read|/a");
	assert_words(TOOL_READ, "{\"path\":\"/a\",\"limit\":65536,"
	    "\"offset\":0}", "read|/a");
	assert_words(TOOL_READ, "{\"path\":\"/a\",\"limit\":1,"
	    "\"offset\":7}", "read|/a|from=7|most=1");
	assert_words(TOOL_READ, "{\"path\":\"//a/./b/../c\"}", "read|/a/c");
	assert_words(TOOL_READ, "{\"path\":\"/../../x\"}", "read|/x");
	assert_words(TOOL_READ, "{\"path\":\"../x y\"}", "read|/usr/x y");
	assert_words(TOOL_READ, "{\"path\":\"x\"}", "read|/usr/share/x");
	assert_words(TOOL_READ, "{\"path\":\"-from=1\"}",
	    "read|/usr/share/-from=1");
	assert_words(TOOL_READ, "{\"path\":\"/..a/...\"}", "read|/..a/...");
	assert_words(TOOL_READ, "{\"path\":\"/\"}",
	    "path is that of a directory");
	assert_words(TOOL_READ, "{\"path\":\"/a/..\"}",
	    "path is that of a directory");
	assert_words(TOOL_READ, "{\"path\":\"/a/\"}",
	    "path is that of a directory");
}

static void
test_write_words(void **state)
{
	(void)state;
	assert_words(TOOL_WRITE, "{\"path\":\"/a\",\"content\":\"abc\"}",
	    "write|/a|sha256=" HEX);
	assert_words(TOOL_WRITE, "{\"path\":\"/a\",\"content\":\"abc\","
	    "\"expect_sha256\":\"BA7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad\"}",
	    "write|/a|sha256=" HEX "|was=" HEX);
	assert_words(TOOL_WRITE, "{\"path\":\"/a\",\"content\":\"abc\","
	    "\"expect_sha256\":\"-\"}",
	    "expect_sha256 has 64 hexadecimal digits");
	/* a NUL is one of its bytes */
	assert_words(TOOL_WRITE, "{\"path\":\"/a\",\"content\":\"\\u0000\"}",
	    "write|/a|sha256=6e340b9cffb37a989ca544e6bb780a2c"
	    "78901d3fb33738768511a30617afa01d");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_told_nothing),
		cmocka_unit_test(test_read_words),
		cmocka_unit_test(test_write_words),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
