/* SPDX-License-Identifier: ISC */
/*
 * lift FILE...: lifts the immutable attribute, as chattr -i does, which is not
 * everywhere.  With -s it is set, and with -t the status tells whether it can
 * be in that directory: 0, or 1 and why not.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/immutable.h"

static int
open_file(const char *path)
{
	int fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		err(1, "%s", path);
	return (fd);
}

static void
change(const char *path, int on)
{
	int error, fd = open_file(path);

	if ((error = immutable_set(fd, on)) != 0)
		errx(1, "%s: %s", path, immutable_why(error));
	(void)close(fd);
}

static void
try(const char *dir)
{
	char path[4096];
	int fd, error;

	(void)snprintf(path, sizeof(path), "%s/immutable.XXXXXX", dir);
	if ((fd = mkstemp(path)) == -1)
		err(1, "%s", path);
	if ((error = immutable_set(fd, 1)) == 0)
		error = immutable_set(fd, 0);
	(void)unlink(path);
	(void)close(fd);
	if (error != 0)
		errx(1, "%s", immutable_why(error));
}

int
main(int argc, char **argv)
{
	int i, on = 0;

	if (argc < 2)
		errx(64, "usage: lift [-s] file ... | -t directory");
	if (strcmp(argv[1], "-t") == 0) {
		if (argc != 3)
			errx(64, "-t takes a directory");
		try(argv[2]);
		return (0);
	}
	on = strcmp(argv[1], "-s") == 0;
	for (i = on ? 2 : 1; i < argc; i++)
		change(argv[i], on);
	return (0);
}
