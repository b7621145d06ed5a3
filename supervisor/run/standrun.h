/* SPDX-License-Identifier: ISC */
/*
 * Standing approvals of runs: how one is given with the approval of a run
 * that waits, used by later ones, recorded and ended.
 */
#ifndef SUPERVISOR_STANDRUN_H
#define SUPERVISOR_STANDRUN_H

#include <stdint.h>

#include "common/cberr.h"
#include "supervisor/client/client.h"
#include "supervisor/run/run.h"
#include "supervisor/run/standing.h"

/*
 * An approver offers one along with the approval of a run that waits: its id,
 * or 0 and why not.  It is given when that approval is durable.
 */
uint64_t standrun_offer(const struct run *, const struct msg_standing *,
	    const struct client *, enum cberr *, char *why, size_t len);
/* Was one for this run, which may have ended? */
int	standrun_offered(const struct daemon *, uint64_t run);
/*
 * The same for one use, of a request that nobody waits with any more, within
 * so many seconds.  0, or -1 and why not.
 */
int	standrun_late(struct daemon *, uint64_t run,
	    const struct standing_for *, uid_t approver, unsigned s, char *why,
	    size_t len);
/* The member "standing" of the record that gives it, if there is one. */
void	standrun_put(struct buf *, const struct daemon *, uint64_t run);
/* The record of the approval is durable, or will not be. */
void	standrun_given(struct daemon *, uint64_t run, uint64_t record);
void	standrun_not_given(struct daemon *, uint64_t run);

/* Is there any for such requests? */
int	standrun_any(const struct run *);
/* And one for this very one: it is the run's then, to be taken at once. */
int	standrun_covers(struct run *);
/* One use of that. */
void	standrun_take(struct run *);
/* It has its ticket; or it is over, and never had. */
void	standrun_used(struct run *);
void	standrun_unused(struct run *);

/* By an approver; END comes when it is recorded. */
void	standrun_revoke(struct client *, const struct msg_revoke *);
/* Once a second: those that have ended, and are recorded so. */
void	standrun_tick(struct daemon *);

/* Fields that tell all there is to one; it has no time left at 0. */
void	standrun_row(struct buf *, const struct standing *);

#endif
