/* SPDX-License-Identifier: ISC */
/*
 * doctor: the executor examines the sandbox of every skill, and what it finds
 * goes to who asked, into the log, and into status from then on.
 */
#include "config.h"

#include <stdlib.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

/* What READY said holds no more; its fields are taken over. */
static void
replace_ready(struct proc *p, struct msg_examined *v)
{
	free(p->ready);
	p->ready = v->ready;
	p->readylen = v->readylen;
	v->ready = NULL;
	v->readylen = 0;
}

static enum op_state
examined(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	struct msg_examined *v = payload_as(in, &msg_examined_shape);
	struct client *cl = o->cl;
	struct buf b;

	(void)p;
	replace_ready(&d->procs[PROC_EXEC], v);
	buf_init(&b, 8192);
	field_str(&b, "ev", "doctor");
	field_str(&b, "channel", o->channel);
	origin_put(&b, d->conf, o->uid, o->pid, &o->from, &o->line);
	field_u64(&b, "skills", v->skills);
	field_u64(&b, "attempts", v->attempts);
	field_u64(&b, "open", v->open);
	/* END comes when that is durable */
	o->cl = NULL;
	if (recording_put(d, RECORD_CONFIG, &b, cl, NULL) == -1 && cl != NULL)
		client_end(cl, CBE_AGAIN, "too busy to record it");
	return (OP_DONE);
}

static const struct op_kind doctor_kind = {
	.act = {
		[ACT_FOUND] = op_row,
		[ACT_EXAMINED] = examined,
	},
	.quit = op_forget,
};

void
req_doctor(struct client *cl, struct payload *p)
{
	struct daemon *d = cl->d;
	struct op *o;

	(void)p;
	TAILQ_FOREACH(o, &d->ops, entry)
		if (o->kind == &doctor_kind) {
			client_end(cl, CBE_AGAIN,
			    "another examination is under way");
			return;
		}
	if ((o = op_new(d, &doctor_kind, OP_DOCTOR, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->channel = cl->ch->name;
	o->uid = cl->uid;
	o->pid = cl->pid;
	o->from = cl->from;
	o->line = cl->line;
	(void)role_send(&d->procs[PROC_EXEC], MSG_X_DOCTOR, o->id, NULL, NULL,
	    0);
}
