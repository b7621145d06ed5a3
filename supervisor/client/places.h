/* SPDX-License-Identifier: ISC */
/*
 * Places for connections.  Descriptors are few and identities are many, so
 * who connects takes a place of its own kind, and one kind cannot use up
 * another's: strangers, whom no channel names and of whom there can be any
 * number, have a few that pass from hand to hand; root and the approvers
 * have theirs whatever the users do; so have runs that ask for others; and
 * among the users the greediest account makes way.
 */
#ifndef SUPERVISOR_PLACES_H
#define SUPERVISOR_PLACES_H

#include <sys/types.h>

enum pool {
	POOL_STRANGERS,		/* may not talk here, and are told so */
	POOL_USERS,		/* of the channel */
	POOL_INSIDE,		/* of runs, whoever has asked for them */
	POOL_APPROVERS,
	POOL_ROOT,
	POOL_MAX
};

struct client;
struct daemon;

/*
 * How many connections this uid has, unread ones included; those from inside
 * of its runs take nothing away from it, and are counted by themselves.
 */
unsigned places_of(const struct daemon *, uid_t);
unsigned places_inside(const struct daemon *, uid_t);
/*
 * Is there room for one more of this account in the pool?  0, or -1; and if
 * *leaves is not NULL then, that one has to go for it.
 */
int	places_find(struct daemon *, enum pool, uid_t,
	    struct client **leaves);

#endif
