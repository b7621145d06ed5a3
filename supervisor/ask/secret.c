/* SPDX-License-Identifier: ISC */
/*
 * Secrets: their names, and changes of the vault, which is told to prepare
 * one, gets it recorded, and only then makes it.
 */
#include "config.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/varname.h"
#include "supervisor/ask/ask.h"
#include "supervisor/run/operation.h"

#define VALUE_MS	120000	/* for a secret's value to come */

static enum op_state
names(struct daemon *d, struct op *o, const struct proc *p, struct ipc_msg *m)
{
	const uint8_t *row;
	struct field f;
	struct rd rd, fields;
	struct buf b;
	uint32_t i, n;
	size_t len;
	int r;

	rd_init(&rd, m->data, m->len);
	n = rd_u32(&rd);
	for (i = 0; i < n && !rd.bad; i++) {
		row = rd_bytes(&rd, &len, MSG_ROW_MAX);
		if (row == NULL)
			break;
		rd_init(&fields, row, len);
		while ((r = field_next(&fields, &f)) == 1)
			;
		if (r == -1)
			daemon_breach(d, p, "malformed V_NAMES");
		if (o->cl == NULL)
			continue;
		buf_init(&b, MSG_ROW_MAX);
		buf_put(&b, row, len);
		client_send(o->cl, MSG_ROW, &b, NULL, 0);
	}
	if (rd_end(&rd) == -1 || i != n)
		daemon_breach(d, p, "malformed V_NAMES");
	if (o->cl != NULL)
		client_end(o->cl, CBE_OK, "%s", "");
	return (OP_DONE);
}

static enum op_state
vault_end(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	op_answer(d, p, m, &rd, &code, &reason);
	/* before V_COMMIT the vault cannot be done */
	if (rd_end(&rd) == -1 || (code == CBE_OK && o->state != OP_APPLY))
		daemon_breach(d, p, "malformed V_DONE");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
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
    struct ipc_msg *m)
{
	uint8_t digest[32];
	struct rd rd;
	struct buf b;

	rd_init(&rd, m->data, m->len);
	o->version = rd_u64(&rd);
	rd_copy(&rd, digest, sizeof(digest));
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed V_PREPARED");
	if (client_left(o->cl)) {
		quit(d, o);
		return (OP_DONE);
	}
	buf_init(&b, 8192);
	buf_put(&b, digest, sizeof(digest));
	field_str(&b, "ev", o->ev);
	field_str(&b, "name", o->name);
	field_u64(&b, "version", o->version);
	field_str(&b, "channel", o->cl->ch->name);
	field_u64(&b, "uid", o->cl->uid);
	field_u64(&b, "pid", (uint64_t)o->cl->pid);
	o->deadline = 0;
	(void)role_send(&d->procs[PROC_AUDIT], MSG_A_COMMIT, o->id, &b, NULL,
	    0);
	return (OP_COMMIT);
}

static enum op_state
commit(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	const uint8_t *t;
	struct rd rd;
	struct buf b;

	rd_init(&rd, m->data, m->len);
	(void)rd_u64(&rd);
	t = rd_view(&rd, MSG_TICKET);
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed A_TICKET");
	buf_init(&b, MSG_TICKET);
	buf_put(&b, t, MSG_TICKET);
	(void)role_send(&d->procs[PROC_VAULT], MSG_V_COMMIT, o->id, &b, NULL,
	    0);
	return (OP_APPLY);
}

static enum op_state
not_committed(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	quit(d, o);
	op_answer(d, p, m, &rd, &code, &reason);
	if (rd_end(&rd) == -1 || code == CBE_OK)
		daemon_breach(d, p, "malformed A_REFUSED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
}

static const struct op_kind list_kind = {
	.act = {
		[ACT_NAMES] = names,
		[ACT_VAULT_END] = vault_end,
	},
};

static const struct op_kind change_kind = {
	.act = {
		[ACT_PREPARED] = prepared,
		[ACT_COMMIT] = commit,
		[ACT_NOT_COMMITTED] = not_committed,
		[ACT_VAULT_END] = vault_end,
	},
	.quit = quit,
	.late = "no value came in time",
};

void
req_secret_list(struct client *cl, struct ipc_msg *m)
{
	struct op *o;

	(void)m;
	if ((o = op_new(cl->d, &list_kind, OP_LIST, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	(void)role_send(&cl->d->procs[PROC_VAULT], MSG_V_LIST, o->id, NULL,
	    NULL, 0);
}

/* The start of a change of the vault; NULL and answered if that cannot be. */
static struct op *
start_change(struct client *cl, struct ipc_msg *m, const char *ev)
{
	const char *why;
	struct op *o = NULL;
	struct rd rd;
	char *name;

	rd_init(&rd, m->data, m->len);
	name = rd_str(&rd, VARNAME_MAX);
	/* what is there already can go, whatever it is called */
	why = strcmp(ev, "set") == 0 ? varname_wrong(name) :
	    varname_malformed(name, strlen(name));
	if (rd_end(&rd) == -1)
		client_bad(cl, "malformed name of a secret");
	else if (why != NULL)
		client_end(cl, CBE_USAGE, "bad name of a secret: %s", why);
	else if (cl->d->change != NULL)
		client_end(cl, CBE_AGAIN,
		    "another change of the vault is under way");
	else if ((o = op_new(cl->d, &change_kind, OP_PREPARE,
	    cl)) == NULL)
		client_end(cl, CBE_AGAIN, "too busy");
	if (o == NULL) {
		free(name);
		return (NULL);
	}
	o->ev = ev;
	o->name = name;
	o->deadline = now_ms() + VALUE_MS;
	cl->d->change = o;
	return (o);
}

static void
send_name(struct op *o, struct daemon *d, unsigned type, const int *fd)
{
	struct buf b;

	buf_init(&b, 132);
	buf_put_str(&b, o->name);
	(void)role_send(&d->procs[PROC_VAULT], type, o->id, &b, fd, fd == NULL ?
	    0 : 1);
}

void
req_secret_set(struct client *cl, struct ipc_msg *m)
{
	struct op *o;
	int p[2];

	if ((o = start_change(cl, m, "set")) == NULL)
		return;
	if (pipe2(p, O_CLOEXEC) == -1) {
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	send_name(o, cl->d, MSG_V_SET, &p[0]);
	client_send(cl, MSG_PIPE, NULL, &p[1], 1);
}

void
req_secret_rm(struct client *cl, struct ipc_msg *m)
{
	struct op *o;

	if ((o = start_change(cl, m, "rm")) != NULL)
		send_name(o, cl->d, MSG_V_RM, NULL);
}
