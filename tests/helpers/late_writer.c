/* SPDX-License-Identifier: ISC */
/*
 * late_writer FILE OFFSET BYTE READS: waits until FILE was opened and closed
 * once, as by who looks a request up, and then read so many times, as by who
 * is about to execute it; writes BYTE to it at once, at OFFSET.  It gives up
 * after 5 seconds, with status 1.
 */
#include "config.h"

#include <sys/inotify.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	union {
		struct inotify_event	ev;
		char			room[4096];
	} u;
	long left;
	int fd, n, closed = 0;

	if (argc != 5)
		errx(2, "usage: late_writer FILE OFFSET BYTE READS");
	if ((fd = open(argv[1], O_WRONLY)) == -1)
		err(2, "%s", argv[1]);
	(void)close(fd);
	if ((n = inotify_init()) == -1 || inotify_add_watch(n, argv[1],
	    IN_ACCESS | IN_CLOSE_NOWRITE) == -1)
		err(2, "inotify");
	(void)!write(STDOUT_FILENO, "ready\n", 6);
	(void)alarm(5);
	for (left = strtol(argv[4], NULL, 10); left > 0;) {
		/* one at a time: equal ones would be merged meanwhile */
		if (read(n, &u, sizeof(u.ev)) != (ssize_t)sizeof(u.ev))
			return (2);
		closed |= (u.ev.mask & IN_CLOSE_NOWRITE) != 0;
		left -= closed && (u.ev.mask & IN_ACCESS) != 0;
	}
	/* while it is being executed this fails, and that is fine */
	if ((fd = open(argv[1], O_WRONLY)) == -1 ||
	    pwrite(fd, argv[3], 1, strtol(argv[2], NULL, 10)) != 1)
		return (1);
	return (0);
}
