/* SPDX-License-Identifier: ISC */
/*
 * The queue in front of the executor's resolving.  Looking a command up can
 * mean reading a large file, of which the executor reads some, and goes on
 * with the next request; so each account has only a few there at a time, and
 * nobody waits for more than a turn of each of those.
 */
#ifndef SUPERVISOR_RESOLVEQ_H
#define SUPERVISOR_RESOLVEQ_H

#include <stdint.h>

#include "supervisor/daemon.h"

#define RESOLVES_PER_UID	2

/* What the executor is asked; takes the request over. */
void	resolveq_fill(struct resolve *, const struct client *,
	    const struct conf_skill *, struct runreq *);
/* The limits that it may have, by a configuration. */
void	resolveq_limit(struct resolve *, const struct conf *,
	    const struct conf_channel *, const struct conf_skill *);
/*
 * Asks for the run or request id to be resolved, now or in the turn of the
 * account that asks.  -1 if the request does not fit into the message.
 */
int	resolveq_ask(struct daemon *, uint64_t id, uid_t,
	    const struct resolve *);
/*
 * Nobody waits for the answer any more.  If one comes, it ends here, and the
 * executor is told to forget the plan.
 */
void	resolveq_cancel(struct daemon *, uint64_t id);
/*
 * X_PLAN or X_UNRESOLVED has come for this id.  1: it is to be handled, 0:
 * nobody waits for it, -1: it was never asked for.
 */
int	resolveq_answered(struct daemon *, unsigned type, uint64_t id);

#endif
