/* SPDX-License-Identifier: ISC */
/*
 * Emergency stops.  What one covers is ended at once, and asked for in vain
 * until somebody resumes it.  It holds from the moment that it is given; that
 * it is in the log, and so holds over a restart, comes afterwards, and is
 * tried again until it is done.
 */
#ifndef SUPERVISOR_EMERGENCY_H
#define SUPERVISOR_EMERGENCY_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/estop.h"
#include "supervisor/client/client.h"
#include "supervisor/daemon.h"

/*
 * Runs that it covers have to be over by then, counted from the first one, or
 * the daemon ends, and they with it.
 */
#define EMERGENCY_MS	5000

/* Those that the log has, once the auditor is ready. */
void	emergency_read(struct daemon *);
/*
 * By a client, which gets a ROW when it holds and END when it is recorded, or
 * by a signal (NULL).
 */
void	emergency_stop(struct daemon *, const struct msg_estop *,
	    struct client *);
/* The end of exactly that one; END when it is recorded. */
void	emergency_resume(struct client *, const struct msg_estop *);
/* Does one cover such a request?  1, and why for whoever asks. */
int	emergency_covers(const struct daemon *, const char *channel,
	    const char *skill, uid_t, char *why, size_t len);
/* Once a second: what is not recorded, and what has not ended. */
void	emergency_tick(struct daemon *);

#endif
