/* SPDX-License-Identifier: ISC */
/*
 * How many runs, and when: sliding windows over the last minute, runs at one
 * time, requests of any kind in the last hour, all of them globally and per
 * channel, circuit breakers (breaker.h), and how often each secret is released
 * to the runs of a skill (releases.h).  Times are milliseconds on the boot
 * clock and come from the caller; before the boot they are negative.
 * Checking and taking is one step, so nothing slips in between.
 */
#ifndef SUPERVISOR_QUOTA_H
#define SUPERVISOR_QUOTA_H

#include <stdint.h>
#include <stdio.h>

#include "supervisor/conf/conf.h"
#include "supervisor/run/breaker.h"

struct quota;
struct releases;

/* Why a run was refused, and when to try again. */
struct quota_no {
	const char	*kind;		/* "rate", "concurrent", "breaker",
					   "requests", "releases" */
	char		 reason[192];
	int64_t		 retry_ms;	/* from now; 0: not known */
};

/* What a run holds from quota_take to quota_release. */
struct quota_hold {
	struct breaker_key	 key;
	int			 held;
	int			 counted; /* in the windows of a minute */
	int			 probe;	/* of a half-open breaker */
	int			 probe_plan; /* of that of its plan */
};

/* The configuration must outlive it, or be replaced. */
struct quota	*quota_new(const struct conf *);
/*
 * By another one from now on, which has the same channels and skills.  What was
 * counted goes on counting; where nothing was, since there was no limit, that
 * begins now.  Holds are renewed by who has them.
 */
void		 quota_renew(struct quota *, const struct conf *);
void		 quota_renew_hold(struct quota_hold *, const struct conf *);
void		 quota_free(struct quota *);
/* A run that was executed before the start; unknown channels count too. */
void		 quota_seed(struct quota *, const char *channel,
		    int64_t when);
/*
 * 0 if a run of that channel, skill and account could start now, and, where it
 * is known, of that plan; else -1 and why.
 */
int		 quota_check(struct quota *, const struct breaker_key *,
		    int64_t now, struct quota_no *);
/* The same, and takes it. */
int		 quota_take(struct quota *, const struct breaker_key *,
		    int64_t now, struct quota_hold *, struct quota_no *);
/*
 * A request that is refused, or ends before it could run, costs what a run
 * costs; unless it was quota_take that refused it.  Once.
 */
void		 quota_count(struct quota *, const struct conf_channel *,
		    int64_t now, struct quota_hold *);
/*
 * A request of any kind by a user of this channel: counts it, or -1 and why
 * not.  What is refused here is not counted.
 */
int		 quota_request(struct quota *, const struct conf_channel *,
		    int64_t now, struct quota_no *);
/*
 * Gives it back; nothing if it is not held.  outcome is an OUTCOME_*; 0 if
 * the run says nothing about the skill's health.
 */
void		 quota_release(struct quota *, struct quota_hold *,
		    unsigned outcome, int64_t now);

/* For status. */
struct quota_show {
	const char	*name;		/* "global", or the channel's */
	uint32_t	 rate_used;
	uint32_t	 rate_limit;	/* CONF_UNSET: none */
	uint32_t	 requests;	/* in the last hour */
	uint32_t	 request_limit;	/* likewise */
	uint32_t	 running;
	uint32_t	 run_limit;
};
/* Line i; 0, or -1 past the end. */
int		 quota_show(struct quota *, size_t i, int64_t now,
		    struct quota_show *);
/* The breakers, to be shown and reset. */
struct breakers	*quota_breakers(struct quota *);
/* How often secrets were released, to be shown. */
struct releases	*quota_releases(struct quota *);

#endif
