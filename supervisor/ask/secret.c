/* SPDX-License-Identifier: ISC */
/*
 * Secrets: their names, and changes of the vault, which is told to prepare
 * one, gets it recorded, and only then makes it.
 */
#include "config.h"

#include <sys/socket.h>

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/record/kind.h"
#include "common/varname.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/roleget.h"
#include "supervisor/ask/vaultop.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/veil.h"

#define VALUE_MS	120000	/* for a secret's value to come */

void
vaultop_of(struct op *o, const struct client *cl)
{
	o->channel = cl->ch->name;
	o->uid = cl->uid;
	o->pid = cl->pid;
	o->from = cl->from;
	o->line = cl->line;
}

void
vaultop_asked(struct daemon *d, struct buf *b, const struct op *o)
{
	field_str(b, "channel", o->channel);
	origin_put(b, d->conf, o->uid, o->pid, &o->from, &o->line);
}

/* Which skills' runs get it. */
static void
put_skills(struct buf *b, const struct conf *c, const char *name)
{
	struct strv skills = { NULL, 0 };
	size_t i, k;

	for (i = 0; i < c->nskills; i++)
		for (k = 0; k < c->skills[i].secrets.n; k++)
			if (strcmp(c->skills[i].secrets.v[k], name) == 0)
				strv_add(&skills, c->skills[i].name);
	field_list(b, "skills", &skills);
	strv_free(&skills);
}

/* What the vault says of a secret, and what it does not know. */
static void
send_name(struct daemon *d, struct client *cl, const struct msg_one_name *v)
{
	char text[CIVIL_TEXT], *name;
	struct buf b;
	uint64_t used;

	buf_init(&b, MSG_ROW_MAX);
	buf_put(&b, v->fields, v->len);
	name = field_get_str(v->fields, v->len, "name");
	used = name == NULL ? 0 : lastuse_of(&d->uses, name);
	if (used != 0) {
		civil_text(text, used);
		field_str(&b, "used", text);
	}
	if (name != NULL)
		put_skills(&b, d->conf, name);
	client_send(cl, MSG_ROW, &b, NULL, 0);
	free(name);
}

enum op_state
secret_names(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_names *v = payload_as(in, &msg_names_shape);
	size_t i;

	(void)p;
	if (o->cl == NULL)
		return (OP_DONE);
	for (i = 0; i < v->n; i++)
		send_name(d, o->cl, &v->names[i]);
	client_end(o->cl, CBE_OK, "%s", "");
	return (OP_DONE);
}

void
secret_rows(struct client *cl, const struct msg_names *v)
{
	struct msg_fields row;
	size_t i;

	for (i = 0; i < v->n; i++) {
		row.p = v->names[i].fields;
		row.len = v->names[i].len;
		client_put(cl, MSG_ROW, &msg_fields_shape, &row);
	}
}

static enum op_state
versions(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	(void)d;
	(void)p;
	if (o->cl == NULL)
		return (OP_DONE);
	secret_rows(o->cl, payload_as(in, &msg_names_shape));
	client_end(o->cl, CBE_OK, "%s", "");
	return (OP_DONE);
}

/* Before V_COMMIT it cannot be done. */
enum op_state
secret_not(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	if (v->code == CBE_OK)
		daemon_breach(d, p, "V_DONE before V_COMMIT");
	return (op_answered(d, o, p, in));
}

/* The vault forgets what it has prepared, or is about to. */
void
secret_quit(struct daemon *d, struct op *o)
{
	(void)role_send(&d->procs[PROC_VAULT], MSG_V_ABORT, o->id, NULL, NULL,
	    0);
	ids_forget(&d->ids, o->id);
}

/*
 * The value is complete only if the client is still there to say so: the
 * end of its pipe alone may be the end of its life.
 */
static int
client_left(const struct client *cl)
{
	struct msghdr mh;
	struct iovec iov;
	char c;

	if (cl == NULL || cl->dead)
		return (1);
	memset(&mh, 0, sizeof(mh));
	iov.iov_base = &c;
	iov.iov_len = 1;
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	return (recvmsg(ipc_fd(cl->ipc), &mh, MSG_PEEK | MSG_DONTWAIT) == 0);
}

static void
put_who(struct buf *b, const struct conf *conf, const struct client *cl)
{
	field_str(b, "channel", cl->ch->name);
	origin_put(b, conf, cl->uid, cl->pid, &cl->from, &cl->line);
}

/* Of many secrets at once, and a file of another machine that has them. */
static void
put_many(struct buf *b, const struct op *o, const struct msg_prepared *v)
{
	size_t i;

	field_list(b, "secrets", &v->names);
	if (o->put != NULL)
		o->put(b, o);
	for (i = 0; i < sizeof(v->bundle); i++)
		if (v->bundle[i] != 0) {
			field_hex(b, "bundle", v->bundle, sizeof(v->bundle));
			break;
		}
}

enum op_state
secret_prepared(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_prepared *v = payload_as(in, &msg_prepared_shape);
	const struct proc *vault = &d->procs[PROC_VAULT];
	struct msg_commit c;
	struct buf b;

	(void)p;
	if (!o->own && client_left(o->cl)) {
		secret_quit(d, o);
		return (OP_DONE);
	}
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "ev", o->ev);
	if (strcmp(o->ev, "import") == 0 || strcmp(o->ev, "export") == 0)
		put_many(&b, o, v);
	else if (strcmp(o->ev, "recover") == 0) {
		field_u64(&b, "was", field_get_u64(vault->ready,
		    vault->readylen, "version", 0));
		field_str(&b, "reason", o->why);
	} else if (o->put != NULL)
		o->put(&b, o);
	else
		field_str(&b, "name", o->name);
	field_u64(&b, "version", v->version);
	if (v->secret != 0)
		field_u64(&b, "secret_version", v->secret);
	if (strcmp(o->ev, "rotate") == 0)
		field_u64(&b, "keep_s", o->keep_s);
	if (!o->own)
		put_who(&b, d->conf, o->cl);
	assert(!b.bad);
	memcpy(c.digest, v->digest, sizeof(c.digest));
	c.fields = b.data;
	c.len = b.len;
	o->deadline = 0;
	(void)role_put(&d->procs[PROC_AUDIT], MSG_A_COMMIT, o->id,
	    &msg_commit_shape, &c, NULL, 0);
	buf_free(&b);
	return (OP_COMMIT);
}

enum op_state
secret_commit(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_tickets *v = payload_as(in, &msg_tickets_shape);
	struct msg_ticket t;

	if (v->secretslen != 0)
		daemon_breach(d, p, "A_TICKET for other secrets");
	memcpy(t.ticket, v->ticket, sizeof(t.ticket));
	(void)role_put(&d->procs[PROC_VAULT], MSG_V_COMMIT, o->id,
	    &msg_ticket_shape, &t, NULL, 0);
	return (OP_APPLY);
}

enum op_state
secret_not_committed(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_refused_shape);

	(void)p;
	secret_quit(d, o);
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

static const struct op_kind list_kind = {
	.act = {
		[ACT_NAMES] = secret_names,
		[ACT_VAULT_NOT] = secret_not,
	},
};

/*
 * The rows come before END, and END when it is recorded who has asked; where
 * that cannot be recorded nothing is told.
 */
static enum op_state
identified(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_names *v = payload_as(in, &msg_names_shape);
	struct strv names = { NULL, 0 };
	struct client *cl = o->cl;
	struct buf b;
	char *name;
	size_t i;

	(void)p;
	for (i = 0; i < v->n; i++) {
		name = field_get_str(v->names[i].fields, v->names[i].len,
		    "name");
		strv_add(&names, name);
		free(name);
	}
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "ev", "identify");
	field_list(&b, "secrets", &names);
	vaultop_asked(d, &b, o);
	strv_free(&names);
	o->cl = NULL;
	if (recording_put(d, RECORD_SECRET, &b, cl, NULL) == 0) {
		if (cl != NULL)
			secret_rows(cl, v);
	} else if (cl != NULL)
		client_end(cl, CBE_AGAIN, "too busy to record it");
	return (OP_DONE);
}

static const struct op_kind identify_kind = {
	.act = {
		[ACT_NAMES] = identified,
		[ACT_VAULT_NOT] = secret_not,
	},
};

static const struct op_kind history_kind = {
	.act = {
		[ACT_NAMES] = versions,
		[ACT_VAULT_NOT] = secret_not,
	},
};

/*
 * It is not begun, so V_DONE is the answer, whatever it is.  The vault tells of
 * a new version before anything that it says of it.
 */
static enum op_state
tried(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);
	struct buf b;

	if (o->cl != NULL && v->code == CBE_OK) {
		buf_init(&b, MSG_ROW_MAX);
		field_u64(&b, "version", secretver_of(&d->versions, o->name));
		client_send(o->cl, MSG_ROW, &b, NULL, 0);
	}
	return (op_answered(d, o, p, in));
}

static const struct op_kind trial_kind = {
	.act = {
		[ACT_VAULT_NOT] = tried,
	},
};

static const struct op_kind change_kind = {
	.act = {
		[ACT_PREPARED] = secret_prepared,
		[ACT_COMMIT] = secret_commit,
		[ACT_NOT_COMMITTED] = secret_not_committed,
		[ACT_VAULT_NOT] = secret_not,
		[ACT_APPLIED] = op_answered,
	},
	.quit = secret_quit,
	.late = "no value came in time",
};

static const struct op_kind recover_kind = {
	.act = {
		[ACT_HIDDEN] = veil_hidden,
		[ACT_PREPARED] = secret_prepared,
		[ACT_COMMIT] = secret_commit,
		[ACT_NOT_COMMITTED] = secret_not_committed,
		[ACT_VAULT_NOT] = secret_not,
		[ACT_APPLIED] = op_answered,
	},
	.quit = secret_quit,
	.lapse = veil_lapsed,
};

void
req_secret_list(struct client *cl, struct payload *p)
{
	struct op *o;

	(void)p;
	if ((o = op_new(cl->d, &list_kind, OP_LIST, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	(void)role_send(&cl->d->procs[PROC_VAULT], MSG_V_LIST, o->id, NULL,
	    NULL, 0);
}

void
req_secret_history(struct client *cl, struct payload *in)
{
	struct op *o;

	if ((o = op_new(cl->d, &history_kind, OP_LIST, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_HISTORY, o->id,
	    &msg_secret_name_shape, payload_as(in, &msg_secret_name_shape),
	    NULL, 0);
}

/* It is under way from here on; name: of one secret, or NULL. */
static void
begin(struct daemon *d, struct op *o, const char *ev, const char *name)
{
	o->ev = ev;
	o->name = name != NULL ? xstrdup(name) : NULL;
	o->deadline = now_ms() + VALUE_MS;
	d->change = o;
}

/* The start of a change of the vault; NULL and answered if that cannot be. */
static struct op *
start_change(struct client *cl, const char *name, const char *ev)
{
	const char *why = NULL;
	struct op *o = NULL;

	/* what is there already can go, whatever it is called */
	if (name != NULL)
		why = strcmp(ev, "set") == 0 ? varname_wrong(name) :
		    varname_malformed(name, strlen(name));
	if (why != NULL)
		client_end(cl, CBE_USAGE, "bad name of a secret: %s", why);
	else if (cl->d->change != NULL)
		client_end(cl, CBE_AGAIN,
		    "another change of the vault is under way");
	else if ((o = op_new(cl->d, &change_kind, OP_PREPARE,
	    cl)) == NULL)
		client_end(cl, CBE_AGAIN, "too busy");
	if (o != NULL)
		begin(cl->d, o, ev, name);
	return (o);
}

/*
 * A change for which the client has a value, or many: the pipe for it.  shape
 * is NULL where the message has no payload.
 */
static void
take_value(struct client *cl, struct op *o, unsigned type,
    const struct shape *shape, const void *v)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1) {
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	if (shape == NULL)
		(void)role_send(&cl->d->procs[PROC_VAULT], type, o->id, NULL,
		    &p[0], 1);
	else
		(void)role_put(&cl->d->procs[PROC_VAULT], type, o->id, shape,
		    v, &p[0], 1);
	client_send(cl, MSG_PIPE, NULL, &p[1], 1);
}

void
req_secret_set(struct client *cl, struct payload *in)
{
	const struct msg_secret_name *v = payload_as(in,
	    &msg_secret_name_shape);
	struct op *o;

	if ((o = start_change(cl, v->name, "set")) != NULL)
		take_value(cl, o, MSG_V_SET, &msg_secret_name_shape, v);
}

void
req_secret_rotate(struct client *cl, struct payload *in)
{
	const struct msg_rotate *v = payload_as(in, &msg_rotate_shape);
	struct op *o;

	if ((o = start_change(cl, v->name, "rotate")) == NULL)
		return;
	o->keep_s = v->keep_s;
	take_value(cl, o, MSG_V_ROTATE, &msg_rotate_shape, v);
}

void
req_secret_may_rotate(struct client *cl, struct payload *in)
{
	const struct msg_rotate *v = payload_as(in, &msg_rotate_shape);
	struct op *o;

	if ((o = op_new(cl->d, &trial_kind, OP_LIST, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->name = xstrdup(v->name);
	(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_MAY_ROTATE, o->id,
	    &msg_rotate_shape, v, NULL, 0);
}

void
req_secret_import(struct client *cl, struct payload *in)
{
	struct op *o;

	(void)in;
	if ((o = start_change(cl, NULL, "import")) != NULL)
		take_value(cl, o, MSG_V_IMPORT, NULL, NULL);
}

static enum op_state
recover(struct daemon *d, struct op *o)
{
	(void)role_send(&d->procs[PROC_VAULT], MSG_V_RECOVER, o->id, NULL,
	    NULL, 0);
	return (OP_PREPARE);
}

void
req_secret_recover(struct client *cl, struct payload *in)
{
	const struct msg_recover *v = payload_as(in, &msg_recover_shape);
	struct op *o;

	if (*v->why == '\0') {
		client_end(cl, CBE_USAGE, "it has to be said why");
		return;
	}
	if ((o = start_change(cl, NULL, "recover")) == NULL)
		return;
	o->kind = &recover_kind;
	o->why = reason_masked(cl->d, v->why);
	veil_begin(cl->d, o, recover);
}

void
req_secret_identify(struct client *cl, struct payload *in)
{
	struct op *o;

	(void)in;
	if ((o = op_new(cl->d, &identify_kind, OP_LIST, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	vaultop_of(o, cl);
	take_value(cl, o, MSG_V_IDENTIFY, NULL, NULL);
}

void
req_secret_rm(struct client *cl, struct payload *in)
{
	const struct msg_secret_name *v = payload_as(in,
	    &msg_secret_name_shape);
	struct op *o;

	if ((o = start_change(cl, v->name, "rm")) != NULL)
		(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_RM, o->id,
		    &msg_secret_name_shape, v, NULL, 0);
}

void
secret_due(struct daemon *d, const struct proc *p, const struct ipc_msg *m)
{
	struct payload pl;
	const struct msg_secret_name *v;
	struct op *o;

	role_get(d, p, m, &pl);
	v = payload_as(&pl, &msg_secret_name_shape);
	/* the vault tells again what is not done now */
	if (d->stop == STOP_NO && d->change == NULL &&
	    (o = op_new(d, &change_kind, OP_PREPARE, NULL)) != NULL) {
		o->own = 1;
		begin(d, o, "expire", v->name);
		(void)role_put(&d->procs[PROC_VAULT], MSG_V_EXPIRE, o->id,
		    &msg_secret_name_shape, v, NULL, 0);
	}
	payload_close(&pl);
}
