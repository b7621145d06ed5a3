/* SPDX-License-Identifier: ISC */
/* Who gets a place; see places.h. */
#include "config.h"

#include "supervisor/client/client.h"
#include "supervisor/client/unread.h"

/* Together they stay well below RLIMIT_NOFILE. */
static const struct {
	unsigned	 max;
	unsigned	 uid;		/* of one uid */
} pools[POOL_MAX] = {
	/* the answer is sent at once: a place is not needed for long */
	[POOL_STRANGERS] = { 16, 16 },
	/* some more than it may have, so that they can be told */
	[POOL_USERS] = { 368, CLIENTS_UID + CLIENTS_DENIED },
	[POOL_INSIDE] = { 128, CLIENTS_INSIDE + CLIENTS_DENIED },
	[POOL_APPROVERS] = { 64, CLIENTS_UID + CLIENTS_DENIED },
	[POOL_ROOT] = { 64, CLIENTS_UID + CLIENTS_DENIED },
};

/* Those that are about to be freed hold nothing any more. */
static unsigned
count(const struct daemon *d, enum pool pool, const uid_t *uid)
{
	const struct client *cl;
	unsigned n = unread_count(d, pool, uid);

	TAILQ_FOREACH(cl, &d->clients, entry)
		n += !cl->dead && cl->pool == pool &&
		    (uid == NULL || cl->uid == *uid);
	return (n);
}

unsigned
places_of(const struct daemon *d, uid_t uid)
{
	unsigned n = 0;
	int i;

	for (i = 0; i < POOL_MAX; i++)
		if (i != POOL_INSIDE)
			n += count(d, (enum pool)i, &uid);
	return (n);
}

unsigned
places_inside(const struct daemon *d, uid_t uid)
{
	return (count(d, POOL_INSIDE, &uid));
}

/* Has it asked for nothing, or got its answer? */
static int
is_idle(const struct client *cl)
{
	return (!cl->dead && (cl->denied || cl->request == MSG_NONE));
}

/*
 * Who makes way: one that was turned away, and otherwise an idle connection
 * of the account that has most, if that is more than the newcomer would
 * have.  The oldest one each time.
 */
static struct client *
who_leaves(struct daemon *d, enum pool pool, uid_t uid)
{
	struct client *cl, *best = NULL;
	unsigned n, most = count(d, pool, &uid) + 1;

	TAILQ_FOREACH(cl, &d->clients, entry)
		if (cl->pool == pool && cl->denied && !cl->dead)
			return (cl);
	TAILQ_FOREACH(cl, &d->clients, entry) {
		if (cl->pool != pool || !is_idle(cl) ||
		    (best != NULL && cl->uid == best->uid))
			continue;
		if ((n = count(d, pool, &cl->uid)) > most) {
			most = n;
			best = cl;
		}
	}
	return (best);
}

int
places_find(struct daemon *d, enum pool pool, uid_t uid,
    struct client **leaves)
{
	*leaves = NULL;
	if (pool != POOL_STRANGERS &&
	    count(d, pool, &uid) >= pools[pool].uid)
		return (-1);
	if (count(d, pool, NULL) < pools[pool].max)
		return (0);
	*leaves = who_leaves(d, pool, uid);
	return (*leaves == NULL ? -1 : 0);
}
