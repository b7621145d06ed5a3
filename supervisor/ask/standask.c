/* SPDX-License-Identifier: ISC */
/*
 * STANDING_ADD, STANDING_LIST, REVOKE: approvals that last.  Who asks for
 * things sees those that concern himself; only approvers end one.
 */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/client/listing.h"
#include "supervisor/run/question.h"
#include "supervisor/run/standrun.h"

/* What it is called comes before it holds; that it does is in END. */
static void
say_offered(struct client *cl, uint64_t id)
{
	char text[RUNID_TEXT];
	struct buf b;

	standingid_text(text, id);
	buf_init(&b, 256);
	field_str(&b, "standing", text);
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

void
req_standing_add(struct client *cl, struct payload *p)
{
	const struct msg_standing *v = payload_as(p, &msg_standing_shape);
	struct run_input in;
	char why[256];
	enum cberr err;
	struct run *r;
	uint64_t id;

	if (question_find(cl->d, v->run, &r) != NULL) {
		client_end(cl, CBE_REFUSED, "a program that a run wants to "
		    "start is approved once");
		return;
	}
	if ((r = approve_find(cl, v->run, v->digest)) == NULL)
		return;
	if ((id = standrun_offer(r, v, cl, &err, why, sizeof(why))) == 0) {
		client_end(cl, err, "%s", why);
		return;
	}
	say_offered(cl, id);
	memset(&in, 0, sizeof(in));
	in.event = EV_APPROVE;
	in.cl = cl;
	(void)run_event(r, &in);
}

static int
standing_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct standing *t = standing_by_id(cl->d->standings, id);

	if (t == NULL || t->state != STANDING_HOLDS || (!cl->admin &&
	    (t->uid != cl->uid || strcmp(t->channel, cl->ch->name) != 0)))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	standrun_row(b, t);
	return (0);
}

void
req_standing_list(struct client *cl, struct payload *p)
{
	struct standings *s = cl->d->standings;
	uint64_t *ids;
	size_t n;

	(void)p;
	n = standings_ids(s, NULL);
	ids = xcalloc(n + 1, sizeof(*ids));
	(void)standings_ids(s, ids);
	listing_send(cl, standing_row, ids, n);
}

void
req_revoke(struct client *cl, struct payload *p)
{
	struct msg_revoke v = *(const struct msg_revoke *)payload_as(p,
	    &msg_revoke_shape);

	v.why = reason_masked(cl->d, v.why);
	standrun_revoke(cl, &v);
	freezero(v.why, strlen(v.why));
}
