/* SPDX-License-Identifier: ISC */
/* Settings: what is put into them comes out again, to the byte. */
#include "config.h"

#include <jansson.h>

#include "tests/unit/unit.h"

#include <string.h>

#include "client/connect/jsonedit.h"
#include "client/connect/setup.h"
#include "client/connect/tomledit.h"

static char value[] = "{\n  \"hooks\": [\n    { \"command\": \"our thing\" }\n"
    "  ]\n}";
static const struct jsonedit element = { { "hooks", "Pre", NULL }, NULL,
    value, "our thing" };
static char word[] = "\"our thing\"";
static const struct jsonedit member = { { "env", NULL }, "KEY", word,
    "our thing" };
static char other[] = "\"our thing, and more\"";
static const struct jsonedit later = { { "env", NULL }, "KEY", other,
    "our thing" };

static const char *const docs[] = {
	"{}", "{ }", "{\n}\n", "{\"a\":1}", "{ \"a\": 1, }\n",
	"{\n\t\"a\": [1, 2],\n\t\"env\": {}\n}\n",
	"{\n    \"hooks\": {},\n    \"b\": \"}\"\n}",
	"{\n    \"hooks\": {\n        \"Pre\": []\n    }\n}\n",
	"{\n  \"hooks\": {\n    \"Pre\": [\n      {}\n    ]\n  }\n}\n",
	("{\n  \"hooks\": {\n    \"Post\": [ 1 ]\n  },\n  "
	    "\"env\": {\"A\": \"x\"} }"),
	"// first\n{ /* \"hooks\": { */ env: { 'B': 'it\\'s' }, // }\n}\n",
	"{\"hooks\":{\"Pre\":[{\"x\":[[]]},]}}",
	"{ \"\\u0065nv\": 1, \"x\": [ \"\\\\\" ] }",
};

/* Added twice it is there once; taken out it is as before. */
static void
there_and_back(const char *text, const struct jsonedit *e)
{
	char *with, *again, *back;
	const char *why;

	assert_int_equal(jsonedit_add(text, e, &with, &why), 1);
	assert_non_null(strstr(with, "our thing"));
	assert_int_equal(jsonedit_add(with, e, &again, &why), 0);
	assert_null(again);
	assert_int_equal(jsonedit_remove(with, e, &back, &why), 1);
	if (strcmp(back, text) != 0)
		fail_msg("%s\nbecame\n%s\nand then\n%s", text, with, back);
	assert_int_equal(jsonedit_remove(back, e, &again, &why), 0);
	free(with);
	free(back);
}

static void
test_back(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(docs); i++) {
		there_and_back(docs[i], &element);
		there_and_back(docs[i], &member);
	}
	there_and_back("", &element);
	there_and_back("", &member);
}

/* Two of them, and what was strict JSON stays it. */
static void
test_both(void **state)
{
	char *one, *two, *back, *all;
	const char *why;
	json_t *doc;
	size_t i;
	int strict;

	(void)state;
	for (i = 0; i < NELEM(docs); i++) {
		doc = json_loads(docs[i], 0, NULL);
		strict = doc != NULL;
		json_decref(doc);
		assert_int_equal(jsonedit_add(docs[i], &member, &one, &why),
		    1);
		assert_int_equal(jsonedit_add(one, &element, &two, &why), 1);
		doc = json_loads(two, 0, NULL);
		if (strict && doc == NULL)
			fail_msg("%s\nbecame\n%s", docs[i], two);
		json_decref(doc);
		assert_int_equal(jsonedit_remove(two, &element, &back, &why),
		    1);
		assert_int_equal(jsonedit_remove(back, &member, &all, &why),
		    1);
		assert_string_equal(all, docs[i]);
		free(one);
		free(two);
		free(back);
		free(all);
	}
}

static void
test_changed(void **state)
{
	const char *why;
	char *with, *now, *back;

	(void)state;
	/* another version of it takes its place */
	assert_int_equal(jsonedit_add("{\"a\": 1}", &member, &with, &why), 1);
	assert_int_equal(jsonedit_add(with, &later, &now, &why), 1);
	assert_non_null(strstr(now, "and more"));
	assert_null(strstr(now, "\"our thing\""));
	free(with);
	free(now);
	/* and what somebody has moved is found */
	assert_int_equal(jsonedit_remove("{\"a\": 1, \"env\": {\"KEY\":"
	    "\"our thing\", \"B\": 2}}", &member, &back, &why), 1);
	assert_string_equal(back, "{\"a\": 1, \"env\": { \"B\": 2}}");
	free(back);
	assert_int_equal(jsonedit_remove("{\"env\":{\"B\":2, \"KEY\":"
	    "\"our thing\"}}", &member, &back, &why), 1);
	assert_string_equal(back, "{\"env\":{\"B\":2}}");
	free(back);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "[]", "1", "{", "{]", "{}}",
	    "{\"env\": 1}", "{\"env\": {\"KEY\": \"theirs\"}}",
	    "{\"env\": {}, \"env\": {}}", "{\"a\" 1}", "{\"a\": }", "{ /* }",
	    "{\"a\": \"}", "{\"a\": 1 2}", "\xef\xbb\xbf{}" };
	const char *why;
	char *out, *deep;
	size_t i, n = 100000;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		assert_int_equal(jsonedit_add(bad[i], &member, &out, &why),
		    -1);
		assert_null(out);
		assert_non_null(why);
	}
	deep = malloc(n + 1);
	assert_non_null(deep);
	memset(deep, '[', n);
	memcpy(deep, "{\"a\":", 5);
	deep[n] = '\0';
	assert_int_equal(jsonedit_add(deep, &member, &out, &why), -1);
	free(deep);
}

#define BLOCK	"[mcp_servers.clawbot]\ncommand = \"x\"\n"

static const struct {
	const char	*text;
	int		 r;
} tomls[] = {
	{ "", 1 }, { "a = 1", 1 }, { "a = 1\n", 1 }, { "# x", 1 },
	{ "[mcp_servers.other]\na = [\n 1, # ]\n \"]\",\n]\n", 1 },
	{ "[[hooks.PreToolUse]]\n[[hooks.PreToolUse.hooks]]\ntype = 1\n", 1 },
	{ "[[hooks.PreToolUse]]\nmatcher = \"x\"\n", 1 },
	{ "[hooks]\nx = '''\n[mcp_servers.clawbot]\n'''\n", 1 },
	{ "s = \"\"\"\n[mcp_servers.clawbot]\\\"\"\"\n\"\"\"\n", 1 },
	{ "t = { a = 1 }\r\n[x.\"y z\"] # c\r\nd = 2001-01-01\r\n", 1 },
	{ "[mcp_servers.clawbot]\n", -1 },
	{ "[ mcp_servers . \"clawbot\" ]\n", -1 },
	{ "[mcp_servers.clawbot.env]\n", -1 },
	{ "mcp_servers.clawbot.command = \"x\"\n", -1 },
	{ "mcp_servers = {}\n", -1 },
	{ "[mcp_servers]\nclawbot = {}\n", -1 },
	{ "hooks = {}\n", -1 },
	{ "[hooks]\nPreToolUse = []\n", -1 },
	{ "[hooks.PreToolUse]\n", -1 },
	{ "[[hooks]]\n", -1 },
	{ "[[mcp_servers]]\n", -1 },
	{ "[x\n", -1 }, { "a\n", -1 }, { "a = \"\n", -1 }, { "a = [\n", -1 },
	{ "= 1\n", -1 }, { "a = ]\n", -1 }, { "[[x]\n", -1 },
	{ "[\"mcp_\\u0073ervers\"]\n", -1 },
};

static void
test_toml(void **state)
{
	char *with, *again, *back;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(tomls); i++) {
		if (tomledit_add(tomls[i].text, BLOCK, setup_tables, &with,
		    &why) != tomls[i].r)
			fail_msg("%s", tomls[i].text);
		if (tomls[i].r == -1) {
			assert_null(with);
			continue;
		}
		assert_int_equal(tomledit_add(with, BLOCK, setup_tables,
		    &again, &why), 0);
		assert_int_equal(tomledit_add(with, BLOCK "x = 1\n",
		    setup_tables, &again, &why), 1);
		assert_non_null(strstr(again, "x = 1"));
		free(again);
		assert_int_equal(tomledit_remove(with, &back, &why), 1);
		assert_string_equal(back, tomls[i].text);
		assert_int_equal(tomledit_remove(back, &again, &why), 0);
		free(with);
		free(back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_toml),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
