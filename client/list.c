/* SPDX-License-Identifier: ISC */
/* secrets list and rm: questions with short answers. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/conn.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/varname.h"

static const struct secret_column {
	const char	*head;
	const char	*key;
} columns[] = {
	{ "NAME", "name" }, { "VERSION", "version" }, { "CREATED", "created" },
	{ "CHANGED", "changed" },
};

struct secret_names {
	struct table	table;
	struct jrows	rows;
	int		json;
};

static int
add_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct secret_names *l = arg;
	struct buf b;
	size_t i;

	if (l->json)
		return (jrows_add(&l->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < NELEM(columns); i++) {
		row_show(&b, data, len, columns[i].key);
		table_cell(&l->table, &b);
	}
	buf_free(&b);
	return (0);
}

int
cmd_secrets_list(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *heads[NELEM(columns)];
	struct secret_names l;
	struct fail f;
	size_t i;
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	for (i = 0; i < NELEM(columns); i++)
		heads[i] = columns[i].head;
	l.json = cli->json;
	table_init(&l.table, heads, NELEM(columns), NELEM(columns));
	jrows_init(&l.rows, "secrets");
	r = conn_query(cli, MSG_SECRET_LIST, NULL, 0, add_row, &l, &f);
	if (r == 0 && l.json)
		r = jrows_print(&l.rows, &f);
	else if (r == 0)
		table_print(&l.table);
	table_free(&l.table);
	jrows_free(&l.rows);
	return (r == -1 ? fail_print(&f) : 0);
}

int
cmd_secrets_rm(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *why;
	struct fail f;
	struct buf b;
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 1, 1);
	why = varname_malformed(argv[optind], strlen(argv[optind]));
	if (why != NULL)
		usage_error("%s: bad name of a secret: %s", cmd->name, why);
	buf_init(&b, 256);
	buf_put_str(&b, argv[optind]);
	r = conn_query(cli, MSG_SECRET_RM, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("name", argv[optind], "removed");
	return (0);
}
