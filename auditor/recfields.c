/* SPDX-License-Identifier: ISC */
/* What the auditor's own records say. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/recfields.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/varname.h"
#include "common/words.h"
#include "common/xmalloc.h"

static void
put_argv(struct buf *b, const struct intent *in, const struct plan *p)
{
	struct strv sv = { NULL, 0 };
	size_t i;

	for (i = 0; i < p->argv.n; i++)
		strv_add(&sv, masks_text(&in->masks, MASK_ARGV, (uint32_t)i,
		    p->argv.v[i]));
	field_list(b, "argv", &sv);
	strv_free(&sv);
}

/* Names alone: a value can be anything, a secret too. */
static int
put_env(struct buf *b, const struct intent *in, const struct plan *p)
{
	struct strv sv = { NULL, 0 };
	const char *eq;
	char *name;
	size_t i;
	int r = 0;

	for (i = 0; i < p->env.n; i++) {
		eq = strchr(p->env.v[i], '=');
		if (eq == NULL || eq == p->env.v[i]) {
			r = -1;
			break;
		}
		name = xstrndup(p->env.v[i], (size_t)(eq - p->env.v[i]));
		strv_add(&sv, masks_text(&in->masks, MASK_ENV, (uint32_t)i,
		    name));
		freezero(name, strlen(name));
	}
	field_list(b, "env", &sv);
	strv_free(&sv);
	return (r);
}

static void
put_ident(struct buf *b, const char *key, const struct ident *id,
    const char *path)
{
	size_t tok;

	tok = field_obj(b, key);
	field_str(b, "path", path);
	field_hex(b, "digest", id->digest, sizeof(id->digest));
	field_u64(b, "dev", id->dev);
	field_u64(b, "ino", id->ino);
	field_end(b, tok);
}

/* What else was approved as it was, and what was not. */
static void
put_bound(struct buf *b, const struct intent *in, const struct plan *p)
{
	struct strv fixed = { NULL, 0 }, open = { NULL, 0 };

	if (!p->bind)
		return;
	plan_bound_show(p, &in->masks, &fixed, &open);
	field_list(b, "bound", &fixed);
	field_list(b, "not_bound", &open);
	strv_free(&fixed);
	strv_free(&open);
}

/* Who asked is in the plan too; both must say the same. */
static const char *
put_why(struct buf *b, const struct intent *in, const struct plan *p)
{
	struct field f;
	size_t tok;
	int same;

	if (field_find(in->why, in->whylen, "reason", &f) != 0)
		return ("a reason among the fields of why");
	if (field_find(in->why, in->whylen, "uid", &f) != 1 ||
	    f.type != FIELD_U64 || f.u != p->caller)
		return ("another uid than the plan's");
	if (field_find(in->why, in->whylen, "channel", &f) != 1 ||
	    f.type != FIELD_STR)
		return ("no channel");
	same = f.len == strlen(p->channel) &&
	    memcmp(f.val, p->channel, f.len) == 0;
	if (!same)
		return ("another channel than the plan's");
	tok = field_obj(b, "why");
	buf_put(b, in->why, in->whylen);
	field_str(b, "reason", masks_text(&in->masks, MASK_REASON, 0,
	    in->reason));
	field_end(b, tok);
	return (NULL);
}

static void
put_run(struct buf *b, const char *ev, uint64_t run)
{
	char id[RUNID_TEXT];

	runid_text(id, run);
	field_str(b, "ev", ev);
	field_str(b, "run", id);
}

/* In what version it is given each of its secrets, which a ticket is for. */
static const char *
put_given(struct buf *b, const struct intent *in, const struct plan *p)
{
	size_t i;

	if (in->given.n != p->secrets.n)
		return ("versions of other secrets than the plan's");
	for (i = 0; i < p->secrets.n; i++)
		if (!varname_is_versioned(in->given.v[i], p->secrets.v[i]))
			return ("a version of another secret than the "
			    "plan's");
	if (p->secrets.n != 0)
		field_list(b, "given", &in->given);
	return (NULL);
}

const char *
recfields_intent(struct buf *b, uint64_t run, const struct intent *in,
    const struct plan *p, const uint8_t digest[PLAN_DIGEST])
{
	const char *why;

	if (!masks_fit(&in->masks, p, in->reason))
		return ("a mask that does not fit the plan");
	put_run(b, "intent", run);
	put_argv(b, in, p);
	field_str(b, "cwd", masks_text(&in->masks, MASK_CWD, 0, p->cwd));
	if (p->cwd_ino != 0) {
		field_u64(b, "cwd_dev", p->cwd_dev);
		field_u64(b, "cwd_ino", p->cwd_ino);
	}
	if (put_env(b, in, p) == -1)
		return ("a variable without a name");
	put_ident(b, "exe", &p->exe,
	    masks_text(&in->masks, MASK_PATH, 0, p->exe.path));
	if (p->script.path[0] != '\0')
		put_ident(b, "script", &p->script,
		    masks_text(&in->masks, MASK_PATH, 1, p->script.path));
	put_bound(b, in, p);
	field_list(b, "secrets", &p->secrets);
	if ((why = put_given(b, in, p)) != NULL)
		return (why);
	field_str(b, "skill", p->skill);
	field_str(b, "account", p->account);
	field_u64(b, "uid", p->uid);
	if (p->tty)
		field_bool(b, "terminal", 1);
	if (p->detach)
		field_bool(b, "detached", 1);
	if (p->rotates[0] != '\0')
		field_str(b, "rotates", p->rotates);
	field_hex(b, "plan", digest, PLAN_DIGEST);
	return (put_why(b, in, p));
}

/* Members of why that tell who has asked. */
static int
is_origin(const struct field *f)
{
	static const char *const keys[] = { "channel", "uid", "account",
	    "pid", "conn", "login_uid", "login", "audit_session", "asker",
	    "depth", "chain" };
	size_t i;

	for (i = 0; i < NELEM(keys); i++)
		if (f->keylen == strlen(keys[i]) &&
		    memcmp(f->key, keys[i], f->keylen) == 0)
			return (1);
	return (0);
}

void
recfields_handed(struct buf *b, uint64_t run, const struct intent *in,
    const struct plan *p)
{
	char id[RUNID_TEXT];
	const uint8_t *from;
	struct field f;
	struct rd rd;

	runid_text(id, run);
	field_str(b, "ev", "handed");
	field_str(b, "name", p->rotates);
	field_str(b, "run", id);
	rd_init(&rd, in->why, in->whylen);
	for (from = rd.p; field_next(&rd, &f) == 1; from = rd.p)
		if (is_origin(&f))
			buf_put(b, from, (size_t)(rd.p - from));
}

static void
put_script(struct buf *b, const struct exec_row *r)
{
	struct ident id;

	memset(&id, 0, sizeof(id));
	id.dev = r->script_dev;
	id.ino = r->script_ino;
	memcpy(id.digest, r->script_digest, sizeof(id.digest));
	put_ident(b, "script", &id, r->script);
}

static const char *const how_words[] = { "", "direct", "nested", "orphan" };

void
recfields_exec(struct buf *b, uint64_t run, const struct exec_row *r)
{
	put_run(b, "exec", run);
	field_u64(b, "seq", r->seq);
	if (r->parent != EXECS_UNKNOWN)
		field_u64(b, "parent", r->parent);
	field_str(b, "verdict", verdict_words[r->verdict]);
	if (r->answered)
		field_bool(b, "answered", 1);
	field_list(b, "argv", &r->argv);
	field_str(b, "path", r->path);
	field_hex(b, "digest", r->digest, sizeof(r->digest));
	field_u64(b, "dev", r->dev);
	field_u64(b, "ino", r->ino);
	if (r->script[0] != '\0')
		put_script(b, r);
	field_str(b, "cwd", r->cwd);
	field_str(b, "how", how_words[r->how]);
	field_u64(b, "pid", r->pid);
	field_u64(b, "at_us", r->at_us);
	if (r->rule[0] != '\0')
		field_str(b, "rule", r->rule);
	if (r->reason[0] != '\0')
		field_str(b, "reason", r->reason);
}

/* The rows of what was shown as the way to it, the nearest first. */
static void
put_way(struct buf *b, const struct exec_ask *ask)
{
	struct strv rows = { NULL, 0 };
	char n[16];
	size_t i;

	for (i = 0; i < ask->nway; i++) {
		(void)snprintf(n, sizeof(n), "%u", ask->way[i].seq);
		strv_add(&rows, ask->way[i].seq == EXECS_UNKNOWN ? "" : n);
	}
	field_list(b, "way", &rows);
	strv_free(&rows);
}

void
recfields_file(struct buf *b, uint64_t run, const struct file_row *r)
{
	put_run(b, file_words[r->what], run);
	field_u64(b, "seq", r->seq);
	field_u64(b, "pid", r->pid);
	field_str(b, "path", r->path);
	if (r->to[0] != '\0')
		field_str(b, "to", r->to);
}

void
recfields_consent(struct buf *b, const struct exec_consent *v,
    const struct exec_ask *ask, const uint8_t digest[PLAN_DIGEST])
{
	size_t tok;

	put_run(b, "consent", v->run);
	tok = field_obj(b, "exec");
	field_u64(b, "seq", ask->row.seq);
	field_hex(b, "digest", digest, PLAN_DIGEST);
	put_way(b, ask);
	field_end(b, tok);
	buf_put(b, v->fields, v->len);
}

static int
key_is(const struct field *f, const char *s)
{
	return (f->keylen == strlen(s) && memcmp(f->key, s, f->keylen) == 0);
}

static int
str_is(const struct field *f, const char *s)
{
	return (f->type == FIELD_STR && f->len == strlen(s) &&
	    memcmp(f->val, s, f->len) == 0);
}

/*
 * One of the three that the auditor writes itself: 1 right, 0 another, -1; or
 * of what is stored, of which it alone knows: -1.
 */
static int
known_field(const struct field *f, const char *ev, const struct open_run *r)
{
	char id[RUNID_TEXT];

	if (key_is(f, "ev"))
		return (str_is(f, ev) ? 1 : -1);
	if (f->keylen >= 6 && memcmp(f->key, "output", 6) == 0)
		return (-1);
	if (key_is(f, "intent"))
		return (f->type == FIELD_U64 && f->u == r->record ? 1 : -1);
	if (!key_is(f, "run"))
		return (0);
	runid_text(id, r->id);
	return (str_is(f, id) ? 1 : -1);
}

const char *
recfields_close(struct buf *b, unsigned how, const struct open_run *r,
    const void *fields, size_t len)
{
	const char *ev = how == CLOSE_RESULT ? "result" :
	    how == CLOSE_ABORT ? "abort" : "lost";
	const uint8_t *from;
	struct field f;
	struct rd rd;
	int known, ret;

	put_run(b, ev, r->id);
	field_u64(b, "intent", r->record);
	rd_init(&rd, fields, len);
	for (from = rd.p; (ret = field_next(&rd, &f)) == 1; from = rd.p) {
		if ((known = known_field(&f, ev, r)) == -1)
			return ("a result that names another run, or its "
			    "output");
		if (!known)
			buf_put(b, from, (size_t)(rd.p - from));
	}
	return (ret == 0 ? NULL : "malformed fields");
}

void
recfields_lost(struct buf *b, const struct open_run *r)
{
	put_run(b, "lost", r->id);
	field_u64(b, "intent", r->record);
	field_str(b, "outcome", outcome_name(OUTCOME_LOST));
}

const char *
recfields_commit(struct buf *b, const uint8_t digest[32], const void *fields,
    size_t len)
{
	struct field f;
	int r;

	buf_put(b, fields, len);
	if (field_find(fields, len, "version", &f) != 1 ||
	    f.type != FIELD_U64 || f.u == 0)
		return ("a vault file without a version");
	if ((r = field_find(fields, len, "digest", &f)) == -1)
		return ("malformed fields");
	if (r == 0)
		field_hex(b, "digest", digest, 32);
	else if (f.type != FIELD_HEX || f.len != 32 ||
	    memcmp(f.val, digest, 32) != 0)
		return ("another digest than the ticket's");
	return (NULL);
}
