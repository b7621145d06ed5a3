/* SPDX-License-Identifier: ISC */
/* Hooks: what agents ask, and that what is not understood is refused. */
#include "config.h"

#include <jansson.h>

#include "tests/unit/unit.h"

#include <string.h>

#include "client/hook/hookanswer.h"
#include "client/hook/hookcall.h"
#include "client/mcp/jsonline.h"

#define CALL(tool, input)						\
	"{\"hook_event_name\":\"PreToolUse\",\"cwd\":\"/w\","		\
	"\"tool_name\":\"" tool "\",\"tool_input\":" input "}"

static const struct {
	const char	*doc;
	enum hookkind	 kind;
	const char	*what;		/* joined by | */
} calls[] = {
	{ CALL("Bash", "{\"command\":\"ls -l\",\"x\":1}"), HOOK_SHELL,
	    "ls -l" },
	{ CALL("shell_command", "{\"command\":[\"a\",\"b'c\"]}"), HOOK_SHELL,
	    "'a' 'b'\\''c'" },
	{ CALL("exec_command", "{\"cmd\":\"ls\"}"), HOOK_SHELL, "ls" },
	{ CALL("run_shell_command", "{\"command\":\"ls\"}"), HOOK_SHELL,
	    "ls" },
	{ CALL("Read", "{\"file_path\":\"/a/b\"}"), HOOK_READ, "/a/b" },
	{ CALL("Read", "{\"file_path\":\"b\"}"), HOOK_READ, "/w/b" },
	{ CALL("Glob", "{\"pattern\":\"*\"}"), HOOK_READ, "/w" },
	{ CALL("Write", "{\"file_path\":\"/a\",\"content\":\"\"}"),
	    HOOK_WRITE, "/a" },
	{ CALL("apply_patch", "{\"command\":\"*** Begin Patch\\n*** Add File:"
	    " a\\n+x\\n*** Update File: /b\\n*** Move to: c\\n*** Delete "
	    "File: d\\n*** End Patch\"}"), HOOK_WRITE, "/w/a|/b|/w/c|/w/d" },
	{ "{\"toolName\":\"bash\",\"toolArgs\":\"{\\\"command\\\":"
	    "\\\"ls\\\"}\",\"cwd\":\"/w\"}", HOOK_SHELL, "ls" },
	{ "{\"toolName\":\"bash\",\"toolArgs\":{\"command\":\"ls\"}}",
	    HOOK_SHELL, "ls" },
	{ CALL("TodoWrite", "{}"), HOOK_PASS, "" },
	{ CALL("mcp__clawbot__run_command", "{\"command\":\"ls\"}"),
	    HOOK_PASS, "" },
	{ CALL("mcp_clawbot_wait_execution", "{}"), HOOK_PASS, "" },
	{ CALL("clawbot-read_file", "{}"), HOOK_PASS, "" },
	{ CALL("clawbot_write_file", "{}"), HOOK_PASS, "" },
	{ CALL("Mine", "7"), HOOK_PASS, "" },

	{ "", HOOK_UNKNOWN, "" },
	{ "null", HOOK_UNKNOWN, "" },
	{ "[]", HOOK_UNKNOWN, "" },
	{ "{}", HOOK_UNKNOWN, "" },
	{ "ls -l", HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":\"ls\"}") "x", HOOK_UNKNOWN, "" },
	{ CALL("bAsh", "{\"command\":\"ls\"}"), HOOK_UNKNOWN, "" },
	{ CALL("mcp__other__run", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("mcp__clawbotx__run", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("mcp__clawbot__x__run_command", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("mcp__clawbot__other", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("clawbot_other_run_command", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("clawbot-", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "[]"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":7}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":[]}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":[\"a\",7]}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":\"a\\u0000b\"}"), HOOK_UNKNOWN, "" },
	{ CALL("Bash", "{\"command\":\"a\",\"command\":\"b\"}"), HOOK_UNKNOWN,
	    "" },
	{ CALL("exec_command", "{\"cmd\":\"a\",\"command\":\"b\"}"),
	    HOOK_UNKNOWN, "" },
	{ CALL("Read", "{\"file_path\":\"~/x\"}"), HOOK_UNKNOWN, "" },
	{ CALL("Read", "{\"file_path\":[]}"), HOOK_UNKNOWN, "" },
	{ CALL("Write", "{\"path\":\"/a\"}"), HOOK_UNKNOWN, "" },
	{ CALL("apply_patch", "{\"command\":\"nothing\"}"), HOOK_UNKNOWN,
	    "" },
	{ "{\"tool_name\":\"Bash\",\"toolName\":\"TodoWrite\",\"tool_input\":"
	    "{\"command\":\"a\"}}", HOOK_UNKNOWN, "" },
	{ "{\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"a\"},"
	    "\"toolArgs\":{\"command\":\"b\"}}", HOOK_UNKNOWN, "" },
	{ "{\"hook_event_name\":\"PostToolUse\",\"tool_name\":\"Bash\","
	    "\"tool_input\":{\"command\":\"a\"}}", HOOK_UNKNOWN, "" },
	{ "{\"cwd\":\"w\",\"tool_name\":\"Bash\",\"tool_input\":"
	    "{\"command\":\"a\"}}", HOOK_UNKNOWN, "" },
	{ "{\"tool_name\":\"Read\",\"tool_input\":{\"file_path\":\"a\"}}",
	    HOOK_UNKNOWN, "" },
};

static void
test_calls(void **state)
{
	char mine[] = "Mine", *list[] = { mine }, joined[256];
	const struct strv pass = { list, 1 };
	struct hookcall c;
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(calls); i++) {
		hookcall_get(&c, calls[i].doc, strlen(calls[i].doc), &pass);
		if (c.kind != calls[i].kind)
			fail_msg("%s: %d", calls[i].doc, (int)c.kind);
		joined[0] = '\0';
		for (k = 0; k < c.what.n; k++)
			(void)snprintf(joined + strlen(joined),
			    sizeof(joined) - strlen(joined), "%s%s",
			    k == 0 ? "" : "|", c.what.v[k]);
		assert_string_equal(joined, calls[i].what);
		if (c.kind == HOOK_UNKNOWN)
			assert_true(c.why[0] != '\0');
		hookcall_free(&c);
	}
}

static void
test_deep(void **state)
{
	const struct strv pass = { NULL, 0 };
	struct hookcall c;
	size_t n = 1 << 20;
	char *deep = malloc(n);

	(void)state;
	assert_non_null(deep);
	memset(deep, '[', n);
	hookcall_get(&c, deep, n, &pass);
	assert_int_equal(c.kind, HOOK_UNKNOWN);
	hookcall_free(&c);
	free(deep);
}

/* What each agent looks at. */
static const struct {
	const char	*agent;
	enum hookverdict v;
	const char	*text;
	int		 status;
} answers[] = {
	{ "claude", HOOK_ALLOW, "{\"hookSpecificOutput\":{\"hookEventName\":"
	    "\"PreToolUse\",\"permissionDecision\":\"allow\","
	    "\"permissionDecisionReason\":\"w\"}}\n", 0 },
	{ "claude", HOOK_ASK, "{\"hookSpecificOutput\":{\"hookEventName\":"
	    "\"PreToolUse\",\"permissionDecision\":\"ask\","
	    "\"permissionDecisionReason\":\"w\"}}\n", 0 },
	{ "claude", HOOK_SILENT, "", 0 },
	{ "codex", HOOK_ALLOW, "", 0 },
	{ "codex", HOOK_ASK, "{\"hookSpecificOutput\":{\"hookEventName\":"
	    "\"PreToolUse\",\"permissionDecision\":\"deny\","
	    "\"permissionDecisionReason\":\"w\"}}\n", 0 },
	{ "gemini", HOOK_ALLOW, "{\"decision\":\"allow\",\"reason\":\"w\"}\n",
	    0 },
	{ "gemini", HOOK_DENY, "{\"decision\":\"deny\",\"reason\":\"w\"}\n",
	    0 },
	{ "copilot", HOOK_DENY, "{\"permissionDecision\":\"deny\","
	    "\"permissionDecisionReason\":\"w\"}\n", 0 },
	{ "generic", HOOK_DENY, "{\"decision\":\"deny\",\"reason\":\"w\"}\n",
	    2 },
	{ "opencode", HOOK_ALLOW,
	    "{\"decision\":\"allow\",\"reason\":\"w\"}\n", 0 },
};

static void
test_answers(void **state)
{
	struct hookanswer a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(answers); i++) {
		hookanswer_make(&a, dialect_find(answers[i].agent),
		    answers[i].v, "w");
		assert_string_equal(a.text, answers[i].text);
		assert_int_equal(a.status, answers[i].status);
		hookanswer_free(&a);
	}
	assert_null(dialect_find("Claude"));
}

/* A refusal says why to all of them, whatever is in it: one line of JSON. */
static void
test_refusals(void **state)
{
	static const char *const whys[] = { "", "\xff\xfe", "a\nb\"\\\001",
	    "permissionDecision" };
	const struct dialect *d;
	struct hookanswer a;
	json_t *doc;
	size_t i, k;

	(void)state;
	for (k = 0; (d = dialect_at(k)) != NULL; k++)
		for (i = 0; i < NELEM(whys); i++) {
			hookanswer_make(&a, d, HOOK_DENY, whys[i]);
			doc = json_loads(a.text, 0, NULL);
			assert_non_null(doc);
			assert_non_null(strstr(a.text, "\"deny\""));
			assert_null(strstr(a.text, "eason\":\"\""));
			assert_ptr_equal(strchr(a.text, '\n'),
			    a.text + strlen(a.text) - 1);
			json_decref(doc);
			hookanswer_free(&a);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
	};

	jsonline_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
