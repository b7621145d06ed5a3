/* SPDX-License-Identifier: ISC */
/* RULES and WHY for an MCP client; see mcpquery.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/mcpquery.h"
#include "client/out.h"
#include "common/payload.h"
#include "common/role.h"

#define QUERY_RETRY_MS	100

static void
set_str(char **dst, const void *row, size_t len, const char *key)
{
	free(*dst);
	*dst = field_get_str(row, len, key);
}

static void
add_text(json_t *list, const char *s)
{
	(void)json_array_append_new(list, executionjson_text(s, strlen(s)));
}

/* What several commands have in common is said once. */
static void
add_once(json_t *list, const char *s)
{
	json_t *text = executionjson_text(s, strlen(s)), *old;
	size_t i;

	json_array_foreach(list, i, old)
		if (json_equal(old, text))
			break;
	if (i == json_array_size(list))
		(void)json_array_append(list, text);
	json_decref(text);
}

static void
add_list(json_t *list, const void *row, size_t len, const char *key)
{
	struct strv v = { NULL, 0 };
	size_t i;

	field_get_list(row, len, key, &v);
	for (i = 0; i < v.n; i++)
		add_text(list, v.v[i]);
	strv_free(&v);
}

static int
is(const void *row, size_t len, const char *key, const char *want)
{
	char *s = field_get_str(row, len, key);
	int r = strcmp(s, want) == 0;

	free(s);
	return (r);
}

/* "executions_per_minute": one that has a limit. */
static void
add_quota(json_t *list, const struct field *of, const char *key,
    const char *prefix, const char *name)
{
	uint64_t limit, left;
	struct field f;
	char text[64];

	if (field_find(of->val, of->len, key, &f) != 1 ||
	    f.type != FIELD_OBJ || !row_num(f.val, f.len, "limit", &limit) ||
	    !row_num(f.val, f.len, "left", &left))
		return;
	(void)snprintf(text, sizeof(text), "%s%s", prefix, name);
	(void)json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "name",
	    text, "limit", (json_int_t)limit, "remaining", (json_int_t)left));
}

static void
add_quotas(json_t *list, const void *row, size_t len, const char *key,
    const char *prefix)
{
	struct field f;

	if (field_find(row, len, key, &f) != 1 || f.type != FIELD_OBJ)
		return;
	add_quota(list, &f, "minute", prefix, "executions_per_minute");
	add_quota(list, &f, "running", prefix, "running");
	add_quota(list, &f, "requests", prefix, "requests_per_hour");
}

static void
channel_row(struct mcprules *r, const void *row, size_t len)
{
	r->known = 1;
	set_str(&r->dflt_skill, row, len, "default_skill");
	set_str(&r->access, row, len, "access");
	r->executes = strcmp(r->access, "execute") == 0;
	add_quotas(r->quotas, row, len, "quota", "");
	add_quotas(r->quotas, row, len, "quota_all", "all_");
}

static void
skill_row(struct mcprules *r, const void *row, size_t len)
{
	uint64_t stopped;

	set_str(&r->skill, row, len, "skill");
	set_str(&r->account, row, len, "account");
	set_str(&r->network, row, len, "network");
	set_str(&r->refused, row, len, "refused");
	if (row_num(row, len, "stopped", &stopped))
		r->stopped = stopped != 0;
	add_list(r->roots, row, len, "write");
	add_list(r->roots, row, len, "read");
	add_list(r->secrets, row, len, "secrets");
}

static void
rules_row(struct mcpquery *q, const void *row, size_t len)
{
	struct mcprules *r = &q->rules;

	if (!is(row, len, "channel", q->cli->channel))
		return;
	if (is(row, len, "kind", "channel"))
		channel_row(r, row, len);
	else if (is(row, len, "kind", "skill") && is(row, len, "skill",
	    q->skill[0] != '\0' ? q->skill : r->dflt_skill))
		skill_row(r, row, len);
}

static void
add_reasons(json_t *list, const void *row, size_t len)
{
	struct field all, one;
	struct rd r;
	char *s;

	if (field_find(row, len, "found", &all) != 1 ||
	    all.type != FIELD_OBJ)
		return;
	rd_init(&r, all.val, all.len);
	while (field_next(&r, &one) == 1) {
		if (one.type != FIELD_OBJ)
			continue;
		s = field_get_str(one.val, one.len, "reason");
		if (*s != '\0')
			add_once(list, s);
		free(s);
	}
}

/* The verdict, and all that was found. */
static void
why_row(struct mcpquery *q, const void *row, size_t len)
{
	static const char *const texts[] = { "reason", "opaque", "where" };
	json_t *o = json_object(), *reasons = json_array();
	char *s;
	size_t i;

	s = field_get_str(row, len, "verdict");
	(void)json_object_set_new(o, "decision", json_string(s));
	free(s);
	s = field_get_str(row, len, "rule");
	(void)json_object_set_new(o, "rule",
	    executionjson_text(s, strlen(s)));
	free(s);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		s = field_get_str(row, len, texts[i]);
		if (*s != '\0')
			add_once(reasons, s);
		free(s);
	}
	add_reasons(reasons, row, len);
	(void)json_object_set_new(o, "reasons", reasons);
	if (row_has(row, len, "standing"))
		(void)json_array_append_new(reasons, json_string(
		    "a standing approval lets it run all the same"));
	json_decref(q->verdict);
	q->verdict = o;
}

static void
done(struct mcpquery *q)
{
	conn_free(q->conn);
	q->conn = NULL;
	q->done = 1;
}

/* There was no place for one more connection: it is tried again. */
static void
no_place(struct mcpquery *q)
{
	conn_free(q->conn);
	q->conn = NULL;
	q->at = execution_now() + QUERY_RETRY_MS;
}

static void
ask(struct mcpquery *q, unsigned type, const struct buf *b)
{
	if (conn_queue(q->conn, type, b->data, b->len, &q->fail) == 0)
		return;
	q->failed = 1;
	done(q);
}

static void
ask_rules(struct mcpquery *q)
{
	struct msg_account v = { UINT32_MAX };
	struct buf b;

	buf_init(&b, 64);
	payload_put(&b, MSG_RULES, &msg_account_shape, &v);
	ask(q, MSG_RULES, &b);
	buf_free(&b);
}

struct mcpquery *
mcpquery_new(const struct cli *cli, const char *skill, struct buf *why)
{
	struct mcpquery *q = xcalloc(1, sizeof(*q));

	q->cli = cli;
	q->skill = skill;
	if (why != NULL) {
		q->why = *why;
		buf_init(why, 0);
	} else
		buf_init(&q->why, 0);
	q->rules.roots = json_array();
	q->rules.secrets = json_array();
	q->rules.quotas = json_array();
	q->rules.skill = xstrdup("");
	q->rules.dflt_skill = xstrdup("");
	q->rules.access = xstrdup("none");
	q->rules.account = xstrdup("");
	q->rules.network = xstrdup("");
	q->rules.refused = xstrdup("");
	return (q);
}

struct mcpquery *
mcpquery_alone(const struct cli *cli, unsigned type, struct buf *what)
{
	struct mcpquery *q = mcpquery_new(cli, "", what);

	q->asked_why = 1;
	q->alone = type;
	return (q);
}

void
mcpquery_begin(struct mcpquery *q, int64_t now)
{
	if (q->done || q->conn != NULL || now < q->at)
		return;
	q->conn = conn_open_now(q->cli, &q->fail);
	if (q->conn != NULL && q->alone != 0)
		ask(q, q->alone, &q->why);
	else if (q->conn != NULL)
		ask_rules(q);
	else if (q->fail.status == EXIT_TEMPFAIL)
		no_place(q);
	else {
		q->failed = 1;
		done(q);
	}
}

void
mcpquery_free(struct mcpquery *q)
{
	if (q == NULL)
		return;
	conn_free(q->conn);
	buf_free(&q->why);
	json_decref(q->rules.roots);
	json_decref(q->rules.secrets);
	json_decref(q->rules.quotas);
	json_decref(q->verdict);
	free(q->rules.skill);
	free(q->rules.dflt_skill);
	free(q->rules.access);
	free(q->rules.account);
	free(q->rules.network);
	free(q->rules.refused);
	free(q);
}

const char *
mcpquery_no_secret(const struct mcpquery *q, const json_t *names)
{
	const json_t *v, *have;
	size_t i, k;
	int found;

	json_array_foreach(names, i, v) {
		found = 0;
		json_array_foreach(q->rules.secrets, k, have)
			found |= json_equal(v, have);
		if (!found)
			return (json_string_value(v));
	}
	return (NULL);
}

int
mcpquery_done(const struct mcpquery *q)
{
	return (q->done);
}

void
mcpquery_poll(const struct mcpquery *q, struct pollfd *p)
{
	p->fd = q->conn == NULL ? -1 : conn_fd(q->conn);
	p->events = POLLIN;
	if (q->conn != NULL && conn_queued(q->conn))
		p->events |= POLLOUT;
	p->revents = 0;
}

/* One request has ended. */
static void
next_request(struct mcpquery *q, const struct ipc_msg *m)
{
	if (conn_end(m, &q->fail) == -1) {
		if (!conn_greeted(q->conn) &&
		    q->fail.status == EXIT_TEMPFAIL) {
			no_place(q);
			return;
		}
		q->failed = 1;
	} else if (q->why.len != 0 && !q->asked_why) {
		q->asked_why = 1;
		ask(q, MSG_WHY, &q->why);
		return;
	}
	done(q);
}

static void
take(struct mcpquery *q, const struct ipc_msg *m)
{
	if (m->type == MSG_END)
		next_request(q, m);
	else if (m->type != MSG_ROW || row_check(m->data, m->len) == -1) {
		fail_set(&q->fail, EXIT_CLAWBOT, "wrong answer from the "
		    "daemon: %s", msg_name(m->type));
		q->failed = 1;
		done(q);
	} else if (q->asked_why)
		why_row(q, m->data, m->len);
	else
		rules_row(q, m->data, m->len);
}

void
mcpquery_turn(struct mcpquery *q)
{
	struct ipc_msg m;
	int n = 0;

	if (q->conn == NULL)
		return;
	conn_flush(q->conn);
	memset(&m, 0, sizeof(m));
	while (q->conn != NULL &&
	    (n = conn_recv(q->conn, &m, 0, &q->fail)) == 1)
		take(q, &m);
	ipc_msg_done(&m);
	if (q->conn == NULL || n != -1)
		return;
	/* a daemon whose places are all taken hangs up without a word */
	if (!conn_greeted(q->conn) && q->fail.status == EXIT_NODAEMON) {
		no_place(q);
		return;
	}
	q->failed = 1;
	done(q);
}
