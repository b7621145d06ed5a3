/* SPDX-License-Identifier: ISC */
/* A model that is none: whole conversations, in each protocol. */
#include "config.h"

#include <jansson.h>

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "client/connect/modelhttp.h"
#include "client/connect/scripted.h"
#include "client/mcp/jsonline.h"
#include "common/plan.h"

/* Tools, and what a conversation is made of: a turn of a tool's. */
static const struct {
	const char	*path;
	const char	*tools;
	const char	*turns;		/* the key that has them */
	const char	*turn;		/* %s: what the tool has answered */
	const char	*names[SCRIPTED_STEPS];	/* of calls */
} talks[] = {
	{ "/v1/messages", "[{\"name\":\"mcp__clawbot__run_command\"},"
	    "{\"name\":\"Write\"},{\"name\":\"Bash\"}]", "messages",
	    "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
	    "\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}]}",
	    { "\"mcp__clawbot__run_command\"", "\"Bash\"", "\"Write\"",
	    "\"Bash\"", "\"Bash\"" } },
	{ "/v1/responses", "[{\"type\":\"namespace\",\"name\":\"mcp__clawbot\""
	    ",\"tools\":[{\"name\":\"run_command\"},{\"name\":\"write_file\"}]"
	    "},{\"type\":\"function\",\"name\":\"exec_command\"}]", "input",
	    "{\"type\":\"function_call_output\",\"output\":\"%s\"}",
	    { "\"mcp__clawbot\"", "\"exec_command\"", NULL,
	    "\"exec_command\"", "\"exec_command\"" } },
	{ "/v1/chat/completions", "[{\"function\":{\"name\":\"bash\"}},"
	    "{\"function\":{\"name\":\"write\"}}]", "messages",
	    "{\"role\":\"tool\",\"content\":\"%s\"}",
	    { NULL, "\"bash\"", "\"write\"", "\"bash\"", "\"bash\"" } },
	{ "/v1beta/models/m:streamGenerateContent", "[{"
	    "\"functionDeclarations\":[{\"name\":\"run_shell_command\"},"
	    "{\"name\":\"write_file\"},{\"name\":\"mcp_clawbot_run_command\"}]"
	    "}]", "contents", "{\"role\":\"user\",\"parts\":[{"
	    "\"functionResponse\":{\"response\":{\"output\":\"%s\"}}}]}",
	    { "\"mcp_clawbot_run_command\"", "\"run_shell_command\"",
	    "\"write_file\"", "\"run_shell_command\"",
	    "\"run_shell_command\"" } },
};

/* The document with so many turns, each told "toldN". */
static char *
document(size_t i, size_t turns, int stream)
{
	char told[32];
	struct buf b;
	size_t k;

	buf_init(&b, 65536);
	buf_printf(&b, "{\"stream\":%s,\"tools\":%s,\"%s\":[", stream ?
	    "true" : "false", talks[i].tools, talks[i].turns);
	for (k = 0; k < turns; k++) {
		(void)snprintf(told, sizeof(told), "told%zu", k);
		buf_printf(&b, k == 0 ? "" : ",");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(&b, talks[i].turn, told);
#pragma GCC diagnostic pop
	}
	buf_printf(&b, "]}");
	return (buf_text(&b));
}

static char *
ask(struct scripted *s, size_t i, size_t turns, int stream)
{
	char *doc = document(i, turns, stream);
	const char *type;
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(scripted_answer(s, talks[i].path, doc, strlen(doc),
	    &b, &type), 0);
	assert_string_equal(type, stream || strstr(talks[i].path, "stream") !=
	    NULL ? "text/event-stream" : "application/json");
	free(doc);
	return (buf_text(&b));
}

static void
talk(size_t i, int stream)
{
	struct scripted s;
	size_t turns = 0, k;
	char want[32], *text;

	scripted_init(&s, "/canaries");
	for (k = 0; k < SCRIPTED_STEPS; k++) {
		if (talks[i].names[k] == NULL)
			continue;
		text = ask(&s, i, turns, stream);
		assert_non_null(strstr(text, talks[i].names[k]));
		if (k == SCRIPTED_TOUCH)
			assert_non_null(strstr(text,
			    "touch /canaries/touched"));
		if (k == SCRIPTED_LONG)
			assert_true(strlen(text) > PLAN_MAXARG);
		free(text);
		turns++;
	}
	text = ask(&s, i, turns, stream);
	assert_non_null(strstr(text, "done"));
	free(text);
	for (k = 0, turns = 0; k < SCRIPTED_STEPS; k++) {
		assert_int_equal(s.called[k], talks[i].names[k] != NULL);
		if (!s.called[k]) {
			assert_null(s.told[k]);
			continue;
		}
		(void)snprintf(want, sizeof(want), "told%zu\n", turns++);
		assert_string_equal(s.told[k], want);
	}
	scripted_free(&s);
}

static void
test_talks(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(talks); i++) {
		talk(i, 0);
		talk(i, 1);
	}
}

/* One without tools is a question on the side, and told "done". */
static void
test_aside(void **state)
{
	static const char doc[] = "{\"messages\":[]}";
	struct scripted s;
	const char *type;
	struct buf b;
	char *text;

	(void)state;
	scripted_init(&s, "/canaries");
	buf_init(&b, 65536);
	assert_int_equal(scripted_answer(&s, "/v1/messages", doc,
	    sizeof(doc) - 1, &b, &type), 0);
	text = buf_text(&b);
	assert_non_null(strstr(text, "done"));
	assert_int_equal(s.asked, 0);
	free(text);
	scripted_free(&s);
}

#define HEAD	"POST /v1/messages HTTP/1.1\r\n"
#define WITH	HEAD "X-Api-Key: 00112233445566778899aabbccddeeff\r\n"

/* Requests as they come, and the status, or NULL while there is more. */
static const struct {
	const char	*text;
	const char	*status;
} requests[] = {
	{ HEAD, NULL },
	{ WITH "Content-Length: 3\r\n\r\n{}", NULL },
	{ WITH "Content-Length: 2\r\n\r\n{}", "200" },
	{ WITH "content-length:2\r\n\r\n{}", "200" },
	{ WITH "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n",
	    NULL },
	{ WITH "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n"
	    "0\r\n\r\n", "200" },
	{ WITH "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400" },
	{ WITH "Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n", "400" },
	{ WITH "Content-Length: 2\r\n\r\n[}", "404" },
	{ WITH "Content-Length: 99999999999\r\n\r\n", "400" },
	{ WITH "Content-Length: -1\r\n\r\n", "400" },
	{ HEAD "Content-Length: 99\r\n\r\n", "401" },
	{ HEAD "X-Api-Key: 0011\r\nContent-Length: 2\r\n\r\n{}", "401" },
	{ "\r\n\r\n", "400" },
	{ "GET /v1/models HTTP/1.1\r\nAuthorization: Bearer "
	    "00112233445566778899aabbccddeeff\r\n\r\n", "404" },
};

static void
test_requests(void **state)
{
	static struct modelhttp m;
	struct buf out;
	size_t i;
	int r;

	(void)state;
	scripted_init(&m.model, "/canaries");
	memcpy(m.key, "00112233445566778899aabbccddeeff", MODELHTTP_KEY);
	for (i = 0; i < NELEM(requests); i++) {
		buf_init(&out, 65536);
		r = modelhttp_request(&m, requests[i].text,
		    strlen(requests[i].text), &out);
		if (r != (requests[i].status != NULL) || (r == 1 &&
		    memcmp(out.data + 9, requests[i].status, 3) != 0))
			fail_msg("request %zu: %d", i, r);
		buf_free(&out);
	}
	scripted_free(&m.model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_aside),
		cmocka_unit_test(test_requests),
	};

	jsonline_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
