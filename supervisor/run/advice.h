/* SPDX-License-Identifier: ISC */
/*
 * What somebody is told along with a refusal, for programs and in words: is
 * it final, who could approve it, how to come back, what may be done instead.
 * Never how to get around.
 */
#ifndef SUPERVISOR_ADVICE_H
#define SUPERVISOR_ADVICE_H

#include <sys/types.h>

#include <stdint.h>

#include "common/buf.h"
#include "supervisor/conf/conf.h"

enum advice_kind {
	ADVICE_NONE,		/* it was not refused */
	ADVICE_POLICY,		/* by a rule */
	ADVICE_PLACE,		/* before a rule: it does not resolve to what
				   the skill may run, or where */
	ADVICE_CHANNEL,		/* nothing on this channel for who asks */
	ADVICE_SKILL,		/* no such skill, likewise */
	ADVICE_ASK,		/* an approver would have to be asked */
	ADVICE_DENIED,		/* one said no */
	ADVICE_EXPIRED,		/* none answered */
	ADVICE_UNCLAIMED,	/* one said yes, and nobody came for it */
	ADVICE_LATER		/* not now */
};

struct advice {
	enum advice_kind	 kind;
	const struct conf	*conf;
	const struct conf_channel *ch;
	const struct conf_skill	*sk;	/* NULL: none */
	const char		*where;	/* file:line of the rule, or "" */
	int64_t			 retry_ms; /* from now; 0: not known */
};

/* Its fields; none for ADVICE_NONE. */
void	advice_put(struct buf *, const struct advice *);

#endif
