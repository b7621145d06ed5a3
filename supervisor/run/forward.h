/* SPDX-License-Identifier: ISC */
/*
 * Forwarding: records go to a syslog by the forwarder, a process that has the
 * log's lines from the auditor and nothing else.  What becomes of it changes
 * nothing for anybody who waits for a record.  That it stands still, and that
 * it goes on, is recorded, and so are records that were gone before their
 * turn.  A forwarder that dies or breaks the protocol is done without until the
 * next start, and that is told.
 *
 * Without logging.forward all of this does nothing.
 */
#ifndef SUPERVISOR_FORWARD_H
#define SUPERVISOR_FORWARD_H

#include <stddef.h>
#include <stdint.h>

#include "supervisor/daemon.h"

struct forwarding *forwarding_new(void);
/* It is READY: what it says is heard from now on.  0 or -1. */
int	 forward_attach(struct daemon *);
/* Once a second. */
void	 forward_tick(struct daemon *);
/* Its process has ended, with this status of wait(2). */
void	 forward_ended(struct daemon *, int status);
/* The daemon stops. */
void	 forward_stop(struct daemon *);

/* For status: what is known of it. */
struct forward_show {
	const char	*state;		/* static */
	char		 detail[768];
};
void	 forward_show(const struct daemon *, struct forward_show *);

#endif
