/* SPDX-License-Identifier: ISC */
/* Lines, requests, eras and arguments of an MCP client that may be anybody. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <signal.h>
#include <string.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/jsonline.h"
#include "client/mcp/jsonrpc.h"
#include "client/mcp/mcpera.h"
#include "client/mcp/mcprequest.h"
#include "client/mcp/mcpstate.h"
#include "client/mcp/tooltable.h"
#include "common/payload.h"

/* The lines that come out of pieces of n bytes: their number and sizes. */
static size_t
lines_of(const char *text, size_t len, size_t n, size_t *sizes, size_t max)
{
	struct jsonline_in in;
	const char *line;
	size_t i, k = 0, size;
	int r;

	jsonline_in_init(&in);
	for (i = 0; i < len; i += n) {
		jsonline_in_put(&in, text + i, len - i < n ? len - i : n);
		while ((r = jsonline_in_next(&in, &line, &size)) != 0) {
			assert_true(k < max);
			sizes[k++] = r == -1 ? SIZE_MAX : size;
		}
	}
	jsonline_in_free(&in);
	return (k);
}

static void
test_lines(void **state)
{
	static const char text[] = "one\n\n\r\ntwo two\r\n3\nrest";
	size_t sizes[8], n;

	(void)state;
	for (n = 1; n < sizeof(text); n++) {
		assert_int_equal(lines_of(text, sizeof(text) - 1, n, sizes,
		    8), 3);
		assert_int_equal(sizes[0], 3);
		assert_int_equal(sizes[1], 7);
		assert_int_equal(sizes[2], 1);
	}
}

/* The longest one, one that is longer, and those around them. */
static void
test_long_lines(void **state)
{
	static const size_t piece[] = { 4096, 65536, 100003 };
	const size_t len = 2 * (JSONLINE_MAX + 2) + 6;
	char *text = malloc(len);
	size_t sizes[8], i;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "a\n", 2);
	text[2 + JSONLINE_MAX] = '\n';
	text[3 + JSONLINE_MAX + JSONLINE_MAX + 1] = '\n';
	memcpy(text + len - 3, "\nb\n", 3);
	for (i = 0; i < NELEM(piece); i++) {
		assert_int_equal(lines_of(text, len, piece[i], sizes, 8), 5);
		assert_int_equal(sizes[0], 1);
		assert_int_equal(sizes[1], JSONLINE_MAX);
		assert_true(sizes[2] == SIZE_MAX);
		assert_int_equal(sizes[4], 1);
	}
	free(text);
}

/* A reader that does not read gets all of it later, and nothing waits. */
static void
test_out(void **state)
{
	struct jsonline_out out;
	char buf[65536];
	size_t got = 0;
	ssize_t n;
	int fd[2], i, how;

	(void)state;
	for (how = 0; how < 2; how++) {
		assert_int_equal(how ? pipe(fd) : socketpair(AF_UNIX,
		    SOCK_STREAM, 0, fd), 0);
		jsonline_out_init(&out, fd[1]);
		for (i = 0, got = 0; i < 20000; i++)
			jsonline_out_put(&out, json_pack("{s:s}", "a",
			    "0123456789"));
		while (jsonline_out_left(&out) != 0) {
			jsonline_out_flush(&out);
			n = read(fd[0], buf, sizeof(buf));
			assert_true(n > 0);
			got += (size_t)n;
		}
		assert_false(out.gone);
		while (got < 20000 * 19 &&
		    (n = read(fd[0], buf, sizeof(buf))) > 0)
			got += (size_t)n;
		assert_int_equal(got, 20000 * 19);
		(void)close(fd[0]);
		jsonline_out_put(&out, json_object());
		jsonline_out_flush(&out);
		assert_true(out.gone);
		jsonline_out_put(&out, json_object());
		assert_int_equal(jsonline_out_left(&out), 0);
		jsonline_out_free(&out);
		(void)close(fd[1]);
	}
}

static const struct {
	const char	*line;
	enum rpc_kind	 kind;
	int		 code;
} looks[] = {
	{ "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"a\"}", RPC_REQUEST, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"a\",\"params\":{}}",
	    RPC_REQUEST, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}", RPC_NOTIFICATION, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", RPC_RESPONSE, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{}}", RPC_RESPONSE, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"a\"}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"a\"}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000b\"}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":[]}",
	    RPC_BAD, RPC_PARAMS },
	{ "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"a\"}", RPC_BAD,
	    RPC_INVALID },
	{ "{\"id\":1,\"method\":\"a\"}", RPC_BAD, RPC_INVALID },
	{ "[]", RPC_BAD, RPC_INVALID },
	{ "[", RPC_BAD, RPC_PARSE },
	{ "{\"a\":1,\"a\":2}", RPC_BAD, RPC_PARSE },
	{ "{\"a\":\"\xff\"}", RPC_BAD, RPC_PARSE },
	{ "{\"a\":99999999999999999999}", RPC_BAD, RPC_INVALID },
	{ "{\"jsonrpc\":\"2.0\",\"id\":18446744073709551616,"
	    "\"method\":\"a\"}", RPC_BAD, RPC_INVALID },
	{ "{\"a\":-99999999999999999999}", RPC_BAD, RPC_INVALID },
	{ "{\"a\":1e999}", RPC_BAD, RPC_INVALID },
	{ "{\"a\":99999999999999999999", RPC_BAD, RPC_PARSE },
	{ "{\"a\":99999999999999999999,\"a\":1}", RPC_BAD, RPC_PARSE },
	{ "null", RPC_BAD, RPC_INVALID },
	{ "\"x\"", RPC_BAD, RPC_INVALID },
	{ "17", RPC_BAD, RPC_INVALID },
	{ "true", RPC_BAD, RPC_INVALID },
	{ "", RPC_BAD, RPC_PARSE },
	{ "nul", RPC_BAD, RPC_PARSE },
	{ "1 2", RPC_BAD, RPC_PARSE },
	{ "{\"a\":1}{}", RPC_BAD, RPC_PARSE },
};

static void
test_looks(void **state)
{
	struct rpc r;
	json_t *doc;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(looks); i++) {
		doc = rpc_load(looks[i].line, strlen(looks[i].line), &r);
		if (doc != NULL)
			rpc_look(&r, doc);
		assert_int_equal(r.kind, looks[i].kind);
		if (r.kind == RPC_BAD)
			assert_int_equal(r.code, looks[i].code);
		rpc_free(&r);
	}
}

/* So many and no more; what stands in strings does not count. */
static void
test_depth(void **state)
{
	char text[2 * RPC_DEPTH + 16];
	struct rpc r;
	json_t *doc;
	size_t n;

	(void)state;
	for (n = RPC_DEPTH; n <= RPC_DEPTH + 1; n++) {
		memset(text, '[', n);
		memset(text + n, ']', n);
		doc = rpc_load(text, 2 * n, &r);
		assert_int_equal(doc != NULL, n == RPC_DEPTH);
		json_decref(doc);
	}
	text[0] = '[';
	text[1] = '"';
	memset(text + 2, '{', RPC_DEPTH + 2);
	memcpy(text + 4, "\\\"", 2);
	memcpy(text + RPC_DEPTH + 4, "\"]", 2);
	doc = rpc_load(text, RPC_DEPTH + 6, &r);
	assert_non_null(doc);
	json_decref(doc);
}

#define META(v)	"\"_meta\":{\"" MCP_META "protocolVersion\":" v ",\""	\
	MCP_META "clientCapabilities\":{}}"

static enum era
era_of(struct mcpera *e, const char *method, const char *params, int *code)
{
	json_t *error, *doc;
	struct rpc r;
	enum era era;

	doc = json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 0,
	    "method", method);
	if (params != NULL)
		(void)json_object_set_new(doc, "params", json_loads(params,
		    0, NULL));
	rpc_look(&r, doc);
	era = mcpera_of(e, &r, &error);
	assert_int_equal(era == ERA_NONE, error != NULL);
	*code = (int)json_integer_value(json_object_get(json_object_get(
	    error, "error"), "code"));
	json_decref(error);
	rpc_free(&r);
	return (era);
}

static void
initialize(struct mcpera *e, const char *asked, const char *want)
{
	json_t *doc, *answer;
	struct rpc r;

	doc = json_pack("{s:s, s:i, s:s, s:{s:s}}", "jsonrpc", "2.0", "id", 0,
	    "method", "initialize", "params", "protocolVersion", asked);
	rpc_look(&r, doc);
	answer = mcpera_initialize(e, &r);
	if (want == NULL)
		assert_non_null(json_object_get(answer, "error"));
	else
		assert_string_equal(json_string_value(json_object_get(
		    json_object_get(answer, "result"), "protocolVersion")),
		    want);
	json_decref(answer);
	rpc_free(&r);
}

static void
test_eras(void **state)
{
	struct mcpera e = { NULL };
	int code;

	(void)state;
	assert_int_equal(era_of(&e, "tools/list", NULL, &code), ERA_NONE);
	assert_int_equal(code, RPC_PARAMS);
	assert_int_equal(era_of(&e, "ping", NULL, &code), ERA_LEGACY);
	assert_int_equal(era_of(&e, "initialize", "{\"protocolVersion\":\"1\","
	    META("\"2026-07-28\"") "}", &code), ERA_LEGACY);
	assert_int_equal(era_of(&e, "initialize", NULL, &code), ERA_LEGACY);
	/* there is no such method in it */
	assert_int_equal(era_of(&e, "initialize", "{" META("\"2026-07-28\"")
	    "}", &code), ERA_MODERN);
	assert_int_equal(era_of(&e, "tools/list", "{" META("\"2026-07-28\"")
	    "}", &code), ERA_MODERN);
	assert_int_equal(era_of(&e, "tools/list", "{" META("\"2025-11-25\"")
	    "}", &code), ERA_NONE);
	assert_int_equal(code, RPC_VERSION);
	assert_int_equal(era_of(&e, "tools/list", "{" META("7") "}", &code),
	    ERA_NONE);
	assert_int_equal(code, RPC_PARAMS);
	assert_int_equal(era_of(&e, "tools/list", "{\"_meta\":{\"" MCP_META
	    "protocolVersion\":\"2026-07-28\"}}", &code), ERA_NONE);
	assert_int_equal(code, RPC_PARAMS);
	initialize(&e, "2024-11-05", "2024-11-05");
	initialize(&e, "2024-11-05", NULL);
	assert_int_equal(era_of(&e, "tools/list", NULL, &code), ERA_LEGACY);
	assert_int_equal(era_of(&e, "tools/list", "{" META("\"2026-07-28\"")
	    "}", &code), ERA_MODERN);
	assert_int_equal(era_of(&e, "tools/list", "{" META("\"2024-11-05\"")
	    "}", &code), ERA_LEGACY);
}

static void
test_versions(void **state)
{
	static const struct {
		const char *asked, *want;
		int batches;
	} v[] = { { "2024-11-05", "2024-11-05", 0 },
	    { "2025-03-26", "2025-03-26", 1 },
	    { "2025-06-18", "2025-06-18", 0 },
	    { "2025-11-25", "2025-11-25", 0 },
	    /* what initialize cannot have, and what nobody has */
	    { "2026-07-28", "2025-11-25", 0 },
	    { "1.0", "2025-11-25", 0 } };
	struct mcpera e;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(v); i++) {
		e.version = NULL;
		initialize(&e, v[i].asked, v[i].want);
		assert_int_equal(mcpera_batches(&e), v[i].batches);
	}
}

static const struct {
	enum tool	 tool;
	const char	*args;
	const char	*ignored;	/* NULL: refused */
} checks[] = {
	{ TOOL_RUN, "{\"command\":\"a\"}", "[]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"args\":null,\"zz\":1,\"y\":{}}",
	    "[\"zz\",\"y\"]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"stdin\":\"\\u0000\"}", "[]" },
	{ TOOL_RUN, "{}", NULL },
	{ TOOL_RUN, "[]", NULL },
	{ TOOL_RUN, "{\"command\":\"\"}", NULL },
	{ TOOL_RUN, "{\"command\":7}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\\u0000b\"}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"args\":\"b\"}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"args\":[1]}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"args\":[\"\\u0000\"]}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":300}", "[]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":301}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":-1}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":1.0}", "[]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":3e2}", "[]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":1.5}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":301.0}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":-1.0}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"wait_s\":1e99}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"timeout_s\":0}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"dry_run\":1}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"secrets\":[\"A_9\"]}", "[]" },
	{ TOOL_RUN, "{\"command\":\"a\",\"secrets\":[\"9A\"]}", NULL },
	{ TOOL_RUN, "{\"command\":\"a\",\"secrets\":[\"a\"]}", NULL },
	{ TOOL_WAIT, "{\"exec_id\":\"r\"}", "[]" },
	{ TOOL_WAIT, "{\"exec_id\":\"r\",\"stdout_offset\":-1}", NULL },
	{ TOOL_WAIT, "{}", NULL },
	{ TOOL_STATUS, "{}", "[]" },
	{ TOOL_STATUS, "{\"x\":1}", "[\"x\"]" },
};

static void
test_checks(void **state)
{
	json_t *args, *ignored, *want;
	char why[256];
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < NELEM(checks); i++) {
		args = json_loads(checks[i].args, JSON_ALLOW_NUL, NULL);
		assert_non_null(args);
		r = tooltable_check(checks[i].tool, args, &ignored, why,
		    sizeof(why));
		assert_int_equal(r, checks[i].ignored == NULL ? -1 : 0);
		if (r == 0) {
			want = json_loads(checks[i].ignored, 0, NULL);
			assert_true(json_equal(ignored, want));
			json_decref(want);
		}
		json_decref(ignored);
		json_decref(args);
	}
}

/* What a client reads of a tool is what is checked. */
static void
test_schemas(void **state)
{
	const json_t *tool, *props, *p, *schema;
	json_t *list = tooltable_list(1, 1), *args, *ignored;
	const char *key;
	char why[256];
	enum tool t;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), TOOL_N);
	json_array_foreach(list, i, tool) {
		t = tooltable_find(json_string_value(json_object_get(tool,
		    "name")));
		assert_true(t < TOOL_N);
		schema = json_object_get(tool, "inputSchema");
		props = json_object_get(schema, "properties");
		assert_true(json_is_object(json_object_get(tool,
		    "outputSchema")));
		json_object_foreach((json_t *)(uintptr_t)props, key, p) {
			assert_true(json_is_string(json_object_get(p,
			    "type")));
			args = json_pack("{s:{}}", key);
			assert_int_equal(tooltable_check(t, args, &ignored,
			    why, sizeof(why)), -1);
			json_decref(args);
		}
	}
	json_decref(list);
	list = tooltable_list(1, 0);
	assert_int_equal(json_array_size(list), TOOL_N - 1);
	json_decref(list);
	list = tooltable_list(0, 0);
	assert_int_equal(json_array_size(list), 2);
	json_decref(list);
	assert_int_equal(tooltable_find("http_request"), TOOL_N);
}

/* No tool is called harmless that is not: clients do not ask about these. */
static void
test_hints(void **state)
{
	static const char *const harmless[] = { "wait_execution",
	    "check_policy", "get_status", "read_file" };
	json_t *list = tooltable_list(1, 1);
	const json_t *tool, *hints;
	const char *name;
	size_t i, k;
	int reads;

	(void)state;
	json_array_foreach(list, i, tool) {
		name = json_string_value(json_object_get(tool, "name"));
		for (reads = 0, k = 0; k < NELEM(harmless); k++)
			reads |= strcmp(name, harmless[k]) == 0;
		hints = json_object_get(tool, "annotations");
		assert_int_equal(json_is_true(json_object_get(hints,
		    "readOnlyHint")), reads || strcmp(name,
		    "permission_prompt") == 0);
		assert_int_equal(json_is_true(json_object_get(hints,
		    "destructiveHint")), strcmp(name, "run_command") == 0 ||
		    strcmp(name, "write_file") == 0);
	}
	json_decref(list);
}

static void
decode(const char *text, struct runreq *req)
{
	json_t *args = json_loads(text, 0, NULL);
	char why[256];
	struct buf b;

	assert_int_equal(mcprequest_run(&b, args, "dev", why, sizeof(why)),
	    0);
	assert_int_equal(runreq_get(b.data, b.len, req), 0);
	buf_free(&b);
	json_decref(args);
}

static void
test_requests(void **state)
{
	struct runreq req;
	json_t *args;
	struct buf b;
	char why[256];

	(void)state;
	decode("{\"command\":\"a; b\",\"cwd\":\"/x\",\"timeout_s\":9}", &req);
	assert_int_equal(req.argv.n, 3);
	assert_string_equal(req.argv.v[2], "a; b");
	assert_string_equal(req.cwd, "/x");
	assert_string_equal(req.skill, "dev");
	assert_int_equal(req.timeout_s, 9);
	assert_int_equal(req.flags & RUNREQ_CWD_IMPLICIT, 0);
	runreq_free(&req);
	decode("{\"command\":\"a; b\",\"args\":[]}", &req);
	assert_int_equal(req.argv.n, 1);
	assert_int_equal(req.flags, RUNREQ_CWD_IMPLICIT);
	runreq_free(&req);
	/* numbers as some clients write them */
	decode("{\"command\":\"a\",\"timeout_s\":9.0}", &req);
	assert_int_equal(req.timeout_s, 9);
	runreq_free(&req);
	args = json_loads("{\"command\":\"a\",\"cwd\":\"x\"}", 0, NULL);
	assert_int_equal(mcprequest_run(&b, args, "", why, sizeof(why)), -1);
	buf_free(&b);
	json_decref(args);
}

static void
test_text(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = { { "", "" }, { "a\xc3\xa9", "a\xc3\xa9" },
	    { "\xff", "\xef\xbf\xbd" }, { "a\xc3", "a\xef\xbf\xbd" },
	    { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" } };
	json_t *v;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		v = executionjson_text(t[i].in, strlen(t[i].in));
		assert_string_equal(json_string_value(v), t[i].out);
		json_decref(v);
	}
}

/* Nothing but what was sealed is opened, for that call, in that time. */
static void
test_state(void **state)
{
	const struct mcpstate s = { "r23456789abcd", 7, 1000 };
	uint8_t key[MCPSTATE_KEY], other[MCPSTATE_KEY];
	uint8_t call[MCPSTATE_CALL], wrong[MCPSTATE_CALL];
	char text[MCPSTATE_TEXT], bad[MCPSTATE_TEXT];
	json_t *a = json_pack("{s:s, s:i}", "a", "x", "b", 1);
	json_t *b = json_pack("{s:i, s:s}", "b", 1, "a", "x");
	json_t *v;
	struct mcpstate got;
	size_t i, bit;

	(void)state;
	mcpstate_key(key);
	mcpstate_key(other);
	mcpstate_call(call, "cli", "dev", "run_command", a);
	mcpstate_call(wrong, "cli", "dev", "run_command", b);
	assert_memory_equal(call, wrong, sizeof(call));
	mcpstate_call(wrong, "clid", "ev", "run_command", a);
	assert_memory_not_equal(call, wrong, sizeof(call));
	mcpstate_seal(text, &s, key, call);
	v = json_string(text);
	assert_int_equal(mcpstate_open(&got, v, key, call, 999), 0);
	assert_string_equal(got.id, s.id);
	assert_int_equal(got.round, 7);
	assert_int_equal(mcpstate_open(&got, v, key, call, 1000), -1);
	assert_int_equal(mcpstate_open(&got, v, other, call, 999), -1);
	assert_int_equal(mcpstate_open(&got, v, key, wrong, 999), -1);
	json_decref(v);
	/* every bit of it, and every length */
	for (i = 0; i < strlen(text); i++)
		for (bit = 0; bit < 8; bit++) {
			memcpy(bad, text, sizeof(bad));
			bad[i] = (char)(bad[i] ^ (1 << bit));
			v = json_stringn_nocheck(bad, strlen(text));
			assert_int_equal(mcpstate_open(&got, v, key, call,
			    999), -1);
			json_decref(v);
		}
	for (i = 0; i < strlen(text); i++) {
		v = json_stringn(text, i);
		assert_int_equal(mcpstate_open(&got, v, key, call, 999), -1);
		json_decref(v);
	}
	assert_int_equal(mcpstate_open(&got, a, key, call, 999), -1);
	assert_int_equal(mcpstate_open(&got, NULL, key, call, 999), -1);
	json_decref(a);
	json_decref(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_out),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_eras),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_schemas),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_state),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	jsonline_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
