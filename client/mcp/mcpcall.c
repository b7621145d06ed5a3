/* SPDX-License-Identifier: ISC */
/* Requests under way; see mcpcall.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/mcpanswer.h"
#include "client/mcp/mcpcancel.h"
#include "client/mcp/mcpcall.h"
#include "client/mcp/mcpelicit.h"
#include "client/mcp/mcpfile.h"
#include "client/mcp/mcpprompt.h"
#include "client/mcp/mcprequest.h"
#include "client/user.h"
#include "common/role.h"

#define PROGRESS_MS	8000
#define DECIDE_MS	5000	/* for what is told at once, at the least */
#define MCPCALL_QUERIES	4	/* that are asked at one time */
#define MCPCALL_SHOWN	256	/* bytes of a command, in get_status */

void
mcpcalls_init(struct mcpcalls *cs, const struct cli *cli, const char *skill,
    int prompts, struct jsonline_out *out)
{
	memset(cs, 0, sizeof(*cs));
	mcpstate_key(cs->key);
	TAILQ_INIT(&cs->list);
	cs->cli = cli;
	cs->skill = skill;
	cs->prompts = prompts;
	cs->out = out;
	executions_init(&cs->executions, cli);
}

static int64_t
progress_ms(void)
{
#if CB_TEST_HOOKS
	if (getenv("CLAWBOT_PROGRESS") != NULL)
		return (500);
#endif
	return (PROGRESS_MS);
}

static void
call_free(struct mcpcalls *cs, struct mcpcall *c)
{
	TAILQ_REMOVE(&cs->list, c, entry);
	cs->n--;
	if (c->execution != NULL)
		c->execution->calls--;
	mcpquery_free(c->query);
	json_decref(c->id);
	json_decref(c->args);
	json_decref(c->ignored);
	json_decref(c->token);
	free(c);
}

void
mcpcalls_free(struct mcpcalls *cs)
{
	struct mcpcall *c;

	while ((c = TAILQ_FIRST(&cs->list)) != NULL)
		call_free(cs, c);
	executions_free(&cs->executions);
	free(cs->agent);
}

/* The answer, which is taken over; and it is over. */
static void
answer(struct mcpcalls *cs, struct mcpcall *c, json_t *doc)
{
	jsonline_out_put(cs->out, doc);
	call_free(cs, c);
}

static void
answer_execution(struct mcpcalls *cs, struct mcpcall *c)
{
	answer(cs, c, mcpanswer_execution(c));
}

static void
refuse(struct mcpcalls *cs, struct mcpcall *c, const char *status,
    const char *why)
{
	answer(cs, c, mcpanswer_record(c, executionjson_refused(status, "",
	    why), 1));
}

static void
attach(struct mcpcall *c, struct execution *e)
{
	c->execution = e;
	e->calls++;
}

/* run_command, when nothing speaks against it any more. */
static void
begin_run(struct mcpcalls *cs, struct mcpcall *c)
{
	const json_t *in = json_object_get(c->args, "stdin");
	char why[256], shown[MCPCALL_SHOWN];
	struct buf request, input;
	struct execution *e;

	if (mcprequest_run(&request, c->args, cs->skill, why,
	    sizeof(why)) == -1) {
		buf_free(&request);
		answer(cs, c, mcpanswer_wrong(c, why));
		return;
	}
	buf_init(&input, JSONLINE_MAX);
	if (json_is_string(in))
		buf_put(&input, json_string_value(in),
		    json_string_length(in));
	mcprequest_show(c->args, shown, sizeof(shown));
	e = execution_new(&cs->executions, MSG_RUN, &request, &input, shown);
	buf_free(&request);
	buf_free(&input);
	if (e == NULL) {
		refuse(cs, c, "quota_exceeded", "Too many commands are under "
		    "way. Wait for one of them to end.");
		return;
	}
	e->of = c->of;
	e->from = c->from;
	e->max = (size_t)tooltable_int(TOOL_RUN, c->args,
	    "max_output_bytes");
	attach(c, e);
	/* it has them now, and they may be long */
	json_decref(c->args);
	c->args = NULL;
	executions_tick(&cs->executions);
}

/* What is to be known first is asked: of a command, if there is one. */
static void
begin_query(struct mcpcalls *cs, struct mcpcall *c, const json_t *command)
{
	struct buf why;
	char text[256];

	if (command != NULL && mcprequest_why(&why, command, cs->skill, text,
	    sizeof(text)) == -1) {
		buf_free(&why);
		answer(cs, c, mcpanswer_wrong(c, text));
		return;
	}
	c->query = mcpquery_new(cs->cli, cs->skill, command != NULL ? &why :
	    NULL);
	if (command != NULL)
		buf_free(&why);
}

static void
begin_wait(struct mcpcalls *cs, struct mcpcall *c)
{
	const char *id = tooltable_str(c->args, "exec_id");
	struct execution *e = execution_find(&cs->executions, id);

	if (e == NULL)
		e = execution_claim(&cs->executions, id, TOOL_OUTPUT);
	if (e == NULL)
		answer(cs, c, mcpanswer_nobodys(c));
	else
		attach(c, e);
}

static struct mcpcall *
call_new(struct mcpcalls *cs, enum era era, const struct rpc *r,
    enum tool tool)
{
	struct mcpcall *c = xcalloc(1, sizeof(*c));
	json_t *token;

	token = json_object_get(json_object_get(r->params, "_meta"),
	    "progressToken");
	c->id = json_incref(r->id);
	c->era = era;
	c->tool = tool;
	c->prompts = cs->prompts;
	c->asks = cs->elicits && (era == ERA_MODERN ? mcpelicit_can(
	    json_object_get(json_object_get(r->params, "_meta"), MCP_META
	    "clientCapabilities")) : cs->client_elicits);
	c->token = rpc_is_id(token) ? json_incref(token) : NULL;
	c->began = execution_now();
	c->until = c->began + TOOL_WAIT_S * 1000;
	c->progress = c->began + progress_ms();
	TAILQ_INSERT_TAIL(&cs->list, c, entry);
	cs->n++;
	return (c);
}

/* From here on it is a command like any other. */
static void
begin_file(struct mcpcalls *cs, struct mcpcall *c)
{
	char why[256];
	json_t *args;

	args = mcpfile_command(c->tool, c->args, why, sizeof(why));
	if (args == NULL) {
		answer(cs, c, mcpanswer_wrong(c, why));
		return;
	}
	c->of = c->tool == TOOL_READ ? EXECUTION_READ : EXECUTION_WRITE;
	if (c->tool == TOOL_READ)
		c->from = tooltable_int(TOOL_READ, c->args, "offset");
	json_decref(c->args);
	c->args = args;
	if (tooltable_bool(c->args, "dry_run"))
		begin_query(cs, c, c->args);
	else
		begin_run(cs, c);
}

static void
begin_prompt(struct mcpcalls *cs, struct mcpcall *c)
{
	json_t *judged, *record;

	/* whoever reads this record knows no more than what it has to have */
	json_decref(c->ignored);
	c->ignored = NULL;
	if ((record = mcpprompt_record(c->args, &judged)) != NULL)
		answer(cs, c, mcpanswer_record(c, record, 0));
	else
		begin_query(cs, c, judged);
	json_decref(judged);
}

static void
begin(struct mcpcalls *cs, struct mcpcall *c)
{
	json_t *doc;

	switch (c->tool) {
	case TOOL_PROMPT:
		begin_prompt(cs, c);
		break;
	case TOOL_READ:
	case TOOL_WRITE:
		begin_file(cs, c);
		break;
	case TOOL_RUN:
		if (tooltable_bool(c->args, "dry_run") ||
		    json_array_size(json_object_get(c->args, "secrets")) != 0)
			begin_query(cs, c, tooltable_bool(c->args,
			    "dry_run") ? c->args : NULL);
		else
			begin_run(cs, c);
		break;
	case TOOL_CHECK:
		begin_query(cs, c, c->args);
		break;
	case TOOL_STATUS:
		begin_query(cs, c, NULL);
		break;
	case TOOL_CANCEL:
		if ((doc = mcpcancel_begin(cs, c)) != NULL)
			answer(cs, c, doc);
		break;
	default:
		begin_wait(cs, c);
	}
}

/* Arguments as they are checked: null is left out. */
static json_t *
take_args(json_t *args)
{
	return (args == NULL || json_is_null(args) ? json_object() :
	    json_incref(args));
}

void
mcpcalls_list(struct mcpcalls *cs, enum era era, const struct rpc *r)
{
	struct mcpcall *c;

	if (json_object_get(r->params, "cursor") != NULL) {
		jsonline_out_put(cs->out, rpc_error(r->id, RPC_PARAMS,
		    "there is one page, and no cursor", NULL));
		return;
	}
	c = call_new(cs, era, r, TOOL_N);
	if (cs->n > MCPCALLS_MAX)
		answer(cs, c, rpc_error(c->id, RPC_INTERNAL, "too many "
		    "requests are under way", NULL));
	else
		begin_query(cs, c, NULL);
}

void
mcpcalls_call(struct mcpcalls *cs, enum era era, const struct rpc *r)
{
	const char *name = json_string_value(json_object_get(r->params,
	    "name"));
	struct mcpcall *c;
	char why[256];
	enum tool t;

	t = name == NULL ? TOOL_N : tooltable_find(name);
	if (t == TOOL_N || (t == TOOL_PROMPT && !cs->prompts)) {
		jsonline_out_put(cs->out, rpc_error(r->id, RPC_PARAMS,
		    name == NULL ? "name is a string" : "Unknown tool",
		    NULL));
		return;
	}
	c = call_new(cs, era, r, t);
	c->args = take_args(json_object_get(r->params, "arguments"));
	if (tooltable_check(t, c->args, &c->ignored, why, sizeof(why)) == -1) {
		answer(cs, c, mcpanswer_wrong(c, why));
		return;
	}
	if (cs->n > MCPCALLS_MAX) {
		answer(cs, c, mcpanswer_wrong(c, "too many calls are under "
		    "way: wait for answers"));
		return;
	}
	if (t == TOOL_RUN || t == TOOL_WAIT || t == TOOL_WRITE)
		c->until = c->began + 1000 * (int64_t)tooltable_int(t,
		    c->args, "wait_s");
	if (cs->elicits)
		mcpstate_call(c->call, cs->cli->channel, cs->skill, name,
		    json_object_get(r->params, "arguments"));
	if (json_object_get(r->params, "requestState") == NULL)
		begin(cs, c);
	else if (!cs->elicits || mcpelicit_resume(cs, c, r) == -1)
		answer(cs, c, rpc_error(c->id, RPC_PARAMS, "requestState is "
		    "not one of this call, or was taken before", NULL));
}

static struct mcpcall *
find_call(const struct mcpcalls *cs, const json_t *id)
{
	struct mcpcall *c;

	TAILQ_FOREACH(c, &cs->list, entry)
		if (rpc_same_id(c->id, id))
			break;
	return (c);
}

int
mcpcalls_has(const struct mcpcalls *cs, const json_t *id)
{
	return (find_call(cs, id) != NULL);
}

void
mcpcalls_cancel(struct mcpcalls *cs, const json_t *id)
{
	struct mcpcall *c;

	if (id == NULL || (c = find_call(cs, id)) == NULL)
		return;
	/* who takes a wait back, only waits no longer; the others are
	 * commands, or were told to end by this call */
	if (c->tool != TOOL_WAIT && c->tool != TOOL_CANCEL &&
	    c->execution != NULL)
		execution_cancel(&cs->executions, c->execution);
	call_free(cs, c);
}

size_t
mcpcalls_poll(const struct mcpcalls *cs, struct pollfd *p, size_t n)
{
	const struct mcpcall *c;
	size_t k = 0;

	TAILQ_FOREACH(c, &cs->list, entry)
		if (c->query != NULL && k < n)
			mcpquery_poll(c->query, &p[k++]);
	return (k + executions_poll(&cs->executions, p + k, n - k));
}

void
mcpcalls_turn(struct mcpcalls *cs, const struct pollfd *p)
{
	struct mcpcall *c;

	TAILQ_FOREACH(c, &cs->list, entry) {
		if (c->query == NULL)
			continue;
		if (p->revents != 0)
			mcpquery_turn(c->query);
		p++;
	}
	executions_turn(&cs->executions, p);
}

static void
after_query_of_run(struct mcpcalls *cs, struct mcpcall *c)
{
	const char *name = c->query->failed ? NULL :
	    mcpquery_no_secret(c->query, json_object_get(c->args, "secrets"));
	char why[256];

	if (name != NULL) {
		(void)snprintf(why, sizeof(why), "Skill %s has no secret %s. "
		    "get_status names those that there are.",
		    c->query->rules.skill, name);
		refuse(cs, c, "denied", why);
	} else if (tooltable_bool(c->args, "dry_run")) {
		if (c->query->verdict == NULL &&
		    c->query->fail.status != EXIT_NOPERM)
			refuse(cs, c, "failed_to_start",
			    c->query->fail.text);
		else
			answer(cs, c, mcpanswer_dry_run(c));
	} else if (c->query->failed)
		refuse(cs, c, "failed_to_start", c->query->fail.text);
	else {
		mcpquery_free(c->query);
		c->query = NULL;
		begin_run(cs, c);
	}
}

static void
after_query(struct mcpcalls *cs, struct mcpcall *c)
{
	switch (c->tool) {
	case TOOL_RUN:
	case TOOL_WRITE:
		after_query_of_run(cs, c);
		break;
	case TOOL_PROMPT:
		answer(cs, c, mcpanswer_record(c, mcpprompt_judged(c->args,
		    c->query), 0));
		break;
	case TOOL_CHECK:
		answer(cs, c, mcpanswer_check(c));
		break;
	case TOOL_STATUS:
		if (cs->agent == NULL)
			cs->agent = user_own();
		answer(cs, c, mcpanswer_status(c, cs));
		break;
	case TOOL_CANCEL:
		answer(cs, c, mcpcancel_told(c));
		break;
	default:
		answer(cs, c, mcpanswer_list(c));
	}
}

/* Is the time up for it?  Then it is answered with what is known. */
static void
look_at_time(struct mcpcalls *cs, struct mcpcall *c, int64_t now)
{
	struct execution *e = c->execution;
	const int queued = e->state == EXECUTION_QUEUED;

	if (now < c->until)
		return;
	if ((queued || e->state == EXECUTION_ASKED) &&
	    now < c->began + DECIDE_MS)
		return;
	if (e->id[0] == '\0')
		execution_give_up(&cs->executions, e, queued ?
		    EXIT_TEMPFAIL : EXIT_NODAEMON, queued ? "there was no "
		    "place for it: too many commands of this account are "
		    "under way" : "clawbotd does not answer");
	answer_execution(cs, c);
}

/* It is under way, or waits. */
static void
look_at_execution(struct mcpcalls *cs, struct mcpcall *c, int64_t now)
{
	json_t *doc;

	if (c->query != NULL && mcpquery_done(c->query)) {
		if (c->tool == TOOL_CANCEL)
			c->execution->cancelled |= !c->query->failed;
		else
			c->execution->confirmed |= !c->query->failed;
		mcpquery_free(c->query);
		c->query = NULL;
	}
	if (c->execution->state == EXECUTION_OVER)
		answer_execution(cs, c);
	else if ((doc = mcpelicit_step(cs, c)) != NULL)
		answer(cs, c, doc);
	else
		look_at_time(cs, c, now);
}

static void
look_at(struct mcpcalls *cs, struct mcpcall *c, int64_t now)
{
	if (c->execution != NULL)
		look_at_execution(cs, c, now);
	else if (c->query != NULL && mcpquery_done(c->query))
		after_query(cs, c);
	else if (c->query != NULL && now >= c->until)
		answer(cs, c, c->tool == TOOL_PROMPT ? mcpanswer_record(c,
		    mcpprompt_deny("clawbotd does not answer"), 0) :
		    mcpanswer_late(c));
}

/* A few at one time: each has a connection, and there are few of these. */
static void
begin_queries(struct mcpcalls *cs, int64_t now)
{
	unsigned n = MCPCALL_QUERIES;
	struct mcpcall *c;

	TAILQ_FOREACH(c, &cs->list, entry) {
		if (c->query == NULL || mcpquery_done(c->query))
			continue;
		mcpquery_begin(c->query, now);
		if (--n == 0)
			break;
	}
}

void
mcpcalls_tick(struct mcpcalls *cs)
{
	const int64_t now = execution_now();
	struct mcpcall *c, *next;

	begin_queries(cs, now);
	executions_tick(&cs->executions);
	for (c = TAILQ_FIRST(&cs->list); c != NULL; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (c->token != NULL && now >= c->progress) {
			c->progress = now + progress_ms();
			jsonline_out_put(cs->out, mcpanswer_progress(c, now));
		}
		look_at(cs, c, now);
	}
}

int64_t
mcpcalls_next(const struct mcpcalls *cs)
{
	const int64_t now = execution_now();
	int64_t at, next = executions_next(&cs->executions);
	const struct mcpcall *c;

	TAILQ_FOREACH(c, &cs->list, entry) {
		at = c->until > now ? c->until : c->began + DECIDE_MS;
		if (c->query != NULL && c->query->conn == NULL &&
		    c->query->at != 0 && c->query->at < at)
			at = c->query->at;
		if (c->token != NULL && c->progress < at)
			at = c->progress;
		if (at < next)
			next = at;
	}
	return (next);
}

/* One that another process has asked for is left to that. */
static void
end_one(struct executions *es, struct execution *e)
{
	if (e->type == MSG_WAIT && !e->started)
		execution_give_up(es, e, EXIT_NODAEMON, "left");
	else
		execution_cancel(es, e);
}

void
mcpcalls_end(struct mcpcalls *cs)
{
	struct execution *e;

	TAILQ_FOREACH(e, &cs->executions.list, entry)
		if (e->state != EXECUTION_OVER)
			end_one(&cs->executions, e);
}
