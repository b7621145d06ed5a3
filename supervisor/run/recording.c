/* SPDX-License-Identifier: ISC */
/* Records; see recording.h. */
#include "config.h"

#include <stdlib.h>

#include "supervisor/client/client.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

static enum op_state
recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	uint64_t record;
	struct rd rd;
	int still;

	rd_init(&rd, m->data, m->len);
	record = rd_u64(&rd);
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed A_DONE");
	still = o->told == NULL ||
	    o->told->takes(d, o->run, o->done_event);
	if (o->cl != NULL && still)
		client_end(o->cl, CBE_OK, "%s", "");
	else if (o->cl != NULL)
		client_end(o->cl, CBE_NOENT, "the run was withdrawn");
	o->cl = NULL;
	/* the run may have gone another way meanwhile */
	if (o->told != NULL)
		o->told->event(d, o->run, o->done_event, record, "");
	return (OP_DONE);
}

static enum op_state
not_recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	op_answer(d, p, m, &rd, &code, &reason);
	if (rd_end(&rd) == -1 || code == CBE_OK)
		daemon_breach(d, p, "malformed A_REFUSED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	o->cl = NULL;
	if (o->told != NULL)
		o->told->event(d, o->run, o->refused_event, 0, reason);
	free(reason);
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
	struct op *o;
	struct buf b;

	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, (uint8_t)kind);
	buf_put_u8(&b, 0);
	buf_put(&b, fields->data, fields->len);
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
