/* SPDX-License-Identifier: ISC */
/* The engine of operations; see operation.h and states.h. */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "supervisor/client/client.h"
#include "supervisor/roleget.h"
#include "supervisor/run/operation.h"

struct op *
op_new(struct daemon *d, const struct op_kind *kind, enum op_state state,
    struct client *cl)
{
	struct op *o;

	if (d->nops == OPS_MAX)
		return (NULL);
	o = xcalloc(1, sizeof(*o));
	o->id = ids_new(&d->ids);
	o->kind = kind;
	o->state = state;
	o->cl = cl;
	o->fd = o->down[0] = o->down[1] = -1;
	TAILQ_INSERT_TAIL(&d->ops, o, entry);
	d->nops++;
	return (o);
}

void
op_free(struct daemon *d, struct op *o)
{
	size_t i;

	if (d->change == o)
		d->change = NULL;
	TAILQ_REMOVE(&d->ops, o, entry);
	d->nops--;
	ids_let_go(&d->ids, o->id);
	if (o->asked != NULL)
		resolve_free(o->asked);
	free(o->asked);
	if (o->fd != -1)
		(void)close(o->fd);
	for (i = 0; i < 2; i++)
		if (o->down[i] != -1)
			(void)close(o->down[i]);
	free(o->name);
	free(o->why);
	buf_free(&o->fields);
	free(o);
}

struct op *
op_find(struct daemon *d, uint64_t id)
{
	struct op *o;

	TAILQ_FOREACH(o, &d->ops, entry)
		if (o->id == id)
			return (o);
	return (NULL);
}

/* Nobody wants its answer: the client has gone, or all is about to end. */
static void
end(struct daemon *d, struct op *o, enum op_fate how)
{
	if (how == END_GOES_ON)
		return;
	o->kind->quit(d, o);
	if (how == END_DROPPED)
		op_free(d, o);
}

void
op_client_gone(struct daemon *d, const struct client *cl)
{
	struct op *o, *next;

	for (o = TAILQ_FIRST(&d->ops); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (o->cl != cl)
			continue;
		o->cl = NULL;
		end(d, o, states_of_op(o->state)->gone);
	}
}

void
op_stop(struct daemon *d)
{
	struct op *o, *next;

	for (o = TAILQ_FIRST(&d->ops); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		end(d, o, states_of_op(o->state)->stop);
	}
}

void
op_renew(struct daemon *d, const struct conf *conf)
{
	struct op *o;

	TAILQ_FOREACH(o, &d->ops, entry) {
		if (o->sk != NULL)
			o->sk = conf_skill(conf, o->sk->name);
		if (o->channel != NULL)
			o->channel = conf_channel(conf, o->channel)->name;
	}
}

int
op_holds(const struct daemon *d)
{
	const struct op *o;

	TAILQ_FOREACH(o, &d->ops, entry)
		if (states_of_op(o->state)->holds)
			return (1);
	return (0);
}

enum op_state
op_row(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_put(o->cl, MSG_ROW, &msg_fields_shape,
		    payload_as(in, &msg_fields_shape));
	return (o->state);
}

enum op_state
op_answered(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

void
op_forget(struct daemon *d, struct op *o)
{
	ids_forget(&d->ids, o->id);
}

void
op_event(struct daemon *d, struct op *o, const struct proc *p,
    const struct ipc_msg *m)
{
	const struct transition *row;
	struct payload in;
	enum op_state state;

	/* what one kind is answered by is none for another */
	if ((row = states_op(o->state, m->type)) == NULL ||
	    o->kind->act[row->action] == NULL)
		daemon_breach(d, p, "%s in the wrong state of an operation",
		    msg_name(m->type));
	role_get(d, p, m, &in);
	state = o->kind->act[row->action](d, o, p, &in);
	payload_close(&in);
	assert((row->next & 1U << state) != 0);
	o->state = state;
	if (states_of_op(state)->over)
		op_free(d, o);
}

void
op_tick(struct daemon *d)
{
	struct op *o, *next;
	int64_t now = now_ms();

	for (o = TAILQ_FIRST(&d->ops); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (o->deadline == 0 || o->deadline > now)
			continue;
		if (o->kind->lapse != NULL) {
			if (!o->kind->lapse(d, o))
				op_free(d, o);
			continue;
		}
		o->kind->quit(d, o);
		if (o->cl != NULL)
			client_end(o->cl, CBE_AGAIN, "%s", o->kind->late);
		op_free(d, o);
	}
}
