/* SPDX-License-Identifier: ISC */
/* Requests that are not runs; see op.h and the table in monitor.c. */
#include "config.h"

#include <sys/socket.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record.h"
#include "supervisor/client.h"
#include "supervisor/detach.h"
#include "supervisor/op.h"
#include "supervisor/resolve.h"
#include "supervisor/run.h"

struct op *
op_new(struct daemon *d, enum op_state state, struct client *cl)
{
	struct op *o;

	if (d->nops == OPS_MAX)
		return (NULL);
	o = xcalloc(1, sizeof(*o));
	o->id = ids_new(&d->ids);
	o->state = state;
	o->cl = cl;
	TAILQ_INSERT_TAIL(&d->ops, o, entry);
	d->nops++;
	return (o);
}

void
op_free(struct daemon *d, struct op *o)
{
	if (d->change == o)
		d->change = NULL;
	TAILQ_REMOVE(&d->ops, o, entry);
	d->nops--;
	ids_let_go(&d->ids, o->id);
	if (o->asked != NULL)
		resolve_free(o->asked);
	free(o->asked);
	free(o->name);
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

void
op_client_gone(struct daemon *d, struct client *cl)
{
	struct op *o, *next;

	for (o = TAILQ_FIRST(&d->ops); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (o->cl != cl)
			continue;
		o->cl = NULL;
		if (o->state == OP_LOGS)
			detach_forget(d, o->id);
		if (o->state == OP_WHY) {
			resolve_cancel(d, o->id);
			op_free(d, o);
		}
	}
}

int
op_record(struct daemon *d, unsigned kind, struct buf *fields, uint64_t run,
    unsigned done_event, unsigned refused_event, struct client *cl)
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
	if (b.bad || (o = op_new(d, OP_RECORD, cl)) == NULL) {
		buf_free(&b);
		return (-1);
	}
	o->run = run;
	o->done_event = done_event;
	o->refused_event = refused_event;
	if (role_send(&d->procs[PROC_AUDIT], MSG_A_RECORD, o->id, &b, NULL, 0)
	    == 0)
		return (0);
	op_free(d, o);
	return (-1);
}

/* u16 code and text, the form that most answers of roles have. */
static void
get_code(struct daemon *d, const struct proc *p, struct ipc_msg *m,
    struct rd *rd, unsigned *code, char **reason)
{
	rd_init(rd, m->data, m->len);
	*code = rd_u16(rd);
	*reason = rd_str(rd, MSG_TEXT_MAX);
	if (rd->bad || *code >= CBE_MAX)
		daemon_breach(d, p, "malformed %s", msg_name(m->type));
}

static void
tell_run(struct daemon *d, const struct op *o, unsigned event,
    uint64_t record, const char *reason)
{
	struct run_input in;
	struct run *r;

	if (o->run == 0 || (r = run_find(d, o->run)) == NULL)
		return;
	memset(&in, 0, sizeof(in));
	in.event = event;
	in.record = record;
	in.reason = reason;
	/* the run may have gone another way meanwhile */
	(void)run_event(r, &in);
}

static enum op_state
recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	const struct run *r;
	uint64_t record;
	struct rd rd;
	int still;

	rd_init(&rd, m->data, m->len);
	record = rd_u64(&rd);
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed A_DONE");
	r = o->run == 0 ? NULL : run_find(d, o->run);
	still = o->run == 0 || (r != NULL &&
	    monitor_run(r->state, o->done_event) != NULL);
	if (o->cl != NULL && still)
		client_end(o->cl, CBE_OK, "%s", "");
	else if (o->cl != NULL)
		client_end(o->cl, CBE_NOENT, "the run was withdrawn");
	o->cl = NULL;
	tell_run(d, o, o->done_event, record, "");
	return (OP_DONE);
}

static enum op_state
not_recorded(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	get_code(d, p, m, &rd, &code, &reason);
	if (rd_end(&rd) == -1 || code == CBE_OK)
		daemon_breach(d, p, "malformed A_REFUSED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	o->cl = NULL;
	tell_run(d, o, o->refused_event, 0, reason);
	free(reason);
	return (OP_DONE);
}

/* Unpadded base64url of 32 bytes. */
static void
base64url(char out[44], const uint8_t in[32])
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i, n = 0;

	for (i = 0; i < 32; i++) {
		bits = bits << 8 | in[i];
		for (have += 8; have >= 6; have -= 6)
			out[n++] = set[bits >> (have - 6) & 63];
	}
	out[n++] = set[bits << (6 - have) & 63];
	out[n] = '\0';
}

static enum op_state
queried(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	uint8_t digest[32];
	uint64_t records;
	char *reason, head[44];
	unsigned code;
	struct rd rd;
	struct buf b;

	get_code(d, p, m, &rd, &code, &reason);
	records = rd_u64(&rd);
	rd_copy(&rd, digest, sizeof(digest));
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed A_QUERIED");
	if (o->cl != NULL && o->query == QUERY_VERIFY && code == CBE_OK) {
		base64url(head, digest);
		buf_init(&b, 1024);
		field_u64(&b, "records", records);
		field_str(&b, "head", head);
		client_send(o->cl, MSG_ROW, &b, NULL, 0);
	}
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
}

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

	get_code(d, p, m, &rd, &code, &reason);
	/* before V_COMMIT the vault cannot be done */
	if (rd_end(&rd) == -1 || (code == CBE_OK && o->state != OP_APPLY))
		daemon_breach(d, p, "malformed V_DONE");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
}

void
op_abort(struct daemon *d, const struct op *o)
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
		op_abort(d, o);
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
	op_abort(d, o);
	return (not_recorded(d, o, p, m));
}

static void
why_row(struct daemon *d, struct op *o, const struct resolved *res,
    const struct plan *plan)
{
	static const char *const verdicts[] = { "allow", "ask", "deny" };
	struct decision dec;
	struct buf b;

	policy_decide(&dec, d->conf, o->cl->ch, o->sk, plan, &res->names,
	    &res->same);
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "verdict", verdicts[dec.verdict]);
	field_str(&b, "rule", dec.rule);
	field_str(&b, "reason", dec.reason);
	field_list(&b, "argv", &plan->argv);
	field_str(&b, "exe", plan->exe.path);
	field_hex(&b, "exe_digest", plan->exe.digest, PLAN_DIGEST);
	field_str(&b, "cwd", plan->cwd);
	field_hex(&b, "plan", res->digest, PLAN_DIGEST);
	client_send(o->cl, MSG_ROW, &b, NULL, 0);
	client_end(o->cl, CBE_OK, "%s", "");
}

static enum op_state
why_plan(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	struct resolved res;
	struct plan plan;
	const char *what = NULL;

	memset(&plan, 0, sizeof(plan));
	if (resolved_get(m->data, m->len, &res) == -1 ||
	    plan_get(res.plan, res.planlen, &plan) == -1 ||
	    (what = plan_mismatch(o->asked, o->sk, &plan)) != NULL)
		daemon_breach(d, p, "plan with other %s",
		    what != NULL ? what : "contents");
	if (o->cl != NULL)
		why_row(d, o, &res, &plan);
	plan_free(&plan);
	resolved_free(&res);
	(void)role_send(&d->procs[PROC_EXEC], MSG_X_DROP, o->id, NULL, NULL, 0);
	return (OP_DONE);
}

static enum op_state
why_not(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	struct masks masks;
	unsigned code;
	char *reason;
	struct rd rd;

	memset(&masks, 0, sizeof(masks));
	get_code(d, p, m, &rd, &code, &reason);
	masks_get(&rd, &masks);
	if (rd_end(&rd) == -1 || code == CBE_OK)
		daemon_breach(d, p, "malformed X_UNRESOLVED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	masks_free(&masks);
	free(reason);
	return (OP_DONE);
}

static enum op_state
logged(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	get_code(d, p, m, &rd, &code, &reason);
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed X_LOGGED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
}

static enum op_state (*const actions[ACTIONS])(struct daemon *, struct op *,
    const struct proc *, struct ipc_msg *) = {
	[ACT_RECORDED] = recorded,
	[ACT_NOT_RECORDED] = not_recorded,
	[ACT_QUERIED] = queried,
	[ACT_NAMES] = names,
	[ACT_VAULT_END] = vault_end,
	[ACT_PREPARED] = prepared,
	[ACT_COMMIT] = commit,
	[ACT_NOT_COMMITTED] = not_committed,
	[ACT_FOUND] = doctor_found,
	[ACT_EXAMINED] = doctor_examined,
	[ACT_WHY_PLAN] = why_plan,
	[ACT_WHY_NOT] = why_not,
	[ACT_LOGGED] = logged,
};

void
op_event(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	const struct mon_row *row;
	enum op_state state;

	if ((row = monitor_op(o->state, m->type)) == NULL)
		daemon_breach(d, p, "%s in the wrong state of a request",
		    msg_name(m->type));
	state = actions[row->action](d, o, p, m);
	assert((row->next & 1U << state) != 0);
	o->state = state;
	if (state == OP_DONE)
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
		op_abort(d, o);
		if (o->cl != NULL)
			client_end(o->cl, CBE_AGAIN, "no value came in time");
		op_free(d, o);
	}
}
