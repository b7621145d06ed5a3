/* SPDX-License-Identifier: ISC */
/*
 * help: what a command is for.  On a terminal its page of the manual, where it
 * has one that is installed; else what --help prints.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/hostprog.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* Becomes man(1) with the page of that first word, if there is one. */
static void
show_page(const char *name)
{
	const char *ask[] = { "man", "-w", NULL, NULL };
	char man[] = "man", *page, *where;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	xasprintf(&page, "clawbot-%.*s", (int)strcspn(name, " "), name);
	ask[2] = page;
	if ((where = hostprog_line(ask)) != NULL) {
		char *const argv[] = { man, page, NULL };

		free(where);
		(void)execvp(man, argv);
		complain("man: %s", strerror(errno));
	}
	free(page);
}

int
cmd_help(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static char ask[] = "--help";
	char *words[4], **at = words;
	const struct command *of;
	int n;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 2);
	if (optind == argc) {
		cli->list(stdout);
		return (0);
	}
	/* a first word alone is told of as a family, and that is the end */
	for (n = 0; optind + n < argc; n++)
		words[n] = argv[optind + n];
	words[n++] = ask;
	words[n] = NULL;
	of = cli->find(&n, &at);
	if (n != 2)
		usage_error("%s: %s takes no second word", cmd->name,
		    of->name);
	show_page(of->name);
	command_usage(of);
	return (0);
}
