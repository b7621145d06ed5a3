/* SPDX-License-Identifier: ISC */
/* PRUNE: parts of the log are removed, by the auditor, which records that. */
#include "config.h"

#include <stdlib.h>

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/run.h"

static enum op_state
pruning(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_put(o->cl, MSG_ROW, &msg_fields_shape,
		    payload_as(in, &msg_fields_shape));
	return (OP_PRUNE);
}

static enum op_state
pruned(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

static const struct op_kind prune_kind = {
	.act = {
		[ACT_PRUNING] = pruning,
		[ACT_PRUNED] = pruned,
	},
};

/* What was begun goes on, whether or not the client stays. */
void
req_prune(struct client *cl, struct payload *p)
{
	const struct msg_prune *v = payload_as(p, &msg_prune_shape);
	struct msg_aprune m;
	struct buf b;
	struct op *o;
	char *why;

	if (!v->dry && *v->why == '\0') {
		client_end(cl, CBE_USAGE, "why is not said");
		return;
	}
	if ((o = op_new(cl->d, &prune_kind, OP_PRUNE, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	why = reason_masked(cl->d, v->why);
	buf_init(&b, 65536);
	field_str(&b, "reason", why);
	rec_by(&b, cl);
	free(why);
	m.before_us = v->before_us;
	m.dry = v->dry;
	m.fields = b.data;
	m.len = b.len;
	(void)role_put(&cl->d->procs[PROC_AUDIT], MSG_A_PRUNE, o->id,
	    &msg_aprune_shape, &m, NULL, 0);
	buf_free(&b);
}
