/* SPDX-License-Identifier: ISC */
/* Versions of the protocol; see mcpera.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/mcp/mcpera.h"

#define LEGACY_NEWEST	"2025-11-25"
#define LEGACY_BATCHES	"2025-03-26"	/* the one version that has them */
#define LIST_TTL_MS	300000

const char *const mcpera_versions[] = { MCP_MODERN, LEGACY_NEWEST,
    "2025-06-18", LEGACY_BATCHES, "2024-11-05", NULL };

static const char instructions[] =
    "Commands on this machine go through clawbot: policy allows, asks a "
    "person, or denies; everything is recorded. Use run_command, with args "
    "wherever a part of the command comes from untrusted text. If status is "
    "running or pending_approval, call wait_execution with the exec_id; do "
    "not ask again. Never retry or rephrase what was denied; check_policy "
    "and get_status tell what is allowed.";

static json_t *
server_info(void)
{
	return (json_pack("{s:s, s:s, s:s}", "name", "clawbot", "title",
	    "clawbot", "version", CB_VERSION));
}

static json_t *
versions(void)
{
	json_t *v = json_array();
	size_t i;

	for (i = 0; mcpera_versions[i] != NULL; i++)
		(void)json_array_append_new(v,
		    json_string(mcpera_versions[i]));
	return (v);
}

/* It is told of those alone that it could have named here. */
static json_t *
bad_version(const struct rpc *r, const char *asked)
{
	return (rpc_error(r->id, RPC_VERSION, "Unsupported protocol version",
	    json_pack("{s:[s], s:s}", "supported", MCP_MODERN, "requested",
	    asked)));
}

/* One that says what it speaks. */
static enum era
modern(const struct rpc *r, const json_t *meta, const json_t *version,
    json_t **error)
{
	*error = NULL;
	if (!json_is_string(version))
		*error = rpc_error(r->id, RPC_PARAMS, "_meta: " MCP_META
		    "protocolVersion is a string", NULL);
	else if (strcmp(json_string_value(version), MCP_MODERN) != 0)
		*error = bad_version(r, json_string_value(version));
	else if (!json_is_object(json_object_get(meta, MCP_META
	    "clientCapabilities")))
		*error = rpc_error(r->id, RPC_PARAMS, "_meta: " MCP_META
		    "clientCapabilities is missing, or no object", NULL);
	return (*error == NULL ? ERA_MODERN : ERA_NONE);
}

enum era
mcpera_of(const struct mcpera *e, const struct rpc *r, json_t **error)
{
	const json_t *meta = json_object_get(r->params, "_meta"), *version;

	*error = NULL;
	version = json_object_get(meta, MCP_META "protocolVersion");
	/* one with a version of its own goes by that, whatever _meta says */
	if (strcmp(r->method, "initialize") == 0 && (version == NULL ||
	    json_object_get(r->params, "protocolVersion") != NULL))
		return (ERA_LEGACY);
	if (version != NULL && !(e->version != NULL &&
	    json_is_string(version) &&
	    strcmp(json_string_value(version), e->version) == 0))
		return (modern(r, meta, version, error));
	if (e->version != NULL || strcmp(r->method, "ping") == 0)
		return (ERA_LEGACY);
	*error = rpc_error(r->id, RPC_PARAMS, "neither was there initialize "
	    "before, nor is there " MCP_META "protocolVersion in _meta",
	    NULL);
	return (ERA_NONE);
}

int
mcpera_batches(const struct mcpera *e)
{
	return (e->version != NULL &&
	    strcmp(e->version, LEGACY_BATCHES) == 0);
}

/* What is asked for, if initialize can have it, or else the newest. */
static const char *
agree(const char *asked)
{
	size_t i;

	for (i = 1; mcpera_versions[i] != NULL; i++)
		if (strcmp(mcpera_versions[i], asked) == 0)
			return (mcpera_versions[i]);
	return (LEGACY_NEWEST);
}

json_t *
mcpera_initialize(struct mcpera *e, const struct rpc *r)
{
	const char *asked = json_string_value(json_object_get(r->params,
	    "protocolVersion"));
	json_t *result;

	if (e->version != NULL)
		return (rpc_error(r->id, RPC_INVALID,
		    "initialize came before", NULL));
	if (asked == NULL)
		return (rpc_error(r->id, RPC_PARAMS,
		    "protocolVersion is a string", NULL));
	e->version = agree(asked);
	result = json_pack("{s:s, s:{s:{}}, s:o, s:s}", "protocolVersion",
	    e->version, "capabilities", "tools", "serverInfo", server_info(),
	    "instructions", instructions);
	return (rpc_result(r->id, result));
}

void
mcpera_client(enum era era, const struct rpc *r, char to[CLAIM_MAX + 1])
{
	const json_t *info = NULL;
	const char *name, *version;
	char text[2 * CLAIM_MAX];

	if (era == ERA_MODERN)
		info = json_object_get(json_object_get(r->params, "_meta"),
		    MCP_META "clientInfo");
	else if (era == ERA_LEGACY && strcmp(r->method, "initialize") == 0)
		info = json_object_get(r->params, "clientInfo");
	if ((name = json_string_value(json_object_get(info, "name"))) == NULL)
		return;
	version = json_string_value(json_object_get(info, "version"));
	(void)snprintf(text, sizeof(text), "%s%s%s", name, version != NULL ?
	    " " : "", version != NULL ? version : "");
	claim_text(to, text);
}

json_t *
mcpera_discover(void)
{
	return (json_pack("{s:o, s:{s:{}}, s:s}", "supportedVersions",
	    versions(), "capabilities", "tools", "instructions",
	    instructions));
}

void
mcpera_finish(enum era era, json_t *result, int is_list)
{
	if (era != ERA_MODERN)
		return;
	(void)json_object_set_new(result, "resultType",
	    json_string("complete"));
	(void)json_object_set_new(result, "_meta", json_pack("{s:o}",
	    MCP_META "serverInfo", server_info()));
	if (!is_list)
		return;
	/* of this account on this channel */
	(void)json_object_set_new(result, "ttlMs", json_integer(LIST_TTL_MS));
	(void)json_object_set_new(result, "cacheScope",
	    json_string("private"));
}

json_t *
mcpera_answer(enum era era, json_t *id, json_t *result)
{
	mcpera_finish(era, result, 0);
	return (rpc_result(id, result));
}
