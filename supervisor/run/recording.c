/* SPDX-License-Identifier: ISC */
/* Records; see recording.h. */
#include "config.h"

#include <string.h>

#include "supervisor/client/client.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

static enum op_state
recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_done *v = payload_as(in, &msg_done_shape);
	int still;

	(void)p;
	still = o->told == NULL ||
	    o->told->takes(d, o->run, o->done_event);
	if (o->cl != NULL && still)
		client_end(o->cl, CBE_OK, "%s", "");
	else if (o->cl != NULL)
		client_end(o->cl, CBE_NOENT, "the run was withdrawn");
	o->cl = NULL;
	/* the run may have gone another way meanwhile */
	if (o->told != NULL)
		o->told->event(d, o->run, o->done_event, v->record, "");
	return (OP_DONE);
}

static enum op_state
not_recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_refused_shape);

	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	o->cl = NULL;
	if (o->told != NULL)
		o->told->event(d, o->run, o->refused_event, 0,
		    v->text);
	return (OP_DONE);
}

static const struct op_kind record_kind = {
	.act = {
		[ACT_RECORDED] = recorded,
		[ACT_NOT_RECORDED] = not_recorded,
	},
};

int
recording_put(struct daemon *d, unsigned kind, struct buf *fields,
    struct client *cl, const struct recording_note *note)
{
	struct msg_record v;
	struct op *o;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.kind = (uint8_t)kind;
	v.fields = fields->data;
	v.len = fields->len;
	payload_put(&b, MSG_A_RECORD, &msg_record_shape, &v);
	if (fields->bad)
		b.bad = 1;
	buf_free(fields);
	if (b.bad ||
	    (o = op_new(d, &record_kind, OP_RECORD, cl)) == NULL) {
		buf_free(&b);
		return (-1);
	}
	if (note != NULL) {
		o->told = note->told;
		o->run = note->run;
		o->done_event = note->done;
		o->refused_event = note->refused;
	}
	if (role_send(&d->procs[PROC_AUDIT], MSG_A_RECORD, o->id, &b, NULL, 0)
	    == 0)
		return (0);
	op_free(d, o);
	return (-1);
}
