/* SPDX-License-Identifier: ISC */
/* Is what is in force what stands on the disk?  See ondisk.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/ondisk.h"
#include "client/out.h"

const char ondisk_text[] = "the file on disk is another by now, and not in "
    "force";

int
ondisk_changed(const void *data, size_t len)
{
	char *kind = field_get_str(data, len, "kind");
	char *name = field_get_str(data, len, "name");
	struct stat st;
	uint64_t then;
	int changed = 0;

	/* a relative one is relative to where the daemon was started */
	if (strcmp(kind, "config") == 0 && name[0] == '/' &&
	    row_num(data, len, "mtime_ns", &then)) {
		if (lstat(name, &st) == 0)
			changed = (uint64_t)st.st_mtim.tv_sec * 1000000000 +
			    (uint64_t)st.st_mtim.tv_nsec != then;
		else
			changed = errno == ENOENT;
	}
	free(kind);
	free(name);
	return (changed);
}
