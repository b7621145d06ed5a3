/* SPDX-License-Identifier: ISC */
/* AUDIT: the log, which the auditor writes into the client's pipe. */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
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
    struct payload *in)
{
	const struct msg_queried *v = payload_as(in, &msg_queried_shape);
	char head[44];
	struct buf b;

	(void)d;
	(void)p;
	if (o->cl != NULL && o->query == QUERY_VERIFY && v->code == CBE_OK) {
		base64url(head, v->digest);
		buf_init(&b, 1024);
		field_u64(&b, "records", v->records);
		field_str(&b, "head", head);
		client_send(o->cl, MSG_ROW, &b, NULL, 0);
	}
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s", v->text);
	return (OP_DONE);
}

/*
 * Who asks, and how long for.  The places that the auditor has for who may read
 * the log are shared among these, so that none takes another's: those who only
 * read leave the approvers theirs, who look at it before they answer; who
 * follows it stays for long; and root finds some whatever all others do.
 */
enum audit_of {
	AUDIT_OF_READER,	/* audit.readers */
	AUDIT_OF_FOLLOWER,	/* approvers with tail -f */
	AUDIT_OF_APPROVER,
	AUDIT_OF_ROOT,
	AUDIT_OF_ASKER,		/* about own runs: the auditor counts */
	AUDIT_OF_MAX
};

static const struct op_kind audit_kinds[AUDIT_OF_MAX] = {
	[AUDIT_OF_READER] = { .act = { [ACT_QUERIED] = queried } },
	[AUDIT_OF_FOLLOWER] = { .act = { [ACT_QUERIED] = queried } },
	[AUDIT_OF_APPROVER] = { .act = { [ACT_QUERIED] = queried } },
	[AUDIT_OF_ROOT] = { .act = { [ACT_QUERIED] = queried } },
	[AUDIT_OF_ASKER] = { .act = { [ACT_QUERIED] = queried } },
};

/* Of an account, and of all: together no more than AUDITOR_READS. */
static const struct {
	size_t	 own;
	size_t	 all;
} audit_places[AUDIT_OF_MAX] = {
	[AUDIT_OF_READER] = { 3, 5 },
	[AUDIT_OF_FOLLOWER] = { 2, 4 },
	[AUDIT_OF_APPROVER] = { 2, 5 },
	[AUDIT_OF_ROOT] = { 6, 6 },
	[AUDIT_OF_ASKER] = { SIZE_MAX, SIZE_MAX },
};

static enum audit_of
who_asks(const struct client *cl, unsigned query)
{
	if (!client_reads(cl))
		return (AUDIT_OF_ASKER);
	if (cl->uid == 0)
		return (AUDIT_OF_ROOT);
	if (!cl->admin)
		return (AUDIT_OF_READER);
	return (query == QUERY_FOLLOW ? AUDIT_OF_FOLLOWER : AUDIT_OF_APPROVER);
}

static int
too_many(const struct client *cl, enum audit_of of)
{
	size_t all = 0, own = 0;
	const struct op *o;

	TAILQ_FOREACH(o, &cl->d->ops, entry) {
		all += o->kind == &audit_kinds[of];
		own += o->kind == &audit_kinds[of] && o->uid == cl->uid;
	}
	return (own >= audit_places[of].own ||
	    all >= audit_places[of].all);
}

static const char *
who_has_too_many(enum audit_of of)
{
	switch (of) {
	case AUDIT_OF_READER:
		return ("by those who only read it");
	case AUDIT_OF_FOLLOWER:
		return ("by approvers who follow it");
	case AUDIT_OF_APPROVER:
		return ("by approvers");
	default:
		return ("by root");
	}
}

/* NULL, or why this client may not ask that. */
static const char *
may_not(const struct client *cl, const struct msg_audit *v)
{
	if (!client_reads(cl) && v->query != QUERY_SHOW)
		return ("only approvers and audit.readers may read the log; "
		    "audit show is for your own runs");
	if (!cl->admin && v->query >= QUERY_PART)
		return ("only approvers may archive the log");
	return (NULL);
}

void
req_audit(struct client *cl, struct payload *in)
{
	const struct msg_audit *v = payload_as(in, &msg_audit_shape);
	const enum audit_of of = who_asks(cl, v->query);
	const char *why = may_not(cl, v);
	struct msg_query q;
	struct op *o;
	int p[2];

	if (why != NULL) {
		turndown_record(cl, RECORD_AUTH, msg_name(cl->request), 0,
		    why);
		turndown_answer(cl, CBE_REFUSED, "channel", why);
		return;
	}
	if (too_many(cl, of)) {
		client_end(cl, CBE_AGAIN, "too many questions about the log "
		    "at once %s", who_has_too_many(of));
		return;
	}
	if (pipe2(p, O_CLOEXEC) == -1) {
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	if ((o = op_new(cl->d, &audit_kinds[of], OP_QUERY, cl)) == NULL) {
		(void)close(p[0]);
		(void)close(p[1]);
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	o->query = v->query;
	o->uid = cl->uid;
	q.query = v->query;
	q.count = v->count;
	q.run = v->run;
	/* others see records of their own runs */
	q.uid = client_reads(cl) ? UINT32_MAX : cl->uid;
	(void)role_put(&cl->d->procs[PROC_AUDIT], MSG_A_QUERY, o->id,
	    &msg_query_shape, &q, &p[1], 1);
	client_send(cl, MSG_PIPE, NULL, &p[0], 1);
}
