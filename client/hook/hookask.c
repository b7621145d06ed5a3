/* SPDX-License-Identifier: ISC */
/* A call of a tool as requests to the daemon; see hookask.h. */
#include "config.h"

#include <sys/stat.h>

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/hook/hookask.h"
#include "client/mcp/execution.h"
#include "client/mcp/executionjson.h"
#include "client/out.h"
#include "client/request.h"
#include "common/msg.h"
#include "common/payload.h"

#define CLAIM_MS	5000

/* A request of ours that waits, or was approved, and whose caller has left. */
struct hookleft {
	const struct hookask *ask;
	const struct strv *argv;
	uint64_t	 run;		/* 0: there is none */
};

static int
is_str(const void *row, size_t len, const char *key, const char *want)
{
	char *s = field_get_str(row, len, key);
	int r = strcmp(s, want) == 0;

	free(s);
	return (r);
}

static int
same_words(const void *row, size_t len, const struct strv *argv)
{
	struct strv v = { NULL, 0 };
	size_t i;
	int r;

	field_get_list(row, len, "argv", &v);
	r = v.n == argv->n;
	for (i = 0; r && i < v.n; i++)
		r = strcmp(v.v[i], argv->v[i]) == 0;
	strv_free(&v);
	return (r);
}

static int
on_row(const void *row, size_t len, void *arg, struct fail *f)
{
	struct hookleft *l = arg;
	char *id;

	(void)f;
	if (l->run != 0 ||
	    field_get_u64(row, len, "uid", UINT64_MAX) != getuid() ||
	    !is_str(row, len, "channel", l->ask->cli->channel) ||
	    (*l->ask->skill != '\0' &&
	    !is_str(row, len, "skill", l->ask->skill)) ||
	    (!is_str(row, len, "state", "waiting") &&
	    !is_str(row, len, "state", "approved")) ||
	    !same_words(row, len, l->argv))
		return (0);
	id = field_get_str(row, len, "run");
	if (runid_parse(id, &l->run) == -1)
		l->run = 0;
	free(id);
	return (0);
}

/* The same was asked for before, and is come back to. */
static uint64_t
left(const struct hookask *a, const struct strv *argv)
{
	struct hookleft l = { a, argv, 0 };
	struct fail f;

	if (conn_query(a->cli, MSG_PS, NULL, 0, on_row, &l, &f) == -1)
		return (0);
	return (l.run);
}

/*
 * No longer than there is time for an approver.  A decision by the rules is
 * waited for; and who claims what was approved has to be given it.
 */
static int64_t
patience(const struct hookask *a, const struct execution *e, int leaves)
{
	if (e->state == EXECUTION_WAITING)
		return (a->until + (leaves ? CLAIM_MS : 0));
	return (e->type == MSG_WAIT ? a->until + CLAIM_MS : INT64_MAX);
}

static void
wait_for(const struct hookask *a, struct executions *es, struct execution *e,
    int leaves)
{
	struct pollfd p[EXECUTION_FDS];
	int64_t now, at, until;
	size_t n;

	while (e->state != EXECUTION_OVER) {
		executions_tick(es);
		until = patience(a, e, leaves);
		if (e->state == EXECUTION_OVER ||
		    (now = execution_now()) >= until)
			break;
		at = executions_next(es);
		at = (at < until ? at : until) - now;
		n = executions_poll(es, p, EXECUTION_FDS);
		if (poll(p, (nfds_t)n, at < 0 ? 0 : at > INT_MAX ? INT_MAX :
		    (int)at) > 0 && n != 0)
			executions_turn(es, p);
	}
}

static char *
copy(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return (xstrdup(s != NULL ? s : ""));
}

/* What became of it; one that ran for somebody else's call says nothing. */
static enum hookasked
told(const struct execution *e, const json_t *record, const char *not_so,
    char **why)
{
	const char *status = executionjson_status(e);
	int code = (int)json_integer_value(json_object_get(record,
	    "exit_code"));

	if (strcmp(status, "pending_approval") == 0) {
		(void)xasprintf(why, "It waits for an approver, as %s: "
		    "clawbot approve %s. When that is done, do the very same "
		    "again; do not rephrase it.", e->id, e->id);
		return (HOOKASKED_LATER);
	}
	if (strcmp(status, "completed") != 0 || !e->started) {
		*why = copy(record, "message");
		return (HOOKASKED_NO);
	}
	if (code == 0) {
		*why = copy(json_object_get(record, "decision"), "rule");
		return (HOOKASKED_YES);
	}
	*why = xstrdup(not_so);
	return (HOOKASKED_NO);
}

/*
 * It goes on waiting without us, and the daemon has to know by the time that
 * somebody approves it.  Where that has crossed, it has run by now.
 */
static void
leave(const struct hookask *a, struct executions *es, struct execution *e,
    const char *not_so, enum hookasked *r, char **why)
{
	json_t *record;

	if (e->conn == NULL)
		return;
	conn_leave(e->conn);
	wait_for(a, es, e, 1);
	if (e->state != EXECUTION_OVER || !e->started)
		return;
	free(*why);
	record = executionjson(e);
	*r = told(e, record, not_so, why);
	json_decref(record);
}

static enum hookasked
ask(const struct hookask *a, struct runreq *req, const char *not_so,
    char **why)
{
	uint64_t run = left(a, &req->argv);
	enum hookasked r = HOOKASKED_NO;
	struct executions es;
	struct execution *e;
	struct buf b, in;
	json_t *record;

	executions_init(&es, a->cli);
	claim_text(es.said.session, a->session);
	claim_text(es.said.client, a->agent);
	buf_init(&in, 0);
	if (run != 0) {
		buf_init(&b, 16);
		buf_put_u64(&b, run);
		buf_put_u8(&b, 1);
	} else
		request_put(&b, &runreq_shape, req);
	e = execution_new(&es, run != 0 ? MSG_WAIT : MSG_RUN, &b, &in, "");
	if (e != NULL) {
		if (run != 0)
			runid_text(e->id, run);
		wait_for(a, &es, e, 0);
		e->max = EXECUTION_KEEP;
		record = executionjson(e);
		r = told(e, record, not_so, why);
		if (r == HOOKASKED_LATER)
			leave(a, &es, e, not_so, &r, why);
		else if (r == HOOKASKED_NO && e->state != EXECUTION_OVER)
			execution_cancel(&es, e);
		json_decref(record);
	} else
		*why = xstrdup("it could not be asked for");
	executions_free(&es);
	return (r);
}

static void
begin(const struct hookask *a, const struct hookcall *c, struct runreq *req)
{
	char why[PLAN_MAXREASON + 1];

	request_init(req);
	request_text(&req->skill, "-s", a->skill, PLAN_MAXNAME);
	(void)snprintf(why, sizeof(why), "outside of a run, by %s: %s",
	    a->agent, c->tool);
	request_text(&req->reason, "reason", why, PLAN_MAXREASON);
}

static enum hookasked
ask_line(const struct hookask *a, const struct hookcall *c, char **why)
{
	struct runreq req;
	enum hookasked r;

	if (strlen(c->what.v[0]) > PLAN_MAXARG) {
		*why = xstrdup("the command is too long to be asked for");
		return (HOOKASKED_NO);
	}
	begin(a, c, &req);
	strv_add(&req.argv, "/bin/sh");
	strv_add(&req.argv, "-n");
	strv_add(&req.argv, "-c");
	strv_add(&req.argv, c->what.v[0]);
	request_caller(&req);
	r = ask(a, &req, "no shell can read the line", why);
	runreq_free(&req);
	return (r);
}

/* What there is of a path: itself, or the directory that it would be in. */
static char *
nearest(const char *path)
{
	char *s = xstrdup(path), *slash;
	struct stat st;

	while (lstat(s, &st) == -1 && (slash = strrchr(s, '/')) != NULL &&
	    slash != s)
		*slash = '\0';
	return (s);
}

static enum hookasked
ask_path(const struct hookask *a, const struct hookcall *c, const char *path,
    char **why)
{
	struct runreq req;
	enum hookasked r;
	char *near;

	if (strlen(path) >= PLAN_MAXPATH) {
		*why = xstrdup("the path is too long");
		return (HOOKASKED_NO);
	}
	begin(a, c, &req);
	strv_add(&req.argv, "test");
	strv_add(&req.argv, c->kind == HOOK_READ ? "-r" : "-w");
	near = nearest(path);
	strv_add(&req.argv, near);
	free(near);
	request_caller(&req);
	r = ask(a, &req, c->kind == HOOK_READ ? "runs of this skill cannot "
	    "read that file" : "runs of this skill cannot write that file",
	    why);
	runreq_free(&req);
	return (r);
}

enum hookasked
hookask(const struct hookask *a, const struct hookcall *c, char **why)
{
	enum hookasked r = HOOKASKED_YES;
	size_t i;

	*why = NULL;
	if (c->kind == HOOK_SHELL)
		return (ask_line(a, c, why));
	for (i = 0; i < c->what.n && r == HOOKASKED_YES; i++) {
		free(*why);
		r = ask_path(a, c, c->what.v[i], why);
	}
	return (r);
}
