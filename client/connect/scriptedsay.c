/* SPDX-License-Identifier: ISC */
/*
 * What a model says, in the words of each protocol; see scripted.h.  All of it
 * comes in one piece, as streams may.
 */
#include "config.h"

#include <jansson.h>

#include "client/connect/scripted.h"
#include "client/mcp/jsonline.h"

#define SAYS	"done"

/* Takes the document over; as an event, which some have names for. */
static void
put(struct buf *b, const struct scripted_say *s, const char *event, json_t *v)
{
	char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT);

	if (text == NULL)
		b->bad = 1;
	else if (!s->stream)
		buf_printf(b, "%s", text);
	else if (event != NULL)
		buf_printf(b, "event: %s\ndata: %s\n\n", event, text);
	else
		buf_printf(b, "data: %s\n\n", text);
	jsonline_forget(text);
	json_decref(v);
}

/* The arguments as a text, which most want. */
static json_t *
args_text(const struct scripted_say *s)
{
	char *text = json_dumps(s->args, JSON_COMPACT);
	json_t *v = json_string(text != NULL ? text : "{}");

	jsonline_forget(text);
	return (v);
}

static json_t *
message(json_t *content, const char *stop)
{
	return (json_pack("{s:s, s:s, s:s, s:s, s:o, s:s?, s:n, s:{s:i, s:i}}",
	    "id", "msg_canary", "type", "message", "role", "assistant",
	    "model", "canary", "content", content, "stop_reason", stop,
	    "stop_sequence", "usage", "input_tokens", 10, "output_tokens", 5));
}

void
scripted_messages(const struct scripted_say *s, struct buf *b)
{
	const char *stop = s->name == NULL ? "end_turn" : "tool_use";
	json_t *block, *delta;

	if (!s->stream) {
		block = s->name == NULL ? json_pack("{s:s, s:s}", "type",
		    "text", "text", SAYS) : json_pack("{s:s, s:s, s:s, s:O}",
		    "type", "tool_use", "id", s->id, "name", s->name, "input",
		    s->args);
		put(b, s, NULL, message(json_pack("[o]", block), stop));
		return;
	}
	if (s->name == NULL) {
		block = json_pack("{s:s, s:s}", "type", "text", "text", "");
		delta = json_pack("{s:s, s:s}", "type", "text_delta", "text",
		    SAYS);
	} else {
		block = json_pack("{s:s, s:s, s:s, s:{}}", "type", "tool_use",
		    "id", s->id, "name", s->name, "input");
		delta = json_pack("{s:s, s:o}", "type", "input_json_delta",
		    "partial_json", args_text(s));
	}
	put(b, s, "message_start", json_pack("{s:s, s:o}", "type",
	    "message_start", "message", message(json_array(), NULL)));
	put(b, s, "content_block_start", json_pack("{s:s, s:i, s:o}", "type",
	    "content_block_start", "index", 0, "content_block", block));
	put(b, s, "content_block_delta", json_pack("{s:s, s:i, s:o}", "type",
	    "content_block_delta", "index", 0, "delta", delta));
	put(b, s, "content_block_stop", json_pack("{s:s, s:i}", "type",
	    "content_block_stop", "index", 0));
	put(b, s, "message_delta", json_pack("{s:s, s:{s:s, s:n}, s:{s:i}}",
	    "type", "message_delta", "delta", "stop_reason", stop,
	    "stop_sequence", "usage", "output_tokens", 5));
	put(b, s, "message_stop", json_pack("{s:s}", "type", "message_stop"));
}

static json_t *
response(const char *status, json_t *items)
{
	return (json_pack("{s:s, s:s, s:s, s:s, s:o, s:{s:i, s:i, s:i, "
	    "s:{s:i}, s:{s:i}}}", "id", "resp_canary", "object", "response",
	    "model", "canary", "status", status, "output", items, "usage",
	    "input_tokens", 10, "output_tokens", 5, "total_tokens", 15,
	    "input_tokens_details", "cached_tokens", 0,
	    "output_tokens_details", "reasoning_tokens", 0));
}

void
scripted_responses(const struct scripted_say *s, struct buf *b)
{
	json_t *item;

	if (s->name == NULL)
		item = json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:[]}]}",
		    "type", "message", "role", "assistant", "id",
		    "msg_canary", "status", "completed", "content", "type",
		    "output_text", "text", SAYS, "annotations");
	else
		item = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "type",
		    "function_call", "id", s->id, "call_id", s->id, "name",
		    s->name, "status", "completed", "arguments",
		    args_text(s));
	if (s->space != NULL)
		(void)json_object_set_new(item, "namespace",
		    json_string(s->space));
	if (s->stream) {
		put(b, s, "response.created", json_pack("{s:s, s:o}", "type",
		    "response.created", "response", response("in_progress",
		    json_array())));
		put(b, s, "response.output_item.added", json_pack(
		    "{s:s, s:i, s:O}", "type", "response.output_item.added",
		    "output_index", 0, "item", item));
		put(b, s, "response.output_item.done", json_pack(
		    "{s:s, s:i, s:O}", "type", "response.output_item.done",
		    "output_index", 0, "item", item));
		put(b, s, "response.completed", json_pack("{s:s, s:o}",
		    "type", "response.completed", "response",
		    response("completed", json_pack("[o]", item))));
	} else
		put(b, s, NULL, response("completed", json_pack("[o]",
		    item)));
}

/* choices are taken over. */
static json_t *
completion(const struct scripted_say *s, json_t *choices)
{
	return (json_pack("{s:s, s:i, s:s, s:s, s:o, s:{s:i, s:i, s:i}}",
	    "id", "chatcmpl-canary", "created", 1, "model", "canary",
	    "object", s->stream ? "chat.completion.chunk" : "chat.completion",
	    "choices", choices, "usage", "prompt_tokens", 10,
	    "completion_tokens", 5, "total_tokens", 15));
}

void
scripted_chat(const struct scripted_say *s, struct buf *b)
{
	const char *stop = s->name == NULL ? "stop" : "tool_calls";
	json_t *m;

	if (s->name == NULL)
		m = json_pack("{s:s, s:s}", "role", "assistant", "content",
		    SAYS);
	else
		m = json_pack("{s:s, s:n, s:[{s:i, s:s, s:s, s:{s:s, s:o}}]}",
		    "role", "assistant", "content", "tool_calls", "index", 0,
		    "id", s->id, "type", "function", "function", "name",
		    s->name, "arguments", args_text(s));
	if (!s->stream) {
		put(b, s, NULL, completion(s, json_pack("[{s:i, s:o, s:s}]",
		    "index", 0, "message", m, "finish_reason", stop)));
		return;
	}
	put(b, s, NULL, completion(s, json_pack("[{s:i, s:o, s:n}]", "index",
	    0, "delta", m, "finish_reason")));
	put(b, s, NULL, completion(s, json_pack("[{s:i, s:{}, s:s}]", "index",
	    0, "delta", "finish_reason", stop)));
	buf_printf(b, "data: [DONE]\n\n");
}

void
scripted_content(const struct scripted_say *s, struct buf *b)
{
	json_t *part;

	if (s->name == NULL)
		part = json_pack("{s:s}", "text", SAYS);
	else
		part = json_pack("{s:{s:s, s:O}}", "functionCall", "name",
		    s->name, "args", s->args);
	put(b, s, NULL, json_pack("{s:[{s:i, s:s, s:{s:s, s:[o]}}], "
	    "s:{s:i, s:i, s:i}, s:s}", "candidates", "index", 0,
	    "finishReason", "STOP", "content", "role", "model", "parts", part,
	    "usageMetadata", "promptTokenCount", 10, "candidatesTokenCount",
	    5, "totalTokenCount", 15, "modelVersion", "canary"));
}
