/* SPDX-License-Identifier: ISC */
/* Circuit breakers; see breaker.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmalloc.h"
#include "supervisor/run/breaker.h"

struct breaker {
	struct breaker_key key;
	int64_t		*t;		/* failures, the oldest first */
	size_t		 n;
	size_t		 room;
	int64_t		 opened;
	int		 open;
	int		 probing;
};

struct breakers {
	const struct conf *conf;
	struct breaker	**v;
	size_t		 n;
	breaker_told	*told;		/* or NULL */
	void		*arg;
};

void
breakers_tell(struct breakers *b, breaker_told *told, void *arg)
{
	b->told = told;
	b->arg = arg;
}

static void
tell(const struct breakers *b, const struct breaker *br,
    enum breaker_change what)
{
	if (b->told != NULL)
		b->told(b->arg, &br->key, what, (uint32_t)br->n);
}

struct breakers *
breakers_new(const struct conf *conf)
{
	struct breakers *b = xcalloc(1, sizeof(*b));

	b->conf = conf;
	return (b);
}

void
breaker_renew_key(struct breaker_key *k, const struct conf *conf)
{
	k->ch = conf_channel(conf, k->ch->name);
	k->sk = conf_skill(conf, k->sk->name);
}

void
breakers_renew(struct breakers *b, const struct conf *conf)
{
	size_t i;

	b->conf = conf;
	for (i = 0; i < b->n; i++)
		breaker_renew_key(&b->v[i]->key, conf);
}

static void
forget(struct breakers *b, size_t i)
{
	free(b->v[i]->t);
	free(b->v[i]);
	b->v[i] = b->v[--b->n];
}

void
breakers_free(struct breakers *b)
{
	if (b == NULL)
		return;
	while (b->n > 0)
		forget(b, 0);
	free(b->v);
	free(b);
}

void
breaker_key(struct breaker_key *k, const struct conf_channel *ch,
    const struct conf_skill *sk, uid_t uid, const uint8_t *plan)
{
	memset(k, 0, sizeof(*k));
	k->ch = ch;
	k->sk = sk;
	k->uid = uid;
	if (plan == NULL)
		return;
	k->of_plan = 1;
	memcpy(k->plan, plan, sizeof(k->plan));
}

static int
same(const struct breaker_key *a, const struct breaker_key *b)
{
	return (a->ch == b->ch && a->sk == b->sk && a->uid == b->uid &&
	    a->of_plan == b->of_plan &&
	    memcmp(a->plan, b->plan, sizeof(a->plan)) == 0);
}

static struct breaker *
find(const struct breakers *b, const struct breaker_key *k)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (same(&b->v[i]->key, k))
			return (b->v[i]);
	return (NULL);
}

/* One that is open keeps those that have opened it: they are why it is. */
static void
expire(const struct breakers *b, struct breaker *br, int64_t now)
{
	int64_t since = now - (int64_t)b->conf->brk_window_s * 1000;
	size_t i = 0;

	if (br->open)
		return;
	while (i < br->n && br->t[i] <= since)
		i++;
	br->n -= i;
	if (i != 0 && br->n != 0)
		memmove(br->t, br->t + i, br->n * sizeof(*br->t));
}

/* Those that are closed and have nothing to remember any more. */
static void
sweep(struct breakers *b, int64_t now)
{
	size_t i;

	for (i = b->n; i-- > 0;) {
		expire(b, b->v[i], now);
		if (!b->v[i]->open && b->v[i]->n == 0)
			forget(b, i);
	}
}

/* Of plans there are as many as somebody likes to make up, open ones too. */
static int
goes(const struct breaker *br)
{
	return (br->key.of_plan ? !br->probing : !br->open);
}

/* When it was heard of last. */
static int64_t
last(const struct breaker *br)
{
	return (br->open ? br->opened : br->t[br->n - 1]);
}

/* Those that count all runs of an account must not want for a place. */
static int
goes_before(const struct breaker *x, const struct breaker *y)
{
	if (x->key.of_plan != y->key.of_plan)
		return (x->key.of_plan);
	return (last(x) < last(y));
}

/* Of an account's plans, or of all; nothing if none can go. */
static void
forget_one(struct breakers *b, const uid_t *uid)
{
	size_t i, best = b->n;

	for (i = 0; i < b->n; i++) {
		if (!goes(b->v[i]) || (uid != NULL &&
		    (b->v[i]->key.uid != *uid || !b->v[i]->key.of_plan)))
			continue;
		if (best == b->n || goes_before(b->v[i], b->v[best]))
			best = i;
	}
	if (best == b->n)
		return;
	if (b->v[best]->open)
		tell(b, b->v[best], BREAKER_FORGOTTEN);
	forget(b, best);
}

static size_t
plans_of(const struct breakers *b, uid_t uid)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		n += b->v[i]->key.of_plan && b->v[i]->key.uid == uid;
	return (n);
}

/* -1: there is none to be had. */
static int
make_way(struct breakers *b, const struct breaker_key *k)
{
	if (k->of_plan && plans_of(b, k->uid) >= BREAKERS_PLANS)
		forget_one(b, &k->uid);
	if (k->of_plan && plans_of(b, k->uid) >= BREAKERS_PLANS)
		return (-1);
	if (b->n == BREAKERS_MAX)
		forget_one(b, NULL);
	return (b->n == BREAKERS_MAX ? -1 : 0);
}

static struct breaker *
add(struct breakers *b, const struct breaker_key *k, int64_t now)
{
	struct breaker *br;

	sweep(b, now);
	if (make_way(b, k) == -1)
		return (NULL);
	br = xcalloc(1, sizeof(*br));
	br->key = *k;
	b->v = xrecallocarray(b->v, b->n, b->n + 1, sizeof(*b->v));
	b->v[b->n++] = br;
	return (br);
}

static uint32_t
limit_of(const struct breakers *b, const struct breaker_key *k)
{
	return (k->of_plan ? b->conf->brk_repeats : b->conf->brk_failures);
}

static int64_t
left(const struct breakers *b, const struct breaker *br, int64_t now)
{
	return (br->opened + (int64_t)b->conf->brk_cooldown_s * 1000 - now);
}

int
breaker_check(struct breakers *b, const struct breaker_key *k, int64_t now,
    int64_t *retry_ms)
{
	const struct breaker *br = find(b, k);

	*retry_ms = 0;
	if (br == NULL || !br->open)
		return (0);
	*retry_ms = left(b, br, now);
	if (*retry_ms <= 0)
		*retry_ms = 0;
	return (*retry_ms == 0 && !br->probing ? 0 : -1);
}

int
breaker_begin(struct breakers *b, const struct breaker_key *k)
{
	struct breaker *br = find(b, k);

	if (br == NULL || !br->open)
		return (0);
	br->probing = 1;
	tell(b, br, BREAKER_TRIED);
	return (1);
}

/* Of more than its limit, nobody has to know. */
static void
fail(struct breakers *b, struct breaker *br, int64_t now)
{
	uint32_t max = limit_of(b, &br->key);
	size_t room;

	expire(b, br, now);
	/* the limit may have been another when it got this room */
	if (br->n == br->room) {
		room = br->room == 0 ? 8 : 2 * br->room;
		br->t = xrecallocarray(br->t, br->room, room,
		    sizeof(*br->t));
		br->room = room;
	}
	br->t[br->n++] = now;
	if (br->n < max)
		return;
	br->open = 1;
	br->opened = now;
	tell(b, br, BREAKER_OPENED);
}

void
breaker_end(struct breakers *b, const struct breaker_key *k, int probe,
    enum health h, int64_t now)
{
	struct breaker *br = find(b, k);

	if (probe) {
		if (br == NULL || !br->open)	/* reset meanwhile */
			return;
		br->probing = 0;
		if (h == HEALTH_BAD) {
			br->opened = now;
			tell(b, br, BREAKER_OPENED);
		} else if (h == HEALTH_GOOD) {
			br->open = 0;
			br->n = 0;
			tell(b, br, BREAKER_CLOSED);
			sweep(b, now);
		}
		return;
	}
	if (h != HEALTH_BAD || limit_of(b, k) == 0 ||
	    (br != NULL && br->open))
		return;
	if (br == NULL && (br = add(b, k, now)) == NULL)
		return;
	fail(b, br, now);
}

unsigned
breaker_reset(struct breakers *b, const char *channel, const char *skill,
    const uid_t *uid)
{
	const struct breaker_key *k;
	unsigned n = 0;
	size_t i;

	for (i = b->n; i-- > 0;) {
		k = &b->v[i]->key;
		if ((channel != NULL && strcmp(k->ch->name, channel) != 0) ||
		    (skill != NULL && strcmp(k->sk->name, skill) != 0) ||
		    (uid != NULL && k->uid != *uid))
			continue;
		n += b->v[i]->open != 0;
		forget(b, i);
	}
	return (n);
}

int
breaker_show(struct breakers *b, size_t i, int64_t now,
    struct breaker_show *s)
{
	struct breaker *br;

	if (i >= b->n)
		return (-1);
	br = b->v[i];
	expire(b, br, now);
	s->channel = br->key.ch->name;
	s->skill = br->key.sk->name;
	s->uid = br->key.uid;
	s->plan = br->key.of_plan ? br->key.plan : NULL;
	s->failures = (uint32_t)br->n;
	s->retry_ms = br->open ? left(b, br, now) : 0;
	if (s->retry_ms < 0)
		s->retry_ms = 0;
	s->state = !br->open ? "closed" :
	    s->retry_ms > 0 ? "open" : "half-open";
	return (0);
}
