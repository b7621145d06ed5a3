/* SPDX-License-Identifier: ISC */
/* Why a backup is not taken for one. */
#ifndef CLIENT_BACKUPFAIL_H
#define CLIENT_BACKUPFAIL_H

#include "client/cli.h"

/* Of restore: the file is not as it was written, or the key is another. */
#define EXIT_ALTERED	2

/* -1, and *f with that reason, which follows "the backup cannot be used: ". */
int	backup_altered(struct fail *, const char *, ...)
	    __attribute__((__format__ (printf, 2, 3)));
/* -1, and *f with errno's text behind what. */
int	backup_errno(struct fail *, const char *what);

#endif
