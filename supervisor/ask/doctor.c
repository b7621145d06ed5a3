/* SPDX-License-Identifier: ISC */
/*
 * doctor: the executor examines the sandbox of every skill, and what it finds
 * goes to who asked, into the log, and into status from then on.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

static void
check_fields(struct daemon *d, const struct proc *p, const struct ipc_msg *m,
    size_t skip)
{
	struct field f;
	struct rd rd;
	int r;

	rd_init(&rd, m->data + skip, m->len - skip);
	while ((r = field_next(&rd, &f)) == 1)
		;
	if (r == -1)
		daemon_breach(d, p, "malformed %s", msg_name(m->type));
}

static enum op_state
found(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	struct buf b;

	check_fields(d, p, m, 0);
	if (o->cl == NULL)
		return (OP_DOCTOR);
	buf_init(&b, MSG_FOUND_MAX);
	buf_put(&b, m->data, m->len);
	client_send(o->cl, MSG_ROW, &b, NULL, 0);
	return (OP_DOCTOR);
}

/* What READY said holds no more. */
static void
replace_ready(struct proc *p, const uint8_t *data, size_t len)
{
	free(p->ready);
	p->ready = xmalloc(len + 1);
	memcpy(p->ready, data, len);
	p->readylen = len;
}

static enum op_state
examined(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	uint32_t skills, attempts, open;
	struct client *cl = o->cl;
	struct rd rd;
	struct buf b;

	check_fields(d, p, m, 12);
	rd_init(&rd, m->data, m->len);
	skills = rd_u32(&rd);
	attempts = rd_u32(&rd);
	open = rd_u32(&rd);
	replace_ready(&d->procs[PROC_EXEC], m->data + 12, m->len - 12);
	buf_init(&b, 8192);
	field_str(&b, "ev", "doctor");
	field_str(&b, "channel", o->channel);
	field_u64(&b, "uid", o->uid);
	field_u64(&b, "pid", (uint64_t)o->pid);
	field_u64(&b, "skills", skills);
	field_u64(&b, "attempts", attempts);
	field_u64(&b, "open", open);
	/* END comes when that is durable */
	o->cl = NULL;
	if (recording_put(d, RECORD_CONFIG, &b, cl, NULL) == -1 && cl != NULL)
		client_end(cl, CBE_AGAIN, "too busy to record it");
	return (OP_DONE);
}

static void
quit(struct daemon *d, struct op *o)
{
	ids_forget(&d->ids, o->id);
}

static const struct op_kind doctor_kind = {
	.act = {
		[ACT_FOUND] = found,
		[ACT_EXAMINED] = examined,
	},
	.quit = quit,
};

void
req_doctor(struct client *cl, struct ipc_msg *m)
{
	struct daemon *d = cl->d;
	struct op *o;

	(void)m;
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
	(void)role_send(&d->procs[PROC_EXEC], MSG_X_DOCTOR, o->id, NULL, NULL,
	    0);
}
