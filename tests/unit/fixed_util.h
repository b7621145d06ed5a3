/* SPDX-License-Identifier: ISC */
/* Whether files can be immutable here, for the tests of that. */
#ifndef TESTS_UNIT_FIXED_UTIL_H
#define TESTS_UNIT_FIXED_UTIL_H

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/immutable.h"
#include "tests/unit/auditor_util.h"

/* If not it says why, in place of a plan. */
static int
cannot(void)
{
	char *dir = aud_tmpdir();
	int fd, error;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if ((error = immutable_set(fd, 1)) == 0)
		error = immutable_set(fd, 0);
	(void)close(fd);
	aud_rmdir(dir);
	if (error != 0)
		printf("1..0 # SKIP %s\n", immutable_why(error));
	return (error != 0);
}

#endif
