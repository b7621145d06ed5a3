/* SPDX-License-Identifier: ISC */
/* From ACCEPTED to RESULT; see executionmsg.h. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/mcp/executionmsg.h"
#include "client/out.h"
#include "common/payload.h"

static enum executionmsg
wrong(struct fail *f, const char *what)
{
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: bad %s",
	    what);
	return (EXECUTIONMSG_END);
}

static void
keep(uint8_t **p, size_t *len, const struct ipc_msg *m)
{
	freezero(*p, *len);
	*p = xmalloc(m->len + 1);
	*len = m->len;
	if (m->len != 0)
		memcpy(*p, m->data, m->len);
}

static enum executionmsg
on_accepted(struct execution *e, const struct ipc_msg *m, struct fail *f)
{
	struct msg_runid v;
	char id[RUNID_TEXT];

	if (payload_get(m, &msg_runid_shape, &v) == -1 || v.run == 0 ||
	    (v.run & ~RUNID_MASK) != 0 || e->state != EXECUTION_ASKED)
		return (wrong(f, "ACCEPTED"));
	runid_text(id, v.run);
	if (e->id[0] == '\0')
		memcpy(e->id, id, sizeof(e->id));
	else if (e->type == MSG_WAIT && strcmp(e->id, id) == 0)
		/* there is such a one, and it goes on without us */
		e->state = EXECUTION_RUNNING;
	else
		return (wrong(f, "ACCEPTED"));
	return (EXECUTIONMSG_GO_ON);
}

/* A program that it wants to start is held until somebody has answered. */
static void
on_held(struct execution *e, const struct ipc_msg *m)
{
	free(e->held);
	e->held = row_str(m->data, m->len, "question");
}

static enum executionmsg
on_waiting(struct execution *e, const struct ipc_msg *m, struct fail *f)
{
	uint64_t s;
	int held;

	if (row_check(m->data, m->len) == -1)
		return (wrong(f, "WAITING"));
	held = row_has(m->data, m->len, "question");
	if (e->started != held || e->id[0] == '\0')
		return (wrong(f, "WAITING"));
	if (held) {
		on_held(e, m);
		return (EXECUTIONMSG_GO_ON);
	}
	keep(&e->waiting, &e->waitinglen, m);
	if (row_num(m->data, m->len, "expires_s", &s) && s < UINT32_MAX)
		e->expires = (int64_t)time(NULL) + (int64_t)s;
	e->state = EXECUTION_WAITING;
	return (EXECUTIONMSG_GO_ON);
}

static int
take_nonblocking(struct ipc_msg *m, unsigned i)
{
	int fd = ipc_take_fd(m, i), fl;

	if ((fl = fcntl(fd, F_GETFL)) != -1)
		(void)fcntl(fd, F_SETFL, fl | O_NONBLOCK);
	return (fd);
}

static enum executionmsg
on_started(struct execution *e, struct ipc_msg *m, struct fail *f)
{
	if (row_check(m->data, m->len) == -1 || e->started || m->nfds != 3 ||
	    e->id[0] == '\0')
		return (wrong(f, "STARTED"));
	e->started = 1;
	e->state = EXECUTION_RUNNING;
	e->infd = take_nonblocking(m, 0);
	e->out.fd = take_nonblocking(m, 1);
	e->err.fd = take_nonblocking(m, 2);
	return (EXECUTIONMSG_GO_ON);
}

static enum executionmsg
on_result(struct execution *e, const struct ipc_msg *m, struct fail *f)
{
	if (row_check(m->data, m->len) == -1)
		return (wrong(f, "RESULT"));
	keep(&e->result, &e->resultlen, m);
	return (EXECUTIONMSG_END);
}

/* The daemon knows what we say of ourselves: now for what is wanted. */
static enum executionmsg
on_said(struct execution *e, const struct ipc_msg *m, struct fail *f)
{
	e->saying = 0;
	if (conn_end(m, f) == -1 || conn_queue(e->conn, e->type,
	    e->request.data, e->request.len, f) == -1)
		return (EXECUTIONMSG_END);
	return (EXECUTIONMSG_GO_ON);
}

enum executionmsg
executionmsg_take(struct execution *e, struct ipc_msg *m, struct fail *f)
{
	switch (m->type) {
	case MSG_ACCEPTED:
		return (on_accepted(e, m, f));
	case MSG_WAITING:
		return (on_waiting(e, m, f));
	case MSG_STARTED:
		return (on_started(e, m, f));
	case MSG_RESULT:
		return (on_result(e, m, f));
	case MSG_END:
		if (e->saying)
			return (on_said(e, m, f));
		if (conn_end(m, f) == 0)
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: bad END");
		return (EXECUTIONMSG_END);
	default:
		return (wrong(f, msg_name(m->type)));
	}
}
