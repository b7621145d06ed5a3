/* SPDX-License-Identifier: ISC */
/*
 * What runs are refused and that is counted, for the end of the run to tell
 * how often, and which key decides.
 *
 * Where init answers calls of a run, the filter that it listens at hands these
 * to it; it counts, and answers with the error that the filter has elsewhere.
 * init itself is refused them by a filter of its own.  What the executor is
 * refused with all that it starts cannot be counted, since an error of any
 * filter wins over asking.
 */
#ifndef EXECUTOR_COUNTED_H
#define EXECUTOR_COUNTED_H

#include <linux/seccomp.h>

#include "common/refused.h"
#include "executor/ruleset.h"

enum counted {
	COUNTED_NETWORK,	/* no call: the kernel tells of it (box.h) */
	COUNTED_TRACE,
	COUNTED_MEMORY,		/* asked for at once, and more than there may
				   be */
	COUNTED_MOUNTS,
	COUNTED_NAMESPACES,
	COUNTED_SOCKETS,
	COUNTED_KINDS
};

/*
 * For the runs that are started from then on: sockets are those of PLAN_NET_*,
 * where Landlock keeps them off others' abstract ones (scoped) or not; traces:
 * the whole run may trace.
 */
void	counted_choose(unsigned network, int scoped, int traces);
/* Are all calls of that group among them?  1 or 0. */
int	counted_group(enum refused_group);
/*
 * Adds them, as what is refused; notify: init is asked.  own: but for what init
 * does itself.
 */
void	counted_add(struct rule_list *, int notify, int own);
/* As the filter would have it: a negative error number, and the kind. */
int	counted_answer(const struct seccomp_data *, enum counted *);

#endif
