/* SPDX-License-Identifier: ISC */
/*
 * Devices of the view that shells and build systems open all the time.  Nobody
 * in a run can change what has these names, nothing is protected there, and to
 * open one neither waits nor has an effect: so they are not looked for again.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/watch/watch_priv.h"

#define MEM_MAJOR	1	/* of /dev/null and its like */

static struct device {
	const char	*path;
	unsigned	 minor;
	int		 looked;
	int		 fd;		/* -1: it is another one, or none */
} devices[] = {
	{ "/dev/null", 3, 0, -1 }, { "/dev/zero", 5, 0, -1 },
	{ "/dev/full", 7, 0, -1 }, { "/dev/random", 8, 0, -1 },
	{ "/dev/urandom", 9, 0, -1 },
};

static void
look(struct device *d)
{
	struct stat st;
	int fd;

	d->looked = 1;
	fd = open(d->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(MEM_MAJOR, d->minor))
		d->fd = fd;
	else if (fd != -1)
		(void)close(fd);
}

int
device_held(const char *path)
{
	struct device *d;

	for (d = devices; d < devices + NELEM(devices); d++) {
		if (strcmp(path, d->path) != 0)
			continue;
		if (!d->looked)
			look(d);
		return (d->fd);
	}
	return (-1);
}
