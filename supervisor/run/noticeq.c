/* SPDX-License-Identifier: ISC */
/* What is to be told of; see noticeq.h. */
#include "config.h"

#include <string.h>

#include "supervisor/run/noticeq.h"

struct noticeq *
noticeq_new(void)
{
	return (xcalloc(1, sizeof(struct noticeq)));
}

void
noticeq_put(struct daemon *d, uint64_t id)
{
	struct noticeq *q = d->noticeq;

	if (q == NULL || d->notifier.state != PROC_UP)
		return;
	if (q->n < NOTICE_QUEUE)
		q->ids[q->n++] = id;
	else
		q->missed++;
}

uint64_t
noticeq_take(struct noticeq *q)
{
	uint64_t id = q->ids[0];

	memmove(q->ids, q->ids + 1, --q->n * sizeof(*q->ids));
	return (id);
}
