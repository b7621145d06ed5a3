/* SPDX-License-Identifier: ISC */
/* policy list: what may be asked for, before it is tried. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "client/released.h"
#include "common/payload.h"

#define LIST_TEXT	48	/* bytes of a set, about */
#define LIST_LABEL	10

struct mayask {
	int		 json;
	uid_t		 uid;
	size_t		 n;
	struct jrows	 rows;
};

/* A line, "  label     text"; nothing where there is no text. */
static void
put(const char *label, struct buf *b)
{
	if (b->len > 0)
		printf("    %-*s %.*s\n", LIST_LABEL, label, (int)b->len,
		    (const char *)b->data);
	buf_free(b);
}

static void
put_field(const void *row, size_t len, const char *label, const char *key)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	row_show(&b, row, len, key);
	put(label, &b);
}

/* "3 of 60" */
static void
put_used(struct buf *b, const struct field *of, const char *key,
    const char *before)
{
	uint64_t used, limit;
	struct field f;

	if (field_find(of->val, of->len, key, &f) != 1 ||
	    f.type != FIELD_OBJ || !row_num(f.val, f.len, "limit", &limit) ||
	    !row_num(f.val, f.len, "used", &used))
		return;
	buf_printf(b, "%s%s %llu of %llu", b->len > 0 ? ", " : "", before,
	    (unsigned long long)used, (unsigned long long)limit);
}

static void
put_quota(const void *row, size_t len, const char *key, const char *label)
{
	struct field f;
	struct buf b;

	buf_init(&b, 4096);
	if (field_find(row, len, key, &f) == 1 && f.type == FIELD_OBJ) {
		put_used(&b, &f, "minute", "in the last minute");
		put_used(&b, &f, "running", "now");
		put_used(&b, &f, "requests", "requests in the last hour");
	}
	put(label, &b);
}

static void
put_channel(const void *row, size_t len, const struct mayask *l)
{
	struct buf b;

	buf_init(&b, 65536);
	out_user(&b, l->uid);
	buf_printf(&b, " on channel ");
	row_show(&b, row, len, "channel");
	buf_printf(&b, ": ");
	row_show(&b, row, len, "access");
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
	put_field(row, len, "skill", "default_skill");
	put_field(row, len, "approvers", "approvers");
	put_quota(row, len, "quota", "runs");
	put_quota(row, len, "quota_all", "all runs");
}

/* What becomes of that which no pattern names. */
static const char *
default_text(const char *verdict)
{
	if (strcmp(verdict, "allow") == 0)
		return ("runs at once");
	return (strcmp(verdict, "deny") == 0 ? "is refused" :
	    "waits for an approver");
}

static void
put_limits(const void *row, size_t len)
{
	static const struct {
		const char	*key;
		const char	*unit;
	} shown[] = { { "timeoutSeconds", " s" }, { "memoryMB", " MB" },
	    { "processes", " processes" }, { "outputMB", " MB of output" } };
	struct field f;
	struct buf b;
	uint64_t v;
	size_t i;

	buf_init(&b, 4096);
	if (field_find(row, len, "limits", &f) == 1 && f.type == FIELD_OBJ)
		for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
			if (row_num(f.val, f.len, shown[i].key, &v) && v != 0)
				buf_printf(&b, "%s%llu%s", b.len > 0 ? ", " :
				    "", (unsigned long long)v,
				    shown[i].unit);
	put("limits", &b);
}

/* Each with the conditions on which it is released. */
static void
put_secrets(const void *row, size_t len)
{
	struct strv sv;
	struct buf b;
	size_t i, n = released_texts(row, len, &sv);

	for (i = 0; i < n; i++) {
		buf_init(&b, 4096);
		buf_printf(&b, "%s", sv.v[i]);
		put("secret", &b);
	}
	strv_free(&sv);
}

static void
put_skill(const void *row, size_t len)
{
	char *verdict = field_get_str(row, len, "default");
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "  skill ");
	row_show(&b, row, len, "skill");
	buf_printf(&b, ", channel ");
	row_show(&b, row, len, "channel");
	buf_printf(&b, ": what no pattern names %s\n", default_text(verdict));
	out_buf(stdout, &b);
	put_field(row, len, "not now", "refused");
	put_field(row, len, "runs as", "account");
	put_field(row, len, "reads", "read");
	put_field(row, len, "writes", "write");
	put_field(row, len, "network", "network");
	put_secrets(row, len);
	put_limits(row, len);
	free(verdict);
}

/* As many patterns as there is room for, and how many more there are. */
static void
put_set(const char *label, const void *set, size_t len)
{
	struct strv v = { NULL, 0 };
	struct buf b;
	size_t i;

	field_get_list(set, len, "patterns", &v);
	buf_init(&b, MSG_ROW_MAX);
	for (i = 0; i < v.n && b.len < LIST_TEXT; i++) {
		buf_printf(&b, "%s", i > 0 ? ", " : "");
		esc_text(&b, v.v[i], strlen(v.v[i]));
	}
	if (i < v.n)
		buf_printf(&b, ", and %zu more", v.n - i);
	if (row_has(set, len, "set")) {
		char *name = row_str(set, len, "set");

		if (name != NULL && name[0] != '\0') {
			buf_printf(&b, " (");
			esc_text(&b, name, strlen(name));
			buf_printf(&b, ")");
		}
		free(name);
	}
	put(label, &b);
	strv_free(&v);
}

static void
put_patterns(const void *row, size_t len)
{
	char *label = field_get_str(row, len, "verdict");
	struct field sets, one;
	struct rd r;

	if (field_find(row, len, "sets", &sets) == 1 &&
	    sets.type == FIELD_ROWS) {
		rd_init(&r, sets.val, sets.len);
		while (field_next(&r, &one) == 1)
			if (one.type == FIELD_OBJ)
				put_set(label, one.val, one.len);
	}
	free(label);
}

static int
on_row(const void *row, size_t len, void *arg, struct fail *f)
{
	struct mayask *l = arg;
	char *kind;

	l->n++;
	if (l->json)
		return (jrows_add(&l->rows, row, len, f));
	kind = field_get_str(row, len, "kind");
	if (strcmp(kind, "channel") == 0)
		put_channel(row, len, l);
	else if (strcmp(kind, "skill") == 0)
		put_skill(row, len);
	else
		put_patterns(row, len);
	free(kind);
	return (0);
}

int
cmd_policy_list(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct mayask l = { cli->json, getuid(), 0, { { 0 }, 0 } };
	struct msg_account q = { UINT32_MAX };
	struct fail f;
	struct buf b;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'u')
			q.uid = l.uid = opt_user(cmd, optarg);
	command_operands(cmd, argc, 0, 0);
	l.json = cli->json;
	buf_init(&b, 64);
	payload_put(&b, MSG_RULES, &msg_account_shape, &q);
	jrows_init(&l.rows, "policy");
	r = conn_query(cli, MSG_RULES, b.data, b.len, on_row, &l, &f);
	buf_free(&b);
	if (r == 0 && cli->json)
		r = jrows_print(&l.rows, &f);
	else if (r == 0 && l.n == 0)
		printf("no channel has that account among its users%s\n",
		    q.uid == UINT32_MAX ? "; -u names another one" : "");
	jrows_free(&l.rows);
	return (r == -1 ? fail_print(&f) : 0);
}
