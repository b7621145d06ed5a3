/* SPDX-License-Identifier: ISC */
/*
 * Stored output in a backup: files that are closed, which nobody writes to any
 * more.  There may be many, so each is opened when its turn comes.
 */
#ifndef CLIENT_BACKUPSTORED_H
#define CLIENT_BACKUPSTORED_H

#include "client/backup/backupset.h"

/*
 * Behind the other files of a set, those of the log directory of these places.
 * 0, or -1 and *f.
 */
int	backupstored_add(struct backup_set *, const struct hostplaces *,
	    struct fail *);
/* One of them; -1 and errno. */
int	backupstored_open(const struct backup_set *,
	    const struct backup_file *);

#endif
