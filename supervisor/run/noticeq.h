/* SPDX-License-Identifier: ISC */
/* What has begun to wait and is to be told of; see notice.h. */
#ifndef SUPERVISOR_NOTICEQ_H
#define SUPERVISOR_NOTICEQ_H

#include <stddef.h>
#include <stdint.h>

#include "supervisor/daemon.h"

#define NOTICE_QUEUE	32	/* that wait for their turn; more are counted */

struct noticeq {
	uint64_t	 ids[NOTICE_QUEUE];	/* oldest first */
	size_t		 n;
	uint32_t	 missed;	/* since the last one that was told */
};

struct noticeq	*noticeq_new(void);
/* The run or question of this id begins to wait. */
void	 noticeq_put(struct daemon *, uint64_t id);
/* The oldest one, which is there. */
uint64_t noticeq_take(struct noticeq *);

#endif
