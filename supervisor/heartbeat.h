/* SPDX-License-Identifier: ISC */
/*
 * Do the roles still do their work?  One that has died is known at once; one
 * that hangs, or was stopped by a signal, is found out because it is asked
 * every second.  Whoever waits for it is told, status and doctor show it, and
 * the service manager hears nothing of us any more until it answers; but for
 * the notifier, which nobody waits for.
 *
 * Time is counted in rounds of the loop: what the supervisor or the whole
 * machine slept is not held against a role.
 */
#ifndef SUPERVISOR_HEARTBEAT_H
#define SUPERVISOR_HEARTBEAT_H

#include "supervisor/daemon.h"

#define HEARTBEAT_LATE_S	5	/* longer than anything that a role does
				   in one go on a machine that works */

/* Once a second. */
void	heartbeat_tick(struct daemon *);
/* PONG came.  -1: it was not asked for. */
int	heartbeat_pong(struct daemon *, struct proc *);
/* Seconds for which a role has not answered; 0: it is not late. */
unsigned heartbeat_late(const struct proc *);
/* Has every role answered within this time? */
int	heartbeat_alive(const struct daemon *, uint64_t usec);

#endif
