/* SPDX-License-Identifier: ISC */
/* Tools of the agent's own; see mcpprompt.h. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/mcpprompt.h"
#include "client/mcp/tooltable.h"
#include "common/buf.h"

/* As "claude mcp add clawbot" names what we serve. */
#define OURS	"mcp__clawbot__"

/* NULL: it reaches nothing outside of the agent. */
static const struct {
	const char	*tool;
	const char	*instead;
} tools[] = {
	{ "Read", "read_file" }, { "NotebookRead", "read_file" },
	{ "Write", "write_file" }, { "Edit", "write_file" },
	{ "MultiEdit", "write_file" }, { "NotebookEdit", "write_file" },
	{ "Glob", "run_command" }, { "Grep", "run_command" },
	{ "LS", "run_command" }, { "WebFetch", "run_command" },
	{ "WebSearch", "run_command" },
	{ "BashOutput", NULL }, { "KillBash", NULL }, { "KillShell", NULL },
	{ "TaskOutput", NULL }, { "TaskStop", NULL }, { "TodoWrite", NULL },
	{ "EnterPlanMode", NULL }, { "ExitPlanMode", NULL },
};

json_t *
mcpprompt_deny(const char *why)
{
	return (json_pack("{s:s, s:o}", "behavior", "deny", "message",
	    executionjson_text(why, strlen(why))));
}

static json_t *
allow(json_t *input)
{
	return (json_pack("{s:s, s:o}", "behavior", "allow", "updatedInput",
	    input));
}

static json_t *
by_table(const json_t *args, const char *name)
{
	char why[512];
	size_t i;

	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (strcmp(tools[i].tool, name) != 0)
			continue;
		if (tools[i].instead == NULL)
			return (allow(json_incref(json_object_get(args,
			    "input"))));
		(void)snprintf(why, sizeof(why), "%s acts outside of clawbot, "
		    "where nothing confines or records it. Use %s of clawbot.",
		    name, tools[i].instead);
		return (mcpprompt_deny(why));
	}
	return (mcpprompt_deny("Nothing is known of this tool, which acts "
	    "outside of clawbot. Use run_command, read_file or write_file of "
	    "clawbot."));
}

/* The line that a shell of the agent's would run; NULL and why not. */
static const char *
line_of(const json_t *args, const char **why)
{
	const json_t *v = json_object_get(json_object_get(args, "input"),
	    "command");
	const char *s = json_string_value(v);

	*why = s == NULL ? "There is no command in it." :
	    strlen(s) != json_string_length(v) ?
	    "There is a NUL in its command." :
	    s[0] == '\0' ? "Its command is empty." :
	    strlen(s) > TOOL_COMMAND_MAX ? "Its command is too long." : NULL;
	return (*why == NULL ? s : NULL);
}

json_t *
mcpprompt_record(const json_t *args, json_t **judged)
{
	const char *name = tooltable_str(args, "tool_name"), *line, *why;
	enum tool t;

	*judged = NULL;
	if (strncmp(name, OURS, sizeof(OURS) - 1) == 0) {
		/* it is judged when it comes here */
		t = tooltable_find(name + sizeof(OURS) - 1);
		return (t == TOOL_N ? mcpprompt_deny("There is no such tool "
		    "of clawbot.") : allow(json_incref(json_object_get(args,
		    "input"))));
	}
	if (strcmp(name, "Bash") != 0)
		return (by_table(args, name));
	if ((line = line_of(args, &why)) == NULL)
		return (mcpprompt_deny(why));
	*judged = json_pack("{s:s}", "command", line);
	return (NULL);
}

/* One word of a shell line. */
static void
put_word(struct buf *b, const char *s)
{
	size_t n;

	buf_put(b, b->len == 0 ? "'" : " '", b->len == 0 ? 1 : 2);
	for (; *s != '\0'; s += n) {
		n = strcspn(s, "'");
		buf_put(b, s, n);
		if (s[n] == '\'') {
			buf_put(b, "'\\''", 4);
			n++;
		}
	}
	buf_put(b, "'", 1);
}

/* Us, as we were started; by name, where another one was installed since. */
static void
put_program(struct buf *b)
{
	char path[PATH_MAX];
	ssize_t n;

	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	put_word(b, access(path, X_OK) == 0 ? path : "clawbot");
}

/* The same line, run by clawbot. */
static json_t *
by_clawbot(const char *line, const struct mcpquery *q)
{
	struct buf b;
	json_t *v;

	buf_init(&b, 5 * TOOL_COMMAND_MAX + 8 * PATH_MAX);
	put_program(&b);
	put_word(&b, "-S");
	put_word(&b, q->cli->dir);
	put_word(&b, "-c");
	put_word(&b, q->cli->channel);
	put_word(&b, "run");
	if (q->skill[0] != '\0') {
		put_word(&b, "-s");
		put_word(&b, q->skill);
	}
	put_word(&b, "--shell");
	put_word(&b, line);
	v = json_stringn((const char *)b.data, b.len);
	buf_free(&b);
	return (v);
}

static json_t *
refused(const struct mcpquery *q)
{
	const json_t *why = json_array_get(json_object_get(q->verdict,
	    "reasons"), 0);
	char text[2048];

	(void)snprintf(text, sizeof(text), "%s (rule %s). Do not retry or "
	    "rephrase it.", json_is_string(why) ? json_string_value(why) :
	    "Policy says no", json_string_value(json_object_get(q->verdict,
	    "rule")));
	return (mcpprompt_deny(text));
}

json_t *
mcpprompt_judged(const json_t *args, const struct mcpquery *q)
{
	const json_t *decision = json_object_get(q->verdict, "decision");
	const char *line, *why;
	json_t *input, *v;

	if (q->verdict == NULL)
		return (mcpprompt_deny(q->fail.text));
	if (strcmp(json_string_value(decision), "deny") == 0)
		return (refused(q));
	/* what asks is asked about when it is run */
	line = line_of(args, &why);
	if (line == NULL || (v = by_clawbot(line, q)) == NULL)
		return (mcpprompt_deny("Its command cannot be passed on."));
	input = json_copy(json_object_get(args, "input"));
	(void)json_object_set_new(input, "command", v);
	return (allow(input));
}
