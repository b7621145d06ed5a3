/* SPDX-License-Identifier: ISC */
/*
 * What an MCP client sends: cut into lines, each is looked at as JSON, as a
 * request, by both eras and as the arguments of every tool.  What is answered
 * is JSON again, of one line.  The first byte says in how large pieces it
 * comes.  All of it is also what clawbot-file may have printed.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/mcp/filetold.h"
#include "client/mcp/jsonline.h"
#include "client/mcp/mcpera.h"
#include "client/mcp/mcpfile.h"
#include "client/mcp/mcprequest.h"
#include "client/mcp/tooltable.h"
#include "common/plan.h"
#include "tests/fuzz/fuzz.h"

static void
answer(json_t *doc)
{
	char *s;

	if (doc == NULL)
		return;
	if ((s = json_dumps(doc, JSON_COMPACT)) == NULL ||
	    strchr(s, '\n') != NULL)
		abort();
	jsonline_forget(s);
	json_decref(doc);
}

static void
request(const json_t *args)
{
	struct runreq req;
	char why[256], shown[64];
	struct buf b;

	if (mcprequest_run(&b, args, "", why, sizeof(why)) == 0) {
		if (runreq_get(b.data, b.len, &req) == -1)
			abort();
		runreq_free(&req);
	}
	buf_free(&b);
	mcprequest_show(args, shown, sizeof(shown));
}

/* They come to a command that can be asked for, or are told to be wrong. */
static void
file(enum tool t, const json_t *args)
{
	char why[256];
	json_t *command;

	if ((command = mcpfile_command(t, args, why, sizeof(why))) == NULL)
		return;
	request(command);
	json_decref(command);
}

static void
printed(const void *p, size_t n)
{
	struct filetold t;

	filetold_find(&t, p, n);
	if (t.at > n || t.len > n - t.at ||
	    (t.what != FILETOLD_NOTHING && t.len == 0))
		abort();
}

static void
arguments(const json_t *args)
{
	json_t *ignored;
	char why[256];
	int t;

	for (t = 0; t < TOOL_N; t++) {
		if (tooltable_check((enum tool)t, args, &ignored, why,
		    sizeof(why)) == -1)
			;
		else if (t == TOOL_RUN)
			request(args);
		else if (t == TOOL_READ || t == TOOL_WRITE)
			file((enum tool)t, args);
		json_decref(ignored);
	}
}

static void
line(const char *s, size_t n)
{
	struct mcpera fresh = { NULL }, old = { mcpera_versions[1] };
	json_t *doc, *error;
	struct rpc r;

	if ((doc = rpc_load(s, n, &r)) == NULL) {
		if (r.kind != RPC_BAD)
			abort();
		return;
	}
	rpc_look(&r, doc);
	if (r.kind == RPC_BAD)
		answer(rpc_error(r.id, r.code, r.why, NULL));
	if (r.kind == RPC_REQUEST) {
		if ((mcpera_of(&fresh, &r, &error) == ERA_NONE) !=
		    (error != NULL))
			abort();
		answer(error);
		(void)mcpera_of(&old, &r, &error);
		answer(error);
		answer(mcpera_initialize(&fresh, &r));
		arguments(json_object_get(r.params, "arguments"));
	}
	arguments(doc);
	rpc_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int begun;
	struct jsonline_in in;
	size_t i, piece, len;
	const char *s;

	if (!begun)
		jsonline_init();
	begun = 1;
	if (n == 0)
		return (0);
	printed(p, n);
	piece = p[0] + 1U;
	jsonline_in_init(&in);
	for (i = 1; i < n; i += piece) {
		jsonline_in_put(&in, p + i, n - i < piece ? n - i : piece);
		while (jsonline_in_next(&in, &s, &len) == 1) {
			if (len == 0 || len > n || memchr(s, '\n', len) !=
			    NULL)
				abort();
			line(s, len);
		}
	}
	jsonline_in_free(&in);
	return (0);
}
