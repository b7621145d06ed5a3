/* SPDX-License-Identifier: ISC */
/* Verdicts in the words of each agent; see hookanswer.h. */
#include "config.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

#include "client/hook/hookanswer.h"
#include "client/mcp/executionjson.h"
#include "client/mcp/jsonline.h"
#include "common/xmalloc.h"

#define HOOK_BLOCK	2	/* exit status */

static const struct dialect dialects[] = {
	{ "claude", "Claude Code", 50, 1 },
	{ "codex", "Codex", 50, 0 },
	{ "gemini", "Gemini CLI", 50, 0 },
	{ "qwen", "Qwen Code", 50, 1 },
	{ "copilot", "Copilot CLI", 20, 1 },
	{ "opencode", "opencode", 50, 0 },
	{ "openclaw", "OpenClaw", 50, 0 },
	{ "generic", "the agent", 50, 0 },
};

const struct dialect *
dialect_at(size_t i)
{
	return (i < sizeof(dialects) / sizeof(dialects[0]) ? &dialects[i] :
	    NULL);
}

const struct dialect *
dialect_find(const char *agent)
{
	const struct dialect *d;
	size_t i;

	for (i = 0; (d = dialect_at(i)) != NULL; i++)
		if (strcmp(d->agent, agent) == 0)
			break;
	return (d);
}

static int
is(const struct dialect *d, const char *agent)
{
	return (strcmp(d->agent, agent) == 0);
}

/* Claude Code, and those who took its form over. */
static json_t *
specific(const char *word, json_t *why)
{
	return (json_pack("{s:{s:s, s:s, s:o}}", "hookSpecificOutput",
	    "hookEventName", "PreToolUse", "permissionDecision", word,
	    "permissionDecisionReason", why));
}

static json_t *
document(const struct dialect *d, const char *word, const char *why)
{
	json_t *text = executionjson_text(why, strlen(why));

	if (is(d, "claude") || is(d, "codex") || is(d, "qwen"))
		return (specific(word, text));
	if (is(d, "copilot"))
		return (json_pack("{s:s, s:o}", "permissionDecision", word,
		    "permissionDecisionReason", text));
	return (json_pack("{s:s, s:o}", "decision", word, "reason", text));
}

void
hookanswer_make(struct hookanswer *a, const struct dialect *d,
    enum hookverdict v, const char *why)
{
	json_t *doc;
	char *s;

	a->status = 0;
	if (*why == '\0')
		why = "clawbot says so";
	if (v == HOOK_ASK && !d->asks)
		v = HOOK_DENY;
	/* to Codex an allow is an error of the hook */
	if (v == HOOK_SILENT || (v == HOOK_ALLOW && is(d, "codex"))) {
		a->text = xstrdup("");
		return;
	}
	doc = document(d, v == HOOK_ALLOW ? "allow" : v == HOOK_ASK ? "ask" :
	    "deny", why);
	s = doc == NULL ? NULL : json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	if (s == NULL) {
		a->text = xstrdup("");
		a->status = v == HOOK_ALLOW ? 0 : HOOK_BLOCK;
		return;
	}
	(void)xasprintf(&a->text, "%s\n", s);
	jsonline_forget(s);
	/* of these we know that the status alone is looked at, too */
	if (v != HOOK_ALLOW && (is(d, "opencode") || is(d, "openclaw") ||
	    is(d, "generic")))
		a->status = HOOK_BLOCK;
}

void
hookanswer_free(struct hookanswer *a)
{
	if (a->text != NULL)
		freezero(a->text, strlen(a->text));
	a->text = NULL;
}
