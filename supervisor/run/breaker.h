/* SPDX-License-Identifier: ISC */
/*
 * Circuit breakers: one for each channel, skill and account, so that nobody's
 * failures keep others from anything, and one for each plan that fails again
 * and again.  Failures in a window open it; when it has cooled down one run is
 * let through, and what becomes of that decides.  Times are those of quota.h.
 * Those that have nothing to remember are not kept, and there are at most
 * BREAKERS_MAX, and BREAKERS_PLANS for plans of one account: where there is no
 * place, those of plans make way, open ones too.
 */
#ifndef SUPERVISOR_BREAKER_H
#define SUPERVISOR_BREAKER_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/plan.h"
#include "supervisor/conf/conf.h"

#define BREAKERS_MAX	1024
#define BREAKERS_PLANS	64

struct breakers;

struct breaker_key {
	const struct conf_channel *ch;
	const struct conf_skill	*sk;
	uid_t			 uid;
	int			 of_plan;
	uint8_t			 plan[PLAN_DIGEST];	/* of_plan, else 0 */
};

/* What a run says about whom it failed for. */
enum health { HEALTH_NONE, HEALTH_GOOD, HEALTH_BAD };

/* The configuration must outlive it. */
struct breakers	*breakers_new(const struct conf *);

/* What becomes of one by itself; a reset is told by who resets. */
enum breaker_change { BREAKER_OPENED, BREAKER_TRIED, BREAKER_CLOSED,
	BREAKER_FORGOTTEN };
typedef void	 breaker_told(void *, const struct breaker_key *,
		    enum breaker_change, uint32_t failures);
/* Each change is told from now on. */
void		 breakers_tell(struct breakers *, breaker_told *, void *arg);
/* As quota_renew. */
void		 breakers_renew(struct breakers *, const struct conf *);
void		 breaker_renew_key(struct breaker_key *, const struct conf *);
void		 breakers_free(struct breakers *);

/* plan: its digest, or NULL. */
void		 breaker_key(struct breaker_key *, const struct conf_channel *,
		    const struct conf_skill *, uid_t, const uint8_t *plan);
/*
 * 0 if a run may begin; else -1, and in how many milliseconds, or 0 where one
 * is being tried just now.
 */
int		 breaker_check(struct breakers *, const struct breaker_key *,
		    int64_t now, int64_t *retry_ms);
/* A run begins: 1 if it is the one that is tried. */
int		 breaker_begin(struct breakers *, const struct breaker_key *);
/* It has ended; probe: what breaker_begin said. */
void		 breaker_end(struct breakers *, const struct breaker_key *,
		    int probe, enum health, int64_t now);
/* Closes those of a channel, a skill, an account; NULL: any.  How many. */
unsigned	 breaker_reset(struct breakers *, const char *channel,
		    const char *skill, const uid_t *uid);

struct breaker_show {
	const char	*channel;
	const char	*skill;
	uid_t		 uid;
	const uint8_t	*plan;		/* NULL: of all */
	const char	*state;		/* "closed", "open", "half-open" */
	uint32_t	 failures;
	int64_t		 retry_ms;
};
/* Breaker i; 0, or -1 past the end. */
int		 breaker_show(struct breakers *, size_t i, int64_t now,
		    struct breaker_show *);

#endif
