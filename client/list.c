/* SPDX-License-Identifier: ISC */
/* ps; secrets list and rm: questions with short answers. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/list.h"
#include "client/margin.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/plan.h"
#include "common/varname.h"

/* A column: its head, the field, and how to show it. */
struct column {
	const char	*key;
	enum { PLAIN, AGE, USER, WORDS, HELD } how;
};

struct listing {
	const struct column	*cols;
	struct table		 table;
	struct jrows		 rows;
	int			 json;
	size_t			 cut;	/* where every other cell ends; 0 */
};

#define NARROW	110	/* a screen on which not all columns of ps fit */
#define CUT	16

static int
add_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct listing *l = arg;
	const struct column *c;
	struct buf b;
	uint64_t v;
	size_t i;

	if (l->json)
		return (jrows_add(&l->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < l->table.ncols; i++) {
		c = &l->cols[i];
		if (c->how == AGE && row_num(data, len, c->key, &v))
			out_age(&b, v);
		else if (c->how == USER && row_num(data, len, c->key, &v))
			out_user(&b, v);
		else
			row_show(&b, data, len, c->key);
		if (c->how == WORDS && row_has(data, len, "cut"))
			buf_printf(&b, " ...");
		if (c->how == HELD && row_num(data, len, "held", &v) && v != 0)
			buf_printf(&b, ", %llu held", (unsigned long long)v);
		if (l->cut != 0 && i + 1 < l->table.ncols && b.len != 0)
			b.len = esc_fits((const char *)b.data, b.len, l->cut);
		table_cell(&l->table, &b);
	}
	buf_free(&b);
	return (0);
}

/* Asks, and prints a table or a document. */
static int
print_list(const struct cli *cli, unsigned type, const char *name,
    const char *const *heads, const struct column *cols, size_t ncols,
    size_t state, size_t width)
{
	struct listing l;
	struct fail f;
	int r;

	l.cols = cols;
	l.json = cli->json;
	l.cut = width != 0 ? CUT : 0;
	table_init(&l.table, heads, ncols, state);
	l.table.width = width;
	jrows_init(&l.rows, name);
	r = conn_query(cli, type, NULL, 0, add_row, &l, &f);
	if (r == 0 && cli->json)
		r = jrows_print(&l.rows, &f);
	else if (r == 0)
		table_print(&l.table);
	table_free(&l.table);
	jrows_free(&l.rows);
	return (r == -1 ? fail_print(&f) : 0);
}

int
cmd_ps(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static const char *const heads[] = { "RUN", "STATE", "CHANNEL",
	    "SKILL", "USER", "PID", "AGE", "COMMAND" };
	static const struct column cols[] = { { "run", PLAIN },
	    { "state", HELD }, { "channel", PLAIN }, { "skill", PLAIN },
	    { "uid", USER }, { "pid", PLAIN }, { "started_ago_ms", AGE },
	    { "argv", WORDS } };
	static const char *const few_heads[] = { "RUN", "STATE", "SKILL",
	    "USER", "AGE", "COMMAND" };
	static const struct column few[] = { { "run", PLAIN },
	    { "state", HELD }, { "skill", PLAIN }, { "uid", USER },
	    { "started_ago_ms", AGE }, { "argv", WORDS } };
	size_t rows, width = 0;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	if (isatty(STDOUT_FILENO))
		margin_screen(&rows, &width);
	if (width != 0 && width < NARROW)
		return (print_list(cli, MSG_PS, "runs", few_heads, few,
		    NELEM(few), 1, width));
	return (print_list(cli, MSG_PS, "runs", heads, cols, NELEM(cols), 1,
	    width));
}

int
cmd_secrets_list(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static const char *const heads[] = { "NAME", "VERSION", "CREATED",
	    "CHANGED" };
	static const struct column cols[] = { { "name", PLAIN },
	    { "version", PLAIN }, { "created", PLAIN }, { "changed", PLAIN } };

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	return (print_list(cli, MSG_SECRET_LIST, "secrets", heads, cols,
	    NELEM(cols), NELEM(cols), 0));
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
