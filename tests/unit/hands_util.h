/* SPDX-License-Identifier: ISC */
/* What is done to a file of the log, of these bytes, behind its auditor. */
#ifndef TESTS_HANDS_UTIL_H
#define TESTS_HANDS_UTIL_H

#include <unistd.h>

#include "tests/unit/unit.h"

static void
empty(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(truncate(path, 0), 0);
}

/* At the end of a line. */
static void
cut(const char *path, const char *s, size_t len)
{
	size_t n;

	for (n = len - 1; s[n - 1] != '\n'; n--)
		;
	assert_int_equal(truncate(path, (off_t)n), 0);
}

#endif
