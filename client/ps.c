/* SPDX-License-Identifier: ISC */
/* ps: the runs that there are, once. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/margin.h"
#include "client/runs.h"
#include "common/msg.h"

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	return (runs_row(arg, data, len, f));
}

int
cmd_ps(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct runs rs = { NULL, 0 };
	size_t rows, width = 0;
	struct conn *c;
	struct fail f;
	int r = -1;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	if (isatty(STDOUT_FILENO))
		margin_screen(&rows, &width);
	if ((c = conn_open(cli, &f)) != NULL)
		r = conn_rows(c, MSG_PS, NULL, 0, on_row, &rs, &f);
	if (r == 0) {
		runs_look(&rs, conn_peer(c));
		r = runs_print(&rs, cli->json, width, &f);
	}
	conn_free(c);
	runs_free(&rs);
	return (r == -1 ? fail_print(&f) : 0);
}
