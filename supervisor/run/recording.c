/* SPDX-License-Identifier: ISC */
/* Records; see recording.h. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/plan.h"
#include "common/record/kind.h"
#include "common/xmalloc.h"
#include "supervisor/client/client.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

#define HIDE_MS		2000

static int
is_reason(const struct field *f)
{
	return (f->type == FIELD_STR && f->keylen == 6 &&
	    memcmp(f->key, "reason", 6) == 0);
}

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

static op_act hidden;
static int lapsed(struct daemon *, struct op *);

static const struct op_kind record_kind = {
	.act = {
		[ACT_HIDDEN] = hidden,
		[ACT_RECORDED] = recorded,
		[ACT_NOT_RECORDED] = not_recorded,
	},
	.lapse = lapsed,
};

/* 0, or -1: the auditor is not there, or it is too much for one record. */
static int
send_record(struct daemon *d, struct op *o)
{
	struct msg_record v;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.kind = (uint8_t)o->record_kind;
	v.fields = o->fields.data;
	v.len = o->fields.len;
	payload_put(&b, MSG_A_RECORD, &msg_record_shape, &v);
	if (o->fields.bad)
		b.bad = 1;
	if (b.bad) {
		buf_free(&b);
		return (-1);
	}
	return (role_send(&d->procs[PROC_AUDIT], MSG_A_RECORD, o->id, &b,
	    NULL, 0));
}

/* The fields with another reason. */
static void
put_reason(struct op *o, const char *text)
{
	const uint8_t *from;
	struct field f;
	struct buf b;
	struct rd rd;

	buf_init(&b, o->fields.max);
	rd_init(&rd, o->fields.data, o->fields.len);
	for (from = rd.p; field_next(&rd, &f) == 1; from = rd.p)
		if (is_reason(&f))
			field_str(&b, "reason", text);
		else
			buf_put(&b, from, (size_t)(rd.p - from));
	b.bad |= o->fields.bad;
	buf_free(&o->fields);
	o->fields = b;
}

/* It cannot be sent: who waits is told. */
static void
give_up(struct daemon *d, struct op *o)
{
	static const char why[] = "too busy to record it";

	if (o->cl != NULL)
		client_end(o->cl, CBE_AGAIN, "%s", why);
	o->cl = NULL;
	if (o->told != NULL)
		o->told->event(d, o->run, o->refused_event, 0, why);
}

static enum op_state
hidden(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);
	char *was = field_get_str(o->fields.data, o->fields.len, "reason");
	const int lies = mask_check_again(was, v->text) == -1;

	freezero(was, strlen(was));
	/* it may hide of it what it likes, and change nothing */
	if (lies)
		daemon_breach(d, p, "X_HIDDEN with another text");
	put_reason(o, v->text);
	o->deadline = 0;
	if (send_record(d, o) == 0)
		return (OP_RECORD);
	give_up(d, o);
	return (OP_DONE);
}

/*
 * The executor does not answer, and what is recorded of it, an emergency stop
 * perhaps, does not wait for that: nobody has looked what is in the text.
 */
static int
lapsed(struct daemon *d, struct op *o)
{
	/* what the executor still says is about the id that it was */
	ids_forget(&d->ids, o->id);
	ids_let_go(&d->ids, o->id);
	o->id = ids_new(&d->ids);
	o->state = OP_RECORD;
	o->deadline = 0;
	put_reason(o, MASK_MARK);
	if (send_record(d, o) == 0)
		return (1);
	give_up(d, o);
	return (0);
}

/*
 * To the executor: 0.  1: there is nothing for it, or it is about to end, when
 * nobody is heard any more and all words are our own.  -1: it cannot be asked.
 */
static int
send_hide(struct daemon *d, struct op *o)
{
	struct proc *p = &d->procs[PROC_EXEC];
	struct msg_reason v;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.text = field_get_str(o->fields.data, o->fields.len, "reason");
	if (v.text[0] == '\0' || (p->state != PROC_UP &&
	    o->record_kind != RECORD_STOP)) {
		freezero(v.text, strlen(v.text));
		return (1);
	}
	payload_put(&b, MSG_X_HIDE, &msg_reason_shape, &v);
	freezero(v.text, strlen(v.text));
	if (p->state == PROC_UP &&
	    role_send(p, MSG_X_HIDE, o->id, &b, NULL, 0) == 0) {
		o->deadline = now_ms() + HIDE_MS;
		return (0);
	}
	if (p->state != PROC_UP)
		buf_free(&b);
	return (-1);
}

int
recording_put(struct daemon *d, unsigned kind, struct buf *fields,
    struct client *cl, const struct recording_note *note)
{
	struct op *o;
	int r;

	if (fields->bad ||
	    (o = op_new(d, &record_kind, OP_HIDE, cl)) == NULL) {
		buf_free(fields);
		return (-1);
	}
	o->record_kind = kind;
	o->fields = *fields;
	memset(fields, 0, sizeof(*fields));
	if (note != NULL) {
		o->told = note->told;
		o->run = note->run;
		o->done_event = note->done;
		o->refused_event = note->refused;
	}
	if ((r = send_hide(d, o)) == 0)
		return (0);
	if (r == -1)
		put_reason(o, MASK_MARK);
	o->state = OP_RECORD;
	if (send_record(d, o) == 0)
		return (0);
	op_free(d, o);
	return (-1);
}
