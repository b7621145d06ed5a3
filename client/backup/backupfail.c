/* SPDX-License-Identifier: ISC */
/* Why a backup is not taken for one; see backupfail.h. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/backup/backupfail.h"
#include "common/role.h"

int
backup_altered(struct fail *f, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	fail_set(f, EXIT_ALTERED, "the backup cannot be used: %s", why);
	return (-1);
}

int
backup_errno(struct fail *f, const char *what)
{
	fail_set(f, EXIT_IO, "%s: %s", what, strerror(errno));
	return (-1);
}
