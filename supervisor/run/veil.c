/* SPDX-License-Identifier: ISC */
/* Reasons about the vault; see veil.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/run/veil.h"

#define VEIL_MS		2000

static void
set_why(struct op *o, const char *text)
{
	freezero(o->why, strlen(o->why));
	o->why = xstrdup(text);
}

/* It is not waited for: what it still says is about the id that it was. */
static void
go_unseen(struct daemon *d, struct op *o)
{
	set_why(o, MASK_MARK);
	o->deadline = 0;
	o->state = o->go(d, o);
}

void
veil_begin(struct daemon *d, struct op *o,
    enum op_state (*go)(struct daemon *, struct op *))
{
	struct proc *p = &d->procs[PROC_EXEC];
	struct msg_reason v;

	memset(&v, 0, sizeof(v));
	v.text = o->why;
	o->go = go;
	o->state = OP_VEIL;
	if (p->state == PROC_UP && role_put(p, MSG_X_HIDE, o->id,
	    &msg_reason_shape, &v, NULL, 0) == 0)
		o->deadline = now_ms() + VEIL_MS;
	else {
		go_unseen(d, o);
		if (o->state == OP_DONE)
			op_free(d, o);
	}
}

enum op_state
veil_hidden(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	/* it may hide of it what it likes, and change nothing */
	if (mask_check_again(o->why, v->text) == -1)
		daemon_breach(d, p, "X_HIDDEN with another text");
	/* who asked has gone, and no role was told of anything yet */
	if (o->cl == NULL)
		return (OP_DONE);
	set_why(o, v->text);
	o->deadline = 0;
	return (o->go(d, o));
}

int
veil_lapsed(struct daemon *d, struct op *o)
{
	ids_forget(&d->ids, o->id);
	if (o->cl == NULL)
		return (0);
	ids_let_go(&d->ids, o->id);
	o->id = ids_new(&d->ids);
	go_unseen(d, o);
	return (o->state != OP_DONE);
}
