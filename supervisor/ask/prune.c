/* SPDX-License-Identifier: ISC */
/*
 * PRUNE: parts of the log are removed, by the auditor, which records that; the
 * executor looks first what of the reason must not be recorded.
 */
#include "config.h"

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/run.h"
#include "supervisor/run/veil.h"

static const struct op_kind prune_kind = {
	.act = {
		[ACT_HIDDEN] = veil_hidden,
		[ACT_PRUNING] = op_row,
		[ACT_PRUNED] = op_answered,
	},
	.quit = op_forget,
	.lapse = veil_lapsed,
};

/* One whose client leaves before that is over. */
static enum op_state
begin(struct daemon *d, struct op *o)
{
	struct msg_aprune m;
	struct buf b;

	buf_init(&b, 65536);
	field_str(&b, "reason", o->why);
	rec_by(&b, o->cl);
	m.before_us = o->before_us;
	m.last = o->last;
	m.dry = o->dry;
	m.fields = b.data;
	m.len = b.len;
	(void)role_put(&d->procs[PROC_AUDIT], MSG_A_PRUNE, o->id,
	    &msg_aprune_shape, &m, NULL, 0);
	buf_free(&b);
	return (OP_PRUNE);
}

/* What was begun goes on, whether or not the client stays. */
void
req_prune(struct client *cl, struct payload *p)
{
	const struct msg_prune *v = payload_as(p, &msg_prune_shape);
	struct op *o;

	if (!v->dry && *v->why == '\0') {
		client_end(cl, CBE_USAGE, "why is not said");
		return;
	}
	if ((o = op_new(cl->d, &prune_kind, OP_VEIL, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->before_us = v->before_us;
	o->last = v->last;
	o->dry = v->dry;
	o->why = reason_masked(cl->d, v->why);
	veil_begin(cl->d, o, begin);
}
