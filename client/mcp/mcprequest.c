/* SPDX-License-Identifier: ISC */
/* RUN and WHY out of JSON; see mcprequest.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mcp/mcprequest.h"
#include "client/mcp/tooltable.h"
#include "client/request.h"
#include "common/msg.h"
#include "common/payload.h"

static void
take_text(char **dst, const char *s)
{
	if (s == NULL)
		return;
	free(*dst);
	*dst = xstrdup(s);
}

/* With args, of which there may be none, a program; without, a shell line. */
static int
take_argv(struct runreq *req, const json_t *args, char *why, size_t len)
{
	const json_t *words = json_object_get(args, "args"), *word;
	size_t i;

	if (!json_is_array(words)) {
		strv_add(&req->argv, "/bin/sh");
		strv_add(&req->argv, "-c");
	}
	strv_add(&req->argv, tooltable_str(args, "command"));
	if (json_array_size(words) >= PLAN_MAXARGS) {
		(void)snprintf(why, len, "args has more than %d members",
		    PLAN_MAXARGS - 1);
		return (-1);
	}
	json_array_foreach(words, i, word) {
		if (json_string_length(word) > PLAN_MAXARG) {
			(void)snprintf(why, len, "args: member %zu is longer "
			    "than %d bytes", i, PLAN_MAXARG);
			return (-1);
		}
		strv_add(&req->argv, json_string_value(word));
	}
	return (0);
}

static int
fill(struct runreq *req, const json_t *args, const char *skill, char *why,
    size_t len)
{
	const char *cwd = tooltable_str(args, "cwd");

	request_init(req);
	if (cwd != NULL && (cwd[0] != '/' || strlen(cwd) >= PLAN_MAXPATH)) {
		(void)snprintf(why, len, "cwd is an absolute path of less "
		    "than %d bytes", PLAN_MAXPATH);
		return (-1);
	}
	take_text(&req->cwd, cwd);
	take_text(&req->skill, skill);
	take_text(&req->reason, tooltable_str(args, "reason"));
	req->timeout_s = (uint32_t)tooltable_int(TOOL_RUN, args, "timeout_s");
	if (take_argv(req, args, why, len) == -1)
		return (-1);
	request_caller(req);
	return (0);
}

static int
finish(struct buf *b, char *why, size_t len)
{
	if (!b->bad)
		return (0);
	(void)snprintf(why, len, "the command is longer than %u bytes",
	    MSG_REQ_MAX);
	return (-1);
}

int
mcprequest_run(struct buf *b, const json_t *args, const char *skill,
    char *why, size_t len)
{
	struct runreq req;
	int r;

	buf_init(b, MSG_REQ_MAX);
	r = fill(&req, args, skill, why, len);
	if (r == 0)
		shape_put(&runreq_shape, b, &req);
	runreq_free(&req);
	return (r == -1 ? -1 : finish(b, why, len));
}

int
mcprequest_why(struct buf *b, const json_t *args, const char *skill,
    char *why, size_t len)
{
	struct msg_why q = { UINT32_MAX, { 0 } };
	int r;

	buf_init(b, MSG_REQ_MAX);
	r = fill(&q.req, args, skill, why, len);
	if (r == 0)
		shape_put(&msg_why_shape, b, &q);
	runreq_free(&q.req);
	return (r == -1 ? -1 : finish(b, why, len));
}

void
mcprequest_show(const json_t *args, char *to, size_t len)
{
	const json_t *words = json_object_get(args, "args"), *word;
	size_t i, n;

	(void)snprintf(to, len, "%s", tooltable_str(args, "command"));
	json_array_foreach(words, i, word) {
		n = strlen(to);
		(void)snprintf(to + n, len - n, " %s",
		    json_string_value(word));
	}
}
