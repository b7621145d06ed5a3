/* SPDX-License-Identifier: ISC */
/* The line that tells how it went; see common/fileop.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "file/file.h"

int
outcome_because(const char *why)
{
	(void)fprintf(stderr, FILEOP_LINE "failed %s\n", why);
	return (FILEOP_FAILED);
}

int
outcome_failed(int error)
{
	return (outcome_because(strerror(error)));
}

int
outcome_differs(const char *digest)
{
	(void)fprintf(stderr, FILEOP_LINE "differs sha256=%s\n", digest);
	return (FILEOP_DIFFERS);
}

int
outcome_not_a_file(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFDIR:
		return (outcome_because("it is a directory"));
	case S_IFIFO:
		return (outcome_because("it is a FIFO, not a regular file"));
	case S_IFSOCK:
		return (outcome_because("it is a socket, not a regular file"));
	default:
		return (outcome_because("it is a device, not a regular file"));
	}
}
