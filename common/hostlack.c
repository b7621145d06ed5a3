/* SPDX-License-Identifier: ISC */
/* Is it this host, or is it the moment? */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/hostlack.h"

int
hostlack_exit(int error)
{
	switch (error) {
	case ENOSYS:
	case EINVAL:		/* not configured into the kernel */
	case ENODEV:
	case EOPNOTSUPP:
	case EPERM:
	case EACCES:
	case EUSERS:		/* too deep in other namespaces */
		return (EXIT_HOST);
	default:
		return (EXIT_SYSTEM);
	}
}

/*
 * Of the user namespace that this process is in; those around it have their
 * own, which cannot be seen from here.
 */
static int
is_zero(const char *kind, size_t len)
{
	char path[64], text[24];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/sys/user/max_%.*s_namespaces",
	    (int)len, kind);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, text, sizeof(text));
	(void)close(fd);
	return (n > 1 && memcmp(text, "0\n", 2) == 0);
}

int
hostlack_ns(int error, const char *kinds, char *hint, size_t len)
{
	const char *kind;
	size_t n;

	hint[0] = '\0';
	if (error != ENOSPC)
		return (hostlack_exit(error));
	for (kind = kinds; *kind != '\0'; kind += n + (kind[n] == ' ')) {
		n = strcspn(kind, " ");
		if (is_zero(kind, n)) {
			(void)snprintf(hint, len, " (sysctl "
			    "user.max_%.*s_namespaces is 0)", (int)n, kind);
			return (EXIT_HOST);
		}
		(void)snprintf(hint, len, " (see sysctl "
		    "user.max_%.*s_namespaces)", (int)n, kind);
	}
	return (EXIT_SYSTEM);
}
