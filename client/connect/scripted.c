/* SPDX-License-Identifier: ISC */
/* Conversations, and what comes next in them; see scripted.h. */
#include "config.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/connect/scripted.h"
#include "client/mcp/jsonline.h"
#include "client/mcp/jsonrpc.h"
#include "common/defs.h"
#include "common/plan.h"
#include "common/xmalloc.h"

#define TOLD_MAX	65536		/* bytes of an answer that are kept */
#define LONG_LINE	(PLAN_MAXARG + 1)
#define LOOK		"uname -n"	/* of a run: clawbot */
#define SAID		"canary\n"	/* in the file */

/* Of a request, whatever its protocol. */
struct talk {
	struct strv	 tools;
	struct strv	 spaces;	/* of each, or "" */
	struct strv	 told;		/* by tools, in order */
};

static void
add_tool(struct talk *t, const json_t *name, const char *space)
{
	if (!json_is_string(name))
		return;
	strv_add(&t->tools, json_string_value(name));
	strv_add(&t->spaces, space);
}

/* All texts in what a tool has answered; documents are nested 64 deep. */
static void
add_text(struct buf *b, const json_t *v)
{
	static const char *const keys[] = { "text", "content", "output" };
	const json_t *o;
	size_t i;
	char *s;

	if (json_is_string(v))
		buf_printf(b, "%s\n", json_string_value(v));
	json_array_foreach(v, i, o) {
		add_text(b, o);
	}
	if (!json_is_object(v))
		return;
	for (i = 0; i < NELEM(keys); i++)
		if ((o = json_object_get(v, keys[i])) != NULL) {
			add_text(b, o);
			return;
		}
	if ((s = json_dumps(v, JSON_COMPACT)) != NULL)
		buf_printf(b, "%s\n", s);
	jsonline_forget(s);
}

static void
add_told(struct talk *t, const json_t *v)
{
	struct buf b;
	char *s;

	buf_init(&b, TOLD_MAX);
	add_text(&b, v);
	s = buf_text(&b);
	strv_add(&t->told, s != NULL ? s : "");
	free(s);
}

static int
is(const json_t *o, const char *key, const char *want)
{
	const char *s = json_string_value(json_object_get(o, key));

	return (s != NULL && strcmp(s, want) == 0);
}

static void
messages_talk(const json_t *doc, struct talk *t)
{
	const json_t *v, *p;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "tools"), i, v) {
		add_tool(t, json_object_get(v, "name"), "");
	}
	json_array_foreach(json_object_get(doc, "messages"), i, v) {
		json_array_foreach(json_object_get(v, "content"), k, p) {
			if (is(p, "type", "tool_result"))
				add_told(t, json_object_get(p, "content"));
		}
	}
}

/* Those of a server stand in something of its name. */
static void
add_space(struct talk *t, const json_t *v)
{
	const char *space = json_string_value(json_object_get(v, "name"));
	const json_t *inner;
	size_t k;

	json_array_foreach(json_object_get(v, "tools"), k, inner) {
		if (space != NULL)
			add_tool(t, json_object_get(inner, "name"), space);
	}
}

static void
responses_talk(const json_t *doc, struct talk *t)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(doc, "tools"), i, v) {
		if (is(v, "type", "namespace"))
			add_space(t, v);
		else
			add_tool(t, json_object_get(v, "name"), "");
	}
	json_array_foreach(json_object_get(doc, "input"), i, v) {
		if (is(v, "type", "function_call_output"))
			add_told(t, json_object_get(v, "output"));
	}
}

static void
chat_talk(const json_t *doc, struct talk *t)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(doc, "tools"), i, v) {
		add_tool(t, json_object_get(json_object_get(v, "function"),
		    "name"), "");
	}
	json_array_foreach(json_object_get(doc, "messages"), i, v) {
		if (is(v, "role", "tool"))
			add_told(t, json_object_get(v, "content"));
	}
}

static void
content_talk(const json_t *doc, struct talk *t)
{
	const json_t *v, *p, *r;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "tools"), i, v) {
		json_array_foreach(json_object_get(v, "functionDeclarations"),
		    k, p) {
			add_tool(t, json_object_get(p, "name"), "");
		}
	}
	json_array_foreach(json_object_get(doc, "contents"), i, v) {
		json_array_foreach(json_object_get(v, "parts"), k, p) {
			r = json_object_get(p, "functionResponse");
			if (r != NULL)
				add_told(t, json_object_get(r, "response"));
		}
	}
}

/* Takes the arguments over. */
static int
call_nth(const struct talk *t, struct scripted_say *s, size_t i, json_t *args)
{
	s->name = t->tools.v[i];
	s->space = *t->spaces.v[i] != '\0' ? t->spaces.v[i] : NULL;
	s->args = args;
	return (args != NULL);
}

/*
 * One of the agent's own, which stand in nothing.  Takes the arguments over,
 * whether or not there is such a tool.
 */
static int
call(const struct talk *t, struct scripted_say *s, const char *name,
    json_t *args)
{
	size_t i;

	for (i = 0; i < t->tools.n; i++)
		if (strcmp(t->tools.v[i], name) == 0 &&
		    *t->spaces.v[i] == '\0')
			return (call_nth(t, s, i, args));
	json_decref(args);
	return (0);
}

/* Each agent's tool for commands. */
static int
call_shell(const struct talk *t, struct scripted_say *s, const char *line)
{
	return (call(t, s, "Bash", json_pack("{s:s, s:s}", "command", line,
	    "description", "a canary")) ||
	    call(t, s, "bash", json_pack("{s:s, s:s}", "command", line,
	    "description", "a canary")) ||
	    call(t, s, "exec", json_pack("{s:s}", "command", line)) ||
	    call(t, s, "exec_command", json_pack("{s:s, s:i}", "cmd", line,
	    "yield_time_ms", 30000)) ||
	    call(t, s, "shell_command", json_pack("{s:s}", "command",
	    line)) ||
	    call(t, s, "shell", json_pack("{s:[s, s, s]}", "command", "sh",
	    "-c", line)) ||
	    call(t, s, "run_shell_command", json_pack("{s:s, s:s, s:b}",
	    "command", line, "description", "a canary", "is_background",
	    0)));
}

/* And the one that makes a file. */
static int
call_write(const struct talk *t, struct scripted_say *s, const char *file)
{
	return (call(t, s, "Write", json_pack("{s:s, s:s}", "file_path", file,
	    "content", SAID)) ||
	    call(t, s, "write", json_pack("{s:s, s:s, s:s}", "filePath", file,
	    "path", file, "content", SAID)) ||
	    call(t, s, "write_file", json_pack("{s:s, s:s}", "file_path",
	    file, "content", SAID)) ||
	    call(t, s, "create", json_pack("{s:s, s:s}", "path", file,
	    "file_text", SAID)));
}

/* Ours is called differently by each, with its server's name in front. */
static int
call_server(const struct talk *t, struct scripted_say *s)
{
	static const char tool[] = "run_command";
	json_t *args = json_pack("{s:s, s:[], s:b}", "command", "true", "args",
	    "dry_run", 1);
	size_t i, n;

	for (i = 0; i < t->tools.n; i++) {
		n = strlen(t->tools.v[i]);
		if ((strstr(t->tools.v[i], "clawbot") != NULL ||
		    strstr(t->spaces.v[i], "clawbot") != NULL) &&
		    n >= sizeof(tool) - 1 && strcmp(t->tools.v[i] + n -
		    (sizeof(tool) - 1), tool) == 0)
			return (call_nth(t, s, i, args));
	}
	/* two have those of servers behind one of their own, not the same */
	for (i = 0; i < t->tools.n; i++)
		if (strcmp(t->tools.v[i], "tool_describe") == 0)
			return (call(t, s, "tool_call", json_pack("{s:s, s:o}",
			    "id", "clawbot__run_command", "args", args)));
	return (call(t, s, "tool_call", json_pack("{s:s, s:o}", "name",
	    "mcp__clawbot__run_command", "arguments", args)));
}

static int
call_step(const struct scripted *s, enum scripted_step step,
    const struct talk *t, struct scripted_say *say)
{
	char *text = NULL;
	int r = 0;

	switch (step) {
	case SCRIPTED_SERVER:
		r = call_server(t, say);
		break;
	case SCRIPTED_LOOK:
		r = call_shell(t, say, LOOK);
		break;
	case SCRIPTED_WRITE:
		(void)xasprintf(&text, "%s/written", s->dir);
		r = call_write(t, say, text);
		break;
	case SCRIPTED_TOUCH:
		(void)xasprintf(&text, "touch %s/touched", s->dir);
		r = call_shell(t, say, text);
		break;
	case SCRIPTED_LONG:
		/* too long to be asked for, and to be executed */
		text = xcalloc(1, LONG_LINE + 1);
		memset(text, 'x', LONG_LINE);
		memcpy(text, ": ", 2);
		r = call_shell(t, say, text);
		break;
	case SCRIPTED_STEPS:
		break;
	}
	free(text);
	return (r);
}

/* Those for which there are tools, one behind the other. */
static void
next(struct scripted *s, const struct talk *t, struct scripted_say *say)
{
	size_t done = 0;
	int i;

	if (t->tools.n == 0)
		return;
	s->asked++;
	for (i = 0; i < SCRIPTED_STEPS; i++) {
		if (!call_step(s, (enum scripted_step)i, t, say))
			continue;
		s->called[i] = 1;
		if (done == t->told.n)
			return;
		if (s->told[i] == NULL)
			s->told[i] = xstrdup(t->told.v[done]);
		done++;
		say->name = NULL;
		json_decref(say->args);
		say->args = NULL;
	}
}

static const struct {
	const char	*end;		/* of the path */
	int		 stream;	/* by the path, and not the document */
	void		(*talk)(const json_t *, struct talk *);
	void		(*say)(const struct scripted_say *, struct buf *);
} protocols[] = {
	{ "/messages", 0, messages_talk, scripted_messages },
	{ "/responses", 0, responses_talk, scripted_responses },
	{ "/chat/completions", 0, chat_talk, scripted_chat },
	{ ":streamGenerateContent", 1, content_talk, scripted_content },
	{ ":generateContent", 0, content_talk, scripted_content },
};

static int
ends(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return (n >= m && strcmp(path + n - m, end) == 0);
}

static void
answer(struct scripted *s, size_t p, const json_t *doc, struct buf *out,
    const char **type)
{
	struct talk t = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct scripted_say say;

	memset(&say, 0, sizeof(say));
	say.stream = protocols[p].stream ||
	    json_is_true(json_object_get(doc, "stream"));
	protocols[p].talk(doc, &t);
	(void)snprintf(say.id, sizeof(say.id), "call_canary%zu", t.told.n);
	next(s, &t, &say);
	protocols[p].say(&say, out);
	*type = say.stream ? "text/event-stream" : "application/json";
	json_decref(say.args);
	strv_free(&t.tools);
	strv_free(&t.spaces);
	strv_free(&t.told);
}

int
scripted_answer(struct scripted *s, const char *path, const char *body,
    size_t n, struct buf *out, const char **type)
{
	struct rpc r;
	json_t *doc;
	size_t i;

	*type = "application/json";
	if (ends(path, "/count_tokens") || ends(path, ":countTokens")) {
		buf_printf(out, "{\"input_tokens\":10,\"totalTokens\":10}");
		return (0);
	}
	for (i = 0; i < NELEM(protocols) && !ends(path, protocols[i].end);
	    i++)
		;
	if (i == NELEM(protocols) || (doc = rpc_load(body, n, &r)) == NULL)
		return (-1);
	answer(s, i, doc, out, type);
	json_decref(doc);
	return (out->bad ? -1 : 0);
}

void
scripted_init(struct scripted *s, const char *dir)
{
	memset(s, 0, sizeof(*s));
	s->dir = dir;
}

void
scripted_free(struct scripted *s)
{
	size_t i;

	for (i = 0; i < SCRIPTED_STEPS; i++)
		free(s->told[i]);
	memset(s, 0, sizeof(*s));
}
