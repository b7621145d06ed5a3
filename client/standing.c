/* SPDX-License-Identifier: ISC */
/* standing, revoke: standing approvals that there are, and the end of one. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/list.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/payload.h"
#include "common/xmalloc.h"

struct approvals {
	int		 json;
	struct table	 table;
	struct jrows	 rows;
};

static void
cell(struct table *t, const void *data, size_t len, struct buf *b,
    const char *key)
{
	row_show(b, data, len, key);
	table_cell(t, b);
}

static void
who_cell(struct table *t, const void *data, size_t len, struct buf *b,
    const char *key)
{
	uint64_t uid;

	if (row_num(data, len, key, &uid))
		out_user(b, uid);
	table_cell(t, b);
}

/* The order of the heads. */
static int
add_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct approvals *a = arg;
	uint64_t left;
	struct buf b;

	if (a->json)
		return (jrows_add(&a->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	cell(&a->table, data, len, &b, "standing");
	if (row_num(data, len, "expires_s", &left) && left < UINT32_MAX)
		out_age(&b, left * 1000);
	table_cell(&a->table, &b);
	cell(&a->table, data, len, &b, "uses");
	if (row_has(data, len, "left"))
		row_show(&b, data, len, "left");
	else
		buf_printf(&b, "any");
	table_cell(&a->table, &b);
	who_cell(&a->table, data, len, &b, "uid");
	cell(&a->table, data, len, &b, "channel");
	cell(&a->table, data, len, &b, "skill");
	who_cell(&a->table, data, len, &b, "approver");
	if (row_has(data, len, "like")) {
		buf_printf(&b, "like ");
		row_show(&b, data, len, "like");
	} else
		row_show(&b, data, len, "argv");
	table_cell(&a->table, &b);
	buf_free(&b);
	return (0);
}

int
cmd_standing(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static const char *const heads[] = { "STANDING", "EXPIRES", "USED",
	    "LEFT", "WHO", "CHANNEL", "SKILL", "GIVEN BY", "COMMAND" };
	struct approvals a;
	struct fail f;
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	a.json = cli->json;
	jrows_init(&a.rows, "standing");
	table_init(&a.table, heads, NELEM(heads), NELEM(heads));
	r = conn_query(cli, MSG_STANDING_LIST, NULL, 0, add_row, &a, &f);
	if (r == 0 && cli->json)
		r = jrows_print(&a.rows, &f);
	else if (r == 0 && a.table.n == 0)
		printf("no standing approvals hold\n");
	else if (r == 0)
		table_print(&a.table);
	table_free(&a.table);
	jrows_free(&a.rows);
	return (r == -1 ? fail_print(&f) : 0);
}

int
cmd_revoke(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct msg_revoke v;
	struct fail f;
	struct buf b;
	int ch, r;

	memset(&v, 0, sizeof(v));
	v.why = xstrdup("");
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'r') {
			if (strlen(optarg) > PLAN_MAXREASON)
				usage_error("-r: longer than %d bytes",
				    PLAN_MAXREASON);
			free(v.why);
			v.why = xstrdup(optarg);
		}
	command_operands(cmd, argc, 1, 1);
	if (standingid_parse(argv[optind], &v.standing) == -1)
		usage_error("%s: s and 12 letters and digits, as clawbot "
		    "standing shows them", cmd->name);
	payload_put(&b, MSG_REVOKE, &msg_revoke_shape, &v);
	r = conn_query(cli, MSG_REVOKE, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	shape_free(&msg_revoke_shape, &v);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("standing", argv[optind], "revoked");
	else
		printf("revoked %s\n", argv[optind]);
	return (0);
}
