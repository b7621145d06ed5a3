/* SPDX-License-Identifier: ISC */
/* Whose stored output takes how much; see outshare.h. */
#include "config.h"

#include <string.h>

#include "auditor/outshare.h"
#include "common/xmalloc.h"

static struct outshare_account *
account(const struct outshare *s, uint32_t uid)
{
	size_t i;

	for (i = 0; i < s->naccounts; i++)
		if (s->accounts[i].uid == uid)
			return (&s->accounts[i]);
	return (NULL);
}

/* The first file whose intent is not before that one. */
static size_t
place(const struct outshare *s, uint64_t intent)
{
	size_t lo = 0, hi = s->nfiles, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->files[mid].intent < intent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

void
outshare_add(struct outshare *s, uint64_t intent, uint32_t uid)
{
	size_t i = place(s, intent);

	if (s->nfiles == s->room) {
		s->files = xrecallocarray(s->files, s->room, 2 * s->room + 64,
		    sizeof(*s->files));
		s->room = 2 * s->room + 64;
	}
	/* nearly always it is the last: runs begin to print as they like */
	memmove(&s->files[i + 1], &s->files[i], (s->nfiles - i) *
	    sizeof(*s->files));
	s->files[i].intent = intent;
	s->files[i].takes = 0;
	s->files[i].uid = uid;
	s->nfiles++;
	if (account(s, uid) != NULL)
		return;
	s->accounts = xrecallocarray(s->accounts, s->naccounts,
	    s->naccounts + 1, sizeof(*s->accounts));
	s->accounts[s->naccounts].uid = uid;
	s->accounts[s->naccounts++].takes = 0;
}

static void
add(uint64_t *v, uint64_t more, uint64_t less)
{
	*v += more;
	*v -= less < *v ? less : *v;
}

void
outshare_sized(struct outshare *s, uint64_t intent, uint64_t more,
    uint64_t less)
{
	size_t i = place(s, intent);
	struct outshare_account *of;

	if (i == s->nfiles || s->files[i].intent != intent)
		return;
	add(&s->files[i].takes, more, less);
	if ((of = account(s, s->files[i].uid)) != NULL)
		add(&of->takes, more, less);
}

void
outshare_gone(struct outshare *s, uint64_t first)
{
	size_t i, n = place(s, first);
	struct outshare_account *of;

	if (n == 0)
		return;
	for (i = 0; i < n; i++)
		if ((of = account(s, s->files[i].uid)) != NULL)
			add(&of->takes, 0, s->files[i].takes);
	if (n == 0)
		return;
	memmove(s->files, s->files + n, (s->nfiles - n) * sizeof(*s->files));
	s->nfiles -= n;
}

uint64_t
outshare_of(const struct outshare *s, uint32_t uid)
{
	const struct outshare_account *of = account(s, uid);

	return (of == NULL ? 0 : of->takes);
}

int
outshare_fits(const struct outshare *s, uint32_t uid, uint64_t more,
    uint64_t total, uint64_t max)
{
	const uint64_t own = outshare_of(s, uid);
	const uint64_t left = total < max ? max - total : 0;

	/* all three are less than INT64_MAX: it is what files are */
	return (own + more <= (own + left) / 2);
}
