/* SPDX-License-Identifier: ISC */
/* AUDIT: the log, which the auditor writes into the client's pipe. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/run/operation.h"

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

	op_answer(d, p, m, &rd, &code, &reason);
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

static const struct op_kind audit_kind = {
	.act = { [ACT_QUERIED] = queried },
};

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
	if ((o = op_new(cl->d, &audit_kind, OP_QUERY, cl)) == NULL) {
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
