/* SPDX-License-Identifier: ISC */
/*
 * The vault's own keys: locking and unlocking it, its slots, a new key; and
 * what is asked for with a key: the showing of a value, secrets that go to
 * another machine, and come from one.  What opens a slot goes from the client
 * to the vault by a pipe of which nothing is read here.
 */
#include "config.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "common/record/kind.h"
#include "common/varname.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/ask/vaultop.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/run.h"
#include "supervisor/run/veil.h"

/* Whoever has tried a key that opens nothing is in the log, there or not. */
static void
record_refused(struct daemon *d, const struct op *o, const char *why)
{
	struct buf b;

	buf_init(&b, 8192);
	field_str(&b, "ev", "refused");
	field_str(&b, "cause", o->ev);
	vaultop_asked(d, &b, o);
	field_str(&b, "reason", why);
	(void)recording_put(d, RECORD_SECRET, &b, NULL, NULL);
}

static enum op_state
slots_not(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	if (v->code == CBE_REFUSED)
		record_refused(d, o, v->text);
	return (secret_not(d, o, p, in));
}

/* Nobody waits for it any more. */
static enum op_state
locked_again(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	(void)d;
	(void)o;
	(void)p;
	if (v->code != CBE_OK)
		log_warnx("the vault was opened without a record, and cannot "
		    "be locked again: %s", v->text);
	return (OP_DONE);
}

static const struct op_kind relock_kind = {
	.act = { [ACT_APPLIED] = locked_again },
};

/*
 * It is locked or open now: the answer comes when that is recorded.  Where it
 * cannot be, it does not stay open.
 */
static enum op_state
locked(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);
	struct buf b;

	if (v->code != CBE_OK) {
		if (v->code == CBE_REFUSED)
			record_refused(d, o, v->text);
		return (op_answered(d, o, p, in));
	}
	buf_init(&b, 8192);
	field_str(&b, "ev", o->ev);
	vaultop_asked(d, &b, o);
	field_str(&b, "reason", v->text);
	if (recording_put(d, RECORD_SECRET, &b, o->cl, NULL) == 0) {
		o->cl = NULL;
		return (OP_DONE);
	}
	if (o->cl != NULL)
		client_end(o->cl, CBE_AGAIN, "too busy to record it");
	o->cl = NULL;
	if (strcmp(o->ev, "unlock") != 0)
		return (OP_DONE);
	o->kind = &relock_kind;
	return (role_send(&d->procs[PROC_VAULT], MSG_V_LOCK, o->id, NULL,
	    NULL, 0) == 0 ? OP_LOCK : OP_DONE);
}

/* The ticket is there: so the value, or the file, is on its way, and the client
 * may have the end of its pipe. */
static enum op_state
show_commit(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	if (o->cl != NULL) {
		client_send(o->cl, MSG_PIPE, NULL, &o->fd, 1);
		o->fd = -1;
	}
	return (secret_commit(d, o, p, in));
}

static const struct op_kind lock_kind = {
	.act = { [ACT_APPLIED] = locked },
};

static const struct op_kind slot_list_kind = {
	.act = {
		[ACT_NAMES] = secret_names,
		[ACT_VAULT_NOT] = secret_not,
	},
};

static const struct op_kind slot_kind = {
	.act = {
		[ACT_PREPARED] = secret_prepared,
		[ACT_COMMIT] = secret_commit,
		[ACT_NOT_COMMITTED] = secret_not_committed,
		[ACT_VAULT_NOT] = slots_not,
		[ACT_APPLIED] = op_answered,
	},
	.quit = secret_quit,
};

/* Reveal and export. */
static const struct op_kind show_kind = {
	.act = {
		[ACT_HIDDEN] = veil_hidden,
		[ACT_PREPARED] = secret_prepared,
		[ACT_COMMIT] = show_commit,
		[ACT_NOT_COMMITTED] = secret_not_committed,
		[ACT_VAULT_NOT] = slots_not,
		[ACT_APPLIED] = op_answered,
	},
	.quit = secret_quit,
	.lapse = veil_lapsed,
};

/* Secrets that are there with other values: nothing was stored. */
static enum op_state
not_replaced(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	(void)d;
	(void)p;
	if (o->cl == NULL)
		return (OP_DONE);
	secret_rows(o->cl, payload_as(in, &msg_names_shape));
	client_end(o->cl, CBE_REFUSED, "nothing was stored: secrets are there "
	    "with other values");
	return (OP_DONE);
}

static const struct op_kind bring_kind = {
	.act = {
		[ACT_NAMES] = not_replaced,
		[ACT_PREPARED] = secret_prepared,
		[ACT_COMMIT] = secret_commit,
		[ACT_NOT_COMMITTED] = secret_not_committed,
		[ACT_VAULT_NOT] = slots_not,
		[ACT_APPLIED] = op_answered,
	},
	.quit = secret_quit,
};

static struct op *
start(struct client *cl, const struct op_kind *kind, enum op_state state,
    const char *ev)
{
	struct op *o;

	if (state == OP_PREPARE && cl->d->change != NULL) {
		client_end(cl, CBE_AGAIN, "another change of the vault is "
		    "under way");
		return (NULL);
	}
	if ((o = op_new(cl->d, kind, state, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return (NULL);
	}
	o->ev = ev;
	vaultop_of(o, cl);
	if (state == OP_PREPARE)
		cl->d->change = o;
	return (o);
}

/* A pipe for keys: its read end, or -1 and all of it has ended. */
static int
key_pipe(struct client *cl, struct op *o)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1) {
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return (-1);
	}
	client_send(cl, MSG_PIPE, NULL, &p[1], 1);
	return (p[0]);
}

void
req_secret_unlock(struct client *cl, struct payload *in)
{
	struct op *o;
	int fd;

	(void)in;
	if ((o = start(cl, &lock_kind, OP_LOCK, "unlock")) != NULL &&
	    (fd = key_pipe(cl, o)) != -1)
		(void)role_send(&cl->d->procs[PROC_VAULT], MSG_V_UNLOCK,
		    o->id, NULL, &fd, 1);
}

void
req_secret_lock(struct client *cl, struct payload *in)
{
	struct op *o;

	(void)in;
	if ((o = start(cl, &lock_kind, OP_LOCK, "lock")) != NULL)
		(void)role_send(&cl->d->procs[PROC_VAULT], MSG_V_LOCK, o->id,
		    NULL, NULL, 0);
}

void
req_slot_list(struct client *cl, struct payload *in)
{
	struct op *o;

	(void)in;
	if ((o = start(cl, &slot_list_kind, OP_LIST, "slots")) != NULL)
		(void)role_send(&cl->d->procs[PROC_VAULT], MSG_V_SLOTS, o->id,
		    NULL, NULL, 0);
}

static void
add_fields(struct buf *b, const struct op *o)
{
	static const char *const types[] = { "", "keyfile", "credential",
	    "argon2id" };

	field_str(b, "type", types[o->number]);
	field_str(b, "label", o->name);
}

void
req_slot_add(struct client *cl, struct payload *in)
{
	const struct msg_slot_add *v = payload_as(in, &msg_slot_add_shape);
	struct op *o;
	int fd;

	if ((o = start(cl, &slot_kind, OP_PREPARE, "slot-add")) == NULL)
		return;
	o->put = add_fields;
	o->number = v->type;
	o->name = xstrdup(v->label);
	if ((fd = key_pipe(cl, o)) != -1)
		(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_SLOT_ADD,
		    o->id, &msg_slot_add_shape, v, &fd, 1);
}

static void
rm_fields(struct buf *b, const struct op *o)
{
	field_u64(b, "slot", o->number);
}

void
req_slot_rm(struct client *cl, struct payload *in)
{
	const struct msg_slot *v = payload_as(in, &msg_slot_shape);
	struct op *o;

	if ((o = start(cl, &slot_kind, OP_PREPARE, "slot-rm")) == NULL)
		return;
	o->put = rm_fields;
	o->number = v->slot;
	(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_SLOT_RM, o->id,
	    &msg_slot_shape, v, NULL, 0);
}

static void
rekey_fields(struct buf *b, const struct op *o)
{
	field_u64(b, "slots", o->number);
}

void
req_rekey(struct client *cl, struct payload *in)
{
	const struct msg_rekey *v = payload_as(in, &msg_rekey_shape);
	struct op *o;
	uint32_t bits;
	int fd;

	if ((o = start(cl, &slot_kind, OP_PREPARE, "rekey")) == NULL)
		return;
	o->put = rekey_fields;
	for (bits = v->keep; bits != 0; bits &= bits - 1)
		o->number++;
	if ((fd = key_pipe(cl, o)) != -1)
		(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_REKEY, o->id,
		    &msg_rekey_shape, v, &fd, 1);
}

/*
 * The same, and the write end of a second one, whose read end the client gets
 * when it is recorded.  0, or -1 and all of it has ended.
 */
static int
key_and_more(struct client *cl, struct op *o, int fds[2])
{
	int p[2];

	if ((fds[0] = key_pipe(cl, o)) == -1)
		return (-1);
	if (pipe2(p, O_CLOEXEC) == -1) {
		(void)close(fds[0]);
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return (-1);
	}
	fds[1] = p[1];
	o->fd = p[0];
	return (0);
}

static void
export_fields(struct buf *b, const struct op *o)
{
	field_str(b, "to", o->number ? "passphrase" : "keyfile");
}

void
req_secret_export(struct client *cl, struct payload *in)
{
	const struct msg_export *v = payload_as(in, &msg_export_shape);
	struct op *o;
	int fds[2];

	if ((o = start(cl, &show_kind, OP_PREPARE, "export")) == NULL)
		return;
	o->put = export_fields;
	o->number = v->phrase;
	if (key_and_more(cl, o, fds) == 0)
		(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_EXPORT, o->id,
		    &msg_export_shape, v, fds, 2);
}

void
req_secret_bring(struct client *cl, struct payload *in)
{
	const struct msg_bring *v = payload_as(in, &msg_bring_shape);
	struct op *o;
	int fds[2];

	if ((o = start(cl, &bring_kind, OP_PREPARE, "import")) == NULL ||
	    (fds[0] = key_pipe(cl, o)) == -1)
		return;
	if ((fds[1] = key_pipe(cl, o)) == -1) {
		(void)close(fds[0]);
		return;
	}
	(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_BRING, o->id,
	    &msg_bring_shape, v, fds, 2);
}

static void
reveal_fields(struct buf *b, const struct op *o)
{
	field_str(b, "name", o->name);
	field_str(b, "reason", o->why);
}

static enum op_state
reveal(struct daemon *d, struct op *o)
{
	const struct msg_secret_name name = { o->name };

	/* they are the message's from here on */
	(void)role_put(&d->procs[PROC_VAULT], MSG_V_REVEAL, o->id,
	    &msg_secret_name_shape, &name, o->down, 2);
	o->down[0] = o->down[1] = -1;
	return (OP_PREPARE);
}

void
req_reveal(struct client *cl, struct payload *in)
{
	const struct msg_reveal *v = payload_as(in, &msg_reveal_shape);
	struct op *o;
	int fds[2];

	if (varname_malformed(v->name, strlen(v->name)) != NULL ||
	    v->why[0] == '\0') {
		client_end(cl, CBE_USAGE, "a name of a secret, and why, are "
		    "needed");
		return;
	}
	if ((o = start(cl, &show_kind, OP_PREPARE, "reveal")) == NULL)
		return;
	o->put = reveal_fields;
	o->name = xstrdup(v->name);
	o->why = reason_masked(cl->d, v->why);
	if (key_and_more(cl, o, fds) == -1)
		return;
	o->down[0] = fds[0];
	o->down[1] = fds[1];
	veil_begin(cl->d, o, reveal);
}

/* By itself, after a time: nobody has asked for it. */
void
slots_state(struct daemon *d, struct proc *p, struct msg_fields *v)
{
	char *was = field_get_str(p->ready, p->readylen, "locked");
	char *why;
	struct buf b;

	free(p->ready);
	p->ready = v->p;
	p->readylen = v->len;
	v->p = NULL;
	v->len = 0;
	why = field_get_str(p->ready, p->readylen, "locked");
	if (strcmp(was, why) != 0 &&
	    strncmp(why, "it was open for ", 16) == 0) {
		buf_init(&b, 8192);
		field_str(&b, "ev", "lock");
		field_str(&b, "reason", why);
		(void)recording_put(d, RECORD_SECRET, &b, NULL, NULL);
	}
	free(was);
	free(why);
}
