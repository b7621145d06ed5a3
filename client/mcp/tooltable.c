/* SPDX-License-Identifier: ISC */
/* Tools and their arguments; see tooltable.h. */
#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/mcp/tooltable.h"
#include "common/fileop.h"

#define TOOL_PARAMS	12
#define TOOL_NAME_MAX	256
#define TOOL_ARGS_MAX	4096
#define TOOL_SECRETS_MAX 16
#define TOOL_SECRET_MAX	64
#define TOOL_TIMEOUT_MAX 86400
#define TOOL_REASON_MAX	500

enum param_type { PARAM_NONE, PARAM_STR, PARAM_BYTES, PARAM_INT, PARAM_BOOL,
    PARAM_LIST, PARAM_SECRETS, PARAM_OBJECT };

/* max: bytes of a string, the greatest number, or members of a list */
struct param {
	const char	*name;
	enum param_type	 type;
	int		 required;
	int64_t		 min;
	int64_t		 max;		/* 0: of strings and lists none */
	int64_t		 dflt;		/* -1: none */
	const char	*what;		/* or NULL */
};

struct tool_row {
	const char	*name;
	const char	*title;
	const char	*what;
	const char	*output;	/* schema */
	const char	*hints;		/* annotations */
	const char	*meta;		/* or NULL */
	int		 executes;	/* is there only where that may be */
	struct param	 params[TOOL_PARAMS];
};

/*
 * One record of an execution for all that tell of one; more is what its tool
 * has beside that.
 */
#define RECORD_SCHEMA(status, more)					\
    "{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\"," \
    "\"enum\":[\"completed\",\"running\",\"pending_approval\",\"denied\"," \
    "\"expired\",\"timed_out\",\"cancelled\",\"quota_exceeded\","	\
    "\"failed_to_start\"," status "]},"					\
    "\"exec_id\":{\"type\":\"string\"}," more				\
    "\"truncated\":{\"type\":\"boolean\"},"				\
    "\"redactions\":{\"type\":\"integer\"},"				\
    "\"duration_ms\":{\"type\":\"integer\"},\"decision\":{\"type\":"	\
    "\"object\",\"properties\":{\"action\":{\"type\":\"string\",\"enum\":" \
    "[\"allow\",\"ask\",\"deny\"]},\"rule\":{\"type\":\"string\"},"	\
    "\"risk\":{\"type\":\"string\",\"enum\":[\"low\",\"medium\",\"high\"," \
    "\"critical\"]},\"by\":{\"type\":\"string\"}}},"			\
    "\"approval_id\":{\"type\":\"string\"},"				\
    "\"approval_expires_at\":{\"type\":\"string\"},"			\
    "\"retry_after_s\":{\"type\":\"integer\"},"				\
    "\"message\":{\"type\":\"string\"},\"ignored_arguments\":{\"type\":" \
    "\"array\",\"items\":{\"type\":\"string\"}}},"			\
    "\"required\":[\"status\",\"exec_id\",\"message\"]}"

#define OUTPUT_SCHEMA							\
    "\"exit_code\":{\"type\":\"integer\"},"				\
    "\"signal\":{\"type\":\"string\"},\"stdout\":{\"type\":\"string\"}," \
    "\"stderr\":{\"type\":\"string\"},"					\
    "\"output_bytes\":{\"type\":\"integer\"},"
#define DIGEST_SCHEMA	"\"sha256\":{\"type\":\"string\"},"
#define READ_SCHEMA							\
    "\"content\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"}," \
    "\"next_offset\":{\"type\":\"integer\"}," DIGEST_SCHEMA

static const char record_schema[] = RECORD_SCHEMA("\"dry_run\"",
    OUTPUT_SCHEMA);
/* Whatever was waited for. */
static const char waited_schema[] = RECORD_SCHEMA("\"dry_run\",\"failed\"",
    OUTPUT_SCHEMA READ_SCHEMA);
static const char read_schema[] = RECORD_SCHEMA("\"failed\"", READ_SCHEMA);
static const char write_schema[] = RECORD_SCHEMA("\"dry_run\",\"failed\"",
    DIGEST_SCHEMA);

static const char prompt_schema[] =
    "{\"type\":\"object\",\"properties\":{\"behavior\":{\"type\":\"string\","
    "\"enum\":[\"allow\",\"deny\"]},\"updatedInput\":{\"type\":\"object\"},"
    "\"message\":{\"type\":\"string\"}},\"required\":[\"behavior\"]}";

static const char check_schema[] =
    "{\"type\":\"object\",\"properties\":{\"decision\":{\"type\":\"string\","
    "\"enum\":[\"allow\",\"ask\",\"deny\"]},\"rule\":{\"type\":\"string\"},"
    "\"risk\":{\"type\":\"string\"},\"reasons\":{\"type\":\"array\","
    "\"items\":{\"type\":\"string\"}},\"sandbox\":{\"type\":\"string\"},"
    "\"network\":{\"type\":\"string\"},\"ignored_arguments\":{\"type\":"
    "\"array\",\"items\":{\"type\":\"string\"}}},"
    "\"required\":[\"decision\",\"rule\"]}";

static const char status_schema[] =
    "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"},"
    "\"channel\":{\"type\":\"string\"},\"zone\":{\"type\":\"string\"},"
    "\"roots\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"secrets\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"quotas\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"name\":{\"type\":\"string\"},\"limit\":{\"type\":"
    "\"integer\"},\"remaining\":{\"type\":\"integer\"},"
    "\"resets_in_s\":{\"type\":\"integer\"}},"
    "\"required\":[\"name\",\"limit\",\"remaining\"]}},"
    "\"open\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"exec_id\":{\"type\":\"string\"},\"status\":{\"type\":"
    "\"string\"},\"command\":{\"type\":\"string\"}},"
    "\"required\":[\"exec_id\",\"status\"]}},"
    "\"stopped\":{\"type\":\"boolean\"},\"refused\":{\"type\":\"string\"},"
    "\"tools_digest\":{\"type\":\"string\"},\"ignored_arguments\":{\"type\":"
    "\"array\",\"items\":{\"type\":\"string\"}}},"
    "\"required\":[\"agent\",\"zone\",\"quotas\",\"open\",\"stopped\"]}";

/* What can read nothing but our own, and nothing changes. */
#define HINTS_LOOK	"{\"readOnlyHint\":true,"			\
	"\"destructiveHint\":false,\"idempotentHint\":true,"	\
	"\"openWorldHint\":false}"

#define SECRETS	"Names of vault secrets to expose as environment "	\
	"variables. Values are never returned."

static const struct tool_row rows[TOOL_N] = {
[TOOL_RUN] = { "run_command", "Run a command under clawbot policy",
    "Run one shell command or program in the clawbot sandbox on this machine. "
    "Policy may allow it, pause it for human approval, or deny it; everything "
    "is audited and secrets in the output are redacted. Returns within "
    "wait_s: if status is running or pending_approval, call wait_execution "
    "with the exec_id. Never retry or rephrase a denied command.",
    record_schema,
    "{\"readOnlyHint\":false,\"destructiveHint\":true,"
    "\"idempotentHint\":false,\"openWorldHint\":true}",
    "{\"anthropic/alwaysLoad\":true,\"anthropic/searchHint\":"
    "\"shell bash exec terminal run command\"}", 1, {
	{ "command", PARAM_STR, 1, 1, TOOL_COMMAND_MAX, -1,
	    "Without args: a POSIX shell line. With args: the program to "
	    "execute directly, no shell." },
	{ "args", PARAM_LIST, 0, 0, TOOL_ARGS_MAX, -1,
	    "Argument vector; prefer this whenever any part comes from "
	    "untrusted text." },
	{ "cwd", PARAM_STR, 0, 0, 0, -1,
	    "Absolute directory inside the allowed roots. Default: the "
	    "workspace root." },
	{ "stdin", PARAM_BYTES, 0, 0, 0, -1, "Text fed to standard input." },
	{ "secrets", PARAM_SECRETS, 0, 0, TOOL_SECRETS_MAX, -1, SECRETS },
	{ "timeout_s", PARAM_INT, 0, 1, TOOL_TIMEOUT_MAX, -1,
	    "Kill the command after this long. Default and ceiling come from "
	    "policy." },
	{ "wait_s", PARAM_INT, 0, 0, TOOL_WAIT_MAX_S, TOOL_WAIT_S,
	    "Return after at most this long, even if still running or waiting "
	    "for approval. 0 = background." },
	{ "max_output_bytes", PARAM_INT, 0, 0, TOOL_OUTPUT_MAX, TOOL_OUTPUT,
	    NULL },
	{ "dry_run", PARAM_BOOL, 0, 0, 0, 0,
	    "Say what would happen; run nothing." },
	{ "reason", PARAM_STR, 0, 0, TOOL_REASON_MAX, -1,
	    "One sentence for the human approver and the audit log." } } },
[TOOL_WAIT] = { "wait_execution", "Wait for a command or its approval",
    "Wait for an earlier run_command (by exec_id) to be approved or to "
    "finish, and return its status and new output. Safe to repeat.",
    waited_schema, HINTS_LOOK, "{\"anthropic/alwaysLoad\":true}", 1, {
	{ "exec_id", PARAM_STR, 1, 0, 0, -1, NULL },
	{ "wait_s", PARAM_INT, 0, 0, TOOL_WAIT_MAX_S, TOOL_WAIT_S, NULL },
	{ "stdout_offset", PARAM_INT, 0, 0, 0, -1, NULL },
	{ "stderr_offset", PARAM_INT, 0, 0, 0, -1, NULL } } },
[TOOL_CANCEL] = { "cancel_execution", "Cancel a command or approval request",
    "Stop a running command (SIGTERM, then SIGKILL) or withdraw its pending "
    "approval request, by exec_id. Only your own executions.",
    waited_schema,
    "{\"readOnlyHint\":false,\"destructiveHint\":false,"
    "\"idempotentHint\":true,\"openWorldHint\":false}", NULL, 1, {
	{ "exec_id", PARAM_STR, 1, 0, 0, -1, NULL },
	{ "reason", PARAM_STR, 0, 0, 0, -1, NULL } } },
[TOOL_CHECK] = { "check_policy", "Check policy without running",
    "Say whether clawbot policy would allow, ask about, or deny a command for "
    "you right now, and why. Runs nothing, costs no execution quota.",
    check_schema, HINTS_LOOK, NULL, 0, {
	{ "command", PARAM_STR, 1, 1, TOOL_COMMAND_MAX, -1, NULL },
	{ "args", PARAM_LIST, 0, 0, TOOL_ARGS_MAX, -1, NULL },
	{ "cwd", PARAM_STR, 0, 0, 0, -1, NULL },
	{ "secrets", PARAM_SECRETS, 0, 0, TOOL_SECRETS_MAX, -1, NULL } } },
[TOOL_STATUS] = { "get_status",
    "Your clawbot identity, limits and pending work",
    "Show who you are to clawbot: agent name, channel and trust zone, allowed "
    "directories, names of secrets you may use, remaining quotas, open "
    "executions and approvals.",
    status_schema, HINTS_LOOK, NULL, 0, { { 0 } } },
[TOOL_READ] = { "read_file", "Read a file",
    "Read part of a text file inside the allowed roots. Access is audited and "
    "secrets are redacted. Where truncated is true, go on with offset "
    "next_offset.",
    read_schema, HINTS_LOOK, NULL, 1, {
	{ "path", PARAM_STR, 1, 1, 0, -1, NULL },
	{ "offset", PARAM_INT, 0, 0, 0, -1, NULL },
	{ "limit", PARAM_INT, 0, 1, FILEOP_MOST_MAX, FILEOP_MOST, NULL } } },
[TOOL_WRITE] = { "write_file", "Write a file",
    "Create or replace a file inside the writable roots, atomically. May need "
    "approval: if status is running or pending_approval, call wait_execution "
    "with the exec_id. Never retry or rephrase what was denied.",
    write_schema,
    "{\"readOnlyHint\":false,\"destructiveHint\":true,"
    "\"idempotentHint\":true,\"openWorldHint\":false}", NULL, 1, {
	{ "path", PARAM_STR, 1, 1, 0, -1, NULL },
	{ "content", PARAM_BYTES, 1, 0, FILEOP_WRITE_MAX, -1, NULL },
	{ "expect_sha256", PARAM_STR, 0, 0, 0, -1,
	    "Refuse if the current file differs." },
	{ "dry_run", PARAM_BOOL, 0, 0, 0, 0,
	    "Say what would happen; write nothing." },
	{ "wait_s", PARAM_INT, 0, 0, TOOL_WAIT_MAX_S, TOOL_WAIT_S, NULL },
	{ "reason", PARAM_STR, 0, 0, TOOL_REASON_MAX, -1, NULL } } },
[TOOL_PROMPT] = { "permission_prompt", "May a tool of the agent be used?",
    "For the agent's program, not for its model: say whether a tool of the "
    "agent's own may be used. A shell command becomes one that clawbot runs; "
    "other tools that reach anything are denied, and the tool of clawbot that "
    "does the same is named.",
    prompt_schema, HINTS_LOOK, NULL, 0, {
	{ "tool_name", PARAM_STR, 1, 1, TOOL_NAME_MAX, -1, NULL },
	{ "input", PARAM_OBJECT, 1, 0, 0, -1, NULL },
	{ "tool_use_id", PARAM_STR, 0, 0, TOOL_NAME_MAX, -1, NULL } } },
};

enum tool
tooltable_find(const char *name)
{
	int i;

	for (i = 0; i < TOOL_N; i++)
		if (strcmp(rows[i].name, name) == 0)
			break;
	return ((enum tool)i);
}

/* Literals of this file. */
static json_t *
literal(const char *text)
{
	json_t *v = json_loads(text, 0, NULL);

	assert(v != NULL);
	return (v);
}

static void
put_int(json_t *o, const char *key, int64_t v)
{
	(void)json_object_set_new(o, key, json_integer(v));
}

static void
put_bounds(json_t *o, const struct param *p)
{
	switch (p->type) {
	case PARAM_STR:
	case PARAM_BYTES:
		if (p->min != 0)
			put_int(o, "minLength", p->min);
		if (p->max != 0)
			put_int(o, "maxLength", p->max);
		break;
	case PARAM_INT:
		put_int(o, "minimum", p->min);
		if (p->max != 0)
			put_int(o, "maximum", p->max);
		if (p->dflt != -1)
			put_int(o, "default", p->dflt);
		break;
	case PARAM_OBJECT:
		break;
	case PARAM_BOOL:
		(void)json_object_set_new(o, "default",
		    json_boolean(p->dflt));
		break;
	default:
		(void)json_object_set_new(o, "items", literal(
		    p->type == PARAM_SECRETS ? "{\"type\":\"string\","
		    "\"pattern\":\"^[A-Z_][A-Z0-9_]{0,63}$\"}" :
		    "{\"type\":\"string\"}"));
		put_int(o, "maxItems", p->max);
	}
}

static json_t *
param_schema(const struct param *p)
{
	static const char *const types[] = { [PARAM_STR] = "string",
	    [PARAM_BYTES] = "string", [PARAM_INT] = "integer",
	    [PARAM_BOOL] = "boolean", [PARAM_LIST] = "array",
	    [PARAM_SECRETS] = "array", [PARAM_OBJECT] = "object" };
	json_t *o = json_pack("{s:s}", "type", types[p->type]);

	put_bounds(o, p);
	if (p->what != NULL)
		(void)json_object_set_new(o, "description",
		    json_string(p->what));
	return (o);
}

static json_t *
input_schema(const struct tool_row *row)
{
	json_t *props = json_object(), *required = json_array(), *o;
	const struct param *p;

	for (p = row->params; p->type != PARAM_NONE; p++) {
		(void)json_object_set_new(props, p->name, param_schema(p));
		if (p->required)
			(void)json_array_append_new(required,
			    json_string(p->name));
	}
	o = json_pack("{s:s, s:o}", "type", "object", "properties", props);
	if (json_array_size(required) != 0)
		(void)json_object_set(o, "required", required);
	json_decref(required);
	return (o);
}

static json_t *
one_tool(const struct tool_row *row)
{
	json_t *o;

	o = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "name", row->name,
	    "title", row->title, "description", row->what, "inputSchema",
	    input_schema(row), "outputSchema", literal(row->output),
	    "annotations", literal(row->hints));
	if (row->meta != NULL)
		(void)json_object_set_new(o, "_meta", literal(row->meta));
	return (o);
}

json_t *
tooltable_list(int executes, int prompts)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < TOOL_N; i++)
		if ((executes || !rows[i].executes) &&
		    (prompts || i != TOOL_PROMPT))
			(void)json_array_append_new(list, one_tool(&rows[i]));
	return (list);
}

static int __attribute__((__format__ (printf, 3, 4)))
wrong(char *why, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, len, fmt, ap);
	va_end(ap);
	return (-1);
}

/* A NUL would end it where it is executed. */
static int
is_cut(const json_t *v)
{
	return (strlen(json_string_value(v)) != json_string_length(v));
}

/* ^[A-Z_][A-Z0-9_]{0,63}$ */
static int
secret_ok(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return (n > 0 && n <= TOOL_SECRET_MAX && s[n] == '\0' &&
	    !(s[0] >= '0' && s[0] <= '9'));
}

static int
check_list(const struct param *p, const json_t *v, char *why, size_t len)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(v))
		return (wrong(why, len, "%s is a list of strings", p->name));
	if (json_array_size(v) > (size_t)p->max)
		return (wrong(why, len, "%s has more than %lld members",
		    p->name, (long long)p->max));
	json_array_foreach(v, i, one) {
		if (!json_is_string(one))
			return (wrong(why, len, "%s: member %zu is no string",
			    p->name, i));
		if (is_cut(one))
			return (wrong(why, len, "%s: member %zu has a NUL in "
			    "it", p->name, i));
		if (p->type == PARAM_SECRETS &&
		    !secret_ok(json_string_value(one)))
			return (wrong(why, len, "%s: member %zu is not the "
			    "name of a secret: capitals, digits and _",
			    p->name, i));
	}
	return (0);
}

static int
check_str(const struct param *p, const json_t *v, char *why, size_t len)
{
	size_t n;

	if (!json_is_string(v))
		return (wrong(why, len, "%s is a string", p->name));
	if (p->type != PARAM_BYTES && is_cut(v))
		return (wrong(why, len, "%s has a NUL in it", p->name));
	n = json_string_length(v);
	if (n < (size_t)p->min)
		return (wrong(why, len, "%s is empty", p->name));
	if (p->max != 0 && n > (size_t)p->max)
		return (wrong(why, len, "%s is longer than %lld bytes",
		    p->name, (long long)p->max));
	return (0);
}

/* JSON has no integers of its own: 45.0 is one as 45 is.  0 or -1. */
static int
get_int(const json_t *v, int64_t *n)
{
	const double most = 1LL << 53;
	double d;

	if (json_is_integer(v)) {
		*n = json_integer_value(v);
		return (0);
	}
	d = json_real_value(v);
	if (!json_is_real(v) || d < -most || d > most ||
	    (double)(int64_t)d != d)
		return (-1);
	*n = (int64_t)d;
	return (0);
}

static int
check_one(const struct param *p, const json_t *v, char *why, size_t len)
{
	int64_t n;

	switch (p->type) {
	case PARAM_STR:
	case PARAM_BYTES:
		return (check_str(p, v, why, len));
	case PARAM_INT:
		if (get_int(v, &n) == -1 || n < p->min ||
		    (p->max != 0 && n > p->max))
			return (p->max != 0 ?
			    wrong(why, len, "%s is an integer from %lld to "
			    "%lld", p->name, (long long)p->min,
			    (long long)p->max) :
			    wrong(why, len, "%s is an integer of at least "
			    "%lld", p->name, (long long)p->min));
		return (0);
	case PARAM_OBJECT:
		return (json_is_object(v) ? 0 : wrong(why, len,
		    "%s is an object", p->name));
	case PARAM_BOOL:
		return (json_is_boolean(v) ? 0 : wrong(why, len,
		    "%s is true or false", p->name));
	default:
		return (check_list(p, v, why, len));
	}
}

static const struct param *
find_param(enum tool t, const char *name)
{
	const struct param *p;

	for (p = rows[t].params; p->type != PARAM_NONE; p++)
		if (strcmp(p->name, name) == 0)
			return (p);
	return (NULL);
}

static json_t *
unknown(enum tool t, const json_t *args)
{
	json_t *list = json_array(), *v;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)args, key, v)
		if (find_param(t, key) == NULL)
			(void)json_array_append_new(list, json_string(key));
	return (list);
}

int
tooltable_check(enum tool t, const json_t *args, json_t **ignored, char *why,
    size_t len)
{
	const struct param *p;
	const json_t *v;

	*ignored = NULL;
	if (args != NULL && !json_is_object(args))
		return (wrong(why, len, "arguments is an object"));
	for (p = rows[t].params; p->type != PARAM_NONE; p++) {
		v = json_object_get(args, p->name);
		/* several clients send null for what they leave out */
		if (v == NULL || json_is_null(v)) {
			if (p->required)
				return (wrong(why, len, "%s is missing",
				    p->name));
		} else if (check_one(p, v, why, len) == -1)
			return (-1);
	}
	*ignored = unknown(t, args);
	return (0);
}

const char *
tooltable_str(const json_t *args, const char *key)
{
	return (json_string_value(json_object_get(args, key)));
}

uint64_t
tooltable_int(enum tool t, const json_t *args, const char *key)
{
	const json_t *v = json_object_get(args, key);
	const struct param *p = find_param(t, key);
	int64_t n;

	if (get_int(v, &n) == -1)
		n = p != NULL ? p->dflt : 0;
	return (n < 0 ? 0 : (uint64_t)n);
}

int
tooltable_bool(const json_t *args, const char *key)
{
	return (json_is_true(json_object_get(args, key)));
}
