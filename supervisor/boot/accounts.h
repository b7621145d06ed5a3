/* SPDX-License-Identifier: ISC */
/* The accounts of clawbot's own processes. */
#ifndef SUPERVISOR_ACCOUNTS_H
#define SUPERVISOR_ACCOUNTS_H

#include <sys/types.h>

#include "supervisor/roles.h"

typedef void	accounts_wrong(void *, const char *);

/*
 * Fills in the supervisor's and those of the roles, and tells all that is
 * wrong: one that does not exist or is root's, and two that are one, since
 * they could signal each other.
 */
void	accounts_find(uid_t *, gid_t *, struct proc [NPROCS],
	    accounts_wrong *, void *arg);

/*
 * The same for the notifier's or the forwarder's, which nobody else may have,
 * where one is to be started; beside is the other one of these, or NULL.
 */
void	accounts_find_lone(struct proc *, uid_t, const struct proc [NPROCS],
	    const struct proc *beside, accounts_wrong *, void *arg);

#endif
