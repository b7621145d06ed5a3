/* SPDX-License-Identifier: ISC */
/* Requests about runs, secrets and the log; who may ask is in client.c. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/record.h"
#include "supervisor/ask.h"
#include "supervisor/detach.h"
#include "supervisor/op.h"
#include "supervisor/resolve.h"
#include "supervisor/run.h"

#define VALUE_MS	120000	/* for a secret's value to come */

/* A name is a variable's or file's: letters, digits, _, no digit first. */
static int
name_ok(const char *s)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz_0123456789";
	size_t n = strlen(s);

	return (n >= 1 && n <= PLAN_MAXNAME && strspn(s, set) == n &&
	    (s[0] < '0' || s[0] > '9'));
}

void
req_secret_list(struct client *cl, struct ipc_msg *m)
{
	struct op *o;

	(void)m;
	if ((o = op_new(cl->d, OP_LIST, cl)) == NULL) {
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
	struct op *o = NULL;
	struct rd rd;
	char *name;

	rd_init(&rd, m->data, m->len);
	name = rd_str(&rd, PLAN_MAXNAME);
	if (rd_end(&rd) == -1)
		client_bad(cl, "malformed name of a secret");
	else if (!name_ok(name))
		client_end(cl, CBE_USAGE, "a secret's name has letters, "
		    "digits and _, no digit first");
	else if (cl->d->change != NULL)
		client_end(cl, CBE_AGAIN,
		    "another change of the vault is under way");
	else if ((o = op_new(cl->d, OP_PREPARE, cl)) == NULL)
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

/* Others than admins see records of their own runs. */
static uint32_t
audit_uid(const struct client *cl, unsigned query)
{
	return (cl->admin || query != QUERY_SHOW ? UINT32_MAX : cl->uid);
}

void
req_audit(struct client *cl, struct ipc_msg *m)
{
	uint64_t count, run;
	unsigned query;
	struct buf b;
	struct rd rd;
	struct op *o;
	int p[2];

	rd_init(&rd, m->data, m->len);
	query = rd_u8(&rd);
	count = rd_u64(&rd);
	run = rd_u64(&rd);
	if (query < QUERY_TAIL || query > QUERY_FOLLOW) {
		client_bad(cl, "malformed AUDIT");
		return;
	}
	if (!cl->admin && query != QUERY_SHOW) {
		client_end(cl, CBE_REFUSED, "only approvers may read the "
		    "log; audit show is for your own runs");
		return;
	}
	if (pipe2(p, O_CLOEXEC) == -1) {
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	if ((o = op_new(cl->d, OP_QUERY, cl)) == NULL) {
		(void)close(p[0]);
		(void)close(p[1]);
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->query = query;
	buf_init(&b, 21);
	buf_put_u8(&b, (uint8_t)query);
	buf_put_u64(&b, count);
	buf_put_u64(&b, run);
	buf_put_u32(&b, audit_uid(cl, query));
	(void)role_send(&cl->d->procs[PROC_AUDIT], MSG_A_QUERY, o->id, &b,
	    &p[1], 1);
	client_send(cl, MSG_PIPE, NULL, &p[0], 1);
}

void
req_why(struct client *cl, struct ipc_msg *m)
{
	const struct conf_skill *sk;
	struct runreq q;
	struct op *o;
	char why[256];

	if (runreq_get(m->data, m->len, &q) == -1) {
		client_bad(cl, "malformed WHY");
		goto out;
	}
	if ((sk = run_skill(cl, q.skill, why, sizeof(why))) == NULL) {
		client_end(cl, CBE_REFUSED, "%s", why);
		goto out;
	}
	if ((o = op_new(cl->d, OP_WHY, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		goto out;
	}
	o->sk = sk;
	o->asked = xcalloc(1, sizeof(*o->asked));
	resolve_fill(o->asked, cl, sk, &q);
	if (resolve_ask(cl->d, o->id, o->asked) == 0)
		return;
	op_free(cl->d, o);
	client_end(cl, CBE_USAGE, "request too large");
out:
	runreq_free(&q);
}
