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

#define KEYFILE_ANYBODY	((uid_t)-1)

/*
 * A regular file of root's or uid's alone, or of anybody's, whom nobody shares
 * it with; NULL, or what is wrong.
 */
const char	*keyfile_inode_wrong(int fd, uid_t uid);
/*
 * Opens one to read from, when it was looked at and is one: no pipe is waited
 * for, and no device hears of it.  nolink: its name is that of no symbolic
 * link.  -1 and what is wrong, with errno, which is 0 where it is there and no
 * such file.
 */
int		 keyfile_open(const char *path, int nolink, uid_t uid,
		    const char **why);
/* Of its bytes, of which at most KEYFILE_MAX + 1 are given. */
const char	*keyfile_bytes_wrong(const uint8_t *, size_t);

#endif
