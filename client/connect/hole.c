/* SPDX-License-Identifier: ISC */
/* Lines of connect --check; see hole.h. */
#include "config.h"

#include <stdio.h>

#include "client/connect/hole.h"

int
hole_tell(int well, const char *what, const char *how)
{
	printf("%s  %-34s %s\n", well ? "ok  " : "HOLE", what, how);
	return (!well);
}
