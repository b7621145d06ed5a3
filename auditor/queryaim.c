/* SPDX-License-Identifier: ISC */
/* Where the answer to a question about the log begins and ends. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>

#include "auditor/query_priv.h"
#include "common/payload.h"
#include "common/record/pruned.h"

/* The segment that has a record, or the oldest one. */
static size_t
segment_with(const struct segment *s, uint64_t record)
{
	size_t i;

	if (record >= s->first)
		return (s->nold);
	for (i = s->nold; i > 0 && s->old[i - 1] > record; i--)
		;
	return (i > 0 ? i - 1 : 0);
}

/* The segment that has the first record of a run; 0 if that is not known. */
static size_t
segment_of(const struct auditor *a, uint64_t run)
{
	uint64_t first;

	if (runindex_find(&a->begins, run, &first) == -1)
		return (0);
	return (segment_with(&a->chain.seg, first));
}

int
query_aim(struct query *q, uint64_t count, uint64_t run)
{
	const struct chain *c = &q->a->chain;

	q->end.seg = c->seg.nold;
	q->end.off = c->seg.size;
	q->head = c->durable;
	switch (q->type) {
	case QUERY_TAIL:
	case QUERY_FOLLOW:
		/* all that there are: nothing to look for from the end */
		if (count >= c->durable.number) {
			q->phase = Q_SEND;
			return (0);
		}
		q->phase = Q_SEEK;
		q->at = q->end;
		/* to the newline in front of the first line */
		q->want = count == 0 || count == UINT64_MAX ? count :
		    count + 1;
		return (0);
	case QUERY_SHOW:
		runid_text(q->run, run & RUNID_MASK);
		(void)snprintf(q->needle, sizeof(q->needle),
		    "\"run\":\"%s\"", q->run);
		q->phase = q->uid == UINT32_MAX ? Q_SEND : Q_OWNER;
		q->at.seg = q->from = segment_of(q->a, run & RUNID_MASK);
		return (0);
	case QUERY_FORWARD:
		/* whoever forwards passes over what comes before */
		q->at.seg = segment_with(&c->seg, count);
		q->phase = Q_SEND;
		return (0);
	case QUERY_VERIFY:
		q->phase = Q_BEFORE;
		q->links = gone_before(&q->out, q->a);
		/* what is recorded as removed is not of the log */
		if (gone_is_half(q->a))
			q->at.seg = 1;
		if (q->links != 0)
			q->before = logseg_open(c->seg.dirfd, LOG_SEALS,
			    O_RDONLY);
		return (0);
	case QUERY_COPIES:
		/* what is recorded as removed is not of the log */
		if (gone_is_half(q->a))
			q->at.seg = 1;
		return (0);
	default:
		if (!queryfile_is(q))
			return (-1);
		queryfile_aim(q, count, run);
		return (0);
	}
}
