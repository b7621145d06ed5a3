/* SPDX-License-Identifier: ISC */
/* Where our own programs are; see beside.h. */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/beside.h"

void
beside(const char *name, char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t n;
	char *slash;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		if ((slash = strrchr(self, '/')) != NULL) {
			*slash = '\0';
			if ((size_t)snprintf(path, size, "%s/%s", self, name) <
			    size && access(path, X_OK) == 0)
				return;
		}
	}
	(void)snprintf(path, size, "%s/%s", CB_BINDIR, name);
}
