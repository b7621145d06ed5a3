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
#include "common/varname.h"
#include "supervisor/ask/ask.h"
#include "supervisor/run/operation.h"

#define VALUE_MS	120000	/* for a secret's value to come */

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

static enum op_state
names(struct daemon *d, struct op *o, const struct proc *p,
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

/* The vault has done it, or says why not. */
static enum op_state
applied(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	(void)d;
	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

/* Before V_COMMIT it cannot be done. */
static enum op_state
vault_not(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_reason_shape);

	if (v->code == CBE_OK)
		daemon_breach(d, p, "V_DONE before V_COMMIT");
	return (applied(d, o, p, in));
}

/* The vault forgets what it has prepared, or is about to. */
static void
quit(struct daemon *d, struct op *o)
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

static enum op_state
prepared(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_prepared *v = payload_as(in, &msg_prepared_shape);
	struct msg_commit c;
	struct buf b;

	(void)p;
	if (client_left(o->cl)) {
		quit(d, o);
		return (OP_DONE);
	}
	buf_init(&b, 8192);
	field_str(&b, "ev", o->ev);
	field_str(&b, "name", o->name);
	field_u64(&b, "version", v->version);
	field_str(&b, "channel", o->cl->ch->name);
	field_u64(&b, "uid", o->cl->uid);
	field_u64(&b, "pid", (uint64_t)o->cl->pid);
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

static enum op_state
commit(struct daemon *d, struct op *o, const struct proc *p,
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

static enum op_state
not_committed(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_refused_shape);

	(void)p;
	quit(d, o);
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

static const struct op_kind list_kind = {
	.act = {
		[ACT_NAMES] = names,
		[ACT_VAULT_NOT] = vault_not,
	},
};

static const struct op_kind change_kind = {
	.act = {
		[ACT_PREPARED] = prepared,
		[ACT_COMMIT] = commit,
		[ACT_NOT_COMMITTED] = not_committed,
		[ACT_VAULT_NOT] = vault_not,
		[ACT_APPLIED] = applied,
	},
	.quit = quit,
	.late = "no value came in time",
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

/* The start of a change of the vault; NULL and answered if that cannot be. */
static struct op *
start_change(struct client *cl, const struct payload *in, const char *ev)
{
	const struct msg_secret_name *v = payload_as(in,
	    &msg_secret_name_shape);
	const char *why;
	struct op *o = NULL;

	/* what is there already can go, whatever it is called */
	why = strcmp(ev, "set") == 0 ? varname_wrong(v->name) :
	    varname_malformed(v->name, strlen(v->name));
	if (why != NULL)
		client_end(cl, CBE_USAGE, "bad name of a secret: %s", why);
	else if (cl->d->change != NULL)
		client_end(cl, CBE_AGAIN,
		    "another change of the vault is under way");
	else if ((o = op_new(cl->d, &change_kind, OP_PREPARE,
	    cl)) == NULL)
		client_end(cl, CBE_AGAIN, "too busy");
	if (o == NULL)
		return (NULL);
	o->ev = ev;
	o->name = xstrdup(v->name);
	o->deadline = now_ms() + VALUE_MS;
	cl->d->change = o;
	return (o);
}

void
req_secret_set(struct client *cl, struct payload *in)
{
	struct op *o;
	int p[2];

	if ((o = start_change(cl, in, "set")) == NULL)
		return;
	if (pipe2(p, O_CLOEXEC) == -1) {
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_SET, o->id,
	    &msg_secret_name_shape, payload_as(in, &msg_secret_name_shape),
	    &p[0], 1);
	client_send(cl, MSG_PIPE, NULL, &p[1], 1);
}

void
req_secret_rm(struct client *cl, struct payload *in)
{
	struct op *o;

	if ((o = start_change(cl, in, "rm")) != NULL)
		(void)role_put(&cl->d->procs[PROC_VAULT], MSG_V_RM, o->id,
		    &msg_secret_name_shape,
		    payload_as(in, &msg_secret_name_shape), NULL, 0);
}
