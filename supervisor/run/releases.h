/* SPDX-License-Identifier: ISC */
/*
 * How often secrets are released: a sliding minute for each secret of each
 * skill.  It counts runs that are about to be recorded, since all that a skill
 * has is released to each of its runs.  Times as for quotas (quota.h).
 */
#ifndef SUPERVISOR_RELEASES_H
#define SUPERVISOR_RELEASES_H

#include <stdint.h>

#include "supervisor/conf/conf.h"

struct releases;

/* The configuration must outlive it, or be replaced. */
struct releases	*releases_new(const struct conf *);
void		 releases_free(struct releases *);
/* By another one from now on; what was counted goes on counting, by name. */
void		 releases_renew(struct releases *, const struct conf *);
/* One of each secret of the skill. */
void		 releases_take(struct releases *, const struct conf_skill *,
		    int64_t now);

/* Of secret i of a skill: how many, and how many there may be. */
struct release_show {
	uint32_t	used;
	uint32_t	limit;		/* CONF_UNSET: none, and not counted */
	int64_t		wait_ms;	/* until there may be one more; 0: now,
					   or not known */
};
/* 0, or -1 past the end. */
int		 releases_show(struct releases *, const struct conf_skill *,
		    size_t i, int64_t now, struct release_show *);
/*
 * The member "releases" of a row: for each secret of the skill, on what
 * conditions its runs get it.
 */
void		 releases_put(struct buf *, struct releases *,
		    const struct conf_skill *, int64_t now);

#endif
