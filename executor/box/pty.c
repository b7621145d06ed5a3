/* SPDX-License-Identifier: ISC */
/*
 * A terminal for a command: a pair of the sandbox's own devpts, which no
 * other run and nobody on the host can reach.  The command gets the slave as
 * its controlling terminal, the runner the master.
 */
#include "config.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "executor/box/box.h"
#include "executor/fds.h"

void
box_pty(const struct box *bx)
{
	static const char word = INSIDE_TTY;
	int master, slave, unlock = 0, i;

	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master == -1 || ioctl(master, TIOCSPTLCK, &unlock) == -1)
		box_fail(bx, CBE_INTERNAL, "terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave == -1 || ioctl(slave, TIOCSCTTY, 0) == -1)
		box_fail(bx, CBE_INTERNAL, "controlling terminal");
	for (i = 0; i < 3; i++)
		if (dup2(slave, i) == -1)
			box_fail(bx, CBE_INTERNAL, "descriptor %d", i);
	if (fds_send(bx->go, &word, 1, &master, 1) == -1)
		box_fail(bx, CBE_INTERNAL, "master of a terminal");
	(void)close(slave);
	(void)close(master);
}
