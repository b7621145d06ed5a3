/* SPDX-License-Identifier: ISC */
/*
 * Landlock as of ABI 9 (Linux 7.1), spelled out because the headers of the
 * oldest systems that clawbot builds on stop at ABI 2.  See landlock(7).
 */
#ifndef COMMON_LANDLOCK_H
#define COMMON_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

#define LL_FS_EXECUTE		(UINT64_C(1) << 0)
#define LL_FS_WRITE_FILE	(UINT64_C(1) << 1)
#define LL_FS_READ_FILE		(UINT64_C(1) << 2)
#define LL_FS_READ_DIR		(UINT64_C(1) << 3)
#define LL_FS_REMOVE_DIR	(UINT64_C(1) << 4)
#define LL_FS_REMOVE_FILE	(UINT64_C(1) << 5)
#define LL_FS_MAKE_CHAR		(UINT64_C(1) << 6)
#define LL_FS_MAKE_DIR		(UINT64_C(1) << 7)
#define LL_FS_MAKE_REG		(UINT64_C(1) << 8)
#define LL_FS_MAKE_SOCK		(UINT64_C(1) << 9)
#define LL_FS_MAKE_FIFO		(UINT64_C(1) << 10)
#define LL_FS_MAKE_BLOCK	(UINT64_C(1) << 11)
#define LL_FS_MAKE_SYM		(UINT64_C(1) << 12)
#define LL_FS_REFER		(UINT64_C(1) << 13)	/* ABI 2 */
#define LL_FS_TRUNCATE		(UINT64_C(1) << 14)	/* ABI 3 */
#define LL_FS_IOCTL_DEV		(UINT64_C(1) << 15)	/* ABI 5 */
#define LL_FS_RESOLVE_UNIX	(UINT64_C(1) << 16)	/* ABI 9 */
/* All that makes, changes and removes regular files and the like. */
#define LL_FS_CHANGE		(LL_FS_WRITE_FILE | LL_FS_TRUNCATE |	\
	LL_FS_REMOVE_DIR | LL_FS_REMOVE_FILE | LL_FS_MAKE_DIR |		\
	LL_FS_MAKE_REG | LL_FS_MAKE_SOCK | LL_FS_MAKE_FIFO |		\
	LL_FS_MAKE_SYM | LL_FS_REFER)
#define LL_NET_BIND_TCP		(UINT64_C(1) << 0)	/* ABI 4 */
#define LL_NET_CONNECT_TCP	(UINT64_C(1) << 1)	/* ABI 4 */
#define LL_SCOPE_ABSTRACT	(UINT64_C(1) << 0)	/* ABI 6 */
#define LL_SCOPE_SIGNAL		(UINT64_C(1) << 1)	/* ABI 6 */

#define LL_ABI_NET		4
#define LL_ABI_SCOPES		6
#define LL_ABI_LOG		7

/* The kernel's ABI, 0 where there is no Landlock. */
int		 landlock_abi(void);
/* All file accesses that this ABI handles. */
uint64_t	 landlock_fs_all(int abi);
/*
 * A ruleset that handles every file access, TCP and scope of the running
 * kernel, and allows nothing yet.  tcp: leaves TCP as it is.  A descriptor,
 * or -1 and errno.
 */
int		 landlock_ruleset(int abi, int tcp);
/*
 * Allows accesses beneath what path_fd (O_PATH) stands for; those that the
 * ABI does not know, or that make no sense for a file, are left out.
 */
int		 landlock_allow(int ruleset, int abi, int path_fd,
		    uint64_t access);
/* Allows TCP to be connected to that port, where the ABI knows of such. */
int		 landlock_allow_port(int ruleset, int abi, uint16_t port);
/*
 * Restricts the calling thread; no_new_privs must be on.  From ABI 7 on the
 * kernel can log denials for audit: only those of the program that calls
 * this are, not those of what it executes, and none of restrictions that are
 * put on top, or a run could fill the host's log.
 */
int		 landlock_enter(int ruleset, int abi);

#endif
