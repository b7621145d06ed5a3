/* SPDX-License-Identifier: ISC */
/* Where a path lies; see within.h. */
#include "config.h"

#include <string.h>

#include "common/within.h"

int
within_dir(const char *path, const char *dir)
{
	const size_t n = strlen(dir);

	/* /w is not where /w_evil lies */
	return (strncmp(path, dir, n) == 0 &&
	    (path[n] == '\0' || path[n] == '/'));
}

int
within_any(const char *path, const struct strv *dirs)
{
	size_t i;

	for (i = 0; i < dirs->n; i++)
		if (within_dir(path, dirs->v[i]))
			return (1);
	return (0);
}
