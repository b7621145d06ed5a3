/* SPDX-License-Identifier: ISC */
/* Each agent's settings; see setup.h. */
#include "config.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/connect/setup.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define MARK_HOOK	"clawbot hook "
#define MARK_MCP	"\"mcp\""

const struct tomltable setup_tables[] = {
	{ { "mcp_servers", "clawbot", NULL }, 0 },
	{ { "hooks", "PreToolUse", NULL }, 1 },
	{ { NULL }, 0 }
};

/* With what our programs are called. */
struct setup_how {
	char	*options;	/* " -c x -s y", for a shell */
	char	*words;		/* , "-c", "x": the same in JSON */
	const char *home;
};

static void
from_home(struct setup *s, struct setup_part *p, const char *var,
    const char *home, const char *below, const char *file)
{
	const char *dir = getenv(var);

	if (dir != NULL && dir[0] == '/')
		(void)xasprintf(&p->file, "%s/%s", dir, file);
	else
		(void)xasprintf(&p->file, "%s/%s%s", home, below, file);
	s->n++;
}

static struct setup_part *
json_part(struct setup *s, const char *a, const char *b, const char *key,
    const char *mark)
{
	struct setup_part *p = &s->part[s->n];

	p->kind = SETUP_JSON;
	p->json.path[0] = a;
	p->json.path[1] = b;
	p->json.key = key;
	p->json.mark = mark;
	return (p);
}

/* The server, as most name it, with what they want before and behind. */
static char *
server(const struct setup_how *h, const char *before, const char *behind)
{
	char *s;

	(void)xasprintf(&s, "{\n%s  \"command\": \"%s/clawbot\",\n"
	    "  \"args\": [\"mcp\"%s]%s\n}", before, CB_BINDIR, h->words,
	    behind);
	return (s);
}

/* A hook as Claude Code has it; its time, and what stands behind that. */
static char *
hook(const struct setup_how *h, const char *agent, const char *behind)
{
	char *s;

	(void)xasprintf(&s, "{\n  \"hooks\": [\n    {\n"
	    "      \"type\": \"command\",\n"
	    "      \"command\": \"%s/" MARK_HOOK "--wait 9m%s %s\",\n"
	    "      \"timeout\": %s\n    }\n  ]\n}", CB_BINDIR, h->options,
	    agent, behind);
	return (s);
}

static void
claude(struct setup *s, const struct setup_how *h)
{
	struct setup_part *p;

	p = json_part(s, "env", NULL, "CLAUDE_CODE_SHELL_PREFIX",
	    "clawbot-sh");
	(void)xasprintf(&p->json.value, "\"%s/clawbot-sh\"", CB_BINDIR);
	from_home(s, p, "CLAUDE_CONFIG_DIR", h->home, ".claude/",
	    "settings.json");
	p = json_part(s, "hooks", "PreToolUse", NULL, MARK_HOOK);
	p->json.value = hook(h, "claude", "600,\n      \"onFailure\": "
	    "\"block\"");
	from_home(s, p, "CLAUDE_CONFIG_DIR", h->home, ".claude/",
	    "settings.json");
	p = json_part(s, "mcpServers", NULL, "clawbot", MARK_MCP);
	p->json.value = server(h, "  \"type\": \"stdio\",\n", "");
	from_home(s, p, "CLAUDE_CONFIG_DIR", h->home, "", ".claude.json");
	s->then = "End Claude Code before this, as it writes .claude.json "
	    "itself, and start it anew. Servers and hooks of others are "
	    "started by clawbot-sh as well, and run confined.";
	s->holes = "settings that a session may change, --settings and --bare; "
	    "files that a user mentions with @; commands behind !";
}

static void
codex(struct setup *s, const struct setup_how *h)
{
	struct setup_part *p = &s->part[s->n];

	p->kind = SETUP_TOML;
	(void)xasprintf(&p->text, "[mcp_servers.clawbot]\n"
	    "command = \"%s/clawbot\"\nargs = [\"mcp\"%s]\n\n"
	    "[[hooks.PreToolUse]]\n[[hooks.PreToolUse.hooks]]\n"
	    "type = \"command\"\n"
	    "command = \"%s/" MARK_HOOK "--wait 9m%s codex\"\n"
	    "timeout = 600\n", CB_BINDIR, h->words, CB_BINDIR, h->options);
	from_home(s, p, "CODEX_HOME", h->home, ".codex/", "config.toml");
	s->then = "Start Codex and trust the hook in /hooks: until then it is "
	    "skipped in silence. Its commands run inside if the shell of its "
	    "account is " CB_LIBEXECDIR "/shells/bash.";
	s->holes = "a hook that is not trusted, or was changed since; what is "
	    "typed into a program that runs (write_stdin)";
}

/* One file of settings has both; the hook's time is in milliseconds. */
static void
in_settings(struct setup *s, const struct setup_how *h, const char *dir,
    const char *event, const char *agent)
{
	struct setup_part *p;

	p = json_part(s, "mcpServers", NULL, "clawbot", MARK_MCP);
	p->json.value = server(h, "", "");
	from_home(s, p, "", h->home, dir, "settings.json");
	p = json_part(s, "hooks", event, NULL, MARK_HOOK);
	p->json.value = hook(h, agent, "600000");
	from_home(s, p, "", h->home, dir, "settings.json");
	s->then = "Its commands run inside if it is started with PATH="
	    CB_LIBEXECDIR "/shells:$PATH.";
}

static void
gemini(struct setup *s, const struct setup_how *h)
{
	in_settings(s, h, ".gemini/", "BeforeTool", "gemini");
	s->holes = "hooks that settings switch off; a hook that ends with "
	    "another status than 0 or 2";
}

static void
qwen(struct setup *s, const struct setup_how *h)
{
	in_settings(s, h, ".qwen/", "PreToolUse", "qwen");
	s->holes = "disableAllHooks in any of its settings; a hook that ends "
	    "with another status than 0 or 2";
}

static void
copilot(struct setup *s, const struct setup_how *h)
{
	struct setup_part *p;

	p = json_part(s, "mcpServers", NULL, "clawbot", MARK_MCP);
	p->json.value = server(h, "  \"type\": \"local\",\n",
	    ",\n  \"tools\": [\"*\"]");
	from_home(s, p, "COPILOT_HOME", h->home, ".copilot/",
	    "mcp-config.json");
	p = &s->part[s->n];
	p->kind = SETUP_FILE;
	(void)xasprintf(&p->text, "{\n  \"version\": 1,\n  \"hooks\": {\n"
	    "    \"preToolUse\": [\n      {\n"
	    "        \"type\": \"command\",\n"
	    "        \"bash\": \"%s/" MARK_HOOK "--wait 9m%s copilot\",\n"
	    "        \"timeoutSec\": 600\n      }\n    ]\n  }\n}\n",
	    CB_BINDIR, h->options);
	from_home(s, p, "COPILOT_HOME", h->home, ".copilot/",
	    "hooks/clawbot.json");
	s->then = "An administrator's hook, which nobody switches off, is the "
	    "same file in /etc/github-copilot/policy.d.";
	s->holes = "disableAllHooks in its settings";
}

static void
opencode(struct setup *s, const struct setup_how *h)
{
	struct setup_part *p;
	struct stat st;
	char *file;

	p = json_part(s, "mcp", NULL, "clawbot", MARK_MCP);
	(void)xasprintf(&p->json.value, "{\n  \"type\": \"local\",\n"
	    "  \"command\": [\"%s/clawbot\", \"mcp\"%s],\n"
	    "  \"enabled\": true\n}", CB_BINDIR, h->words);
	from_home(s, p, "XDG_CONFIG_HOME", h->home, ".config/",
	    "opencode/opencode.jsonc");
	if (stat(p->file, &st) == -1) {
		file = xstrndup(p->file, strlen(p->file) - 1);
		free(p->file);
		p->file = file;
	}
	p = &s->part[s->n];
	p->kind = SETUP_FILE;
	(void)xasprintf(&p->text,
	    "// clawbot hook asks before each tool; see clawbot-hook(1)\n"
	    "import { spawnSync } from \"node:child_process\"\n\n"
	    "export const Clawbot = async ({ directory }) => ({\n"
	    "  \"tool.execute.before\": async (input, output) => {\n"
	    "    const r = spawnSync(\"%s/clawbot\", [\"hook\", \"--wait\","
	    " \"9m\"%s, \"opencode\"], {\n"
	    "      input: JSON.stringify({ cwd: directory, tool_name:"
	    " input.tool,\n        tool_input: output.args }),\n"
	    "      encoding: \"utf8\", timeout: 600000,\n    })\n"
	    "    if (r.status !== 0)\n"
	    "      throw new Error(r.stderr || \"clawbot hook did not "
	    "answer\")\n  },\n})\n", CB_BINDIR, h->words);
	from_home(s, p, "XDG_CONFIG_HOME", h->home, ".config/",
	    "opencode/plugins/clawbot.js");
	s->then = "Its commands run inside if it is started with SHELL="
	    CB_BINDIR "/clawbot-sh.";
	s->holes = "a plugin runs in the agent itself, and so can other "
	    "plugins";
}

static void
openclaw(struct setup *s, const struct setup_how *h)
{
	struct setup_part *p;

	p = json_part(s, "mcp", "servers", "clawbot", MARK_MCP);
	p->json.value = server(h, "", "");
	from_home(s, p, "", h->home, ".openclaw/", "openclaw.json");
	s->then = "Switch its own commands off: \"tools\": { \"deny\": "
	    "[\"exec\", \"process\"] }, as long as they are on they are "
	    "executed unasked.";
	s->holes = "its own tools for commands and files, where they are not "
	    "denied; plugins, which run in the gateway";
}

static void
generic(struct setup *s, const struct setup_how *h)
{
	(void)h;
	s->then = "A client that has a file for servers takes\n"
	    "    { \"mcpServers\": { \"clawbot\": { \"command\": \"" CB_BINDIR
	    "/clawbot\", \"args\": [\"mcp\"] } } }\n"
	    "one that has hooks \"" CB_BINDIR "/clawbot hook generic\", one "
	    "that has a shell \"" CB_BINDIR "/clawbot-sh\".";
	s->holes = "all that it does with tools of its own";
}

static const struct {
	const char	*agent;
	const char	*name;
	void		(*make)(struct setup *, const struct setup_how *);
} agents[] = {
	{ "claude", "Claude Code", claude },
	{ "codex", "Codex", codex },
	{ "openclaw", "OpenClaw", openclaw },
	{ "opencode", "opencode", opencode },
	{ "gemini", "Gemini CLI", gemini },
	{ "copilot", "Copilot CLI", copilot },
	{ "qwen", "Qwen Code", qwen },
	{ "generic", "any other client", generic },
};

/* Names of channels and skills have no character that means something. */
static void
add_option(struct setup_how *h, const char *opt, const char *arg)
{
	char *options, *words;

	(void)xasprintf(&options, "%s %s %s", h->options, opt, arg);
	(void)xasprintf(&words, "%s, \"%s\", \"%s\"", h->words, opt, arg);
	free(h->options);
	free(h->words);
	h->options = options;
	h->words = words;
}

static int
is_name(const char *s)
{
	return (s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	    "XYZ0123456789_-")] == '\0');
}

int
setup_make(struct setup *s, const char *agent, const struct cli *cli,
    const char *skill, struct fail *f)
{
	struct setup_how h;
	size_t i, n = sizeof(agents) / sizeof(agents[0]);

	memset(s, 0, sizeof(*s));
	for (i = 0; i < n && strcmp(agents[i].agent, agent) != 0; i++)
		;
	if (i == n || !is_name(skill) || !is_name(cli->channel)) {
		fail_set(f, EXIT_USAGE, i == n ? "connect: no agent %s is "
		    "known" : "connect: %s: a channel or skill has no such "
		    "name", agent);
		fail_hint(f, "claude, codex, openclaw, opencode, gemini, "
		    "copilot, qwen or generic");
		return (-1);
	}
	if ((h.home = getenv("HOME")) == NULL || h.home[0] != '/') {
		fail_set(f, EXIT_USAGE, "connect: HOME is not set");
		return (-1);
	}
	h.options = xstrdup("");
	h.words = xstrdup("");
	if (strcmp(cli->channel, "cli") != 0)
		add_option(&h, "-c", cli->channel);
	if (*skill != '\0')
		add_option(&h, "-s", skill);
	s->agent = agents[i].agent;
	s->name = agents[i].name;
	agents[i].make(s, &h);
	free(h.options);
	free(h.words);
	return (0);
}

void
setup_free(struct setup *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->part[i].file);
		free(s->part[i].json.value);
		free(s->part[i].text);
	}
	memset(s, 0, sizeof(*s));
}

static int
change_file(const struct setup_part *p, int remove, const char *text,
    char **out, const char **why)
{
	*out = NULL;
	if (*text != '\0' && strstr(text, "clawbot") == NULL) {
		*why = "is there, and is not ours";
		return (remove ? 0 : -1);
	}
	if (strcmp(text, remove ? "" : p->text) == 0)
		return (0);
	*out = xstrdup(remove ? "" : p->text);
	return (1);
}

int
setup_change(const struct setup_part *p, int remove, const char *text,
    char **out, const char **why)
{
	switch (p->kind) {
	case SETUP_JSON:
		return (remove ? jsonedit_remove(text, &p->json, out, why) :
		    jsonedit_add(text, &p->json, out, why));
	case SETUP_TOML:
		return (remove ? tomledit_remove(text, out, why) :
		    tomledit_add(text, p->text, setup_tables, out, why));
	case SETUP_FILE:
		break;
	}
	return (change_file(p, remove, text, out, why));
}
