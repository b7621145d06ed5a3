/* SPDX-License-Identifier: ISC */
/* Who is owed a place; see share.h. */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmalloc.h"
#include "supervisor/run/share.h"

void
share_free(struct share *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* Debts end with their time, and nobody is kept who has and is owed none. */
static void
tidy(struct share *s, int64_t now)
{
	size_t i = 0;

	while (i < s->n) {
		if (s->v[i].owed && now - s->v[i].since >= SHARE_OWED_MS)
			s->v[i].owed = 0;
		if (!s->v[i].owed && s->v[i].has == 0)
			s->v[i] = s->v[--s->n];
		else
			i++;
	}
}

static struct share_account *
find_account(const struct share *s, uid_t uid)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].uid == uid)
			return (&s->v[i]);
	return (NULL);
}

static struct share_account *
need_account(struct share *s, uid_t uid)
{
	struct share_account *a;

	if ((a = find_account(s, uid)) != NULL)
		return (a);
	s->v = xrecallocarray(s->v, s->n, s->n + 1, sizeof(*s->v));
	a = &s->v[s->n++];
	a->uid = uid;
	return (a);
}

static void
owe(struct share *s, uid_t uid, int64_t now)
{
	struct share_account *a;
	size_t i, n = 0;

	for (i = 0; i < s->n; i++)
		n += s->v[i].owed != 0;
	if (n == SHARE_MAX && find_account(s, uid) == NULL)
		return;
	a = need_account(s, uid);
	a->owed = 1;
	a->since = now;
}

enum share_verdict
share_check(struct share *s, uid_t uid, uint32_t left, int64_t now)
{
	const struct share_account *a;
	uint32_t has, kept = 0;
	size_t i;

	tidy(s, now);
	a = find_account(s, uid);
	has = a != NULL ? a->has : 0;
	for (i = 0; i < s->n; i++)
		kept += s->v[i].owed && s->v[i].uid != uid &&
		    s->v[i].has < has;
	if (left > kept)
		return (SHARE_FREE);
	owe(s, uid, now);
	return (left == 0 ? SHARE_FULL : SHARE_KEPT);
}

void
share_take(struct share *s, uid_t uid, int64_t now)
{
	struct share_account *a;

	tidy(s, now);
	a = need_account(s, uid);
	a->has++;
	a->owed = 0;
}

void
share_give(struct share *s, uid_t uid, int64_t now)
{
	struct share_account *a = find_account(s, uid);

	assert(a != NULL && a->has != 0);
	a->has--;
	tidy(s, now);
}
