/* SPDX-License-Identifier: ISC */
/* A client's user is asked; see mcpelicit.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/mcp/executionjson.h"
#include "client/mcp/mcpelicit.h"
#include "client/out.h"
#include "common/msg.h"
#include "common/payload.h"

#define ELICIT_SHOWN	4096	/* bytes of a question; longer ones are none */
#define ELICIT_ID	"clawbot-confirm-"
#define ELICIT_KEY	"confirm"
#define ELICIT_S	1800	/* that an answer is waited for, at most */

int
mcpelicit_can(const json_t *capabilities)
{
	const json_t *e = json_object_get(capabilities, "elicitation");

	/* one that has none of the two ways means forms */
	return (json_is_object(e) && (json_object_get(e, "form") != NULL ||
	    json_object_get(e, "url") == NULL));
}

/* Every word of it, and where: what is not shown whole is not asked about. */
static int
show(struct buf *b, const struct execution *e)
{
	struct runreq req;
	char *rule, *cwd;
	int r;

	memset(&req, 0, sizeof(req));
	r = e->type != MSG_RUN ? -1 : shape_get(&runreq_shape, &req,
	    e->request.data, e->request.len);
	if (r == 0) {
		buf_printf(b, "Run this command?\n\n");
		esc_words(b, &req.argv);
		buf_printf(b, "\n\nin ");
		/* where it would run, not the name that was asked for */
		cwd = field_get_str(e->waiting, e->waitinglen, "cwd");
		esc_text(b, cwd, strlen(cwd));
		free(cwd);
		rule = field_get_str(e->waiting, e->waitinglen, "rule");
		buf_printf(b, " (");
		esc_text(b, rule, strlen(rule));
		buf_printf(b, "). Without a yes it waits for an approver.");
		free(rule);
	}
	if (e->type == MSG_RUN)
		shape_free(&runreq_shape, &req);
	return (r == -1 || b->bad ? -1 : 0);
}

/* The params of elicitation/create, or NULL. */
static json_t *
params(const struct execution *e)
{
	json_t *p = NULL;
	struct buf b;

	buf_init(&b, ELICIT_SHOWN);
	if (show(&b, e) == 0)
		p = json_pack("{s:s, s:o, s:{s:s, s:{s:{s:s, s:s, s:b}}, "
		    "s:[s]}}", "mode", "form", "message",
		    executionjson_text(b.data, b.len), "requestedSchema",
		    "type", "object", "properties", ELICIT_KEY, "type",
		    "boolean", "title", "Run it", "default", 0, "required",
		    ELICIT_KEY);
	buf_free(&b);
	return (p);
}

static int
accepts(const json_t *answer)
{
	const char *action = json_string_value(json_object_get(answer,
	    "action"));

	return (action != NULL && strcmp(action, "accept") == 0 &&
	    json_is_true(json_object_get(json_object_get(answer, "content"),
	    ELICIT_KEY)));
}

/* Said once; that it waits is looked at when it is sent. */
static void
confirm(struct mcpcalls *cs, struct mcpcall *c)
{
	struct execution *e = c->execution;
	struct buf b;
	uint64_t run;

	e->accepted = 0;
	if (runid_parse(e->id, &run) == -1)
		return;
	buf_init(&b, 64);
	buf_put_u64(&b, run);
	buf_put(&b, e->asked_plan, sizeof(e->asked_plan));
	c->query = mcpquery_alone(cs->cli, MSG_CONFIRM_OWN, &b);
	mcpquery_begin(c->query, execution_now());
	buf_free(&b);
}

/* Answers the call: its client comes back with what its user says. */
static json_t *
come_back(struct mcpcalls *cs, struct mcpcall *c, json_t *question)
{
	struct execution *e = c->execution;
	char text[MCPSTATE_TEXT];
	struct mcpstate s;
	json_t *result;

	memset(&s, 0, sizeof(s));
	(void)snprintf(s.id, sizeof(s.id), "%s", e->id);
	s.round = e->question;
	s.expires = (int64_t)time(NULL) + ELICIT_S;
	if (e->expires != 0 && e->expires < s.expires)
		s.expires = e->expires;
	mcpstate_seal(text, &s, cs->key, c->call);
	result = json_pack("{s:{s:{s:s, s:o}}, s:s}", "inputRequests",
	    ELICIT_KEY, "method", "elicitation/create", "params", question,
	    "requestState", text);
	mcpera_finish(c->era, result, 0);
	(void)json_object_set_new(result, "resultType",
	    json_string("input_required"));
	return (rpc_result(c->id, result));
}

static json_t *
ask(struct mcpcalls *cs, struct mcpcall *c)
{
	struct execution *e = c->execution;
	json_t *question, *doc;
	struct field plan;
	char id[64];

	e->asked = 1;
	if (field_find(e->waiting, e->waitinglen, "plan", &plan) != 1 ||
	    plan.type != FIELD_HEX || plan.len != PLAN_DIGEST ||
	    (question = params(e)) == NULL)
		return (NULL);
	/* of another plan under this number nobody was asked */
	memcpy(e->asked_plan, plan.val, sizeof(e->asked_plan));
	e->question = ++cs->questions;
	e->sealed = c->era == ERA_MODERN;
	if (e->sealed)
		return (come_back(cs, c, question));
	(void)snprintf(id, sizeof(id), ELICIT_ID "%llu",
	    (unsigned long long)e->question);
	doc = rpc_notify("elicitation/create", question);
	(void)json_object_set_new(doc, "id", json_string(id));
	jsonline_out_put(cs->out, doc);
	return (NULL);
}

json_t *
mcpelicit_step(struct mcpcalls *cs, struct mcpcall *c)
{
	struct execution *e = c->execution;

	if (e->state != EXECUTION_WAITING || c->query != NULL ||
	    c->tool == TOOL_CANCEL)
		return (NULL);
	if (e->accepted)
		confirm(cs, c);
	else if (c->asks && !e->asked &&
	    row_has(e->waiting, e->waitinglen, "confirm"))
		return (ask(cs, c));
	return (NULL);
}

/* The one that this question was about, which is answered now. */
static struct execution *
take_question(struct mcpcalls *cs, uint64_t question)
{
	struct execution *e;

	TAILQ_FOREACH(e, &cs->executions.list, entry)
		if (question != 0 && e->question == question)
			break;
	if (e != NULL)
		e->question = 0;
	return (e);
}

static int
is_answer(const struct execution *e, const char *id)
{
	char want[64];

	(void)snprintf(want, sizeof(want), ELICIT_ID "%llu",
	    (unsigned long long)e->question);
	return (e->question != 0 && strcmp(id, want) == 0);
}

/* Whose question has this id, or NULL. */
static struct execution *
find_asked(struct mcpcalls *cs, const char *id)
{
	struct execution *e;

	TAILQ_FOREACH(e, &cs->executions.list, entry)
		if (is_answer(e, id))
			return (e);
	return (NULL);
}

void
mcpelicit_answer(struct mcpcalls *cs, const struct rpc *r)
{
	const char *id = json_string_value(r->id);
	struct execution *e;

	e = id != NULL ? find_asked(cs, id) : NULL;
	/* a state that was sealed is no question that this answers */
	if (e == NULL || e->sealed)
		return;
	(void)take_question(cs, e->question);
	e->accepted = accepts(json_object_get(r->doc, "result"));
}

int
mcpelicit_resume(struct mcpcalls *cs, struct mcpcall *c, const struct rpc *r)
{
	struct execution *e;
	struct mcpstate s;

	if (mcpstate_open(&s, json_object_get(r->params, "requestState"),
	    cs->key, c->call, (int64_t)time(NULL)) == -1 ||
	    (e = execution_find(&cs->executions, s.id)) == NULL ||
	    e->question != s.round || take_question(cs, s.round) != e)
		return (-1);
	e->accepted = accepts(json_object_get(json_object_get(r->params,
	    "inputResponses"), ELICIT_KEY));
	c->execution = e;
	e->calls++;
	return (0);
}
