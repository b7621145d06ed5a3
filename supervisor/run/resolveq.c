/* SPDX-License-Identifier: ISC */
/* Requests on their way to the executor and back; see resolveq.h. */
#include "config.h"

#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "supervisor/client/client.h"
#include "supervisor/run/resolveq.h"

struct asking {
	TAILQ_ENTRY(asking)	 entry;
	uint64_t		 id;
	uid_t			 uid;
	int			 sent;
	int			 orphan;	/* nobody waits for it */
	struct buf		 b;
};

static void
asking_free(struct daemon *d, struct asking *a)
{
	TAILQ_REMOVE(&d->askings, a, entry);
	ids_let_go(&d->ids, a->id);
	buf_free(&a->b);
	free(a);
}

static struct asking *
asking_find(const struct daemon *d, uint64_t id)
{
	struct asking *a;

	TAILQ_FOREACH(a, &d->askings, entry)
		if (a->id == id)
			return (a);
	return (NULL);
}

static unsigned
sent_by(const struct daemon *d, uid_t uid)
{
	const struct asking *a;
	unsigned n = 0;

	TAILQ_FOREACH(a, &d->askings, entry)
		n += a->sent && a->uid == uid;
	return (n);
}

/* Sends a if its account has room; it was encoded within the limit. */
static void
try_send(struct daemon *d, struct asking *a)
{
	if (a->sent || d->stop != STOP_NO ||
	    sent_by(d, a->uid) >= RESOLVES_PER_UID)
		return;
	a->sent = 1;
	(void)role_send(&d->procs[PROC_EXEC], MSG_X_RESOLVE, a->id, &a->b, NULL,
	    0);
}

void
resolveq_fill(struct resolve *v, const struct client *cl,
    const struct conf_skill *sk, struct runreq *q)
{
	memset(v, 0, sizeof(*v));
	v->channel = xstrdup(cl->ch->name);
	v->skill = xstrdup(sk->name);
	v->uid = cl->uid;
	v->gid = cl->gid;
	v->req = *q;
	memset(q, 0, sizeof(*q));
	resolveq_limit(v, cl->d->conf, cl->ch, sk);
}

void
resolveq_limit(struct resolve *v, const struct conf *conf,
    const struct conf_channel *ch, const struct conf_skill *sk)
{
	conf_limits(&v->limits, sk, ch, v->req.timeout_s);
	if ((v->req.flags & RUNREQ_DETACH) != 0)
		conf_detached(conf, &v->limits);
}

int
resolveq_ask(struct daemon *d, uint64_t id, uid_t uid, const struct resolve *v)
{
	struct asking *a;

	a = xcalloc(1, sizeof(*a));
	a->id = id;
	a->uid = uid;
	payload_put(&a->b, MSG_X_RESOLVE, &resolve_shape, v);
	TAILQ_INSERT_TAIL(&d->askings, a, entry);
	ids_hold(&d->ids, id);
	if (a->b.bad) {
		asking_free(d, a);
		return (-1);
	}
	try_send(d, a);
	return (0);
}

void
resolveq_cancel(struct daemon *d, uint64_t id)
{
	struct asking *a;

	if ((a = asking_find(d, id)) == NULL)
		return;
	if (a->sent)
		a->orphan = 1;
	else
		asking_free(d, a);
}

int
resolveq_answered(struct daemon *d, unsigned type, uint64_t id)
{
	struct asking *a, *next;
	uid_t uid;
	int orphan;

	if ((a = asking_find(d, id)) == NULL || !a->sent)
		return (-1);
	uid = a->uid;
	orphan = a->orphan;
	asking_free(d, a);
	TAILQ_FOREACH(next, &d->askings, entry)
		if (next->uid == uid && !next->sent) {
			try_send(d, next);
			break;
		}
	if (!orphan)
		return (1);
	if (type == MSG_X_PLAN)
		(void)role_send(&d->procs[PROC_EXEC], MSG_X_DROP, id, NULL,
		    NULL, 0);
	return (0);
}
