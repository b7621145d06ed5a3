/* SPDX-License-Identifier: ISC */
/*
 * Files that somebody names to be read.  Each is looked at before it is opened:
 * a named pipe or a device could keep the command for ever, or notice.  /proc
 * has to be mounted.
 */
#ifndef CLIENT_INFILE_H
#define CLIENT_INFILE_H

#include "client/cli.h"

enum {
	INFILE_PLAIN = 1,	/* a regular file alone */
	INFILE_NOLINK = 2,	/* by no symbolic link */
	INFILE_STREAM = 4	/* or a device or pipe, to its end */
};

/*
 * A descriptor to read from, or -1 and *f, with that exit status, or
 * EXIT_USAGE where it is no such file.  Without INFILE_PLAIN a pipe that has no
 * name is let in, too, as a shell's <(command) gives one in /dev/fd: whoever
 * gave it writes to it.  INFILE_STREAM is for what may as well be on a tape: it
 * waits for the device, or for whoever writes to the pipe.
 */
int	infile_open(const char *path, unsigned how, int status,
	    struct fail *f);

#endif
