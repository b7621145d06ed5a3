/* SPDX-License-Identifier: ISC */
/* All that there is to what waits for an approval; see full.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/full.h"
#include "client/out.h"
#include "client/released.h"
#include "common/msg.h"

/* In this order; what a row has beyond these is shown under its own name. */
static const struct {
	const char	*key;
	const char	*label;
	enum { VALUE, LINES, NAMES, WAY, RELEASES, ACCOUNT,
	    LATER } how;
} shown[] = {
	{ "question", NULL, LATER },
	{ "run", NULL, LATER },
	{ "asked_ago_ms", NULL, LATER },
	{ "expires_s", NULL, LATER },
	{ "uid", NULL, LATER },
	{ "pid", NULL, LATER },
	{ "channel", NULL, LATER },
	{ "asker", "asked by run", VALUE },
	{ "depth", "  so deep", VALUE },
	{ "asker_skill", "  of skill", VALUE },
	{ "asker_argv", "  its command", VALUE },
	{ "skill", "skill", VALUE },
	{ "rule", "rule", VALUE },
	{ "because", "because", VALUE },
	{ "lapsed", "lapsed", VALUE },
	{ "denied_by", "  denied by", ACCOUNT },
	{ "denied_why", "  because", VALUE },
	{ "reason", "caller says", VALUE },
	{ "argv", "command", VALUE },
	{ "exe", "program", VALUE },
	{ "exe_digest", "  blake2b-256", VALUE },
	{ "script", "script", VALUE },
	{ "script_digest", "  blake2b-256", VALUE },
	{ "interpreter_argument", "  #! argument", VALUE },
	{ "cwd", "directory", VALUE },
	{ "way", "started by", WAY },
	{ "request", "of the request", VALUE },
	{ "request_cwd", "  directory", VALUE },
	{ "seq", "number", VALUE },
	{ "run_pid", "its process", VALUE },
	{ "bound", "its files", LINES },
	{ "not_bound", "can change", LINES },
	{ "account", "runs as", VALUE },
	{ "network", "network", VALUE },
	{ "terminal", "on a terminal", VALUE },
	{ "detached", "detached", VALUE },
	{ "rotates", "becomes secret", VALUE },
	{ "umask", "umask", VALUE },
	{ "read", "may read", LINES },
	{ "write", "may write", LINES },
	{ "protect", "but not", NAMES },
	{ "sockets", "sockets", LINES },
	{ "inner_channel", "asks itself on", VALUE },
	{ "secrets", "secrets", RELEASES },
	{ "releases", NULL, LATER },
	{ "asked_env", "asked with -e", LINES },
	{ "env", "environment", LINES },
	{ "limits", "limits", VALUE },
	{ "plan", "plan", VALUE },
	{ "exec", "exec", VALUE },
};
#define NSHOWN	(sizeof(shown) / sizeof(shown[0]))

static void
put_label(struct buf *b, const char *label)
{
	buf_printf(b, "  %-15s ", label);
}

/* Each with the conditions on which it is released. */
static void
put_secrets(struct buf *b, const char *label, const void *row, size_t len)
{
	struct strv sv;
	size_t i, n = released_texts(row, len, &sv);

	for (i = 0; i < n; i++) {
		put_label(b, i == 0 ? label : "");
		buf_printf(b, "%s\n", sv.v[i]);
	}
	if (n == 0) {
		put_label(b, label);
		buf_printf(b, "-\n");
	}
	strv_free(&sv);
}

/* One line for each string of a list. */
static void
put_lines(struct buf *b, const char *label, const struct field *f)
{
	struct strv sv = { NULL, 0 };
	struct rd r;
	size_t i;

	rd_init(&r, f->val, f->len);
	rd_strv(&r, &sv, f->len, f->len);
	for (i = 0; i < sv.n; i++) {
		put_label(b, i == 0 ? label : "");
		esc_word(b, sv.v[i], strlen(sv.v[i]));
		buf_put_u8(b, '\n');
	}
	if (sv.n == 0) {
		put_label(b, label);
		buf_printf(b, "-\n");
	}
	strv_free(&sv);
}

/* Names in there that stay as they are: many, or it has to be said. */
static void
put_names(struct buf *b, const char *label, const struct field *f)
{
	struct strv sv = { NULL, 0 };
	struct rd r;

	rd_init(&r, f->val, f->len);
	rd_strv(&r, &sv, f->len, f->len);
	put_label(b, label);
	if (f->type == FIELD_LIST && sv.n == 0)
		buf_printf(b, "-, no name in there is protected");
	else
		field_show(b, f);
	buf_put_u8(b, '\n');
	strv_free(&sv);
}

/* The programs between it and the request, the nearest first. */
static void
put_way(struct buf *b, const char *label, const struct field *f)
{
	struct field step;
	struct rd r;
	int n = 0;

	if (f->type != FIELD_ROWS)
		return;
	rd_init(&r, f->val, f->len);
	while (field_next(&r, &step) == 1) {
		if (step.type != FIELD_OBJ)
			continue;
		put_label(b, n++ == 0 ? label : "  by");
		row_show(b, step.val, step.len, "argv");
		buf_printf(b, "  (");
		row_show(b, step.val, step.len, "exe");
		buf_printf(b, ")\n");
	}
	if (n == 0) {
		put_label(b, label);
		buf_printf(b, "the request itself\n");
	}
}

static void
put_field(struct buf *b, const char *label, const struct field *f, int lines)
{
	if (lines && f->type == FIELD_LIST) {
		put_lines(b, label, f);
		return;
	}
	if (f->type == FIELD_STR && f->len == 0)
		return;
	put_label(b, label);
	/* quoted where need be, so that blanks at either end show */
	if (f->type == FIELD_STR)
		esc_word(b, f->val, f->len);
	else
		field_show(b, f);
	buf_put_u8(b, '\n');
}

static void
put_account(struct buf *b, const char *label, const struct field *f)
{
	if (f->type != FIELD_U64)
		return;
	put_label(b, label);
	out_user(b, f->u);
	buf_put_u8(b, '\n');
}

static void
put_head(struct buf *b, const void *data, size_t len)
{
	uint64_t v;

	if (row_has(data, len, "question")) {
		row_show(b, data, len, "question");
		buf_printf(b, ", a program of the run ");
	}
	row_show(b, data, len, "run");
	if (row_has(data, len, "lapsed"))
		buf_printf(b, " can be approved late");
	else
		buf_printf(b, row_has(data, len, "question") ?
		    ", waits for an approval" : " waits for an approval");
	if (row_num(data, len, "expires_s", &v)) {
		buf_printf(b, "; expires in ");
		out_age(b, v < UINT32_MAX ? v * 1000 : UINT32_MAX);
	}
	buf_put_u8(b, '\n');
	put_label(b, "asked by");
	if (row_num(data, len, "uid", &v))
		out_user(b, v);
	buf_printf(b, ", pid ");
	row_show(b, data, len, "pid");
	buf_printf(b, ", on channel ");
	row_show(b, data, len, "channel");
	buf_put_u8(b, '\n');
}

/* What this client does not know may still matter to the one who decides. */
static void
put_rest(struct buf *b, const void *data, size_t len)
{
	struct field f;
	struct rd r;
	char label[80];
	size_t i;

	rd_init(&r, data, len);
	while (field_next(&r, &f) == 1) {
		for (i = 0; i < NSHOWN; i++)
			if (strlen(shown[i].key) == f.keylen &&
			    memcmp(shown[i].key, f.key, f.keylen) == 0)
				break;
		if (i != NSHOWN)
			continue;
		(void)snprintf(label, sizeof(label), "%.*s", (int)f.keylen,
		    f.key);
		put_field(b, label, &f, 1);
	}
}

/* Homoglyphs cannot be told apart by looking: say that there may be some. */
static void
put_warning(struct buf *b, const void *data, size_t len)
{
	static const char *const keys[] = { "argv", "exe", "script", "cwd",
	    "bound", "env", "request", NULL };
	size_t i;

	for (i = 0; keys[i] != NULL; i++)
		if (row_foreign(data, len, keys[i])) {
			put_label(b, "note");
			buf_printf(b, "characters beyond ASCII, which may "
			    "look like others, in %s\n", keys[i]);
		}
}

/* Most runs have none, so this one is not to be overlooked. */
static void
put_network(struct buf *b, const void *data, size_t len)
{
	char *network = row_str(data, len, "network");

	if (network != NULL && strcmp(network, "none") != 0 &&
	    strcmp(network, "loopback") != 0) {
		put_label(b, "NETWORK");
		buf_printf(b, "this command can reach other machines, and "
		    "what listens on this one\n");
	}
	free(network);
}

void
full_make(struct buf *b, const struct pending *p)
{
	const void *data = p->row.data;
	size_t len = p->row.len;
	struct field f;
	size_t i;

	buf_init(b, 64U * MSG_ROW_MAX);
	put_head(b, data, len);
	for (i = 0; i < NSHOWN; i++) {
		if (shown[i].how == LATER ||
		    field_find(data, len, shown[i].key, &f) != 1)
			continue;
		if (shown[i].how == NAMES)
			put_names(b, shown[i].label, &f);
		else if (shown[i].how == WAY)
			put_way(b, shown[i].label, &f);
		else if (shown[i].how == RELEASES)
			put_secrets(b, shown[i].label, data, len);
		else if (shown[i].how == ACCOUNT)
			put_account(b, shown[i].label, &f);
		else
			put_field(b, shown[i].label, &f,
			    shown[i].how == LINES);
	}
	put_rest(b, data, len);
	put_warning(b, data, len);
	put_network(b, data, len);
}
