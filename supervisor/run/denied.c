/* SPDX-License-Identifier: ISC */
/* What was denied; see denied.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "supervisor/run/denied.h"

#define DENIALS		256	/* that are remembered, */
#define DENIALS_UID	32	/* of one account */
#define STREAK		3	/* in a row, */
#define PAUSE_S		60	/* and nobody is asked for so long */

struct denial {
	int64_t		 at;		/* now_ms(); 0: free */
	uid_t		 uid;
	uid_t		 by;
	uint8_t		 plan[PLAN_DIGEST];
	char		 why[256];
};

/* Of an account on a channel; as many as accounts that are remembered. */
struct streak {
	const struct conf_channel *ch;	/* NULL: free */
	uid_t		 uid;
	unsigned	 n;
	int64_t		 at;		/* the last one */
};

struct denials {
	struct denial	 v[DENIALS];
	struct streak	 streaks[DENIALS];
};

struct denials *
denied_new(void)
{
	return (xcalloc(1, sizeof(struct denials)));
}

void
denied_renew(struct denials *d, const struct conf *conf)
{
	struct streak *s;

	for (s = d->streaks; s < d->streaks + DENIALS; s++)
		if (s->ch != NULL)
			s->ch = conf_channel(conf, s->ch->name);
}

static int64_t
life_ms(const struct run *r)
{
	return ((int64_t)r->d->conf->denied_s * 1000);
}

static struct denial *
find_plan(struct daemon *d, uid_t uid, const uint8_t *plan)
{
	struct denial *v = d->denials->v;
	size_t i;

	for (i = 0; i < DENIALS; i++)
		if (v[i].at != 0 && v[i].uid == uid &&
		    memcmp(v[i].plan, plan, PLAN_DIGEST) == 0)
			return (&v[i]);
	return (NULL);
}

static struct denial *
find(const struct run *r)
{
	return (find_plan(r->d, r->uid, r->res.digest));
}

/* A free one, or the oldest: of this account, if it has its share. */
static struct denial *
place(const struct run *r)
{
	struct denial *v = r->d->denials->v, *own = NULL, *any = &v[0];
	size_t i, n = 0;

	for (i = 0; i < DENIALS; i++) {
		if (v[i].at < any->at)
			any = &v[i];
		if (v[i].at == 0 || v[i].uid != r->uid)
			continue;
		n++;
		if (own == NULL || v[i].at < own->at)
			own = &v[i];
	}
	return (n >= DENIALS_UID ? own : any);
}

/* That of an account on its channel; if there is none, the oldest one. */
static struct streak *
streak(const struct run *r)
{
	struct streak *v = r->d->denials->streaks, *old = &v[0];
	size_t i;

	for (i = 0; i < DENIALS; i++) {
		if (v[i].ch == r->ch && v[i].uid == r->uid)
			return (&v[i]);
		if (v[i].at < old->at)
			old = &v[i];
	}
	memset(old, 0, sizeof(*old));
	old->ch = r->ch;
	old->uid = r->uid;
	return (old);
}

void
denied_note(const struct run *r, uid_t by, const char *why)
{
	struct denial *one = find(r);
	struct streak *s = streak(r);
	size_t len;

	if (one == NULL)
		one = place(r);
	memset(one, 0, sizeof(*one));
	one->at = s->at = now_ms();
	one->uid = r->uid;
	one->by = by;
	memcpy(one->plan, r->res.digest, PLAN_DIGEST);
	len = strnlen(why, sizeof(one->why) - 1);
	memcpy(one->why, why, text_whole(why, len));
	s->n++;
}

void
denied_forget(const struct run *r)
{
	struct denial *one = find(r);

	if (one != NULL)
		memset(one, 0, sizeof(*one));
	streak(r)->n = 0;
}

void
denied_forget_plan(struct daemon *d, uid_t uid, const char *channel,
    const uint8_t plan[PLAN_DIGEST])
{
	struct denial *one = find_plan(d, uid, plan);
	struct streak *v = d->denials->streaks;
	size_t i;

	if (one != NULL)
		memset(one, 0, sizeof(*one));
	for (i = 0; i < DENIALS; i++)
		if (v[i].ch != NULL && v[i].uid == uid &&
		    strcmp(v[i].ch->name, channel) == 0)
			v[i].n = 0;
}

static unsigned
seconds(int64_t ms)
{
	return ((unsigned)((ms + 999) / 1000));
}

enum cberr
denied_check(const struct run *r, int64_t *ms, char *why, size_t len)
{
	const struct denial *one = find(r);
	const struct streak *s;
	int64_t now = now_ms(), left;

	left = one == NULL ? 0 : one->at + life_ms(r) - now;
	if (left > 0) {
		*ms = left;
		(void)snprintf(why, len, "denied by uid %u %u s ago%s%s; the "
		    "same is not asked about for another %u s", one->by,
		    seconds(now - one->at), one->why[0] != '\0' ? ": " : "",
		    one->why, seconds(left));
		return (CBE_REFUSED);
	}
	s = streak(r);
	left = s->at + PAUSE_S * 1000 - now;
	if (life_ms(r) == 0 || s->n < STREAK || left <= 0)
		return (CBE_OK);
	*ms = left;
	(void)snprintf(why, len, "%u requests in a row were denied: nobody is "
	    "asked about others for %u s", s->n, seconds(left));
	return (CBE_AGAIN);
}
