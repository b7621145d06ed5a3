/* SPDX-License-Identifier: ISC */
/*
 * What the daemon needs in the file system, made as root during bring-up.
 * All return -1 with the reason in err.
 */
#ifndef SUPERVISOR_DIRS_H
#define SUPERVISOR_DIRS_H

#include <sys/types.h>

#include <stddef.h>

/*
 * A directory of this owner and mode; parents are made as root's, 0755.  One
 * that is there must be a directory, not a link, and its owner right.
 */
int	dirs_make(const char *path, uid_t uid, gid_t gid, mode_t mode,
	    char *err, size_t errlen);
/*
 * The locked pid file in dir; the lock lasts as long as the descriptor.
 */
int	dirs_lock(const char *dir, char *err, size_t errlen);
/* Writes this process into the locked file. */
int	dirs_pid(int fd, char *err, size_t errlen);
/* A listening socket; one that an earlier daemon left is replaced. */
int	dirs_listen(const char *path, mode_t mode, char *err, size_t errlen);
/* The directory that the supervisor is locked into. */
const char *dirs_empty(void);

#endif
