/* SPDX-License-Identifier: ISC */
/*
 * What has begun to wait and is to be told of; see notice.h.  Times are those
 * of now_ms().
 *
 * No account takes another's turn: of NOTICE_BURST notices in NOTICE_WINDOW_MS
 * it has at most NOTICE_SHARE, who was told of least in that time is next, and
 * a full queue gives up what is newest of who has most in it.
 */
#ifndef SUPERVISOR_NOTICEQ_H
#define SUPERVISOR_NOTICEQ_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "supervisor/daemon.h"

#define NOTICE_QUEUE	32	/* that wait for their turn; more are counted */

#define NOTICE_BURST	10	/* in NOTICE_WINDOW_MS */
#define NOTICE_SHARE	5	/* of these, for one account */
#define NOTICE_WINDOW_MS	60000

struct notice_wait {
	uint64_t	 id;		/* of a run or a question */
	uid_t		 uid;		/* whose it is */
};

struct noticeq {
	struct notice_wait waits[NOTICE_QUEUE];	/* oldest first */
	size_t		 n;
	uint32_t	 missed;	/* since the last one that was told */
	struct {
		int64_t	 at;		/* 0: none yet */
		uid_t	 uid;
	}		 told[NOTICE_BURST];	/* a ring */
	size_t		 nexttold;
};

struct noticeq	*noticeq_new(void);
/* The run or question of this id, of that account, begins to wait. */
void	 noticeq_put(struct daemon *, uint64_t id, uid_t);
/* The same, where there is a notifier. */
void	 noticeq_add(struct noticeq *, uint64_t id, uid_t);
/* Takes out whose turn it is.  0: nobody's, for now. */
int	 noticeq_take(struct noticeq *, int64_t now, struct notice_wait *);
/* Of that account one has been told. */
void	 noticeq_told(struct noticeq *, int64_t now, uid_t);

#endif
