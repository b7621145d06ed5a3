/* SPDX-License-Identifier: ISC */
/*
 * The start that auditor, vault and executor share.  A role is started by
 * the supervisor as root with the arguments
 *	-u UID -g GID -r ROOT -p PARENT -b BUILD [-L] [-v]
 * and descriptors 3 (ipc) and 4 (log).  BUILD is the supervisor's build id:
 * an argument, because what a message means may differ between two builds.
 */
#ifndef COMMON_ROLEMAIN_H
#define COMMON_ROLEMAIN_H

#include <sys/types.h>

#include "ipc.h"
#include "priv.h"

#define ROLE_NOFILE	64	/* descriptors of auditor and vault */
#define ROLE_DRAIN_MS	2000	/* for the supervisor to take our last words */

struct rolemain {
	enum role	 role;
	uid_t		 uid;
	gid_t		 gid;
	const char	*root;
	pid_t		 parent;
	const char	*build;		/* the supervisor's build id */
	int		 accept_no_landlock;	/* -L */
	int		 verbose;
	struct ipc	*ipc;		/* in state MS_BOOT */
};

/*
 * Parses arguments, closes foreign descriptors, sets up the log, sodium and
 * the ipc.  Usage errors end the process: nobody starts a role by hand.  If
 * the supervisor is of another build than this program, whose id is build,
 * FAILED says so before anything is read.
 */
void	rolemain_start(struct rolemain *, enum role, const char *build,
	    int argc, char **argv);
/* Sends FAILED with this status and reason, drains, exits with it. */
void	rolemain_fail(struct rolemain *, int status, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 3, 4)));
/*
 * The connection to the supervisor ended (ipc_recv's result): logs a
 * protocol error and exits with EXIT_ROLE_PROTO, or 0 on EOF.
 */
void	rolemain_end(struct ipc *, int how) __attribute__((__noreturn__));

#endif
