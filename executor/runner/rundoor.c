/* SPDX-License-Identifier: ISC */
/*
 * The socket on which a run asks for runs itself.  The supervisor has made it
 * and listens on it: so it knows which run asks, whatever that run sends, and
 * there is one for each run and no other.  It gets its name here, in a file
 * system that nothing but this run sees.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/mnt.h"
#include "executor/runner/rundoor.h"

#define RUNDOOR_BACKLOG	32

int
rundoor_place(void)
{
	static const char *const opts[] = { "mode", "0755", "size", "64k",
	    "nr_inodes", "8", NULL };

	return (mnt_new("tmpfs", opts, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	    MOUNT_ATTR_NOEXEC));
}

/* Whoever is in the run may connect; who that is, is asked when they do. */
static int
name_it(int fd, const struct sockaddr_un *sun)
{
	const mode_t old = umask(0111);
	int r;

	r = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	(void)umask(old);
	return (r);
}

int
rundoor_open(int place, int fd, const char *channel)
{
	struct sockaddr_un sun;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%.64s.sock",
	    channel);
	/* with the directory in our hands no name leads there */
	if (fchdir(place) == -1 || name_it(fd, &sun) == -1 ||
	    listen(fd, RUNDOOR_BACKLOG) == -1 || chdir("/") == -1)
		return (-1);
	return (0);
}
