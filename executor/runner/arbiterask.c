/* SPDX-License-Identifier: ISC */
/* Questions about execs, and who has said no to what. */
#include "config.h"

#include <string.h>

#include "executor/runner/arbiter_priv.h"

#define ASK_HEAD	(1 + PLAN_DIGEST)	/* letter and digest */
#define REFUSALS	16U	/* by people, that are remembered, */
#define REFUSAL_US	2000000	/* for so long: execvp(3) tries again */

/* What an approver has refused, and to whom. */
struct turned_down {
	int64_t		 at;
	uint8_t		 what[PLAN_DIGEST];
};

static struct turned_down refusals[REFUSALS];
static unsigned nrefusals;

/* This process, this file, these arguments. */
static void
refusal_digest(uint8_t out[PLAN_DIGEST], const struct exec_row *w)
{
	struct buf b;
	size_t i;

	buf_init(&b, MSG_EXECS_MAX);
	buf_put_u32(&b, w->pid);
	buf_put_u64(&b, w->dev);
	buf_put_u64(&b, w->ino);
	buf_put_u64(&b, w->script_ino);
	for (i = 0; i < w->argv.n; i++)
		buf_put_str(&b, w->argv.v[i]);
	plan_digest(out, b.data, b.len);
	buf_free(&b);
}

void
arbiterask_refused(const struct exec_row *w)
{
	struct turned_down *f = &refusals[nrefusals++ % REFUSALS];

	f->at = runner_now();
	refusal_digest(f->what, w);
}

int
arbiterask_was_refused(const struct exec_row *w)
{
	uint8_t what[PLAN_DIGEST];
	size_t i;

	refusal_digest(what, w);
	for (i = 0; i < REFUSALS; i++)
		if (refusals[i].at != 0 &&
		    runner_now() - refusals[i].at < REFUSAL_US &&
		    memcmp(refusals[i].what, what, sizeof(what)) == 0)
			return (1);
	return (0);
}

int
arbiterask_send(struct runner *r, const struct exec_row *row, uint32_t image,
    uint8_t digest[PLAN_DIGEST])
{
	struct exec_ask a;
	struct buf b;
	int rc;

	memset(&a, 0, sizeof(a));
	a.row = *row;
	arbiterway_fill(r, &a, image);
	buf_init(&b, INSIDE_QUESTION_MAX);
	buf_put_u8(&b, INSIDE_QUESTION);
	shape_put(&exec_ask_shape, &b, &a);
	plan_digest(digest, b.data + ASK_HEAD, b.len - ASK_HEAD);
	memcpy(b.data + 1, digest, PLAN_DIGEST);
	rc = arbiterlog_up(r, &b, 0) ? 0 : -1;
	buf_free(&b);
	arbiterway_free(&a);
	return (rc);
}

void
arbiterask_back(struct runner *r, uint32_t seq)
{
	struct exec_asked v = { seq };
	struct buf b;

	buf_init(&b, INSIDE_ASKED_MAX);
	buf_put_u8(&b, INSIDE_ASKED);
	shape_put(&exec_asked_shape, &b, &v);
	/* before its row, which nobody may tell while it is asked about */
	(void)arbiterlog_up(r, &b, 1);
	buf_free(&b);
}

