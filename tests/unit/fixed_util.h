/* SPDX-License-Identifier: ISC */
/* Whether files can be immutable here, for the tests of that. */
#ifndef TESTS_UNIT_FIXED_UTIL_H
#define TESTS_UNIT_FIXED_UTIL_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditor/packfile.h"
#include "common/immutable.h"
#include "common/record/logseg.h"
#include "supervisor/boot/fixparts.h"
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

/* Nothing that is immutable stays behind. */
UNUSED static int
fixed_teardown(void **state)
{
	char err[256];

	assert_int_equal(fixparts_lift(*state, err, sizeof(err)), 0);
	return (aud_teardown(state));
}

/* Is that in the log?  The newest record may be in any part by now. */
UNUSED static int
logged(const char *dir, const char *text)
{
	struct logseg *segs;
	struct packfile *f;
	size_t i, n, len;
	int fd, next, found = 0;
	char *s;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	for (i = 0; i < n; i++) {
		f = packfile_open(fd, segs[i].first);
		assert_non_null(f);
		len = (size_t)packfile_size(f);
		s = xcalloc(len + 1, 1);
		assert_int_equal(packfile_read(f, s, len, 0), len);
		found |= strstr(s, text) != NULL;
		free(s);
		packfile_close(f);
	}
	free(segs);
	(void)close(fd);
	return (found);
}

#endif
