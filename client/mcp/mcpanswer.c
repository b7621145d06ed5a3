/* SPDX-License-Identifier: ISC */
/* Answers for a model to read; see mcpanswer.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/mcpanswer.h"
#include "client/mcp/mcpfile.h"
#include "common/role.h"

#define DIGEST_BYTES	32

static json_t *
text_of(const char *s)
{
	return (executionjson_text(s, strlen(s)));
}

static json_t *
with_text(const struct mcpcall *c, json_t *text, json_t *record, int error)
{
	json_t *result;

	result = json_pack("{s:[{s:s, s:o}]}", "content", "type", "text",
	    "text", text);
	if (record != NULL)
		(void)json_object_set_new(result, "structuredContent",
		    record);
	(void)json_object_set_new(result, "isError", json_boolean(error));
	return (mcpera_answer(c->era, c->id, result));
}

json_t *
mcpanswer_record(const struct mcpcall *c, json_t *record, int error)
{
	json_t *text;
	char *s;

	if (json_array_size(c->ignored) != 0)
		(void)json_object_set(record, "ignored_arguments",
		    c->ignored);
	s = json_dumps(record, JSON_COMPACT);
	text = json_string_nocheck(s != NULL ? s : "{}");
	jsonline_forget(s);
	return (with_text(c, text, record, error));
}

json_t *
mcpanswer_wrong(const struct mcpcall *c, const char *why)
{
	return (with_text(c, text_of(why), NULL, 1));
}

json_t *
mcpanswer_nobodys(const struct mcpcall *c)
{
	return (mcpanswer_wrong(c, "there is no such exec_id of yours: "
	    "get_status names those that are open"));
}

/* From where the client wants it, if it says so. */
static void
set_offset(struct printed *p, const json_t *args, const char *key)
{
	const json_t *v = json_object_get(args, key);

	if (!json_is_integer(v))
		return;
	p->told = (uint64_t)json_integer_value(v);
	if (p->told > p->total)
		p->told = p->total;
}

json_t *
mcpanswer_execution(const struct mcpcall *c)
{
	struct execution *e = c->execution;
	json_t *record;

	if (execution_is_nobodys(e))
		return (mcpanswer_wrong(c, e->why));
	set_offset(&e->out, c->args, "stdout_offset");
	set_offset(&e->err, c->args, "stderr_offset");
	record = e->of == EXECUTION_COMMAND ? executionjson(e) :
	    mcpfile_record(e);
	return (mcpanswer_record(c, record, executionjson_is_error(record)));
}

json_t *
mcpanswer_late(const struct mcpcall *c)
{
	static const char why[] = "clawbotd does not answer";

	return (c->tool == TOOL_N ? rpc_error(c->id, RPC_INTERNAL, why,
	    NULL) : mcpanswer_wrong(c, why));
}

/* Without a daemon that tells it is all of them; each then says why not. */
static json_t *
tools(const struct mcpcall *c)
{
	return (tooltable_list(c->query->failed ||
	    c->query->rules.executes, c->prompts));
}

json_t *
mcpanswer_list(const struct mcpcall *c)
{
	json_t *result = json_pack("{s:o}", "tools", tools(c));

	mcpera_finish(c->era, result, 1);
	return (rpc_result(c->id, result));
}

/* What it would run in, in words. */
static json_t *
sandbox(const struct mcprules *r)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "skill %s, as account %s",
	    r->skill, r->account);
	return (text_of(text));
}

/* The daemon has no verdict: why, which is a refusal as it is. */
static json_t *
no_verdict(const struct mcpquery *q)
{
	json_t *o;

	o = json_pack("{s:s, s:s, s:[o]}", "decision", "deny", "rule",
	    "request", "reasons", text_of(q->fail.text));
	return (o);
}

static json_t *
verdict(const struct mcpcall *c)
{
	const struct mcpquery *q = c->query;
	json_t *o;

	o = q->verdict != NULL ? json_incref(q->verdict) : no_verdict(q);
	if (q->rules.skill[0] != '\0') {
		(void)json_object_set_new(o, "sandbox", sandbox(&q->rules));
		(void)json_object_set_new(o, "network",
		    text_of(q->rules.network));
	}
	return (o);
}

json_t *
mcpanswer_check(const struct mcpcall *c)
{
	/* what the daemon refuses is a verdict, that it is gone is none */
	if (c->query->verdict == NULL &&
	    c->query->fail.status != EXIT_NOPERM)
		return (mcpanswer_wrong(c, c->query->fail.text));
	return (mcpanswer_record(c, verdict(c), 0));
}

json_t *
mcpanswer_dry_run(const struct mcpcall *c)
{
	json_t *v = verdict(c), *o, *d;
	char text[512];

	o = executionjson_refused("dry_run", "", "");
	d = json_pack("{s:O, s:O, s:s}", "action", json_object_get(v,
	    "decision"), "rule", json_object_get(v, "rule"), "by", "policy");
	(void)snprintf(text, sizeof(text), "Nothing was run; policy says %s: "
	    "%s", json_string_value(json_object_get(v, "decision")),
	    json_array_size(json_object_get(v, "reasons")) != 0 ?
	    json_string_value(json_array_get(json_object_get(v, "reasons"),
	    0)) : "no more is known");
	(void)json_object_set_new(o, "decision", d);
	(void)json_object_set_new(o, "message", text_of(text));
	json_decref(v);
	return (mcpanswer_record(c, o, 0));
}

/* Of the tools as they are listed. */
static json_t *
digest(const struct mcpcall *c)
{
	unsigned char h[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];
	json_t *list = tools(c);
	char *s = json_dumps(list, JSON_COMPACT);

	(void)crypto_generichash(h, sizeof(h), (const unsigned char *)s,
	    strlen(s), NULL, 0);
	(void)sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	jsonline_forget(s);
	json_decref(list);
	return (json_string(hex));
}

static json_t *
open_ones(const struct executions *es)
{
	const struct execution *e;
	json_t *list = json_array();

	TAILQ_FOREACH(e, &es->list, entry) {
		if (e->state == EXECUTION_OVER || e->id[0] == '\0')
			continue;
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:o}",
		    "exec_id", e->id, "status", executionjson_status(e),
		    "command", text_of(e->command)));
	}
	return (list);
}

json_t *
mcpanswer_status(const struct mcpcall *c, const struct mcpcalls *cs)
{
	const struct mcprules *r = &c->query->rules;
	json_t *o;

	if (c->query->failed)
		return (mcpanswer_wrong(c, c->query->fail.text));
	o = json_pack("{s:o, s:o, s:s, s:O, s:O, s:O, s:o, s:b, s:o}",
	    "agent", text_of(cs->agent), "channel", text_of(cs->cli->channel),
	    "zone", r->access, "roots", r->roots, "secrets", r->secrets,
	    "quotas", r->quotas, "open", open_ones(&cs->executions),
	    "stopped", r->stopped, "tools_digest", digest(c));
	if (r->refused[0] != '\0' || !r->known)
		(void)json_object_set_new(o, "refused", text_of(r->known ?
		    r->refused : "this account is no user of the channel"));
	return (mcpanswer_record(c, o, 0));
}

json_t *
mcpanswer_progress(const struct mcpcall *c, int64_t now)
{
	const struct execution *e = c->execution;
	char text[256];

	if (e == NULL)
		(void)snprintf(text, sizeof(text), "asking clawbotd");
	else
		(void)snprintf(text, sizeof(text), "%s, %llu bytes of output",
		    executionjson_status(e), (unsigned long long)
		    e->out.total + e->err.total);
	return (rpc_notify("notifications/progress", json_pack(
	    "{s:O, s:f, s:s}", "progressToken", c->token, "progress",
	    (double)(now - c->began) / 1000, "message", text)));
}
