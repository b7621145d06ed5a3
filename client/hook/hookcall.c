/* SPDX-License-Identifier: ISC */
/* From a hook's document to what is to be asked; see hookcall.h. */
#include "config.h"

#include <jansson.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/hook/hookcall.h"
#include "client/mcp/jsonrpc.h"
#include "client/mcp/tooltable.h"
#include "common/buf.h"
#include "common/xmalloc.h"

/* Tools of agents: the member that matters, or two that it may be. */
static const struct {
	const char	*name;
	enum hookkind	 kind;
	const char	*keys[3];
} tools[] = {
	/* Claude Code; Codex calls its shell Bash, too */
	{ "Bash", HOOK_SHELL, { "command", NULL } },
	{ "Monitor", HOOK_SHELL, { "command", NULL } },
	{ "Read", HOOK_READ, { "file_path", NULL } },
	{ "Glob", HOOK_READ, { "path", NULL } },
	{ "Grep", HOOK_READ, { "path", NULL } },
	{ "LS", HOOK_READ, { "path", NULL } },
	{ "Write", HOOK_WRITE, { "file_path", NULL } },
	{ "Edit", HOOK_WRITE, { "file_path", NULL } },
	{ "MultiEdit", HOOK_WRITE, { "file_path", NULL } },
	{ "NotebookEdit", HOOK_WRITE, { "notebook_path", NULL } },
	/* Codex */
	{ "exec_command", HOOK_SHELL, { "cmd", "command", NULL } },
	{ "shell_command", HOOK_SHELL, { "command", NULL } },
	{ "view_image", HOOK_READ, { "path", NULL } },
	/* Gemini CLI, Qwen Code */
	{ "run_shell_command", HOOK_SHELL, { "command", NULL } },
	{ "read_file", HOOK_READ, { "file_path", "absolute_path", NULL } },
	{ "list_directory", HOOK_READ, { "dir_path", "path", NULL } },
	{ "search_file_content", HOOK_READ, { "dir_path", "path", NULL } },
	{ "grep_search", HOOK_READ, { "dir_path", "path", NULL } },
	{ "write_file", HOOK_WRITE, { "file_path", NULL } },
	{ "replace", HOOK_WRITE, { "file_path", NULL } },
	/* Copilot CLI, opencode, OpenClaw */
	{ "bash", HOOK_SHELL, { "command", NULL } },
	{ "exec", HOOK_SHELL, { "command", NULL } },
	{ "view", HOOK_READ, { "path", NULL } },
	{ "read", HOOK_READ, { "filePath", "path", NULL } },
	{ "list", HOOK_READ, { "path", NULL } },
	{ "glob", HOOK_READ, { "dir_path", "path", NULL } },
	{ "grep", HOOK_READ, { "path", NULL } },
	{ "write", HOOK_WRITE, { "filePath", "path", NULL } },
	{ "create", HOOK_WRITE, { "path", NULL } },
	{ "edit", HOOK_WRITE, { "filePath", "path", "file_path" } },
};

/* These change nothing, or what they start comes by here itself. */
static const char *const idle[] = { "TodoWrite", "TodoRead", "TaskCreate",
    "TaskUpdate", "TaskGet", "TaskList", "TaskOutput", "TaskStop", "Task",
    "Agent", "AskUserQuestion", "EnterPlanMode", "ExitPlanMode", "Skill",
    "ToolSearch", "BashOutput", "KillShell", "KillBash", "update_plan",
    "todowrite", "todoread", "todo_write", "write_todos", "task", "skill",
    "question", "exit_plan_mode", "ask_user", "ask_user_question",
    "report_intent", "read_bash", "stop_bash", "list_bash", NULL };

/* Our own server, whose tools the daemon judges: in front of their names. */
static const char *const ours[] = { "mcp__clawbot__", "mcp_clawbot_",
    "clawbot__", "clawbot-", "clawbot_", NULL };

static void
unknown(struct hookcall *c, const char *why)
{
	c->kind = HOOK_UNKNOWN;
	c->why = why;
	strv_free(&c->what);
}

/* A text without a NUL in it, which would be read as its end; or NULL. */
static const char *
text(const json_t *v)
{
	const char *s = json_string_value(v);

	return (s != NULL && strlen(s) == json_string_length(v) ? s : NULL);
}

static int
is_in(const char *const *list, const char *name)
{
	size_t i;

	for (i = 0; list[i] != NULL; i++)
		if (strcmp(name, list[i]) == 0)
			break;
	return (list[i] != NULL);
}

/* Not one of a server whose name only begins like that of ours. */
static int
is_ours(const char *name)
{
	size_t i, n;

	for (i = 0; ours[i] != NULL; i++) {
		n = strlen(ours[i]);
		if (strncmp(name, ours[i], n) == 0 &&
		    tooltable_find(name + n) != TOOL_N)
			return (1);
	}
	return (0);
}

/* One of two members that mean the same: NULL if there is none, or both. */
static const json_t *
either(const json_t *o, const char *a, const char *b)
{
	const json_t *x = json_object_get(o, a), *y = json_object_get(o, b);

	return (x != NULL && y != NULL ? NULL : x != NULL ? x : y);
}

/* A command of several words becomes a line that is these words. */
static void
add_words(struct hookcall *c, const json_t *words)
{
	const json_t *w;
	const char *s;
	struct buf b;
	size_t i;

	buf_init(&b, HOOKCALL_MAX);
	json_array_foreach(words, i, w) {
		if ((s = text(w)) == NULL) {
			buf_free(&b);
			unknown(c, "its command is no text");
			return;
		}
		buf_printf(&b, "%s'", i == 0 ? "" : " ");
		for (; *s != '\0'; s++)
			if (*s == '\'')
				buf_printf(&b, "'\\''");
			else
				buf_put_u8(&b, (uint8_t)*s);
		buf_put_u8(&b, '\'');
	}
	buf_put_u8(&b, 0);
	if (b.bad || b.len == 1)
		unknown(c, "its command is empty, or too long");
	else
		strv_add(&c->what, (char *)b.data);
	buf_free(&b);
}

static void
take_shell(struct hookcall *c, const json_t *v)
{
	if (text(v) != NULL)
		strv_add(&c->what, text(v));
	else if (json_is_array(v))
		add_words(c, v);
	else
		unknown(c, "it has no command");
}

/* A file; where none is named it is the directory that it works in. */
static void
take_path(struct hookcall *c, const json_t *v)
{
	const char *s = v == NULL || json_is_null(v) ? "." :
	    text(v);
	char *full;

	if (s == NULL || *s == '\0') {
		unknown(c, "its path is no text");
		return;
	}
	if (*s == '~') {
		unknown(c, "its path begins with ~");
		return;
	}
	if (*s != '/' && c->cwd == NULL) {
		unknown(c, "its path is relative, and to what was not told");
		return;
	}
	if (*s == '/')
		full = xstrdup(s);
	else if (strcmp(s, ".") == 0)
		full = xstrdup(c->cwd);
	else
		(void)xasprintf(&full, "%s/%s", c->cwd, s);
	strv_add(&c->what, full);
	free(full);
}

/* The files that a patch of Codex's names. */
static void
take_patch(struct hookcall *c, const char *patch)
{
	static const char *const marks[] = { "*** Add File: ",
	    "*** Update File: ", "*** Delete File: ", "*** Move to: " };
	const char *line, *end;
	json_t *path;
	size_t i;

	c->kind = HOOK_WRITE;
	for (line = patch; line != NULL && c->kind == HOOK_WRITE;
	    line = *end == '\0' ? NULL : end + 1) {
		end = line + strcspn(line, "\n");
		for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (strncmp(line, marks[i], strlen(marks[i])) != 0)
				continue;
			path = json_stringn_nocheck(line + strlen(marks[i]),
			    (size_t)(end - line) - strlen(marks[i]));
			take_path(c, path);
			json_decref(path);
		}
	}
	if (c->kind == HOOK_WRITE && c->what.n == 0)
		unknown(c, "its patch names no file");
}

static void
take_tool(struct hookcall *c, size_t i, const json_t *input)
{
	const json_t *v = NULL, *more;
	size_t k;

	c->kind = tools[i].kind;
	for (k = 0; k < 3 && tools[i].keys[k] != NULL; k++) {
		more = json_object_get(input, tools[i].keys[k]);
		if (more != NULL && v != NULL) {
			unknown(c, "it names two things");
			return;
		}
		if (more != NULL)
			v = more;
	}
	if (c->kind == HOOK_SHELL)
		take_shell(c, v);
	else if (c->kind == HOOK_WRITE && v == NULL)
		unknown(c, "it names no file");
	else
		take_path(c, v);
}

static void
sort_out(struct hookcall *c, const json_t *input, const struct strv *pass)
{
	const json_t *v;
	size_t i;

	for (i = 0; i < pass->n; i++)
		if (strcmp(pass->v[i], c->tool) == 0)
			c->kind = HOOK_PASS;
	if (is_in(idle, c->tool) || is_ours(c->tool))
		c->kind = HOOK_PASS;
	if (c->kind == HOOK_PASS)
		return;
	if (!json_is_object(input)) {
		unknown(c, "its arguments are no object");
		return;
	}
	v = either(input, "command", "input");
	if (strcmp(c->tool, "apply_patch") == 0) {
		if (text(v) != NULL)
			take_patch(c, text(v));
		else
			unknown(c, "its patch is no text");
		return;
	}
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(tools[i].name, c->tool) == 0) {
			take_tool(c, i, input);
			return;
		}
	unknown(c, "no tool of that name is known here");
}

static int
is_event(const json_t *v)
{
	static const char *const events[] = { "PreToolUse", "BeforeTool",
	    "preToolUse", NULL };

	return (v == NULL || (json_is_string(v) &&
	    is_in(events, json_string_value(v))));
}

/* Copilot CLI had arguments as text of JSON. */
static json_t *
arguments(const json_t *v)
{
	struct rpc r;

	if (json_is_string(v))
		return (rpc_load(json_string_value(v), json_string_length(v),
		    &r));
	return (json_incref((json_t *)(uintptr_t)v));
}

static void
look(struct hookcall *c, const json_t *doc, const struct strv *pass)
{
	const json_t *tool = either(doc, "tool_name", "toolName");
	const json_t *where = json_object_get(doc, "cwd");
	const char *cwd = text(where);
	json_t *input;

	if (!json_is_object(doc) || text(tool) == NULL ||
	    !is_event(json_object_get(doc, "hook_event_name"))) {
		c->why = "it is no call of a tool";
		return;
	}
	c->tool = xstrdup(text(tool));
	if (where != NULL && (cwd == NULL || *cwd != '/')) {
		c->why = "its directory is no path";
		return;
	}
	if (cwd != NULL)
		c->cwd = xstrdup(cwd);
	input = arguments(either(doc, "tool_input", "toolArgs"));
	sort_out(c, input, pass);
	json_decref(input);
}

void
hookcall_get(struct hookcall *c, const char *data, size_t n,
    const struct strv *pass)
{
	const char *session;
	struct rpc r;
	json_t *doc;

	memset(c, 0, sizeof(*c));
	c->why = "";
	if ((doc = rpc_load(data, n, &r)) == NULL) {
		c->why = r.code == RPC_PARSE ? "it is not JSON" :
		    "it is no call of a tool";
		return;
	}
	look(c, doc, pass);
	session = json_string_value(json_object_get(doc, "session_id"));
	if (session != NULL)
		c->session = xstrdup(session);
	json_decref(doc);
}

void
hookcall_free(struct hookcall *c)
{
	strv_free(&c->what);
	free(c->tool);
	free(c->cwd);
	free(c->session);
	memset(c, 0, sizeof(*c));
}
