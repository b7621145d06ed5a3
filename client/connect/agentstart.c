/* SPDX-License-Identifier: ISC */
/* Starting an agent on trial; see agentstart.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/connect/agentstart.h"
#include "common/buf.h"
#include "common/defs.h"

#define PROMPT	"Call the tools that you are told to call."

/* Whatever it is in the user's: the copy is ours. */
#define LOG_IN(how) \
    { { "security", "auth" }, "selectedType", (char []){ how }, "\"" }
#define NO_EDIT	{ { NULL }, NULL, NULL, NULL }

/* The key is in its file: others can read words. */
static const char claude_settings[] =
    "{\"env\":{\"ANTHROPIC_BASE_URL\":\"@URL@\"}}";
static const char codex_provider[] =
    "model_providers.canary={name=\"canary\",base_url=\"@URL@/v1\","
    "wire_api=\"responses\",env_key=\"CLAWBOT_CANARY\"}";

static const struct agentstart starts[] = {
	{ "claude", { "claude", "-p", PROMPT, "--output-format", "json",
	    "--permission-mode", "bypassPermissions", "--settings",
	    claude_settings },
	    { "ANTHROPIC_BASE_URL=@URL@", "ANTHROPIC_API_KEY=@KEY@",
	    "ANTHROPIC_MODEL=canary", "DISABLE_AUTOUPDATER=1",
	    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
	    "ENABLE_TOOL_SEARCH=false" },
	    ".claude/settings.json", { { "env" }, "ANTHROPIC_API_KEY",
	    (char []){ "\"@KEY@\"" }, "\"" } },
	{ "codex", { "codex", "exec", "--skip-git-repo-check",
	    "--dangerously-bypass-approvals-and-sandbox", "-c",
	    "model_provider=\"canary\"", "-c", codex_provider, "-c",
	    "model=\"canary\"", PROMPT },
	    { "CLAWBOT_CANARY=@KEY@" }, NULL, NO_EDIT },
	{ "opencode", { "opencode", "run", "-m", "canary/canary",
	    PROMPT },
	    { "OPENCODE_CONFIG_CONTENT={\"autoupdate\":false,\"share\":"
	    "\"disabled\",\"permission\":\"allow\",\"provider\":{\"canary\":{"
	    "\"npm\":\"@ai-sdk/openai-compatible\",\"name\":\"canary\","
	    "\"options\":{\"baseURL\":\"@URL@/v1\",\"apiKey\":\"@KEY@\"},"
	    "\"models\":{\"canary\":{\"name\":\"canary\"}}}}}",
	    "OPENCODE_DISABLE_MODELS_FETCH=1", "OPENCODE_DISABLE_AUTOUPDATE=1",
	    "OPENCODE_DISABLE_LSP_DOWNLOAD=1" }, NULL, NO_EDIT },
	{ "gemini", { "gemini", "-m", "gemini-2.5-pro", "--yolo", "-p",
	    PROMPT },
	    { "GEMINI_API_KEY=@KEY@", "GOOGLE_GEMINI_BASE_URL=@URL@",
	    "GEMINI_CLI_TRUST_WORKSPACE=true" },
	    ".gemini/settings.json", LOG_IN("\"gemini-api-key\"") },
	{ "qwen", { "qwen", "-m", "canary", "--yolo", "-p", PROMPT },
	    { "OPENAI_API_KEY=@KEY@", "OPENAI_BASE_URL=@URL@/v1",
	    "OPENAI_MODEL=canary", "QWEN_CODE_TRUST_WORKSPACE=true" },
	    ".qwen/settings.json", LOG_IN("\"openai\"") },
	{ "copilot", { "copilot", "-p", PROMPT, "--allow-all-tools",
	    "--allow-all-paths" },
	    { "COPILOT_PROVIDER_BASE_URL=@URL@/v1",
	    "COPILOT_PROVIDER_API_KEY=@KEY@", "COPILOT_MODEL=canary",
	    "COPILOT_OFFLINE=true", "COPILOT_AUTO_UPDATE=false" }, NULL,
	    NO_EDIT },
	{ "openclaw", { "openclaw", "agent", "exec", "--model",
	    "canary/canary", PROMPT }, { NULL },
	    ".openclaw/openclaw.json", { { "models", "providers" }, "canary",
	    (char []){ "{ \"baseUrl\": \"@URL@/v1\", \"apiKey\": \"@KEY@\","
	    " \"api\": \"openai-completions\", \"models\": [{ \"id\":"
	    " \"canary\", \"name\": \"canary\" }] }" }, "canary" } },
};

/* Of the user's, with which an agent would look elsewhere. */
static const char *const other[] = { "CLAUDE_CONFIG_DIR", "CODEX_HOME",
    "COPILOT_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
    "XDG_CACHE_HOME", "OPENCODE_CONFIG", "OPENCODE_CONFIG_DIR",
    "OPENCLAW_HOME", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH",
    "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_UNIX_SOCKET", "CLAUDECODE",
    "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX",
    "COPILOT_PROVIDER_TYPE", "COPILOT_PROVIDER_WIRE_API",
    "COPILOT_PROVIDER_BEARER_TOKEN", "COPILOT_PROVIDER_API_KEY_COMMAND",
    "GOOGLE_GENAI_USE_VERTEXAI", "http_proxy", "HTTP_PROXY", "all_proxy",
    "ALL_PROXY" };

const struct agentstart *
agentstart_find(const char *agent)
{
	size_t i;

	for (i = 0; i < NELEM(starts); i++)
		if (strcmp(starts[i].agent, agent) == 0)
			return (&starts[i]);
	return (NULL);
}

char *
agentstart_fill(const char *s, unsigned port, const char *key)
{
	struct buf b;

	buf_init(&b, 16384);
	for (; *s != '\0'; s++)
		if (strncmp(s, "@URL@", 5) == 0) {
			buf_printf(&b, "http://127.0.0.1:%u", port);
			s += 4;
		} else if (strncmp(s, "@KEY@", 5) == 0) {
			buf_printf(&b, "%s", key);
			s += 4;
		} else
			buf_put_u8(&b, (uint8_t)*s);
	return (buf_text(&b));
}

static void
set(const char *var, unsigned port, const char *key)
{
	char *s = agentstart_fill(var, port, key), *value = strchr(s, '=');

	*value++ = '\0';
	(void)setenv(s, value, 1);
	free(s);
}

void
agentstart_environ(const struct agentstart *a, const char *home,
    unsigned port, const char *key)
{
	size_t i;

	for (i = 0; i < NELEM(other); i++)
		(void)unsetenv(other[i]);
	(void)setenv("HOME", home, 1);
	(void)setenv("NO_COLOR", "1", 1);
	/* what keeps to that reaches nothing but the model */
	set("HTTPS_PROXY=@URL@", port, key);
	set("https_proxy=@URL@", port, key);
	(void)setenv("NO_PROXY", "127.0.0.1", 1);
	(void)setenv("no_proxy", "127.0.0.1", 1);
	for (i = 0; i < NELEM(a->vars) && a->vars[i] != NULL; i++)
		set(a->vars[i], port, key);
}
