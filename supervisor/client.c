/* SPDX-License-Identifier: ISC */
/*
 * Connections of clients: who may connect, what each may ask, one request at
 * a time.  A client that breaks the rules loses its connection and nothing
 * else happens.
 */
#include "config.h"

#include <sys/socket.h>

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "common/record.h"
#include "supervisor/client.h"
#include "supervisor/detach.h"
#include "supervisor/linger.h"
#include "supervisor/op.h"
#include "supervisor/run.h"

/* Who may ask for it; the function refuses more where it must. */
enum need {
	NEED_ANY,		/* whoever may connect */
	NEED_USER,		/* a user of the channel */
	NEED_EXECUTE,		/* ... that has access "execute" */
	NEED_ADMIN
};

static void	req_hello(struct client *, struct ipc_msg *);
static void	req_cancel(struct client *, struct ipc_msg *);
static void	req_winsize(struct client *, struct ipc_msg *);

/* Roles that a request has to wait for. */
#define EXEC	ROLE_BIT(ROLE_EXECUTOR)
#define AUDIT	ROLE_BIT(ROLE_AUDITOR)
#define VAULT	ROLE_BIT(ROLE_VAULT)

static const struct request {
	unsigned	 type;
	enum need	 need;
	unsigned	 roles;
	void		(*fn)(struct client *, struct ipc_msg *);
} requests[] = {
	{ MSG_HELLO, NEED_ANY, 0, req_hello },
	{ MSG_CANCEL, NEED_ANY, 0, req_cancel },
	{ MSG_WINSIZE, NEED_ANY, 0, req_winsize },
	{ MSG_RUN, NEED_EXECUTE, EXEC | AUDIT | VAULT, req_run },
	{ MSG_WHY, NEED_USER, EXEC, req_why },
	{ MSG_STATUS, NEED_ANY, 0, req_status },
	{ MSG_PS, NEED_ANY, 0, req_ps },
	{ MSG_KILL, NEED_ANY, 0, req_kill },
	{ MSG_APPROVALS, NEED_ANY, 0, req_approvals },
	{ MSG_APPROVE, NEED_ADMIN, AUDIT, req_approve },
	{ MSG_DENY, NEED_ADMIN, AUDIT, req_deny },
	{ MSG_SECRET_LIST, NEED_ADMIN, VAULT, req_secret_list },
	{ MSG_SECRET_SET, NEED_ADMIN, AUDIT | VAULT, req_secret_set },
	{ MSG_SECRET_RM, NEED_ADMIN, AUDIT | VAULT, req_secret_rm },
	{ MSG_AUDIT, NEED_ANY, AUDIT, req_audit },
	{ MSG_LOGS, NEED_ANY, EXEC, req_logs },
	{ MSG_WAIT, NEED_ANY, EXEC | AUDIT, req_wait },
	{ MSG_DOCTOR, NEED_ADMIN, EXEC | AUDIT, req_doctor },
};

static const struct request *
find_request(unsigned type)
{
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i].type == type)
			return (&requests[i]);
	return (NULL);
}

void
client_kill(struct client *cl)
{
	if (cl->dead)
		return;
	cl->dead = 1;
	/* later: who calls may be in the middle of something with it */
	event_active(cl->d->reap, EV_TIMEOUT, 0);
}

void
client_bad(struct client *cl, const char *what)
{
	log_debug("client uid %u pid %d: %s", cl->uid, (int)cl->pid, what);
	client_kill(cl);
}

static void
close_fds(const int *fds, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		(void)close(fds[i]);
}

void
client_send(struct client *cl, unsigned type, struct buf *b, const int *fds,
    unsigned nfds)
{
	if (cl == NULL || cl->dead)
		close_fds(fds, nfds);
	else if (b != NULL && b->bad) {
		close_fds(fds, nfds);
		client_bad(cl, "an answer does not fit");
	} else if (ipc_send(cl->ipc, type, cl->reqid,
	    b == NULL ? NULL : b->data, b == NULL ? 0 : b->len, fds,
	    nfds) == -1)
		client_bad(cl, ipc_error(cl->ipc));
	else {
		cl->passed |= nfds != 0;
		if (ipc_queued(cl->ipc) > CLIENT_QUEUE)
			client_bad(cl, "reads too slowly");
	}
	if (b != NULL)
		buf_free(b);
}

static void
stop_rows(struct client *cl)
{
	free(cl->rows);
	cl->rows = NULL;
	cl->nrows = cl->rowat = 0;
	cl->watching = 0;
	if (cl->pump != NULL)
		event_del(cl->pump);
}

static void
idle(struct client *cl)
{
	stop_rows(cl);
	cl->request = MSG_NONE;
	cl->waits = cl->follows = 0;
	cl->delayed = 0;
	if (!cl->dead)
		ipc_set_state(cl->ipc, MS_IDLE);
}

static void
put_end(struct buf *b, enum cberr err, const char *text)
{
	buf_init(b, 8198);
	buf_put_u16(b, (uint16_t)err);
	buf_put_str(b, text);
}

void
client_end(struct client *cl, enum cberr err, const char *fmt, ...)
{
	char text[MSG_TEXT_MAX];
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_end(&b, err, text);
	client_send(cl, MSG_END, &b, NULL, 0);
	idle(cl);
}

void
client_result(struct client *cl, struct buf *b)
{
	client_send(cl, MSG_RESULT, b, NULL, 0);
	idle(cl);
}

/* A refused attempt at something that has no run. */
static void
note_refused(struct client *cl, const char *cause, const char *reason)
{
	struct damp p;

	memset(&p, 0, sizeof(p));
	p.kind = RECORD_AUTH;
	p.cause = cause;
	p.channel = cl->ch->name;
	p.uid = cl->uid;
	p.pid = cl->pid;
	p.reason = reason;
	damp_record(cl->d, &p);
}

/* NULL, or why not. */
static const char *
may_not(const struct client *cl, enum need need)
{
	switch (need) {
	case NEED_ANY:
		return (NULL);
	case NEED_USER:
		return (cl->user ? NULL : "not a user of this channel");
	case NEED_EXECUTE:
		if (!cl->user)
			return ("not a user of this channel");
		return (cl->ch->access == ACCESS_EXECUTE ? NULL :
		    "this channel is read-only");
	case NEED_ADMIN:
		return (cl->admin ? NULL : "only approvers may do that");
	}
	return ("not known");
}

/* RUN is answered by RESULT, everything else by END. */
static void
refuse(struct client *cl, const char *why)
{
	struct buf b;

	note_refused(cl, msg_name(cl->request), why);
	if (cl->request != MSG_RUN) {
		client_end(cl, CBE_REFUSED, "%s", why);
		return;
	}
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "outcome", outcome_name(OUTCOME_DENIED));
	field_u64(&b, "status", (uint64_t)cberr_exit(CBE_REFUSED));
	field_str(&b, "rule", "channel");
	field_str(&b, "reason", why);
	client_result(cl, &b);
}

static void
on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct client *cl = arg;
	const struct request *q;
	const char *why;

	if (cl->dead)
		return;
	/* no row of the table comes without one here */
	if ((q = find_request(m->type)) == NULL) {
		client_bad(cl, "unexpected message");
		return;
	}
	if (m->type != MSG_HELLO && m->type != MSG_CANCEL &&
	    m->type != MSG_WINSIZE) {
		/* who has read the last answer has taken them */
		if (cl->passed && linger_unread(ipc_fd(ipc))) {
			client_bad(cl, "does not take its descriptors");
			return;
		}
		cl->passed = 0;
		cl->request = m->type;
		cl->reqid = m->id;
		ipc_set_state(ipc, MS_BUSY);
	}
	/* the roles that could answer are told to end, or have ended */
	if (cl->d->stop != STOP_NO && cl->request != MSG_NONE &&
	    m->type == cl->request)
		client_end(cl, CBE_UNAVAIL, "clawbot is stopping");
	else if ((why = may_not(cl, q->need)) != NULL)
		refuse(cl, why);
	else
		q->fn(cl, m);
}

static void
on_end(struct ipc *ipc, int how, void *arg)
{
	struct client *cl = arg;

	if (how == -1)
		client_bad(cl, ipc_error(ipc));
	else
		client_kill(cl);
}

static void
req_hello(struct client *cl, struct ipc_msg *m)
{
	static const char *const access_name[] = {
		[ACCESS_NONE] = "none", [ACCESS_READ_ONLY] = "read-only",
		[ACCESS_EXECUTE] = "execute",
	};
	uint32_t version;
	struct buf b;
	struct rd rd;

	rd_init(&rd, m->data, m->len);
	version = rd_u32(&rd);
	free(rd_str(&rd, 128));
	if (rd_end(&rd) == -1) {
		client_bad(cl, "malformed HELLO");
		return;
	}
	if (version != MSG_PROTOCOL) {
		client_end(cl, CBE_USAGE, "protocol %u is not spoken here, "
		    "but %d", version, MSG_PROTOCOL);
		client_bad(cl, "other protocol");
		return;
	}
	buf_init(&b, 4096);
	field_str(&b, "version", CB_VERSION);
	field_str(&b, "channel", cl->ch->name);
	field_str(&b, "access", access_name[cl->ch->access]);
	field_bool(&b, "admin", cl->admin);
	client_send(cl, MSG_WELCOME, &b, NULL, 0);
	ipc_set_state(cl->ipc, MS_IDLE);
}

/* Ends a run, or a question whose answer would go on and on. */
static void
req_cancel(struct client *cl, struct ipc_msg *m)
{
	(void)m;
	if (cl->run != NULL)
		(void)run_tell(cl->run, EV_CANCEL, "cancelled by the caller");
	else if (cl->request == MSG_APPROVALS || cl->request == MSG_AUDIT ||
	    cl->request == MSG_LOGS || cl->request == MSG_WAIT) {
		op_client_gone(cl->d, cl);
		client_end(cl, CBE_OK, "%s", "");
	}
}

/* It may cross with the end of the run, and mean one without a terminal. */
static void
req_winsize(struct client *cl, struct ipc_msg *m)
{
	struct run_input in;

	if (cl->run == NULL || cl->d->stop != STOP_NO ||
	    (cl->run->asked.req.flags & RUNREQ_TTY) == 0)
		return;
	memset(&in, 0, sizeof(in));
	in.event = EV_WINSIZE;
	in.m = m;
	(void)run_event(cl->run, &in);
}

void
client_leave(struct client *cl)
{
	cl->run->cl = NULL;
	cl->run = NULL;
	client_end(cl, CBE_OK, "%s", "");
}

int
client_owns_uid(const struct client *cl, uid_t uid)
{
	return (cl->admin || cl->uid == uid);
}

int
client_owns(const struct client *cl, const struct run *r)
{
	return (client_owns_uid(cl, r->uid));
}

/* The row of a run, or of what is kept of one; 0 or -1. */
static int
list_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct run *r = run_find(cl->d, id);

	if (cl->request == MSG_PS && (r == NULL || r->state == RUN_DONE))
		return (detach_row(b, cl, id));
	if (r == NULL || !client_owns(cl, r))
		return (-1);
	return (cl->request == MSG_PS ? ps_row(b, r) : approval_row(b, r));
}

/* Rows, as many as the client reads. */
static void
pump_rows(struct client *cl)
{
	const struct timeval soon = { 0, 20000 };
	struct buf b;

	while (cl->rowat < cl->nrows && !cl->dead) {
		if (ipc_queued(cl->ipc) > CLIENT_ROWS) {
			if (cl->stuck == 0)
				cl->stuck = now_ms();
			else if (now_ms() - cl->stuck > STUCK_MS)
				client_bad(cl, "reads too slowly");
			event_add(cl->pump, &soon);
			return;
		}
		cl->stuck = 0;
		if (list_row(cl, &b, cl->rows[cl->rowat++]) == 0)
			client_send(cl, MSG_ROW, &b, NULL, 0);
	}
	free(cl->rows);
	cl->rows = NULL;
	cl->nrows = cl->rowat = 0;
	if (!cl->watching)
		client_end(cl, CBE_OK, "%s", "");
}

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pump_rows(arg);
}

void
client_rows(struct client *cl, uint64_t *ids, size_t n)
{
	if (cl->pump == NULL)
		cl->pump = evtimer_new(cl->d->base, on_pump, cl);
	if (cl->pump == NULL) {
		free(ids);
		client_end(cl, CBE_INTERNAL, "out of memory");
		return;
	}
	cl->rows = ids;
	cl->nrows = n;
	cl->rowat = 0;
	pump_rows(cl);
}

void
client_more_rows(struct client *cl, uint64_t id)
{
	if (cl->nrows == CLIENT_LISTED) {
		client_bad(cl, "reads too slowly");
		return;
	}
	cl->rows = xrecallocarray(cl->rows, cl->nrows, cl->nrows + 1,
	    sizeof(*cl->rows));
	cl->rows[cl->nrows++] = id;
	pump_rows(cl);
}

void
client_delay(struct daemon *d, enum role role, unsigned seconds)
{
	const struct request *q;
	struct client *cl;
	struct buf b;

	TAILQ_FOREACH(cl, &d->clients, entry) {
		if (cl->dead || cl->request == MSG_NONE ||
		    (q = find_request(cl->request)) == NULL ||
		    (q->roles & ROLE_BIT(role)) == 0 ||
		    ((cl->delayed & ROLE_BIT(role)) != 0) == (seconds != 0))
			continue;
		cl->delayed ^= ROLE_BIT(role);
		buf_init(&b, 256);
		field_str(&b, "role", role_name(role));
		field_u64(&b, "seconds", seconds);
		client_send(cl, MSG_DELAY, &b, NULL, 0);
	}
}

static void
client_free(struct client *cl)
{
	struct daemon *d = cl->d;

	op_client_gone(d, cl);
	if (cl->run != NULL) {
		cl->run->cl = NULL;
		if (!run_detached(cl->run))
			(void)run_tell(cl->run, EV_CANCEL,
			    "the caller went away");
	}
	free(cl->rows);
	if (cl->pump != NULL)
		event_free(cl->pump);
	if (cl->passed && linger_unread(ipc_fd(cl->ipc)))
		linger_add(d, ipc_fd(cl->ipc), cl->uid);
	ipc_free(cl->ipc);
	TAILQ_REMOVE(&d->clients, cl, entry);
	d->nclients--;
	free(cl);
}

void
client_reap(struct daemon *d)
{
	struct client *cl, *next;

	for (cl = TAILQ_FIRST(&d->clients); cl != NULL; cl = next) {
		next = TAILQ_NEXT(cl, entry);
		if (cl->dead)
			client_free(cl);
	}
}

void
client_tick(struct daemon *d)
{
	struct client *cl;
	int64_t age;

	linger_tick(d);
	TAILQ_FOREACH(cl, &d->clients, entry) {
		age = now_ms() - cl->since;
		if (cl->denied ? age >= DENIED_MS :
		    ipc_state(cl->ipc) == MS_HELLO && age >= HELLO_MS)
			client_bad(cl, cl->denied ? "turned away" :
			    "did not say HELLO in time");
	}
}

unsigned
connections_of(const struct daemon *d, uid_t uid)
{
	const struct client *cl;
	unsigned n = linger_count(d, &uid);

	TAILQ_FOREACH(cl, &d->clients, entry)
		n += cl->uid == uid;
	return (n);
}

struct client *
client_new(struct daemon *d, const struct conf_channel *ch, int fd,
    const struct peer *p)
{
	struct client *cl;

	/* some more than it may have, so that they can be told */
	if (d->nclients + linger_count(d, NULL) >= CLIENTS_MAX ||
	    connections_of(d, p->uid) >= CLIENTS_UID + CLIENTS_DENIED) {
		(void)close(fd);
		return (NULL);
	}
	cl = xcalloc(1, sizeof(*cl));
	cl->d = d;
	cl->ch = ch;
	cl->uid = p->uid;
	cl->gid = p->gid;
	cl->pid = p->pid;
	cl->since = now_ms();
	cl->ipc = ipc_new(fd, ROLE_SUPERVISOR, ROLE_CLIENT, MS_HELLO);
	if (cl->ipc == NULL) {
		(void)close(fd);
		free(cl);
		return (NULL);
	}
	cl->user = p->user;
	cl->admin = p->admin;
	TAILQ_INSERT_TAIL(&d->clients, cl, entry);
	d->nclients++;
	return (cl);
}

/*
 * Told why, and not read from; the connection lingers, because closing one
 * with unread data in it would take the answer away from the client.
 */
void
client_deny(struct client *cl, enum cberr err, const char *why)
{
	struct buf b;

	cl->denied = 1;
	if (err == CBE_REFUSED)
		note_refused(cl, "connect", why);
	put_end(&b, err, why);
	client_send(cl, MSG_END, &b, NULL, 0);
	(void)ipc_flush(cl->ipc);
}

int
client_hear(struct client *cl)
{
	return (ipc_ev_attach(cl->ipc, cl->d->base, on_msg, on_end, cl));
}
