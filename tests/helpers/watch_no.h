/* SPDX-License-Identifier: ISC */
/* What watch_attack tries must not work: that it is tried, and counted. */
#ifndef TESTS_HELPERS_WATCH_NO_H
#define TESTS_HELPERS_WATCH_NO_H

#include <sys/syscall.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned long tried, reached;

static long
no(long r, const char *what, const char *path)
{
	tried++;
	if (r >= 0) {
		reached++;
		printf("REACHED %s %s\n", what, path);
	}
	return (r);
}

#define NO(call, path)	no((long)(call), #call, path)

static void
make(const char *path)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, "x", 1) != 1)
		err(1, "%s", path);
	(void)close(fd);
}

/*
 * What is opened for the first time may be looked at when it is closed: what
 * counts is what is there when the next call is answered.
 */
static void
written(int d, const char *path, int fd)
{
	static const char text[] = "[core]\n\tfsmonitor = PWNED\n";
	char is[256];
	ssize_t n;

	tried++;
	if (fd == -1)
		return;
	(void)!write(fd, text, sizeof(text) - 1);
	(void)close(fd);
	make("victim");
	if ((fd = openat(d, path, O_RDONLY)) == -1)
		return;
	n = read(fd, is, sizeof(is) - 1);
	(void)close(fd);
	is[n == -1 ? 0 : n] = '\0';
	if (strstr(is, "PWNED") != NULL)
		NO(0, path);
}

#define NOT_WRITTEN(d, path, call)	written(d, path, (int)(call))

static long
how(int dirfd, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve)
{
	struct open_how h;

	memset(&h, 0, sizeof(h));
	h.flags = flags;
	h.mode = mode;
	h.resolve = resolve;
	return (syscall(SYS_openat2, dirfd, path, &h, sizeof(h)));
}

static long
rename2(const char *a, const char *b, unsigned flags)
{
	return (syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, flags));
}

#endif
