/* SPDX-License-Identifier: ISC */
/*
 * Connections that were ended while descriptors lie unread in them.  The
 * kernel counts such descriptors for the account that sent them, all
 * connections together, and at RLIMIT_NOFILE of them it passes no other,
 * also not to a role.  Who does not take them must not be free of them by
 * losing the connection: it counts as one of its account until they are read
 * or the other end is closed.
 */
#ifndef SUPERVISOR_UNREAD_H
#define SUPERVISOR_UNREAD_H

#include <sys/types.h>

#include "supervisor/client/places.h"
#include "supervisor/daemon.h"

/* Is there something that the other end of this socket has not read? */
int	unread_any(int fd);
/* Ends the connection of this account; fd itself stays the caller's. */
void	unread_add(struct daemon *, int fd, enum pool, uid_t);
/* How many there are in the pool, of one account if it is not NULL. */
unsigned unread_count(const struct daemon *, enum pool, const uid_t *);
/* Lets go of those that have been read or closed. */
void	unread_tick(struct daemon *);

#endif
