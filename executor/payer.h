/* SPDX-License-Identifier: ISC */
/*
 * Who pays for what runs take of the kernel.  It counts signals that wait,
 * timers, message queues, locked memory and inotify for an account in a user
 * namespace, and once more, all of them together, for the account that made
 * the namespace.  If that is root, one run can leave the host's root nothing.
 *
 * That account owns the namespace, too: whoever has it outside has every
 * capability in there.  So it is not the executor's, but one that no process
 * and no file of the host has, nor could get from within.
 */
#ifndef EXECUTOR_PAYER_H
#define EXECUTOR_PAYER_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct buf;

struct payer {
	int		nobodys;	/* such an account, not root */
	char		why[160];	/* if not */
	int		bounded;	/* the sum of all runs is, by what we
					   were started with */
	uint64_t	instances;	/* of inotify, for an account; 0: as
					   many as there are */
	uint64_t	watches;
	int		apparmor;	/* restricts user namespaces here */
};

/*
 * A new user namespace, as root: its counts are charged to nobody where that
 * can be, and have no limit of their own but each account's.  0 or -1, errno
 * of the last try.
 */
int	payer_unshare(struct payer *);
/*
 * Why the kernel has refused us a user namespace with that errno, in words:
 * also of those beneath ours, where the switch cannot be read any more.
 */
void	payer_why(const struct payer *, int error, char *why, size_t len);
/* Within: as many of the host's inotify as there are accounts. */
void	payer_share(struct payer *, size_t naccounts);
/* Sets a limit of our user namespace, in /proc/sys/user. 0 or -1. */
int	payer_limit(const char *name, uint64_t value);
/* As fields of READY. */
void	payer_say(struct buf *, const struct payer *);

#endif
