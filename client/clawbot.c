/* SPDX-License-Identifier: ISC */
/* clawbot(1): options before the command, then the command. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/command.h"
#include "client/opt.h"
#include "common/log.h"
#include "common/role.h"

/*
 * A descriptor that is closed here must not become our socket: it is opened
 * so that using it fails, as if it were still closed.
 */
static void
hold_stdio(void)
{
	struct pollfd p[3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 2, 0, 0 } };
	int fd, mode, failed;

	failed = poll(p, 3, 0) == -1;
	for (fd = 0; fd <= 2; fd++) {
		if ((p[fd].revents & POLLNVAL) == 0 && (!failed ||
		    fcntl(fd, F_GETFD) != -1))
			continue;
		mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
		if (open("/dev/null", mode) != fd)
			_exit(EXIT_SYSTEM);
	}
}

static void
options(struct cli *cli, int argc, char **argv)
{
	const char *env;
	int ch;

	cli->channel = "cli";
	cli->dir = CB_RUNDIR;
	cli->json = 0;
	if ((env = getenv("CLAWBOT_SOCKETS")) != NULL && *env != '\0')
		cli->dir = env;
	if ((env = getenv("CLAWBOT_CHANNEL")) != NULL && *env != '\0')
		cli->channel = env;
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
			exit(fflush(stdout) == 0 ? 0 : EXIT_IO);
		case 'V':
			printf("clawbot %s\n", CB_VERSION);
			exit(fflush(stdout) == 0 ? 0 : EXIT_IO);
		}
	}
}

int
main(int argc, char **argv)
{
	const struct command *c;
	struct cli cli;
	int status;

	hold_stdio();
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
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0) {
		complain("standard output: write failed");
		status = EXIT_IO;
	}
	return (status);
}
