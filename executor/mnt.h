/* SPDX-License-Identifier: ISC */
/*
 * Mounts by descriptor: what is mounted, and where, is looked up once.  All
 * functions return -1 and errno on failure.
 */
#ifndef EXECUTOR_MNT_H
#define EXECUTOR_MNT_H

#include <linux/openat2.h>

#include <stdint.h>

/* Nothing that leads out of a directory, and through no link. */
#define MNT_BENEATH	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)

/* Name of the system call that failed last. */
const char	*mnt_failed(void);
/* openat2(2); links that lead out of the file system's names never work. */
int	mnt_open(int dirfd, const char *path, int flags, uint64_t resolve);
/*
 * A new file system, not attached yet.  opts: name, value, name, value,
 * NULL.  attrs: MOUNT_ATTR_*.
 */
int	mnt_new(const char *type, const char *const *opts, unsigned attrs);
/* A copy of the mount at the descriptor and of all beneath it, detached. */
int	mnt_clone(int fd);
/* Sets MOUNT_ATTR_* on a mount and all beneath it. */
int	mnt_attr(int fd, uint64_t attrs);
/* Attaches and closes mnt, also on failure, at the descriptor or path. */
int	mnt_attach(int mnt, int dirfd, const char *path);
int	mnt_attach_fd(int mnt, int target);
/* The root of this process becomes the directory that it is in. */
int	mnt_pivot(void);

#endif
