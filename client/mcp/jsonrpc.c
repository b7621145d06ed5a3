/* SPDX-License-Identifier: ISC */
/* Requests, notifications and answers; see jsonrpc.h. */
#include "config.h"

#include <string.h>

#include "client/mcp/jsonrpc.h"

#define RPC_LOAD	(JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | \
			JSON_DECODE_ANY)

static void
bad(struct rpc *r, int code, const char *why)
{
	r->kind = RPC_BAD;
	r->code = code;
	r->why = why;
}

/* jansson has a limit of its own, which is higher; strings are passed over. */
static int
too_deep(const char *s, size_t n)
{
	size_t i, depth = 0;
	int quoted = 0;

	for (i = 0; i < n; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if ((s[i] == '[' || s[i] == '{') && ++depth > RPC_DEPTH)
			return (1);
		else if ((s[i] == ']' || s[i] == '}') && depth > 0)
			depth--;
	}
	return (0);
}

/*
 * No document, by jansson.  A number that it has no room for is no mistake in
 * JSON: but for that, would it be one?
 */
static void
look_error(struct rpc *r, const char *s, size_t n, json_error_t *e)
{
	json_t *doc;

	if (json_error_code(e) == json_error_numeric_overflow) {
		doc = json_loadb(s, n, RPC_LOAD | JSON_DECODE_INT_AS_REAL, e);
		if (doc != NULL || json_error_code(e) ==
		    json_error_numeric_overflow) {
			json_decref(doc);
			bad(r, RPC_INVALID, "a number has more than 64 bits");
			return;
		}
	}
	bad(r, RPC_PARSE, json_error_code(e) == json_error_duplicate_key ?
	    "a key comes twice" : json_error_code(e) ==
	    json_error_null_character ? "a NUL in a string" : "not JSON");
}

json_t *
rpc_load(const char *s, size_t n, struct rpc *r)
{
	json_error_t e;
	json_t *doc;

	memset(r, 0, sizeof(*r));
	if (too_deep(s, n)) {
		bad(r, RPC_PARSE, "nested too deep");
		return (NULL);
	}
	if ((doc = json_loadb(s, n, RPC_LOAD, &e)) == NULL)
		look_error(r, s, n, &e);
	else if (!json_is_object(doc) && !json_is_array(doc)) {
		json_decref(doc);
		doc = NULL;
		bad(r, RPC_INVALID, "a message is an object");
	}
	return (doc);
}

int
rpc_is_id(const json_t *v)
{
	return (json_is_integer(v) || (json_is_string(v) &&
	    json_string_length(v) <= RPC_ID_MAX));
}

int
rpc_same_id(const json_t *a, const json_t *b)
{
	return (json_equal(a, b));
}

/* One without a method: an answer, or nothing. */
static void
look_answer(struct rpc *r)
{
	if (json_object_get(r->doc, "method") == NULL && r->id != NULL &&
	    (json_object_get(r->doc, "result") != NULL ||
	    json_object_get(r->doc, "error") != NULL))
		r->kind = RPC_RESPONSE;
	else
		bad(r, RPC_INVALID, "a request has a method");
}

void
rpc_look(struct rpc *r, json_t *doc)
{
	const char *version;
	json_t *id, *method;

	memset(r, 0, sizeof(*r));
	r->doc = doc;
	if (!json_is_object(doc)) {
		bad(r, RPC_INVALID, json_is_array(doc) ?
		    "this version of the protocol has no batches" :
		    "a message is an object");
		return;
	}
	id = json_object_get(doc, "id");
	r->id = rpc_is_id(id) ? id : NULL;
	version = json_string_value(json_object_get(doc, "jsonrpc"));
	method = json_object_get(doc, "method");
	r->params = json_object_get(doc, "params");
	if (version == NULL || strcmp(version, "2.0") != 0)
		bad(r, RPC_INVALID, "jsonrpc is not \"2.0\"");
	else if (id != NULL && r->id == NULL)
		bad(r, RPC_INVALID, "an id is an integer or a short string");
	else if (!json_is_string(method))
		look_answer(r);
	else if (strlen(json_string_value(method)) !=
	    json_string_length(method))
		bad(r, RPC_INVALID, "a NUL in the method");
	else if (r->params != NULL && !json_is_object(r->params))
		bad(r, RPC_PARAMS, "params is an object");
	else
		r->kind = id == NULL ? RPC_NOTIFICATION : RPC_REQUEST;
	r->method = json_string_value(method);
}

void
rpc_free(struct rpc *r)
{
	json_decref(r->doc);
	memset(r, 0, sizeof(*r));
}

static json_t *
envelope(void)
{
	return (json_pack("{s:s}", "jsonrpc", "2.0"));
}

json_t *
rpc_result(json_t *id, json_t *result)
{
	json_t *doc = envelope();

	(void)json_object_set(doc, "id", id);
	(void)json_object_set_new(doc, "result", result);
	return (doc);
}

json_t *
rpc_error(json_t *id, int code, const char *why, json_t *data)
{
	json_t *doc = envelope(), *e;

	(void)json_object_set_new(doc, "id", id != NULL ? json_incref(id) :
	    json_null());
	e = json_pack("{s:i, s:s}", "code", code, "message", why);
	if (data != NULL)
		(void)json_object_set_new(e, "data", data);
	(void)json_object_set_new(doc, "error", e);
	return (doc);
}

json_t *
rpc_notify(const char *method, json_t *params)
{
	json_t *doc = envelope();

	(void)json_object_set_new(doc, "method", json_string(method));
	(void)json_object_set_new(doc, "params", params);
	return (doc);
}
