/* SPDX-License-Identifier: ISC */
/*
 * The time of a run, which stands still while a person is asked about a
 * program of it: what the run has done is not to be lost because nobody was
 * at hand.  Not for ever, or a run could live for as long as it finds
 * something to ask about: the one program is held as long as the
 * configuration says, and all of them together so many times that.  Processor
 * time is counted on.
 */
#include "config.h"

#include "executor/runner/arbiter.h"
#include "executor/runner/runner_priv.h"

/* For how long it may stand still yet, us. */
static int64_t
left(const struct runner *r)
{
	return ((int64_t)r->job->skill->held_s * RUNCLOCK_TIMES * 1000000 -
	    r->still_us);
}

void
runclock_step(struct runner *r, int64_t now)
{
	int64_t more;

	if (r->phase == PH_OVER)	/* it is its reader's time now */
		return;
	if (r->still_at != 0) {
		more = now - r->still_at;
		if (more > left(r))
			more = left(r);
		r->deadline += more;
		r->still_us += more;
	}
	r->still_at = arbiter_asks() && left(r) > 0 ? now : 0;
}

int64_t
runclock_at(const struct runner *r)
{
	if (r->phase != PH_OVER && r->kill_at != 0)
		return (r->kill_at);
	if (r->deadline == 0)
		return (INT64_MAX);
	if (r->phase != PH_OVER && r->still_at != 0)
		return (r->deadline + left(r));
	return (r->deadline);
}
