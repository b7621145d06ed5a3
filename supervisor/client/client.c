/* SPDX-License-Identifier: ISC */
/*
 * Connections of clients: one request at a time.  A client that breaks the
 * rules loses its connection and nothing else happens.
 */
#include "config.h"

#include <event2/event.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "supervisor/client/client.h"
#include "supervisor/client/unread.h"

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

void
client_broke(struct client *cl, const char *what)
{
	if (!cl->dead)
		cl->d->up->refused(cl, "protocol", what);
	client_bad(cl, what);
}

int
client_get(struct client *cl, const struct ipc_msg *m, struct payload *p)
{
	char what[64];

	if (payload_open(p, m) == 0)
		return (0);
	payload_close(p);
	(void)snprintf(what, sizeof(what), "malformed %s", msg_name(m->type));
	client_broke(cl, what);
	return (-1);
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

void
client_put(struct client *cl, unsigned type, const struct shape *s,
    const void *v)
{
	struct buf b;

	payload_put(&b, type, s, v);
	client_send(cl, type, &b, NULL, 0);
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
say_end(struct client *cl, enum cberr err, char *text)
{
	struct msg_reason v;

	v.code = (uint16_t)err;
	v.text = text;
	client_put(cl, MSG_END, &msg_reason_shape, &v);
}

void
client_end(struct client *cl, enum cberr err, const char *fmt, ...)
{
	char text[MSG_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say_end(cl, err, text);
	idle(cl);
}

void
client_result(struct client *cl, struct buf *b)
{
	client_send(cl, MSG_RESULT, b, NULL, 0);
	idle(cl);
}

int
client_begin(struct client *cl, const struct ipc_msg *m, unsigned roles)
{
	/* who has read the last answer has taken them */
	if (cl->passed && unread_any(ipc_fd(cl->ipc))) {
		client_bad(cl, "does not take its descriptors");
		return (-1);
	}
	cl->passed = 0;
	cl->request = m->type;
	cl->reqid = m->id;
	cl->roles = roles;
	ipc_set_state(cl->ipc, MS_BUSY);
	return (0);
}

int
client_asked(const struct client *cl, uid_t uid, const struct lineage *of)
{
	static const struct lineage none;

	return (cl->uid == uid &&
	    lineage_holds(&cl->line, of != NULL ? of : &none));
}

int
client_owns(const struct client *cl, uid_t uid, const struct lineage *of)
{
	return (cl->admin || client_asked(cl, uid, of));
}

int
client_may(const struct client *cl, int own, uid_t uid,
    const struct lineage *of)
{
	return (own ? client_asked(cl, uid, of) : client_owns(cl, uid, of));
}

int
client_reads(const struct client *cl)
{
	return (cl->admin || cl->reader);
}

enum client_sight
client_sight(const struct client *cl, const struct lineage *of)
{
	if (client_reads(cl))
		return (SIGHT_LOGGED);
	return (cl->line.depth == of->depth ? SIGHT_ASKED : SIGHT_NONE);
}

static void
on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct client *cl = arg;

	(void)ipc;
	if (!cl->dead)
		cl->d->up->msg(cl, m);
}

static void
on_end(struct ipc *ipc, int how, void *arg)
{
	struct client *cl = arg;

	if (how == -1 && ipc_broken(ipc))
		client_broke(cl, ipc_error(ipc));
	else if (how == -1)
		client_bad(cl, ipc_error(ipc));
	else
		client_kill(cl);
}

void
client_delay(struct daemon *d, enum role role, unsigned seconds)
{
	struct client *cl;
	struct buf b;

	TAILQ_FOREACH(cl, &d->clients, entry) {
		if (cl->dead || cl->request == MSG_NONE ||
		    (cl->roles & ROLE_BIT(role)) == 0 ||
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

	d->up->gone(cl);
	free(cl->rows);
	free(cl->tried_skill);
	claims_free(&cl->claims);
	strv_free(&cl->tried);
	if (cl->pump != NULL)
		event_free(cl->pump);
	if (cl->passed && unread_any(ipc_fd(cl->ipc)))
		unread_add(d, ipc_fd(cl->ipc), cl->pool, cl->uid);
	ipc_free(cl->ipc);
	TAILQ_REMOVE(&d->clients, cl, entry);
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

	unread_tick(d);
	TAILQ_FOREACH(cl, &d->clients, entry) {
		age = now_ms() - cl->since;
		if (cl->denied && age >= DENIED_MS)
			client_bad(cl, "turned away");
		else if (!cl->denied && age >= HELLO_MS &&
		    ipc_state(cl->ipc) == MS_HELLO)
			client_broke(cl, "no HELLO in time");
	}
}

struct client *
client_new(struct daemon *d, const struct conf_channel *ch, int fd,
    const struct peer *p)
{
	struct client *cl, *leaves;

	if (places_find(d, p->pool, p->uid, &leaves) == -1) {
		(void)close(fd);
		return (NULL);
	}
	if (leaves != NULL)
		client_bad(leaves, "makes way for others");
	cl = xcalloc(1, sizeof(*cl));
	cl->d = d;
	cl->ch = ch;
	cl->uid = p->uid;
	cl->gid = p->gid;
	cl->pid = p->pid;
	cl->from = p->from;
	cl->since = now_ms();
	cl->ipc = ipc_new(fd, ROLE_SUPERVISOR, ROLE_CLIENT, MS_HELLO);
	if (cl->ipc == NULL) {
		(void)close(fd);
		free(cl);
		return (NULL);
	}
	cl->user = p->user;
	cl->admin = p->admin;
	cl->reader = p->reader;
	cl->line = p->line;
	cl->pool = p->pool;
	TAILQ_INSERT_TAIL(&d->clients, cl, entry);
	return (cl);
}

/*
 * Told why, and not read from; the connection lingers, because closing one
 * with unread data in it would take the answer away from the client.
 */
void
client_deny(struct client *cl, enum cberr err, const char *why)
{
	char *text = xstrdup(why);

	cl->denied = 1;
	if (err == CBE_REFUSED)
		cl->d->up->refused(cl, "connect", why);
	say_end(cl, err, text);
	free(text);
	(void)ipc_flush(cl->ipc);
}

int
client_hear(struct client *cl)
{
	return (ipc_ev_attach(cl->ipc, cl->d->base, on_msg, on_end, cl));
}
