/* SPDX-License-Identifier: ISC */
/*
 * Requests that nobody approved in time, or that were denied: for a while an
 * approver can still say yes.  Nobody waits with them any more, so the next
 * identical request of the same account is the one that runs, once, by a
 * standing approval (standing.h).  In memory alone, within bounds, on the
 * clock since boot.
 */
#ifndef SUPERVISOR_LAPSED_H
#define SUPERVISOR_LAPSED_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/plan.h"
#include "supervisor/client/client.h"
#include "supervisor/run/run.h"

#define LAPSED_MAX	64
#define LAPSED_UID	16		/* of one account */
#define LAPSED_BYTES	(8U << 20)	/* that they take, all together */
#define LAPSED_S	1800		/* that they are kept, and that an
					   approval waits for the request */

struct lapsed {
	TAILQ_ENTRY(lapsed) entry;	/* oldest first */
	uint64_t	 id;		/* the run's */
	uid_t		 uid;
	pid_t		 pid;
	struct lineage	 line;
	char		*channel;
	char		*skill;
	char		*policy;
	char		*reason;	/* of who asked */
	char		*rule;
	char		*because;
	uint8_t		*plan;
	size_t		 planlen;
	uint8_t		 digest[PLAN_DIGEST];
	int64_t		 asked;
	int64_t		 at;		/* now_ms() when it lapsed */
	int		 denied;	/* by a person: by */
	uid_t		 by;
	char		*why;
	struct buf	 record;	/* fields of one that approves it */
	size_t		 size;		/* of all that, bytes */
};
TAILQ_HEAD(lapseds, lapsed);

struct lapses {
	struct lapseds	 list;
	size_t		 n;
	size_t		 bytes;
};

struct lapses *lapses_new(void);
/*
 * Keeps what there is of a run that ends so, before its end is set: by: who
 * denied it, NULL: nobody approved it.  Older ones make way.
 */
void	lapsed_keep(struct run *, const struct client *by, const char *why);
/* NULL if there is none of this id (any more). */
struct lapsed *lapsed_find(struct daemon *, uint64_t id);
/* Takes an approver's late yes; END comes when it is recorded. */
void	lapsed_approve(struct client *, struct lapsed *);
/* Forgets what was kept long enough, or asked under another policy. */
void	lapsed_tick(struct daemon *);
/* For listing_send, from ids on; how many. */
size_t	lapsed_ids(const struct daemon *, uint64_t ids[LAPSED_MAX]);

#endif
