/* SPDX-License-Identifier: ISC */
/*
 * tell_byte: prints one letter of its own bytes, so that it shows which of
 * them run.  With "self" what /proc/self/exe leads to; "comm" the name of its
 * process; "again" executes that once more; "write" writes to that;
 * "replace" puts an empty file in the place of the program; "fds" what is
 * open.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const volatile char bytes[] = "tell-me-this-A";

static const char *
exe(void)
{
	static char path[PATH_MAX];

	if (readlink("/proc/self/exe", path, sizeof(path) - 1) == -1)
		err(1, "readlink");
	return (path);
}

static void
comm(void)
{
	char name[32];
	FILE *fp;

	if ((fp = fopen("/proc/self/comm", "r")) == NULL ||
	    fgets(name, sizeof(name), fp) == NULL)
		err(1, "comm");
	(void)fclose(fp);
	printf("%s", name);
}

static void
replace(void)
{
	char other[PATH_MAX + 8];
	int fd;

	(void)snprintf(other, sizeof(other), "%s.new", exe());
	if ((fd = open(other, O_WRONLY | O_CREAT | O_EXCL, 0755)) == -1 ||
	    close(fd) == -1 || rename(other, exe()) == -1)
		err(1, "%s", other);
}

static void
fds(void)
{
	const char *blank = "";
	int fd;

	for (fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1) {
			printf("%s%d", blank, fd);
			blank = " ";
		}
	printf("\n");
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "self") == 0)
		printf("%s\n", exe());
	else if (strcmp(what, "comm") == 0)
		comm();
	else if (strcmp(what, "fds") == 0)
		fds();
	else if (strcmp(what, "write") == 0) {
		if (open("/proc/self/exe", O_WRONLY) == -1)
			err(1, "/proc/self/exe");
	} else if (strcmp(what, "again") == 0) {
		(void)execl("/proc/self/exe", argv[0], (char *)NULL);
		err(1, "/proc/self/exe");
	} else {
		if (strcmp(what, "replace") == 0)
			replace();
		printf("%c\n", bytes[sizeof(bytes) - 2]);
	}
	return (0);
}
