/* SPDX-License-Identifier: ISC */
/*
 * What is written about a run, and what its caller is told.  Words that came
 * from the caller are written as redaction left them, and a mask that lies
 * about them hides them altogether.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/msg.h"
#include "common/varname.h"
#include "supervisor/run/run.h"

/* Life of a ticket: a run that is allowed starts at once. */
#define TICKET_LIFE_S	60
#define LIST_ARGV	4096	/* bytes of a command in a list */

static const char *
masked(const struct run *r, unsigned where, uint32_t index, const char *orig)
{
	const char *text = masks_text(&r->res.masks, where, index, orig);

	if (text != orig && mask_check(orig, text) == -1)
		return (MASK_MARK);
	return (text);
}

void
rec_init(struct buf *b, const char *ev, const struct run *r)
{
	char text[RUNID_TEXT];

	buf_init(b, MSG_INTENT_MAX - 2);
	field_str(b, "ev", ev);
	runid_text(text, r->id);
	field_str(b, "run", text);
}

static struct strv
masked_argv(const struct run *r)
{
	const struct strv *argv = &r->asked.req.argv;
	struct strv v = { NULL, 0 };
	size_t i;

	for (i = 0; i < argv->n; i++)
		strv_add(&v, masked(r, MASK_ARGV, (uint32_t)i, argv->v[i]));
	return (v);
}

static void
put_argv(struct buf *b, const char *key, const struct run *r)
{
	struct strv v = masked_argv(r);

	field_list(b, key, &v);
	strv_free(&v);
}

/* A list is no log: marks without length and digest. */
static void
put_plain(struct buf *b, const struct run *r)
{
	struct strv v = masked_argv(r);
	size_t i;

	for (i = 0; i < v.n; i++)
		mask_plain(v.v[i]);
	field_list(b, "argv", &v);
	strv_free(&v);
}

void
rec_argv(struct buf *b, const struct run *r)
{
	put_argv(b, "argv", r);
}

void
rec_asker(struct buf *b, const struct run *r, int command)
{
	const struct run *asker = run_find(r->d, lineage_asker(&r->line));

	lineage_put(b, &r->line);
	if (asker == NULL || !asker->have_plan)
		return;
	field_str(b, "asker_skill", asker->sk->name);
	if (command)
		put_argv(b, "asker_argv", asker);
}

/* A list is not the place where commands are judged: they may be cut. */
static void
put_command(struct buf *b, const struct run *r)
{
	const struct strv *argv = &r->asked.req.argv;
	struct strv v = { NULL, 0 };
	size_t i, n, left = LIST_ARGV;

	for (i = 0; i < argv->n && left > 0; i++) {
		n = strlen(argv->v[i]);
		if (n > left)
			n = left;
		strv_addn(&v, argv->v[i], n);
		left -= n;
	}
	field_list(b, "argv", &v);
	strv_free(&v);
	if (left == 0)
		field_bool(b, "cut", 1);
}

void
rec_command(struct buf *b, const struct run *r, enum client_sight sight)
{
	if (sight == SIGHT_NONE)
		return;
	if (!r->have_plan)
		put_command(b, r);
	else if (sight == SIGHT_LOGGED)
		put_plain(b, r);
	else
		field_list(b, "argv", &r->asked.req.argv);
}

void
rec_line(struct buf *b, const struct run *r, size_t max)
{
	struct strv v = masked_argv(r);
	size_t i;

	for (i = 0; i < v.n && b->len <= max; i++) {
		mask_plain(v.v[i]);
		buf_printf(b, "%s%.*s", i > 0 ? " " : "", (int)max, v.v[i]);
	}
	strv_free(&v);
}

const char *
rec_reason(const struct run *r)
{
	return (masked(r, MASK_REASON, 0, r->asked.req.reason));
}

const char *
rec_error(const struct run *r)
{
	return (masked(r, MASK_ERROR, 0, r->reason));
}

/* Where it runs, for the caller, who may have meant another directory. */
void
rec_cwd(struct buf *b, const struct run *r)
{
	field_str(b, "cwd", r->plan.cwd);
	field_bool(b, "cwd_moved", (r->res.flags & RESOLVED_CWD_MOVED) != 0);
}

static void
put_standing(struct buf *b, uint64_t id)
{
	char text[RUNID_TEXT];

	standingid_text(text, id);
	field_str(b, "standing", text);
}

static void
put_approver(struct buf *b, const struct run *r)
{
	const char *name = conf_account(r->d->conf, r->approver);

	field_u64(b, "approver", r->approver);
	if (name != NULL)
		field_str(b, "approver_account", name);
}

/* The fields of "why", without the object around them. */
static void
put_why(struct buf *b, const struct run *r)
{
	field_str(b, "channel", r->ch->name);
	origin_put(b, r->d->conf, r->uid, r->pid, &r->from, &r->line);
	claims_put(b, &r->claims);
	if (r->have_plan) {
		field_str(b, "rule", r->dec.rule);
		field_str(b, "verdict", verdict_words[r->dec.verdict]);
	}
	if (r->approved) {
		if (r->approver == r->uid)
			field_bool(b, "confirmed", 1);
		else
			put_approver(b, r);
		field_u64(b, "approval", r->approval);
	}
	if (r->approved && r->standing != 0)
		put_standing(b, r->standing);
	if (r->d->policy != NULL)
		field_str(b, "policy", r->d->policy);
}

void
rec_why(struct buf *b, const struct run *r)
{
	const char *reason = r->asked.req.reason;
	size_t tok;

	tok = field_obj(b, "why");
	put_why(b, r);
	if (reason[0] != '\0')
		field_str(b, "reason", rec_reason(r));
	field_end(b, tok);
}

static void
put_plan(struct buf *b, const struct run *r)
{
	field_str(b, "skill", r->sk->name);
	if (r->asked.req.rotates[0] != '\0')
		field_str(b, "rotates", r->asked.req.rotates);
	if (!r->have_plan)
		return;
	field_str(b, "cwd", masked(r, MASK_CWD, 0, r->plan.cwd));
	field_hex(b, "plan", r->res.digest, sizeof(r->res.digest));
}

void
rec_refused(struct buf *b, const struct run *r)
{
	rec_init(b, "refused", r);
	rec_argv(b, r);
	put_plan(b, r);
	rec_why(b, r);
	field_str(b, "outcome", outcome_name(r->outcome));
	field_str(b, "reason", rec_error(r));
}

void
rec_by(struct buf *b, const struct client *cl)
{
	size_t tok;

	tok = field_obj(b, "by");
	origin_put(b, cl->d->conf, cl->uid, cl->pid, &cl->from, &cl->line);
	field_str(b, "channel", cl->ch->name);
	field_end(b, tok);
}

/* by: who approved or denied it, NULL if nobody did */
void
rec_approval(struct buf *b, const char *ev, const struct run *r,
    const struct client *by)
{
	rec_init(b, ev, r);
	if (by == NULL && strcmp(ev, "request") == 0)
		rec_argv(b, r);
	put_plan(b, r);
	rec_why(b, r);
	if (strcmp(ev, "request") == 0)
		field_u64(b, "expires_s", r->d->conf->approval_timeout_s);
	else if (r->reason != NULL)
		field_str(b, "reason", r->reason);
	if (by != NULL)
		rec_by(b, by);
}

static void
put_usage(struct buf *b, const struct run *r)
{
	const struct runresult *v = &r->result;

	field_u64(b, "wall_us", v->wall_us);
	field_u64(b, "user_us", v->user_us);
	field_u64(b, "sys_us", v->sys_us);
	field_u64(b, "maxrss_kb", v->maxrss_kb);
	field_u64(b, "in_bytes", v->in_bytes);
	if (r->plan.rotates[0] == '\0')
		field_u64(b, "out_bytes", v->out_bytes);
	field_u64(b, "err_bytes", v->err_bytes);
	field_u64(b, "processes", v->processes);
	field_u64(b, "refused", v->refused);
	field_u64(b, "masked", v->masked);
}

/* In the log they have records of their own, in which names are masked. */
static void
put_denied(struct buf *b, const struct runresult *v, enum client_sight sight)
{
	size_t i, tok, one;
	char n[24];

	if (v->ndenied == 0)
		return;
	tok = field_obj(b, "denied");
	for (i = 0; i < v->ndenied; i++) {
		(void)snprintf(n, sizeof(n), "%zu", i + 1);
		one = field_obj(b, n);
		if (v->denied[i].program[0] != '\0' &&
		    sight == SIGHT_ASKED)
			field_str(b, "program", v->denied[i].program);
		field_str(b, "rule", v->denied[i].rule);
		field_u64(b, "count", v->denied[i].count);
		if (v->denied[i].unanswered)
			field_bool(b, "unanswered", 1);
		field_end(b, one);
	}
	field_end(b, tok);
}

/* One that does not fit is the last: behind it there would be a hole. */
static void
add_changed(struct run_names *to, const struct file_row *w)
{
	struct buf *b = &to->rows;
	size_t tok, before = b->len;

	to->n++;
	if (to->cut)
		return;
	tok = field_obj(b, "name");
	field_str(b, "what", file_words[w->what]);
	field_str(b, "path", w->path);
	if (w->to[0] != '\0')
		field_str(b, "to", w->to);
	field_end(b, tok);
	if (b->bad) {
		b->bad = 0;
		b->len = before;
		to->cut = 1;
	}
}

const char *
rec_changed(struct run *r, const struct file_rows *v)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (v->rows[i].seq != r->changed.n + 1 ||
		    r->changed.n == FILES_TOLD ||
		    r->changed.n < r->execs.files)
			return ("X_CHANGED out of order");
		if (file_row_wrong(&v->rows[i]))
			return ("X_CHANGED with a name that cannot be");
		add_changed(&r->changed, &v->rows[i]);
	}
	return (NULL);
}

void
rec_logged(struct run *r, const struct file_rows *v)
{
	size_t i;

	for (i = 0; i < v->n && r->logged.n < FILES_TOLD; i++)
		add_changed(&r->logged, &v->rows[i]);
}

static void
put_changed(struct buf *b, const struct run *r, enum client_sight sight)
{
	const struct buf *rows = sight == SIGHT_ASKED ? &r->changed.rows :
	    &r->logged.rows;
	size_t tok;

	tok = field_rows(b, "changed");
	if (sight != SIGHT_NONE)
		buf_put(b, rows->data, rows->len);
	field_end(b, tok);
}

static const char *
reason_for(const struct run *r, enum client_sight sight)
{
	if (r->reason == NULL || sight == SIGHT_NONE)
		return ("");
	return (sight == SIGHT_ASKED ? r->reason : rec_error(r));
}

/* Names that it changed: with records, and without. */
static void
put_files(struct buf *b, const struct run *r)
{
	const struct runresult *v = &r->result;

	if (r->execs.files != 0)
		field_u64(b, "files", r->execs.files);
	if (r->have_result && v->files_more == FILES_UNKNOWN)
		field_bool(b, "files_lost", 1);
	else if (r->have_result && v->files_more != 0)
		field_u64(b, "files_more", v->files_more);
}

static int
has_code(const struct run *r)
{
	return (r->have_result && (r->outcome == OUTCOME_EXITED ||
	    r->outcome == OUTCOME_SIGNALED));
}

/* Of one that is lost, perhaps nobody has seen it end. */
static int
knows_usage(const struct run *r)
{
	return (r->have_result && (r->outcome != OUTCOME_LOST ||
	    r->result.wall_us != 0));
}

static void
put_in_digest(struct buf *b, const struct runresult *v)
{
	static const uint8_t none[PLAN_DIGEST];

	if (memcmp(v->in_digest, none, sizeof(none)) != 0)
		field_hex(b, "in_digest", v->in_digest, sizeof(none));
}

void
rec_close(struct buf *b, const struct run *r)
{
	field_str(b, "outcome", outcome_name(r->outcome));
	if (has_code(r))
		field_i64(b, "exit", r->result.code);
	if (knows_usage(r)) {
		put_usage(b, r);
		if (r->result.limit[0] != '\0')
			field_str(b, "limit", r->result.limit);
		if (r->plan.rotates[0] == '\0')
			field_hex(b, "digest", r->result.digest,
			    sizeof(r->result.digest));
		put_in_digest(b, &r->result);
	}
	if (r->execs.heard != 0)
		field_u64(b, "execs", r->execs.heard);
	put_files(b, r);
	if (r->reason != NULL && r->reason[0] != '\0')
		field_str(b, "reason", rec_error(r));
}

static void
put_advice(struct buf *b, const struct run *r)
{
	const struct advice a = { r->advice, r->d->conf, r->ch, r->sk,
	    r->have_plan ? r->dec.where : NULL, r->retry_ms };

	if (r->outcome == OUTCOME_DENIED)
		advice_put(b, &a);
}

/* Exit status of clawbot(1). */
static int
exit_status(const struct run *r)
{
	int code = r->have_result ? r->result.code : 0;

	switch (r->outcome) {
	case OUTCOME_EXITED:
		return (code & 0xff);
	case OUTCOME_SIGNALED:
		return (128 + (code & 0x7f));
	case OUTCOME_TIMEOUT:
		return (124);
	case OUTCOME_LIMITED:
		/* SIGKILL is what ends those */
		return (r->err != CBE_OK ? cberr_exit(r->err) : 128 + 9);
	case OUTCOME_KILLED:
		/* so is one that nobody has seen end */
		return (r->err != CBE_OK ? cberr_exit(r->err) :
		    128 + (code > 0 && code < 65 ? code : 9));
	default:
		return (cberr_exit(r->err != CBE_OK ? r->err :
		    CBE_INTERNAL));
	}
}

void
rec_result(struct buf *b, const struct run *r, enum client_sight sight)
{
	char text[RUNID_TEXT];

	runid_text(text, r->id);
	field_str(b, "run", text);
	field_str(b, "outcome", outcome_name(r->outcome));
	if (has_code(r))
		field_i64(b, "exit", r->result.code);
	field_u64(b, "status", (uint64_t)exit_status(r));
	if (r->have_plan)
		field_str(b, "rule", r->dec.rule);
	field_str(b, "reason", reason_for(r, sight));
	if (r->record != 0)
		field_u64(b, "record", r->record);
	if (knows_usage(r)) {
		put_usage(b, r);
		field_str(b, "limit", r->result.limit);
	}
	field_u64(b, "execs", r->execs.heard);
	put_files(b, r);
	put_changed(b, r, sight);
	put_denied(b, &r->result, sight);
	put_advice(b, r);
}

static void
put_given(struct strv *v, const struct run *r)
{
	char text[VARNAME_VERSIONED + 1];
	size_t i;

	for (i = 0; i < r->plan.secrets.n; i++) {
		varname_versioned(text, r->plan.secrets.v[i], r->given[i]);
		strv_add(v, text);
	}
}

/* The auditor masks the reason itself, with the masks that go along. */
int
rec_intent(struct buf *out, const struct run *r)
{
	struct intent in;
	struct buf why;
	int bad;

	buf_init(&why, MSG_ROW_MAX);
	put_why(&why, r);
	memset(&in, 0, sizeof(in));
	in.plan = r->res.plan;
	in.planlen = r->res.planlen;
	in.reason = r->asked.req.reason;
	in.expires_s = TICKET_LIFE_S;
	in.masks = r->res.masks;
	put_given(&in.given, r);
	in.why = why.data;
	in.whylen = why.len;
	payload_put(out, MSG_A_INTENT, &intent_shape, &in);
	bad = why.bad || out->bad;
	strv_free(&in.given);
	buf_free(&why);
	return (bad ? -1 : 0);
}
