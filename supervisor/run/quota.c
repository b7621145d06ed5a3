/* SPDX-License-Identifier: ISC */
/* Sliding windows and slots; see quota.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/run/quota.h"
#include "supervisor/run/releases.h"
#include "supervisor/run/share.h"
#include "supervisor/run/window.h"

#define HOUR_S		3600

/*
 * Requests can be very many: they are counted by the second.  One counts
 * until a whole hour after the second that it fell in.
 */
struct hour {
	uint32_t	*s;		/* HOUR_S of them; NULL: no limit */
	int64_t		 last;		/* the second that was counted last */
	uint64_t	 n;		/* all of them */
	uint32_t	 limit;
};

struct level {
	struct window	 minute;
	struct hour	 hour;
	uint32_t	 limit;		/* a minute */
	uint32_t	 slots;
	uint32_t	 running;
	struct share	 share;		/* who runs how many */
};

struct quota {
	const struct conf	*conf;
	struct level		 global;
	struct level		*channels;
	struct breakers		*breakers;
	struct releases		*releases;
};

static size_t
hour_slot(int64_t second)
{
	int64_t at = second % HOUR_S;

	return ((size_t)(at < 0 ? at + HOUR_S : at));
}

/* Forgets what is older than an hour. */
static void
hour_expire(struct hour *h, int64_t now)
{
	int64_t second = now / 1000;
	size_t at;

	if (h->s == NULL || second <= h->last)
		return;
	if (second - h->last >= HOUR_S) {
		memset(h->s, 0, HOUR_S * sizeof(*h->s));
		h->n = 0;
		h->last = second;
		return;
	}
	while (h->last < second) {
		at = hour_slot(++h->last);
		h->n -= h->s[at];
		h->s[at] = 0;
	}
}

/* Milliseconds until one of them is an hour old. */
static int64_t
hour_wait(const struct hour *h, int64_t now)
{
	int64_t i;

	for (i = h->last - HOUR_S + 1; i < h->last; i++)
		if (h->s[hour_slot(i)] != 0)
			break;
	return ((i + HOUR_S) * 1000 - now);
}

static void
level_init(struct level *l, const struct rate *r)
{
	window_init(&l->minute, window_cap(r->per_minute), WINDOW_MINUTE_MS);
	l->limit = r->per_minute;
	l->slots = r->concurrent;
	l->running = 0;
	l->hour.limit = r->api_per_hour;
	if (r->api_per_hour != CONF_UNSET)
		l->hour.s = xcalloc(HOUR_S, sizeof(*l->hour.s));
}

static void
level_free(struct level *l)
{
	window_free(&l->minute);
	free(l->hour.s);
	share_free(&l->share);
}

struct quota *
quota_new(const struct conf *conf)
{
	struct quota *q;
	size_t i;

	q = xcalloc(1, sizeof(*q));
	q->conf = conf;
	level_init(&q->global, &conf->rate);
	q->channels = xcalloc(conf->nchannels, sizeof(*q->channels));
	for (i = 0; i < conf->nchannels; i++)
		level_init(&q->channels[i], &conf->channels[i].rate);
	q->breakers = breakers_new(conf);
	q->releases = releases_new(conf);
	return (q);
}

void
quota_free(struct quota *q)
{
	size_t i;

	if (q == NULL)
		return;
	level_free(&q->global);
	for (i = 0; i < q->conf->nchannels; i++)
		level_free(&q->channels[i]);
	free(q->channels);
	breakers_free(q->breakers);
	releases_free(q->releases);
	free(q);
}

static void
level_renew(struct level *l, const struct rate *r)
{
	window_renew(&l->minute, window_cap(r->per_minute));
	l->limit = r->per_minute;
	l->slots = r->concurrent;
	l->hour.limit = r->api_per_hour;
	if (r->api_per_hour == CONF_UNSET) {
		free(l->hour.s);
		memset(&l->hour, 0, sizeof(l->hour));
		l->hour.limit = CONF_UNSET;
	} else if (l->hour.s == NULL)
		l->hour.s = xcalloc(HOUR_S, sizeof(*l->hour.s));
}

void
quota_renew(struct quota *q, const struct conf *conf)
{
	const struct conf *old = q->conf;
	struct level *levels;
	const struct conf_channel *ch;
	size_t i;

	level_renew(&q->global, &conf->rate);
	levels = xcalloc(conf->nchannels, sizeof(*levels));
	for (i = 0; i < old->nchannels; i++) {
		ch = conf_channel(conf, old->channels[i].name);
		levels[ch - conf->channels] = q->channels[i];
		level_renew(&levels[ch - conf->channels], &ch->rate);
	}
	free(q->channels);
	q->channels = levels;
	q->conf = conf;
	breakers_renew(q->breakers, conf);
	releases_renew(q->releases, conf);
}

void
quota_renew_hold(struct quota_hold *h, const struct conf *conf)
{
	if (h->held)
		breaker_renew_key(&h->key, conf);
}

static struct level *
level_of(struct quota *q, const struct conf_channel *ch)
{
	return (&q->channels[ch - q->conf->channels]);
}

void
quota_seed(struct quota *q, const char *channel, int64_t when)
{
	const struct conf_channel *ch = conf_channel(q->conf, channel);

	window_add(&q->global.minute, when);
	if (ch != NULL)
		window_add(&level_of(q, ch)->minute, when);
}

static int
say_no(struct quota_no *no, const char *kind, int64_t retry)
{
	no->kind = kind;
	no->retry_ms = retry;
	return (-1);
}

static void
append_retry(struct quota_no *no)
{
	size_t len = strlen(no->reason);

	if (no->retry_ms <= 0)
		return;
	(void)snprintf(no->reason + len, sizeof(no->reason) - len,
	    "; try again in %lld s", (long long)((no->retry_ms + 999) / 1000));
}

/* A place for a run of this account, of those that there are. */
static int
check_slots(struct level *l, const char *what, const char *name, uid_t uid,
    int64_t now, struct quota_no *no)
{
	enum share_verdict v;

	if (l->slots == CONF_UNSET)
		return (0);
	v = share_check(&l->share, uid, l->running >= l->slots ? 0 :
	    l->slots - l->running, now);
	if (v == SHARE_FREE)
		return (0);
	(void)snprintf(no->reason, sizeof(no->reason),
	    "%s%.64s: %u of %u runs at one time%s", what, name, l->running,
	    l->slots, v == SHARE_FULL ? "" : ", and what is left is for "
	    "accounts that have fewer and wait for it");
	return (say_no(no, "concurrent", 0));
}

static int
check_level(struct level *l, const char *what, const char *name, uid_t uid,
    int64_t now, struct quota_no *no)
{
	struct window *w = &l->minute;

	window_expire(w, now);
	if (check_slots(l, what, name, uid, now, no) == -1)
		return (-1);
	if (l->limit == CONF_UNSET || w->n < l->limit)
		return (0);
	(void)snprintf(no->reason, sizeof(no->reason),
	    "%s%.64s: %u of %u runs in the last minute", what, name,
	    (unsigned)w->n, l->limit);
	(void)say_no(no, "rate", window_wait(w, now));
	append_retry(no);
	return (-1);
}

/* The breaker of all of its runs, or of what is the same in all ways. */
static int
check_breaker(struct quota *q, const struct breaker_key *k, int64_t now,
    struct quota_no *no)
{
	const char *state;
	int64_t left;

	if (breaker_check(q->breakers, k, now, &left) == 0)
		return (0);
	state = left > 0 ? "open" : "trying one run";
	if (k->of_plan)
		(void)snprintf(no->reason, sizeof(no->reason), "circuit "
		    "breaker of this very command, which has failed %u times, "
		    "is %s", q->conf->brk_repeats, state);
	else
		(void)snprintf(no->reason, sizeof(no->reason), "circuit "
		    "breaker of channel %.40s, skill %.40s is %s for this "
		    "account", k->ch->name, k->sk->name, state);
	(void)say_no(no, "breaker", left);
	append_retry(no);
	return (-1);
}

/* Each secret that a run of the skill would get. */
static int
check_releases(struct quota *q, const struct conf_skill *sk, int64_t now,
    struct quota_no *no)
{
	struct release_show r;
	size_t i;

	for (i = 0; releases_show(q->releases, sk, i, now, &r) == 0; i++) {
		if (r.used < r.limit)
			continue;
		(void)snprintf(no->reason, sizeof(no->reason),
		    "secret %.64s: %u of %u releases to runs of skill %.40s "
		    "in the last minute", sk->secrets.v[i], r.used, r.limit,
		    sk->name);
		(void)say_no(no, "releases", r.wait_ms);
		append_retry(no);
		return (-1);
	}
	return (0);
}

/* That of the account's runs, which the plan's is one of. */
static void
of_all(struct breaker_key *all, const struct breaker_key *k)
{
	breaker_key(all, k->ch, k->sk, k->uid, NULL);
}

int
quota_check(struct quota *q, const struct breaker_key *k, int64_t now,
    struct quota_no *no)
{
	struct breaker_key all;

	memset(no, 0, sizeof(*no));
	of_all(&all, k);
	if (check_level(&q->global, "all channels", "", k->uid, now,
	    no) == -1 ||
	    check_level(level_of(q, k->ch), "channel ", k->ch->name, k->uid,
	    now, no) == -1 ||
	    check_breaker(q, &all, now, no) == -1 ||
	    (k->of_plan && check_breaker(q, k, now, no) == -1) ||
	    check_releases(q, k->sk, now, no) == -1)
		return (-1);
	return (0);
}

static void
level_take(struct level *l, uid_t uid, int64_t now)
{
	l->running++;
	share_take(&l->share, uid, now);
}

static void
level_give(struct level *l, uid_t uid, int64_t now)
{
	l->running--;
	share_give(&l->share, uid, now);
}

int
quota_take(struct quota *q, const struct breaker_key *k, int64_t now,
    struct quota_hold *h, struct quota_no *no)
{
	struct level *l = level_of(q, k->ch);
	struct breaker_key all;

	memset(h, 0, sizeof(*h));
	h->counted = 1;
	if (quota_check(q, k, now, no) == -1)
		return (-1);
	window_add(&q->global.minute, now);
	window_add(&l->minute, now);
	level_take(&q->global, k->uid, now);
	level_take(l, k->uid, now);
	releases_take(q->releases, k->sk, now);
	h->key = *k;
	h->held = 1;
	of_all(&all, k);
	h->probe = breaker_begin(q->breakers, &all);
	if (k->of_plan)
		h->probe_plan = breaker_begin(q->breakers, k);
	return (0);
}

void
quota_count(struct quota *q, const struct conf_channel *ch, int64_t now,
    struct quota_hold *h)
{
	if (h->counted)
		return;
	h->counted = 1;
	window_add(&q->global.minute, now);
	window_add(&level_of(q, ch)->minute, now);
}

static int
check_hour(struct hour *h, const char *what, const char *name, int64_t now,
    struct quota_no *no)
{
	hour_expire(h, now);
	if (h->s == NULL || h->n < h->limit)
		return (0);
	(void)snprintf(no->reason, sizeof(no->reason),
	    "%s%.64s: %llu of %u requests in the last hour", what, name,
	    (unsigned long long)h->n, h->limit);
	(void)say_no(no, "requests", h->n == 0 ? 0 : hour_wait(h, now));
	append_retry(no);
	return (-1);
}

static void
hour_add(struct hour *h)
{
	if (h->s == NULL)
		return;
	h->s[hour_slot(h->last)]++;
	h->n++;
}

int
quota_request(struct quota *q, const struct conf_channel *ch, int64_t now,
    struct quota_no *no)
{
	struct level *l = level_of(q, ch);

	memset(no, 0, sizeof(*no));
	if (check_hour(&q->global.hour, "all channels", "", now, no) == -1 ||
	    check_hour(&l->hour, "channel ", ch->name, now, no) == -1)
		return (-1);
	hour_add(&q->global.hour);
	hour_add(&l->hour);
	return (0);
}

static enum health
health_of(unsigned outcome)
{
	switch (outcome) {
	case OUTCOME_SIGNALED:
	case OUTCOME_TIMEOUT:
	case OUTCOME_LIMITED:
	case OUTCOME_ERROR:
		return (HEALTH_BAD);
	case OUTCOME_EXITED:
		return (HEALTH_GOOD);
	default:
		return (HEALTH_NONE);
	}
}

void
quota_release(struct quota *q, struct quota_hold *h, unsigned outcome,
    int64_t now)
{
	enum health health = health_of(outcome);
	struct breaker_key all;

	if (!h->held)
		return;
	h->held = 0;
	level_give(&q->global, h->key.uid, now);
	level_give(level_of(q, h->key.ch), h->key.uid, now);
	of_all(&all, &h->key);
	breaker_end(q->breakers, &all, h->probe, health, now);
	if (h->key.of_plan)
		breaker_end(q->breakers, &h->key, h->probe_plan, health, now);
	h->probe = h->probe_plan = 0;
}

int
quota_show(struct quota *q, size_t i, int64_t now, struct quota_show *s)
{
	struct level *l;

	if (i > q->conf->nchannels)
		return (-1);
	l = i == 0 ? &q->global : &q->channels[i - 1];
	window_expire(&l->minute, now);
	s->name = i == 0 ? "global" : q->conf->channels[i - 1].name;
	s->rate_used = (uint32_t)l->minute.n;
	s->rate_limit = l->limit;
	hour_expire(&l->hour, now);
	s->requests = (uint32_t)l->hour.n;
	s->request_limit = l->hour.limit;
	s->running = l->running;
	s->run_limit = l->slots;
	return (0);
}

struct breakers *
quota_breakers(struct quota *q)
{
	return (q->breakers);
}

struct releases *
quota_releases(struct quota *q)
{
	return (q->releases);
}
