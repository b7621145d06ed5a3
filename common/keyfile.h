/* SPDX-License-Identifier: ISC */
/*
 * What a key file of the vault has to be.  Looked at by the supervisor, as
 * root, before anything starts, and by the vault once more.
 */
#ifndef COMMON_KEYFILE_H
#define COMMON_KEYFILE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#define KEYFILE_MIN	32U
#define KEYFILE_MAX	4096U

/* A regular file of root's or uid's alone; NULL, or what is wrong. */
const char	*keyfile_inode_wrong(int fd, uid_t uid);
/* Of its bytes, of which at most KEYFILE_MAX + 1 are given. */
const char	*keyfile_bytes_wrong(const uint8_t *, size_t);

#endif
