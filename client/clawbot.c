/* SPDX-License-Identifier: ISC */
/* clawbot(1): options before the command, then the command. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/command.h"
#include "client/opt.h"
#include "common/log.h"
#include "common/role.h"

static void
options(struct cli *cli, int argc, char **argv)
{
	int ch;

	cli_init(cli);
	cli->find = command_find;
	cli->list = command_help;
	while ((ch = opt_next(global_opts, NULL, "", 1, argc, argv)) != -1) {
		switch (ch) {
		case 'c':
			cli->channel = optarg;
			break;
		case 'S':
			cli->dir = optarg;
			break;
		case OPT_JSON:
			cli->json = 1;
			break;
		case 'h':
			command_help(stdout);
			exit(fail_stdout(0));
		case 'V':
			printf("clawbot %s\n", CB_VERSION);
			exit(fail_stdout(0));
		}
	}
}

int
main(int argc, char **argv)
{
	const struct command *c;
	struct cli cli;
	int status;

	cli_hold_stdio();
	log_init("clawbot", LOG_TO_STDERR, -1, 0);
	options(&cli, argc, argv);
	argc -= optind;
	argv += optind;
	if (argc == 0) {
		command_help(stderr);
		return (EXIT_USAGE);
	}
	c = command_find(&argc, &argv);
	optind = 0;	/* glibc: begin anew */
	status = c->run(&cli, c, argc, argv);
	return (fail_stdout(status));
}
