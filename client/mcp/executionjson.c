/* SPDX-License-Identifier: ISC */
/* From an execution to its record; see executionjson.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/mcp/executionjson.h"
#include "client/out.h"
#include "client/refusals.h"
#include "client/still.h"
#include "common/role.h"
#include "common/text.h"

#define MESSAGE_MAX	16384

json_t *
executionjson_text(const void *data, size_t n)
{
	static const char odd[] = "\xef\xbf\xbd";
	const uint8_t *p = data;
	size_t i, k;
	uint32_t cp;
	json_t *v;
	struct buf b;

	if (n == 0 || text_is_utf8(data, n))
		return (json_stringn_nocheck(n == 0 ? "" : data, n));
	buf_init(&b, 3 * n);
	for (i = 0; i < n; i += k) {
		k = text_char(p + i, n - i, &cp);
		if (k != 0)
			buf_put(&b, p + i, k);
		else {
			buf_put(&b, odd, sizeof(odd) - 1);
			k = 1;
		}
	}
	v = json_stringn_nocheck((const char *)b.data, b.len);
	buf_free(&b);
	return (v);
}

static void
put(json_t *o, const char *key, json_t *v)
{
	(void)json_object_set_new(o, key, v);
}

static void
put_text(json_t *o, const char *key, const char *s)
{
	put(o, key, executionjson_text(s, strlen(s)));
}

static void
put_num(json_t *o, const char *key, uint64_t v)
{
	put(o, key, json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v));
}

json_t *
executionjson_refused(const char *status, const char *id, const char *why)
{
	json_t *o = json_object();

	put_text(o, "status", status);
	put_text(o, "exec_id", id);
	put_text(o, "message", why);
	return (o);
}

static uint64_t
number(const struct execution *e, const char *key)
{
	uint64_t v = 0;

	(void)row_num(e->result, e->resultlen, key, &v);
	return (v);
}

/* One that nobody approved has whom to ask, and a status to come back. */
static const char *
refusal(const struct execution *e)
{
	if (number(e, "status") != EXIT_TEMPFAIL)
		return ("denied");
	return (row_has(e->result, e->resultlen, "approvers") ? "expired" :
	    "quota_exceeded");
}

static int
has_reason(const struct execution *e)
{
	char *s = field_get_str(e->result, e->resultlen, "reason");
	int r = *s != '\0';

	free(s);
	return (r);
}

static const char *
end_status(const struct execution *e)
{
	static const struct {
		const char	*outcome;
		const char	*status;
	} map[] = { { "exited", "completed" }, { "signaled", "completed" },
	    { "limited", "completed" }, { "timeout", "timed_out" },
	    { "killed", "cancelled" }, { "lost", "cancelled" },
	    { "error", "failed_to_start" } };
	const char *status = NULL;
	char *outcome;
	size_t i;

	outcome = field_get_str(e->result, e->resultlen, "outcome");
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (strcmp(map[i].outcome, outcome) == 0)
			status = map[i].status;
	free(outcome);
	if (status == NULL)
		return (refusal(e));
	/* it has taken our word to end, and ended in order */
	return (e->cancelled && strcmp(status, "completed") == 0 &&
	    has_reason(e) ? "cancelled" : status);
}

const char *
executionjson_status(const struct execution *e)
{
	if (e->result != NULL && e->state == EXECUTION_OVER)
		return (end_status(e));
	if (e->state != EXECUTION_OVER)
		return (e->state == EXECUTION_WAITING ? "pending_approval" :
		    "running");
	if (e->started || e->cancelled)
		return ("cancelled");
	return (e->status == EXIT_NOPERM ? "denied" :
	    e->status == EXIT_TEMPFAIL ? "quota_exceeded" :
	    "failed_to_start");
}

int
executionjson_is_error(const json_t *record)
{
	static const char *const words[] = { "denied", "expired",
	    "quota_exceeded", "failed_to_start", "failed" };
	const char *s = json_string_value(json_object_get(record, "status"));
	size_t i;

	for (i = 0; s != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0)
			return (1);
	return (0);
}

/* Bytes that are kept and were not told. */
static size_t
untold(const struct printed *p)
{
	return (p->told < p->b.len ? p->b.len - (size_t)p->told : 0);
}

/* At most max bytes of them, whole characters where more is to come. */
static void
put_printed(json_t *o, const char *key, struct printed *p, size_t max)
{
	size_t n = untold(p), whole;
	const uint8_t *from = n == 0 ? NULL : p->b.data + p->told;

	if (n > max || p->fd != -1) {
		if (n > max)
			n = max;
		whole = n == 0 ? 0 : text_whole(from, n);
		/* a character is never larger than what may be told */
		n = whole != 0 || p->fd != -1 ? whole : n;
	}
	put(o, key, executionjson_text(from, n));
	p->told += n;
}

/* Errors get a quarter of the room, and what output leaves of the rest. */
static void
put_output(json_t *o, struct execution *e)
{
	size_t out = untold(&e->out), err = untold(&e->err), room;

	room = out >= e->max ? 0 : e->max - out;
	if (room < e->max / 4)
		room = e->max / 4;
	if (err > room)
		err = room;
	put_printed(o, "stdout", &e->out, e->max - err);
	put_printed(o, "stderr", &e->err, err);
	put(o, "truncated", json_boolean(e->out.told < e->out.total ||
	    e->err.told < e->err.total));
	put_num(o, "output_bytes", e->out.total + e->err.total);
}

static void
put_end(json_t *o, const struct execution *e)
{
	uint64_t sig, status;
	char *outcome;
	char name[32];

	outcome = field_get_str(e->result, e->resultlen, "outcome");
	status = number(e, "status");
	if (strcmp(outcome, "denied") != 0)
		put_num(o, "exit_code", status);
	if (strcmp(outcome, "signaled") == 0 &&
	    row_num(e->result, e->resultlen, "exit", &sig) && sig < 128) {
		(void)snprintf(name, sizeof(name), "SIG%s",
		    sigabbrev_np((int)sig) != NULL ? sigabbrev_np((int)sig) :
		    "?");
		put_text(o, "signal", name);
	}
	free(outcome);
	if (row_has(e->result, e->resultlen, "masked"))
		put_num(o, "redactions", number(e, "masked"));
	if (row_has(e->result, e->resultlen, "wall_us"))
		put_num(o, "duration_ms", number(e, "wall_us") / 1000);
	if (row_has(e->result, e->resultlen, "retry_s"))
		put_num(o, "retry_after_s", number(e, "retry_s"));
}

static void
put_decision(json_t *o, const struct execution *e, const char *status)
{
	int denied = strcmp(status, "denied") == 0;
	char *rule = NULL;
	json_t *d;

	/* a program that is not there, for one, no rule was asked about */
	if (strcmp(status, "failed_to_start") == 0 && e->waiting == NULL &&
	    !e->started)
		return;
	d = json_object();
	if (e->result != NULL)
		rule = row_str(e->result, e->resultlen, "rule");
	if (rule == NULL && e->waiting != NULL)
		rule = row_str(e->waiting, e->waitinglen, "rule");
	put_text(d, "action", e->waiting != NULL ? "ask" : denied ? "deny" :
	    "allow");
	if (rule != NULL && *rule != '\0')
		put_text(d, "rule", rule);
	put_text(d, "by", e->confirmed ? "confirmation" :
	    e->waiting != NULL && (e->started || denied) ? "approver" :
	    "policy");
	free(rule);
	put(o, "decision", d);
}

static void
put_approval(json_t *o, const struct execution *e)
{
	char when[32];
	time_t t = (time_t)e->expires;
	struct tm tm;

	put_text(o, "approval_id", e->id);
	if (t != 0 && gmtime_r(&t, &tm) != NULL &&
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm) != 0)
		put_text(o, "approval_expires_at", when);
}

/* Of one that is not over. */
static void
say_open(char *to, size_t len, const struct execution *e)
{
	char *who, *rule;

	if (e->state == EXECUTION_WAITING) {
		who = still_approvers(e->waiting, e->waitinglen);
		rule = field_get_str(e->waiting, e->waitinglen, "rule");
		(void)snprintf(to, len, "It waits for an approver%s (rule "
		    "%s). Call wait_execution with this exec_id; asking for "
		    "the same again would only wait beside it.", who,
		    *rule != '\0' ? rule : "-");
		free(who);
		free(rule);
	} else if (e->held != NULL)
		(void)snprintf(to, len, "It runs, and a program that it "
		    "wanted to start has waited for approval %s. Call "
		    "wait_execution with this exec_id.", e->held);
	else
		(void)snprintf(to, len, "%s Call wait_execution with this "
		    "exec_id.", e->started || e->type == MSG_WAIT ?
		    "It is not over yet." :
		    "Nothing is decided about it yet.");
}

/* "Exited with 0.", and what was in the way. */
static void
say_end(char *to, size_t len, const struct execution *e)
{
	char *outcome, *reason, *limit;
	const int64_t status = (int64_t)number(e, "status");

	outcome = field_get_str(e->result, e->resultlen, "outcome");
	reason = field_get_str(e->result, e->resultlen, "reason");
	limit = field_get_str(e->result, e->resultlen, "limit");
	if (strcmp(outcome, "exited") == 0)
		(void)snprintf(to, len, "Exited with %" PRId64 ".%s%s",
		    status, *reason != '\0' ? " It was told to end: " : "",
		    reason);
	else if (strcmp(outcome, "signaled") == 0)
		(void)snprintf(to, len, "Ended by a signal (status %" PRId64
		    ").%s%s", status, *reason != '\0' ? " " : "", reason);
	else
		(void)snprintf(to, len, "%s%s%s%s%s",
		    strcmp(outcome, "limited") == 0 ?
		    "Ended by its limit of " : outcome, limit,
		    *reason != '\0' ? ": " : "", reason,
		    strcmp(limit, "memory") == 0 ? " (memoryMB)" : "");
	free(outcome);
	free(reason);
	free(limit);
}

/* What was refused inside of it, which the agent's command may not say. */
static void
say_inside(char *to, size_t len, const struct execution *e)
{
	struct buf b;

	buf_init(&b, MESSAGE_MAX);
	refusals_text(&b, e->result, e->resultlen, number(e, "status") != 0);
	buf_put_u8(&b, 0);
	if (!b.bad)
		(void)snprintf(to, len, "%s", (const char *)b.data);
	buf_free(&b);
}

/* Which rule, where, and how to come back, where it was refused. */
static void
say_refused(char *to, size_t len, const struct execution *e,
    const char *status)
{
	char *reason, *rule, *where, *next;

	reason = field_get_str(e->result, e->resultlen, "reason");
	rule = field_get_str(e->result, e->resultlen, "rule");
	where = field_get_str(e->result, e->resultlen, "where");
	next = field_get_str(e->result, e->resultlen, "next");
	(void)snprintf(to, len, "%s%s%s%s%s%s.%s%s%s", reason,
	    *rule != '\0' ? " (rule " : "", rule, *where != '\0' ? ", " : "",
	    where, *rule != '\0' ? ")" : "",
	    strcmp(status, "denied") == 0 ?
	    " Do not retry or rephrase it." : "", *next != '\0' ?
	    " For whoever looks after it: " : "", next);
	free(reason);
	free(rule);
	free(where);
	free(next);
}

static void
put_message(json_t *o, const struct execution *e, const char *status)
{
	char text[MESSAGE_MAX];
	size_t n;

	if (e->state != EXECUTION_OVER)
		say_open(text, sizeof(text), e);
	else if (e->result == NULL)
		(void)snprintf(text, sizeof(text), "%s%s", e->started ?
		    "Lost: " : "", e->why != NULL ? e->why : "");
	else if (executionjson_is_error(o) &&
	    strcmp(status, "failed_to_start") != 0)
		say_refused(text, sizeof(text), e, status);
	else
		say_end(text, sizeof(text), e);
	n = strlen(text);
	if (e->state == EXECUTION_OVER && e->result != NULL) {
		say_inside(text + n, sizeof(text) - n, e);
		n = strlen(text);
	}
	if (e->of != EXECUTION_COMMAND)
		;	/* its output is no text of a command */
	else if (untold(&e->out) + untold(&e->err) != 0)
		(void)snprintf(text + n, sizeof(text) - n, " More of its "
		    "output (%zu bytes) is told by wait_execution.",
		    untold(&e->out) + untold(&e->err));
	else if (e->out.total > e->out.b.len || e->err.total > e->err.b.len)
		(void)snprintf(text + n, sizeof(text) - n, " Of each stream "
		    "only the first %u bytes are kept.", EXECUTION_KEEP);
	put_text(o, "message", text);
}

json_t *
executionjson(struct execution *e)
{
	const char *status = executionjson_status(e);
	json_t *o = json_object();

	put_text(o, "status", status);
	put_text(o, "exec_id", e->id);
	if (e->result != NULL && e->state == EXECUTION_OVER)
		put_end(o, e);
	if (e->started && e->of == EXECUTION_COMMAND)
		put_output(o, e);
	if (e->result != NULL || e->waiting != NULL || e->started)
		put_decision(o, e, status);
	if (e->waiting != NULL)
		put_approval(o, e);
	put_message(o, e, status);
	return (o);
}
