/* SPDX-License-Identifier: ISC */
/* Which request is answered by whom; see mcpserver.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/mcp/mcpelicit.h"
#include "client/mcp/mcpserver.h"

static void
send_doc(struct mcpserver *s, json_t *doc)
{
	jsonline_out_put(s->out, doc);
}

/* What each era has beside the tools. */
static void
other_request(struct mcpserver *s, enum era era, const struct rpc *r)
{
	if (era == ERA_LEGACY && strcmp(r->method, "ping") == 0)
		send_doc(s, rpc_result(r->id, json_object()));
	else
		send_doc(s, rpc_error(r->id, RPC_METHOD, "Method not found",
		    NULL));
}

static void
discover(struct mcpserver *s, const struct rpc *r)
{
	json_t *result = mcpera_discover();

	mcpera_finish(ERA_MODERN, result, 1);
	send_doc(s, rpc_result(r->id, result));
}

static void
request(struct mcpserver *s, const struct rpc *r)
{
	json_t *error;
	enum era era;

	if (mcpcalls_has(&s->calls, r->id)) {
		/* an answer with that id would be taken for the first one's */
		send_doc(s, rpc_error(NULL, RPC_INVALID, "a request with "
		    "this id is under way", json_pack("{s:O}", "id",
		    r->id)));
		return;
	}
	era = mcpera_of(&s->era, r, &error);
	mcpera_client(era, r, s->calls.executions.said.client);
	if (era == ERA_NONE)
		send_doc(s, error);
	else if (era == ERA_LEGACY && strcmp(r->method, "initialize") == 0) {
		if (s->era.version == NULL)
			s->calls.client_elicits = mcpelicit_can(
			    json_object_get(r->params, "capabilities"));
		send_doc(s, mcpera_initialize(&s->era, r));
	}
	else if (strcmp(r->method, "tools/list") == 0)
		mcpcalls_list(&s->calls, era, r);
	else if (strcmp(r->method, "tools/call") == 0)
		mcpcalls_call(&s->calls, era, r);
	else if (era == ERA_MODERN &&
	    strcmp(r->method, "server/discover") == 0)
		discover(s, r);
	else
		other_request(s, era, r);
}

/* Those that we do not know are for others. */
static void
notification(struct mcpserver *s, const struct rpc *r)
{
	if (strcmp(r->method, "notifications/cancelled") == 0)
		mcpcalls_cancel(&s->calls, json_object_get(r->params,
		    "requestId"));
}

static void
document(struct mcpserver *s, json_t *doc)
{
	struct rpc r;

	rpc_look(&r, doc);
	switch (r.kind) {
	case RPC_REQUEST:
		request(s, &r);
		break;
	case RPC_NOTIFICATION:
		notification(s, &r);
		break;
	case RPC_RESPONSE:
		mcpelicit_answer(&s->calls, &r);
		break;
	case RPC_BAD:
		send_doc(s, rpc_error(r.id, r.code, r.why, NULL));
		break;
	}
	rpc_free(&r);
}

/* Each is answered by itself, when it is done. */
static void
batch(struct mcpserver *s, json_t *docs)
{
	json_t *doc;
	size_t i;

	if (json_array_size(docs) == 0)
		send_doc(s, rpc_error(NULL, RPC_INVALID, "an empty batch",
		    NULL));
	json_array_foreach(docs, i, doc)
		document(s, json_incref(doc));
	json_decref(docs);
}

void
mcpserver_line(struct mcpserver *s, const char *line, size_t len)
{
	struct rpc r;
	json_t *doc;

	if ((doc = rpc_load(line, len, &r)) == NULL)
		send_doc(s, rpc_error(NULL, r.code, r.why, NULL));
	else if (json_is_array(doc) && mcpera_batches(&s->era))
		batch(s, doc);
	else
		document(s, doc);
}

void
mcpserver_long(struct mcpserver *s)
{
	char why[64];

	(void)snprintf(why, sizeof(why), "a message has at most %u bytes",
	    JSONLINE_MAX);
	send_doc(s, rpc_error(NULL, RPC_INVALID, why, NULL));
}
