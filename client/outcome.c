/* SPDX-License-Identifier: ISC */
/* RESULT: reading it, telling it. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/out.h"
#include "client/outcome.h"
#include "client/refusals.h"
#include "common/msg.h"
#include "common/role.h"

int
outcome_status(const struct outcome_in *in)
{
	uint64_t v;

	if (in->result == NULL)
		return (in->fail->status);
	if (!row_num(in->result, in->len, "status", &v) || v > 255)
		return (EXIT_CLAWBOT);
	return (v == 0 && in->unread ? EXIT_IO : (int)v);
}

/* A word in front of the reason. */
static const char *
headline(const char *outcome)
{
	static const struct {
		const char *name;
		const char *text;
	} heads[] = {
		{ "denied", "refused" },
		{ "limited", "over its limit" },
		{ "timeout", "timed out" },
		{ "killed", "stopped" },
		{ "lost", "lost" },
	};
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (strcmp(heads[i].name, outcome) == 0)
			return (heads[i].text);
	return (NULL);
}

static void
tell_signal(const struct outcome_in *in)
{
	uint64_t sig;
	char *why;

	if (!row_num(in->result, in->len, "exit", &sig) || sig >= 128)
		return;
	why = field_get_str(in->result, in->len, "reason");
	complain("the command was ended by signal %d (%s)%s%s", (int)sig,
	    strsignal((int)sig), why[0] != '\0' ? ": " : "", why);
	free(why);
}

/* It has ended in order, but would not have by itself. */
static void
tell_stopped(const struct outcome_in *in)
{
	char *why;

	why = field_get_str(in->result, in->len, "reason");
	if (*why != '\0' && !in->interrupted)
		complain("the command was told to stop: %s", why);
	free(why);
}

/* Who and where, and what to do next, as far as the daemon says. */
static void
tell_next(struct fail *f, const struct outcome_in *in, int killed)
{
	char *next = field_get_str(in->result, in->len, "next");
	uint64_t seconds;
	struct buf b;

	buf_init(&b, 65536);
	if (row_num(in->result, in->len, "retry_s", &seconds))
		buf_printf(&b, "for %" PRIu64 " s: ", seconds);
	buf_printf(&b, "%s", next);
	if (row_has(in->result, in->len, "approvers")) {
		buf_printf(&b, "; approvers: ");
		row_show(&b, in->result, in->len, "approvers");
	}
	buf_put_u8(&b, 0);
	if (*next != '\0' && !b.bad)
		fail_hint(f, "%s", (const char *)b.data);
	else if (outcome_status(in) == EXIT_TEMPFAIL && !killed)
		fail_hint(f, "try again later; clawbot status tells what is "
		    "wrong");
	buf_free(&b);
	free(next);
}

/* "refused: reason (rule skills.dev.deny: curl **)" */
static void
tell_reason(const struct outcome_in *in, const char *outcome)
{
	const char *head = headline(outcome);
	char *reason, *rule, *limit, *where;
	struct fail f;

	reason = field_get_str(in->result, in->len, "reason");
	rule = field_get_str(in->result, in->len, "rule");
	limit = field_get_str(in->result, in->len, "limit");
	where = field_get_str(in->result, in->len, "where");
	if (head == NULL)
		fail_set(&f, 0, "%s", *reason != '\0' ? reason :
		    "the command could not be run");
	else if (strcmp(outcome, "denied") == 0 && *rule != '\0')
		fail_set(&f, 0, "%s: %s (rule %s%s%s)", head, reason, rule,
		    *where != '\0' ? ", " : "", where);
	else
		fail_set(&f, 0, "%s%s%s%s%s", head,
		    *limit != '\0' ? " of " : "", limit,
		    *reason != '\0' ? ": " : "", reason);
	tell_next(&f, in, strcmp(outcome, "killed") == 0);
	(void)fail_print(&f);
	free(where);
	free(reason);
	free(rule);
	free(limit);
}

void
outcome_tell(const struct outcome_in *in)
{
	char *outcome;

	if (in->result == NULL) {
		(void)fail_print(in->fail);
		return;
	}
	outcome = field_get_str(in->result, in->len, "outcome");
	if (strcmp(outcome, "signaled") == 0) {
		tell_signal(in);
		refusals_memory(in->result, in->len);
	} else if (strcmp(outcome, "exited") == 0) {
		tell_stopped(in);
		refusals_memory(in->result, in->len);
	}
	else
		tell_reason(in, outcome);
	refusals_tell(in->result, in->len, outcome_status(in) != 0);
	free(outcome);
}

static void
put_string(struct buf *b, const char *s)
{
	json_str(b, s, strlen(s));
}

/* One member; null if the result has no such field. */
static void
put_member(struct buf *b, const struct outcome_in *in, const char *key,
    int number)
{
	struct field f;

	buf_printf(b, ",\"%s\":", key);
	if (field_find(in->result, in->len, key, &f) != 1)
		buf_printf(b, "null");
	else if (number && f.type == FIELD_I64)
		buf_printf(b, "%" PRId64, f.i);
	else if (number && f.type == FIELD_U64)
		buf_printf(b, "%" PRIu64, f.u);
	else if (!number && f.type == FIELD_STR)
		json_str(b, (const char *)f.val, f.len);
	else
		buf_printf(b, "null");
}

static int
is_advice(const struct field *f)
{
	static const char *const keys[] = { "final", "where", "approvers",
	    "retry_s", "next", "write", "skills" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i]) == f->keylen &&
		    memcmp(keys[i], f->key, f->keylen) == 0)
			return (1);
	return (0);
}

/* What a program can do about a refusal; nothing where it was none. */
static void
put_advice(struct buf *b, const struct outcome_in *in)
{
	struct buf fields, json;
	const uint8_t *from;
	struct field f;
	struct rd r;

	buf_init(&fields, MSG_ROW_MAX);
	rd_init(&r, in->result, in->len);
	for (from = r.p; field_next(&r, &f) == 1; from = r.p)
		if (is_advice(&f))
			buf_put(&fields, from, (size_t)(r.p - from));
	buf_init(&json, 16U * MSG_ROW_MAX);
	if (fields.len != 0 &&
	    field_json(&json, fields.data, fields.len, 1) == 0) {
		/* behind the brace that begins it */
		buf_put_u8(b, ',');
		buf_put(b, json.data + 1, json.len - 1);
	}
	buf_free(&json);
	buf_free(&fields);
}

static void
put_result(struct buf *b, const struct outcome_in *in)
{
	static const char *const numbers[] = { "wall_us", "user_us",
	    "sys_us", "maxrss_kb", "processes", "in_bytes", "out_bytes",
	    "err_bytes", "masked", "execs", "files", "files_more" };
	uint64_t lost;
	size_t i;

	put_member(b, in, "outcome", 0);
	put_member(b, in, "exit", 1);
	put_member(b, in, "rule", 0);
	put_member(b, in, "reason", 0);
	put_member(b, in, "record", 1);
	put_member(b, in, "limit", 0);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (row_has(in->result, in->len, numbers[i]))
			put_member(b, in, numbers[i], 1);
	if (row_num(in->result, in->len, "files_lost", &lost) && lost)
		buf_printf(b, ",\"files_lost\":true");
	put_advice(b, in);
	refusals_json(b, in->result, in->len);
}

/* No RESULT came: the same members as far as they are known. */
static void
put_failure(struct buf *b, const struct outcome_in *in)
{
	buf_printf(b, ",\"outcome\":\"%s\",\"exit\":null,\"rule\":null,"
	    "\"reason\":", in->lost ? "lost" :
	    in->fail->status == EXIT_NOPERM ? "denied" : "error");
	put_string(b, in->fail->text);
	buf_printf(b, ",\"record\":null,\"limit\":null,\"changed\":[],"
	    "\"denied\":[],\"unanswered\":[],\"refused\":[]");
}

static void
put_output(struct buf *b, const struct outcome_in *in)
{
	buf_printf(b, ",\"stdout\":");
	capture_json(b, in->out);
	buf_printf(b, ",\"stderr\":");
	capture_json(b, in->err);
	buf_printf(b, ",\"truncated\":%s",
	    in->out->truncated || in->err->truncated ? "true" : "false");
}

int
outcome_json(const struct outcome_in *in)
{
	struct buf b;

	buf_init(&b, 16U * CAPTURE_MAX);
	buf_printf(&b, "{\"run\":");
	if (*in->run != '\0')
		put_string(&b, in->run);
	else
		buf_printf(&b, "null");
	if (in->result != NULL)
		put_result(&b, in);
	else
		put_failure(&b, in);
	buf_printf(&b, ",\"status\":%d", outcome_status(in));
	if (in->out != NULL)
		put_output(&b, in);
	buf_printf(&b, "}\n");
	if (b.bad) {
		buf_free(&b);
		return (-1);
	}
	out_buf(stdout, &b);
	return (0);
}
