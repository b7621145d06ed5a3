/* SPDX-License-Identifier: ISC */
/* RESULT: reading it, telling it. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/out.h"
#include "client/outcome.h"
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
	return ((int)v);
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

/* It may have taken that for an error of its own. */
static void
tell_memory(const struct outcome_in *in)
{
	char *limit;

	limit = field_get_str(in->result, in->len, "limit");
	if (strcmp(limit, "memory") == 0)
		complain("the command has probably reached its limit of "
		    "memory (memoryMB)");
	free(limit);
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

/* The next one of them; 1 and its fields, or 0. */
static int
next_of(struct rd *r, struct field *one)
{
	while (field_next(r, one) == 1)
		if (one->type == FIELD_OBJ)
			return (1);
	return (0);
}

/*
 * "denied", which were refused inside of the run, or "changed", names; 0 if
 * there were none.
 */
static int
find_all(const struct outcome_in *in, const char *key, struct rd *r)
{
	struct field all;

	if (field_find(in->result, in->len, key, &all) != 1 ||
	    (all.type != FIELD_OBJ && all.type != FIELD_ROWS))
		return (0);
	rd_init(r, all.val, all.len);
	return (1);
}

/* What rows of a member are about. */
enum about { ABOUT_PROGRAM, ABOUT_CHANGE, ABOUT_UNANSWERED };

/*
 * A program that was refused, or that nobody had decided on; else a change
 * that a protected name has refused.
 */
static enum about
about(const struct field *one)
{
	struct field f;

	if (row_has(one->val, one->len, "unanswered"))
		return (ABOUT_UNANSWERED);
	return (field_find(one->val, one->len, "program", &f) == 1 &&
	    f.len != 0 ? ABOUT_PROGRAM : ABOUT_CHANGE);
}

/*
 * Programs try in vain to write where no grant is, and go on: people are told
 * of it where the command has failed.  A protected name may end like the key.
 */
static int
is_silent(const struct outcome_in *in, const struct field *one)
{
	static const char key[] = ".write";
	char *rule = field_get_str(one->val, one->len, "rule");
	const size_t n = strlen(rule), len = strlen(key);
	int r;

	r = n > len && strcmp(rule + n - len, key) == 0 &&
	    strstr(rule, ": ") == NULL && about(one) == ABOUT_CHANGE &&
	    outcome_status(in) == 0;
	free(rule);
	return (r);
}

/*
 * "3 programs were refused in the run: rm (skills.dev.deny: rm **, 2 times)",
 * "1 change was refused in the run: skills.dev.protect: .git/hooks",
 * "1 program still waited for an approver: rm (profile developer: rm -r)"
 */
static void
tell_denied(const struct outcome_in *in, enum about what)
{
	static const struct {
		const char	*one;
		const char	*some;
	} words[] = {
		[ABOUT_PROGRAM] = { "program was refused in the run",
		    "programs were refused in the run" },
		[ABOUT_CHANGE] = { "change was refused in the run",
		    "changes were refused in the run" },
		[ABOUT_UNANSWERED] = { "program still waited for an approver",
		    "programs still waited for an approver" },
	};
	int programs = what != ABOUT_CHANGE;
	uint64_t count, all = 0;
	struct field one;
	struct buf b;
	struct rd r;

	if (!find_all(in, "denied", &r))
		return;
	buf_init(&b, 65536);
	while (next_of(&r, &one)) {
		if (about(&one) != what || is_silent(in, &one))
			continue;
		if (!row_num(one.val, one.len, "count", &count))
			count = 1;
		buf_printf(&b, all == 0 ? "" : ", ");
		if (programs) {
			row_show(&b, one.val, one.len, "program");
			buf_printf(&b, " (");
		}
		row_show(&b, one.val, one.len, "rule");
		if (count != 1)
			buf_printf(&b, programs ? ", %" PRIu64 " times" :
			    " (%" PRIu64 " times)", count);
		buf_printf(&b, programs ? ")" : "");
		all += count;
	}
	buf_put_u8(&b, 0);
	if (all != 0 && !b.bad)
		complain("%" PRIu64 " %s: %s", all, all == 1 ? words[what].one :
		    words[what].some, (const char *)b.data);
	buf_free(&b);
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
		tell_memory(in);
	} else if (strcmp(outcome, "exited") == 0) {
		tell_stopped(in);
		tell_memory(in);
	}
	else
		tell_reason(in, outcome);
	tell_denied(in, ABOUT_PROGRAM);
	tell_denied(in, ABOUT_UNANSWERED);
	tell_denied(in, ABOUT_CHANGE);
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

/* What an agent can tell its user: these rows of a member. */
static void
put_all(struct buf *b, const struct outcome_in *in, const char *key,
    const char *member, enum about what)
{
	const char *sep = "";
	struct field one;
	struct rd r;

	buf_printf(b, ",\"%s\":[", key);
	if (find_all(in, member, &r))
		while (next_of(&r, &one)) {
			if (about(&one) != what)
				continue;
			buf_printf(b, "%s", sep);
			(void)field_json(b, one.val, one.len, 0);
			sep = ",";
		}
	buf_put_u8(b, ']');
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
	put_all(b, in, "changed", "changed", ABOUT_CHANGE);
	put_all(b, in, "denied", "denied", ABOUT_PROGRAM);
	put_all(b, in, "unanswered", "denied", ABOUT_UNANSWERED);
	put_all(b, in, "refused", "denied", ABOUT_CHANGE);
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
