/* SPDX-License-Identifier: ISC */
/*
 * Where the files of a backup go: beside their places first, and into them
 * when all of it has proved to be right.  What is in its place already stays.
 */
#ifndef CLIENT_RESTOREPLACE_H
#define CLIENT_RESTOREPLACE_H

#include <sys/types.h>

#include "client/backup/backuphead.h"
#include "client/backup/logstate.h"
#include "client/cli.h"

enum restore_target { TARGET_CONF, TARGET_VAULT, TARGET_LOG, NTARGETS };

struct restore_one {
	char		*path;		/* its place, NULL: not known yet */
	char		*tmp;		/* what is to become that, or NULL */
	int		 dirfd;		/* that, where it is a directory */
	int		 kept;		/* there is something */
	int		 done;		/* it is in its place */
	uid_t		 uid;
	gid_t		 gid;
};

struct restore_places {
	struct restore_one v[NTARGETS];
	const char	*into;		/* a directory for all of them, or
					   NULL: where the daemon has them */
	int		 fd;		/* of the file that is written */
	uint64_t	 room;		/* bytes that are to come */
	char		*sockets;	/* directory of the daemon's */
};

extern const char *const restore_names[NTARGETS];

/* conf: where the configuration is to be, unless it is into a directory. */
void	restore_places_init(struct restore_places *, const char *conf,
	    const char *into, uint64_t room);
/*
 * The configuration has come, and says where the others are.  0, or -1 and *f:
 * a daemon runs there, there is no room, or there is something in all places.
 */
int	restore_places_conf(struct restore_places *, const struct buf *text,
	    struct fail *);
/* One of the other files; -1 and *f.  What has its place taken is dropped. */
int	restore_places_begin(struct restore_places *,
	    const struct backup_file *, struct fail *);
int	restore_places_data(struct restore_places *, const void *, size_t,
	    struct fail *);
int	restore_places_end(struct restore_places *, struct fail *);
/* All of it into its place; 0, or -1 and *f. */
int	restore_places_commit(struct restore_places *, struct fail *);
/* Takes away what did not get there. */
void	restore_places_free(struct restore_places *);

#endif
