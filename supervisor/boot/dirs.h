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
 * The same without making or changing anything: is it as dirs_make would want
 * it, or could it be made?
 */
int	dirs_look(const char *path, uid_t uid, char *err, size_t errlen);
/* Is there something that can be granted, and no link on the way to it? */
int	dirs_look_grant(const char *path, char *err, size_t errlen);
/* The same of a socket, and what it is. */
struct stat;
int	dirs_look_granted_socket(const char *path, struct stat *, char *err,
	    size_t errlen);
/*
 * Is it a program that root alone can have put there: no link, no directory
 * and no file on the way that somebody else could write to?
 */
int	dirs_look_program(const char *path, char *err, size_t errlen);
/*
 * Nothing is there: could root make it, as nobody else could have put anything
 * there, or on the way to it, meanwhile?
 */
int	dirs_look_ours(const char *path, char *err, size_t errlen);
/* Is there nothing (0) or a socket (1), which dirs_listen would replace? */
int	dirs_look_socket(const char *path, char *err, size_t errlen);
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
