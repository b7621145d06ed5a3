/* SPDX-License-Identifier: ISC */
/*
 * The table of standing approvals: an approver has said that a command, or
 * what a pattern covers, need not be asked about again for a while.  Each is
 * for one account, channel and skill, under one policy.  They are in memory
 * alone; a restart ends them.
 *
 * One is pending until the record that gives it is durable, holds then, and
 * has ended when its time or its count is used up, it was revoked, or what it
 * was given under is not so any more; it stays, for nobody, until that is
 * durable, too.  Times are now_ms(), which goes on while the machine sleeps
 * and knows no steps.
 */
#ifndef SUPERVISOR_STANDING_H
#define SUPERVISOR_STANDING_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/plan.h"
#include "common/policy/policy.h"
#include "supervisor/conf/conf.h"

#define STANDINGS_MAX		2048U
#define STANDINGS_APPROVER	1024U	/* that one has given */
#define STANDINGS_UID		256U	/* for one account */

enum standing_state {
	STANDING_PENDING,
	STANDING_HOLDS,
	STANDING_ENDED,		/* that is to be recorded */
	STANDING_ENDING		/* it is being recorded */
};

/* What it is for: exactly this. */
struct standing_key {
	const char	*channel;
	const char	*skill;
	uid_t		 uid;		/* who asks */
	const char	*policy;	/* digest of the configuration */
};

struct standing {
	TAILQ_ENTRY(standing) entry;	/* of those of its hash */
	uint64_t	 id;
	enum standing_state state;
	char		*channel;
	char		*skill;
	char		*policy;
	uid_t		 uid;
	uid_t		 approver;
	uint64_t	 run;		/* it was given when that waited */
	uint64_t	 record;	/* and by that */
	int64_t		 since;
	int64_t		 until;
	uint32_t	 count;		/* it is good for so many, 0: any */
	uint32_t	 taken;		/* of which so many may come to run, */
	uint32_t	 used;		/* and so many were recorded to */
	int		 late;		/* for one that nobody waits with */
	const char	*why;		/* it ended; static */
	struct buf	 end;		/* fields of the record of that */

	uint8_t		 plan[PLAN_DIGEST];	/* that very one; or */
	struct pattern	*like;		/* what that covers, NULL: none, by */
	struct strv	 argv;		/* for people: what waited */
	char		*exe;		/* the same program in the same place */
	uint8_t		 exe_digest[PLAN_DIGEST];
	char		*script;
	uint8_t		 script_digest[PLAN_DIGEST];
	char		*cwd;
	uint64_t	 cwd_dev;
	uint64_t	 cwd_ino;
};

/* What somebody asks for, in hand of whoever looks for one. */
struct standing_for {
	struct standing_key	 key;
	const struct plan	*plan;
	const uint8_t		*digest;	/* of that */
	const struct strv	*names;		/* as in struct resolved */
	const struct conf	*conf;		/* wrappers, approvers */
};

struct standings;

struct standings *standings_new(void);

/*
 * One of this id, pending, of what waits, given by an approver for so many ms
 * and uses; like is taken over, NULL: that very plan.  NULL if there are too
 * many already, and why; like is freed then.
 */
struct standing *standing_add(struct standings *, uint64_t id,
	    const struct standing_for *, struct pattern *like, uid_t approver,
	    int64_t now, int64_t ms, uint32_t count, char *why, size_t len);
/* Forgets it. */
void	standing_remove(struct standings *, struct standing *);
struct standing *standing_by_id(const struct standings *, uint64_t id);
/* The pending one that was offered for this run. */
struct standing *standing_by_run(const struct standings *, uint64_t run);

/* Is there any for such requests, which holds? */
int	standing_any(const struct standings *, const struct standing_key *,
	    int64_t now);
/*
 * One by which this may run now; that very plan's before a pattern's.  What
 * is found to be for a program that is another file now has ended.
 */
struct standing *standing_find(struct standings *,
	    const struct standing_for *, int64_t now);
/*
 * A use of it, before its intent is written; then that it was, or that it was
 * not, and somebody else may have it.
 */
void	standing_take(struct standing *);
void	standing_use(struct standing *);
void	standing_give_back(struct standing *);

/*
 * Ends what should have ended by now: its time or count, another policy, an
 * approver who is none any more.
 */
void	standings_end(struct standings *, const char *policy,
	    const struct who *approvers, int64_t now);
/* Ends one, for a reason that is static. */
void	standing_end(struct standing *, const char *why);
/* The next one in this state behind that, or the first (NULL). */
struct standing *standing_next(const struct standings *, enum standing_state,
	    const struct standing *);

/* Ids of those that hold, into ids if that is not NULL; how many. */
size_t	standings_ids(const struct standings *, uint64_t *ids);

#endif
