/* SPDX-License-Identifier: ISC */
/*
 * What goes into a backup, of one moment, while the daemon runs.  The log is
 * only appended to, so what is up to the end of a record stays as it is; the
 * vault's file is replaced whole, and the log says first by which.  So the log
 * is read, and the vault is the file that its last record of it names.
 */
#ifndef CLIENT_BACKUPSET_H
#define CLIENT_BACKUPSET_H

#include "client/backup/backuphead.h"
#include "client/hostplaces.h"

#define SET_STORED	(-2)		/* it is opened when its turn comes */

struct backup_set {
	struct backup_head head;
	struct buf	 conf;
	struct buf	 vault;
	int		*fds;		/* for each file, -1: one of the
					   two above, or SET_STORED */
	char		*stored;	/* directory of those, or NULL */
};

/*
 * Of the configuration at that path and the places that go with it.  0, or -1
 * and *f: a log that is not whole is in no backup.  backup_set_free() after
 * either.
 */
int	backup_set_take(struct backup_set *, const char *conf,
	    const struct hostplaces *, struct fail *);
void	backup_set_free(struct backup_set *);

#endif
