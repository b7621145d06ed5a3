/* SPDX-License-Identifier: ISC */
/* What clawbot and clawbot-sh begin with. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/cli.h"
#include "common/role.h"

void
cli_init(struct cli *cli)
{
	const char *env;

	cli->channel = "cli";
	cli->dir = CB_RUNDIR;
	cli->json = 0;
	cli->find = NULL;
	cli->list = NULL;
	if ((env = getenv("CLAWBOT_SOCKETS")) != NULL && *env != '\0')
		cli->dir = env;
	if ((env = getenv("CLAWBOT_CHANNEL")) != NULL && *env != '\0')
		cli->channel = env;
}

/*
 * A descriptor that is closed here must not become our socket: it is opened
 * so that using it fails, as if it were still closed.
 */
void
cli_hold_stdio(void)
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
