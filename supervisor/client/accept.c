/* SPDX-License-Identifier: ISC */
/*
 * The channels' sockets.  The kernel says who connects; whoever may not is
 * told so and never read from.
 */
#include "config.h"

#include <sys/socket.h>

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/client/client.h"
#include "supervisor/client/door.h"
#include "supervisor/client/login.h"

#define MAXGROUPS	65536	/* NGROUPS_MAX of Linux */
#define FEW_GROUPS	32	/* for which it is asked once */
#define ACCEPT_BATCH	16
#define COMPLAIN_MS	1000

/* All groups of the peer, its own first; the caller frees. */
static gid_t *
peer_groups(int fd, gid_t gid, size_t *n)
{
	socklen_t len = FEW_GROUPS * sizeof(gid_t), got;
	gid_t *g;

	*n = 1;
	for (;;) {
		g = xcalloc(1 + len / sizeof(*g), sizeof(*g));
		g[0] = gid;
		got = len;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, g + 1,
		    &got) == 0) {
			*n += got / sizeof(*g);
			return (g);
		}
		if (errno != ERANGE)	/* the kernel does not tell */
			return (g);
		free(g);
		/* there are more, and how many */
		if (got <= len || got > MAXGROUPS * sizeof(*g))
			return (NULL);
		len = got;
	}
}

static int
peer_cred(int fd, struct ucred *uc)
{
	socklen_t len = sizeof(*uc);

	return (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, uc, &len) == -1 ||
	    len != sizeof(*uc) ? -1 : 0);
}

static int
identify(const struct conf *conf, const struct conf_channel *ch, int fd,
    struct peer *p)
{
	struct ucred uc;
	gid_t *groups;
	size_t n;

	if (peer_cred(fd, &uc) == -1)
		return (-1);
	if ((groups = peer_groups(fd, uc.gid, &n)) == NULL)
		return (-1);
	p->uid = uc.uid;
	p->gid = uc.gid;
	p->pid = uc.pid;
	p->user = who_has(&ch->users, uc.uid, groups, n);
	p->admin = uc.uid == 0 ||
	    who_has(&conf->approvers, uc.uid, groups, n);
	p->reader = who_has(&conf->readers, uc.uid, groups, n);
	free(groups);
	return (0);
}

/*
 * Inside of a run: who asks is who has asked for the run, with what the
 * channel lets that account do, and never more than a user.  That it is the
 * run's own account says that nobody else was lent the socket.
 */
static int
identify_inside(const struct door *dr, const struct conf_channel *ch, int fd,
    struct peer *p)
{
	struct ucred uc;

	if (peer_cred(fd, &uc) == -1)
		return (-1);
	p->uid = dr->uid;
	p->gid = dr->gid;
	p->pid = uc.pid;
	p->line = dr->line;
	p->lent = uc.uid != dr->account;
	p->user = !p->lent && who_covers(&ch->users, dr->uid);
	p->admin = 0;
	p->reader = 0;
	return (0);
}

/* NULL, or why this peer may not talk here. */
static const char *
may_not_connect(const struct conf_channel *ch, const struct peer *p)
{
	if (p->admin || p->reader)
		return (NULL);
	if (p->lent)
		return ("this socket is that of a run of another account");
	if (!p->user && p->line.depth != 0)
		return ("who has asked for this run is not allowed on this "
		    "channel");
	if (!p->user)
		return ("not among the users of this channel: "
		    "channels.NAME.users of clawbot.conf");
	if (ch->access == ACCESS_NONE)
		return ("this channel has no access: channels.NAME.access "
		    "of clawbot.conf");
	return (NULL);
}

/* A run that it has, goes on; so it is not hung up on. */
static void
renew_one(struct client *cl, const struct conf *conf)
{
	struct peer p;

	memset(&p, 0, sizeof(p));
	cl->ch = conf_channel(conf, cl->ch->name);
	if (cl->line.depth != 0) {
		p.line = cl->line;
		cl->user = p.user = who_covers(&cl->ch->users, cl->uid);
		cl->barred = may_not_connect(cl->ch, &p);
		return;
	}
	/* its groups are those that it has connected with */
	if (identify(conf, cl->ch, ipc_fd(cl->ipc), &p) == -1) {
		p.user = p.admin = p.reader = 0;
		log_warn("credentials of a client");
	}
	cl->user = p.user;
	cl->admin = p.admin;
	cl->reader = p.reader;
	cl->barred = may_not_connect(cl->ch, &p);
}

void
client_renew(struct daemon *d, const struct conf *conf)
{
	struct client *cl;
	struct door *dr;
	size_t i;

	for (i = 0; i < d->nlisteners; i++)
		d->listeners[i].ch = conf_channel(conf,
		    d->listeners[i].ch->name);
	TAILQ_FOREACH(dr, &d->doors, entry)
		dr->l.ch = conf_channel(conf, dr->l.ch->name);
	TAILQ_FOREACH(cl, &d->clients, entry)
		renew_one(cl, conf);
}

static enum pool
pool_of(const struct peer *p, const char *why)
{
	if (p->line.depth != 0)
		return (POOL_INSIDE);
	if (p->uid == 0)
		return (POOL_ROOT);
	if (p->admin)
		return (POOL_APPROVERS);
	return (why == NULL ? POOL_USERS : POOL_STRANGERS);
}

static int
has_too_many(const struct daemon *d, const struct peer *p)
{
	return (p->pool == POOL_INSIDE ?
	    places_inside(d, p->uid) > CLIENTS_INSIDE :
	    places_of(d, p->uid) > CLIENTS_UID);
}

static void
name_origin(const struct listener *l, int fd, struct peer *p)
{
	p->from.conn = ids_unheld();
	p->from.login = p->from.audit = ORIGIN_UNSET;
	/* what is in a run has that of whoever started the daemon */
	if (l->door == NULL)
		login_read(fd, p->pid, &p->from);
}

static void
welcome(struct listener *l, int fd)
{
	struct client *cl;
	struct peer p;
	const char *why;

	memset(&p, 0, sizeof(p));
	if ((l->door != NULL ? identify_inside(l->door, l->ch, fd, &p) :
	    identify(l->d->conf, l->ch, fd, &p)) == -1) {
		log_warn("credentials of a client");
		(void)close(fd);
		return;
	}
	name_origin(l, fd, &p);
	why = may_not_connect(l->ch, &p);
	p.pool = pool_of(&p, why);
	if ((cl = client_new(l->d, l->ch, fd, &p)) == NULL)
		return;
	if (why != NULL)
		client_deny(cl, CBE_REFUSED, why);
	else if (has_too_many(l->d, &p))
		client_deny(cl, CBE_AGAIN, "too many connections");
	else if (client_hear(cl) == -1)
		client_kill(cl);
}

/* An error that stays until somebody does something about it; seldom said. */
static void
complain(const char *what)
{
	static int64_t told;

	if (told != 0 && now_ms() - told < COMPLAIN_MS)
		return;
	told = now_ms();
	log_warn("%s", what);
}

/*
 * The connection is still in the queue and would wake us for ever: nothing
 * is taken until the next tick.
 */
static void
pause_listening(struct listener *l)
{
	complain("accept: clients have to wait");
	(void)event_del(l->ev);
	l->paused = 1;
}

static void
go_on(struct listener *l)
{
	if (l->paused && l->ev != NULL && event_add(l->ev, NULL) == 0)
		l->paused = 0;
}

void
client_listen_again(struct daemon *d)
{
	struct door *dr;
	size_t i;

	for (i = 0; i < d->nlisteners; i++)
		go_on(&d->listeners[i]);
	TAILQ_FOREACH(dr, &d->doors, entry)
		go_on(&dr->l);
}

/* Without a descriptor: the spare one is given up to take it and drop it. */
static int
use_spare(struct listener *l)
{
	struct daemon *d = l->d;
	int fd;

	complain("out of descriptors: clients are turned away");
	if (d->spare_fd == -1)
		return (-1);
	(void)close(d->spare_fd);
	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd != -1)
		(void)close(fd);
	d->spare_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return (fd == -1 ? -1 : 0);
}

/* Is it an error of this connection alone, as accept(2) has them? */
static int
passes(int e)
{
	return (e == EINTR || e == ECONNABORTED || e == EPROTO);
}

/*
 * The socket of a door was in other hands, and what it is to a caller that
 * finds nobody there is shared with them.
 */
static int
at_one_time(const struct listener *l)
{
	if (l->door == NULL)
		return (ACCEPT_BATCH);
	return (fcntl(l->fd, F_SETFL, O_NONBLOCK) == -1 ? 0 : 1);
}

static void
on_connect(evutil_socket_t sock, short what, void *arg)
{
	struct listener *l = arg;
	int fd, i, n = at_one_time(l);

	(void)what;
	for (i = 0; i < n; i++) {
		fd = accept4((int)sock, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		/* whether there is another one the loop will say */
		if (fd != -1) {
			welcome(l, fd);
			return;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		if (passes(errno) || ((errno == EMFILE || errno == ENFILE) &&
		    use_spare(l) == 0))
			continue;
		pause_listening(l);
		return;
	}
}

static void
on_reap(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_reap(arg);
}

int
client_listen_at(struct listener *l)
{
	l->ev = event_new(l->d->base, l->fd, EV_READ | EV_PERSIST, on_connect,
	    l);
	return (l->ev == NULL || event_add(l->ev, NULL) == -1 ? -1 : 0);
}

int
client_listen(struct daemon *d)
{
	size_t i;

	if ((d->reap = event_new(d->base, -1, 0, on_reap, d)) == NULL)
		return (-1);
	for (i = 0; i < d->nlisteners; i++)
		if (client_listen_at(&d->listeners[i]) == -1)
			return (-1);
	return (0);
}

void
client_unlisten(struct daemon *d)
{
	size_t i;

	for (i = 0; i < d->nlisteners; i++) {
		if (d->listeners[i].ev != NULL)
			event_free(d->listeners[i].ev);
		d->listeners[i].ev = NULL;
		if (d->listeners[i].fd != -1)
			(void)close(d->listeners[i].fd);
		d->listeners[i].fd = -1;
	}
}

void
client_hang_up(struct daemon *d)
{
	struct client *cl;

	client_unlisten(d);
	while ((cl = TAILQ_FIRST(&d->clients)) != NULL) {
		ipc_free(cl->ipc);
		TAILQ_REMOVE(&d->clients, cl, entry);
	}
}
