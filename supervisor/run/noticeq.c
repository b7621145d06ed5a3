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

static size_t
waiting(const struct noticeq *q, uid_t uid)
{
	size_t i, n = 0;

	for (i = 0; i < q->n; i++)
		n += q->waits[i].uid == uid;
	return (n);
}

static struct notice_wait
take_out(struct noticeq *q, size_t at)
{
	const struct notice_wait w = q->waits[at];

	memmove(q->waits + at, q->waits + at + 1,
	    (--q->n - at) * sizeof(*q->waits));
	return (w);
}

/* Of a full queue: where the newest one is of who has most, or NOTICE_QUEUE if
 * that account, which has one more, has as many. */
static size_t
to_give_up(const struct noticeq *q, uid_t uid)
{
	size_t i, n, at = NOTICE_QUEUE, most = waiting(q, uid);

	for (i = q->n; i-- > 0; )
		if ((n = waiting(q, q->waits[i].uid)) > most) {
			most = n;
			at = i;
		}
	return (at);
}

void
noticeq_add(struct noticeq *q, uint64_t id, uid_t uid)
{
	size_t at;

	if (q->n == NOTICE_QUEUE) {
		q->missed++;
		if ((at = to_give_up(q, uid)) == NOTICE_QUEUE)
			return;
		(void)take_out(q, at);
	}
	q->waits[q->n].id = id;
	q->waits[q->n++].uid = uid;
}

void
noticeq_put(struct daemon *d, uint64_t id, uid_t uid)
{
	if (d->noticeq != NULL && d->notifier.state == PROC_UP)
		noticeq_add(d->noticeq, id, uid);
}

/* How many have been told lately: of that account, and in *all of everybody. */
static size_t
lately(const struct noticeq *q, int64_t now, uid_t uid, size_t *all)
{
	size_t i, n = 0;

	for (*all = i = 0; i < NOTICE_BURST; i++)
		if (q->told[i].at != 0 &&
		    now - q->told[i].at < NOTICE_WINDOW_MS) {
			++*all;
			n += q->told[i].uid == uid;
		}
	return (n);
}

int
noticeq_take(struct noticeq *q, int64_t now, struct notice_wait *w)
{
	size_t i, n, all, at = 0, least = NOTICE_SHARE;

	for (i = 0; i < q->n; i++) {
		n = lately(q, now, q->waits[i].uid, &all);
		if (all == NOTICE_BURST)
			return (0);
		if (n < least) {
			least = n;
			at = i;
		}
	}
	if (least == NOTICE_SHARE)
		return (0);
	*w = take_out(q, at);
	return (1);
}

void
noticeq_told(struct noticeq *q, int64_t now, uid_t uid)
{
	q->told[q->nexttold].at = now;
	q->told[q->nexttold].uid = uid;
	q->nexttold = (q->nexttold + 1) % NOTICE_BURST;
}
