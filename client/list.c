/* SPDX-License-Identifier: ISC */
/* secrets list, history and rm: questions with short answers. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/conn.h"
#include "client/out.h"
#include "common/civil.h"
#include "common/defs.h"
#include "common/payload.h"
#include "common/varname.h"

struct secret_names {
	struct table	table;
	struct jrows	rows;
	int		json;
	uint64_t	now;		/* seconds since 1970 */
};

/* How long ago that was which the daemon writes as a time. */
static void
put_since(struct buf *b, const void *data, size_t len, const char *key,
    uint64_t now)
{
	struct civil c;
	uint64_t then;
	char *text;

	text = row_str(data, len, key);
	if (text == NULL)
		buf_put(b, "-", 1);
	else if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2uZ", &c.year, &c.month,
	    &c.day, &c.hour, &c.minute, &c.second) != 6 ||
	    civil_seconds(&then, &c) == -1)
		row_show(b, data, len, key);
	else
		out_age(b, (now > then ? now - then : 0) * 1000);
	free(text);
}

static int
add_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct secret_names *l = arg;
	struct buf b;

	if (l->json)
		return (jrows_add(&l->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	row_show(&b, data, len, "name");
	table_cell(&l->table, &b);
	row_show(&b, data, len, "version");
	table_cell(&l->table, &b);
	put_since(&b, data, len, "changed", l->now);
	table_cell(&l->table, &b);
	put_since(&b, data, len, "used", l->now);
	table_cell(&l->table, &b);
	row_show(&b, data, len, "skills");
	table_cell(&l->table, &b);
	buf_free(&b);
	return (0);
}

/* The only operand, a name of a secret that there is. */
static const char *
name_operand(const struct command *cmd, int argc, char **argv)
{
	const char *why;

	command_operands(cmd, argc, 1, 1);
	why = varname_malformed(argv[optind], strlen(argv[optind]));
	if (why != NULL)
		usage_error("%s: bad name of a secret: %s", cmd->name, why);
	return (argv[optind]);
}

static int
add_version(const void *data, size_t len, void *arg, struct fail *f)
{
	static const char *const keys[] = { "version", "changed", "state" };
	struct secret_names *l = arg;
	struct buf b;
	size_t i;

	if (l->json)
		return (jrows_add(&l->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < NELEM(keys); i++) {
		row_show(&b, data, len, keys[i]);
		table_cell(&l->table, &b);
	}
	/* a version has one of them */
	row_show(&b, data, len, "until");
	row_show(&b, data, len, "ended");
	table_cell(&l->table, &b);
	buf_free(&b);
	return (0);
}

/* Asks for rows and prints them; the exit status. */
static int
show_rows(struct cli *cli, struct secret_names *l, unsigned type,
    const struct buf *b, conn_row_cb row)
{
	struct fail f;
	int r;

	r = conn_query(cli, type, b->data, b->len, row, l, &f);
	if (r == 0 && l->json)
		r = jrows_print(&l->rows, &f);
	else if (r == 0)
		table_print(&l->table);
	table_free(&l->table);
	jrows_free(&l->rows);
	return (r == -1 ? fail_print(&f) : 0);
}

int
cmd_secrets_list(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static const char *const heads[] = {
		"NAME", "VERSION", "AGE", "LAST USED", "GRANTED TO",
	};
	struct secret_names l;
	struct buf none;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	l.json = cli->json;
	l.now = (uint64_t)time(NULL);
	table_init(&l.table, heads, NELEM(heads), NELEM(heads));
	jrows_init(&l.rows, "secrets");
	buf_init(&none, 0);
	return (show_rows(cli, &l, MSG_SECRET_LIST, &none, add_row));
}

int
cmd_secrets_history(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static const char *const heads[] = {
		"VERSION", "SINCE", "STATE", "UNTIL",
	};
	struct secret_names l;
	const char *name;
	struct buf b;
	int status;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	name = name_operand(cmd, argc, argv);
	l.json = cli->json;
	l.now = (uint64_t)time(NULL);
	table_init(&l.table, heads, NELEM(heads), NELEM(heads));
	jrows_init(&l.rows, "versions");
	buf_init(&b, 256);
	buf_put_str(&b, name);
	status = show_rows(cli, &l, MSG_SECRET_HISTORY, &b, add_version);
	buf_free(&b);
	return (status);
}

int
cmd_secrets_rm(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *name;
	struct fail f;
	struct buf b;
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	name = name_operand(cmd, argc, argv);
	buf_init(&b, 256);
	buf_put_str(&b, name);
	r = conn_query(cli, MSG_SECRET_RM, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("name", name, "removed");
	return (0);
}

int
cmd_secrets_recover(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *why = NULL;
	int ch, accepted = 0, r;
	struct fail f;
	struct buf b;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_ROLLBACK)
			accepted = 1;
		else if (ch == 'r')
			why = optarg;
	command_operands(cmd, argc, 0, 0);
	if (!accepted || why == NULL || *why == '\0')
		usage_error("secrets recover: needs --accept-rollback, since "
		    "what was changed in the vault after the copy was made is "
		    "undone, and -r WHY, for the log");
	if (strlen(why) > RECOVER_MAXWHY)
		usage_error("secrets recover: -r: more than %d bytes",
		    RECOVER_MAXWHY);
	buf_init(&b, RECOVER_MAXWHY + 4);
	buf_put_str(&b, why);
	r = conn_query(cli, MSG_SECRET_RECOVER, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("vault", "open", "recovered");
	else
		printf("the vault is recovered, and open\n");
	return (0);
}
