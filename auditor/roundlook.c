/* SPDX-License-Identifier: ISC */
/* What is to be read next, and why; see rounds_priv.h. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/rounds_priv.h"
#include "common/xmalloc.h"

#define ROUND_LOOKS	64		/* files at a time */

static const struct segment *
seg_of(const struct rounds *r)
{
	return (&r->a->chain.seg);
}

int
rounds_place(const struct rounds *r, uint64_t first, size_t *i)
{
	return (segment_place(seg_of(r), first, i));
}

uint64_t
rounds_behind(const struct rounds *r, uint64_t first)
{
	const struct segment *s = seg_of(r);
	size_t i;

	for (i = 0; i < s->nold; i++)
		if (s->old[i] > first)
			return (s->old[i]);
	return (first < s->first ? s->first : 0);
}

void
rounds_suspect(struct rounds *r, uint64_t first)
{
	size_t i;

	/* it is read to its end, and then once more */
	if (r->in != NULL && r->first == first) {
		r->touched = 1;
		return;
	}
	for (i = 0; i < r->ntodo; i++)
		if (r->todo[i] == first)
			return;
	r->todo = xrecallocarray(r->todo, r->ntodo, r->ntodo + 1,
	    sizeof(*r->todo));
	r->todo[r->ntodo++] = first;
}

const char *
rounds_rule(int error)
{
	return (error == ENOENT ? "missing" : error == EBADMSG ? "packed" :
	    error == EIO || error == EINVAL || error == ELOOP ||
	    error == EISDIR || error == EACCES || error == EPERM ? "read" :
	    NULL);
}

static struct round_left *
find_left(const struct rounds *r, uint64_t first)
{
	size_t i;

	for (i = 0; i < r->nleft; i++)
		if (r->left[i].first == first)
			return (&r->left[i]);
	return (NULL);
}

static void
drop_left(struct rounds *r, struct round_left *l)
{
	*l = r->left[--r->nleft];
}

/* How the one behind it looks; all 0 where it is not there as a closed one. */
static void
look_behind(const struct rounds *r, uint64_t first, struct known_file *f)
{
	char name[LOG_NAMEMAX];

	if (known_find(r->a, rounds_behind(r, first), name, f) == -1)
		memset(f, 0, sizeof(*f));
}

/* It was read as it looks now, and so was what is behind it. */
static int
is_left(const struct rounds *r, uint64_t first, const struct known_file *now)
{
	const struct round_left *l = find_left(r, first);
	struct known_file f;

	if (l == NULL || !known_alike(&l->was, now))
		return (0);
	look_behind(r, first, &f);
	return (known_alike(&l->behind, &f));
}

int
rounds_left(struct rounds *r, uint64_t first, const struct known_file *was)
{
	struct round_left *l = find_left(r, first);
	const int same = is_left(r, first, was);

	/* what is behind it is good, and bad: that is looked at again */
	if (same && l->found) {
		drop_left(r, l);
		return (0);
	}
	if (l == NULL) {
		r->left = xrecallocarray(r->left, r->nleft, r->nleft + 1,
		    sizeof(*r->left));
		l = &r->left[r->nleft++];
	}
	l->first = first;
	l->was = *was;
	l->found = 0;
	look_behind(r, first, &l->behind);
	return (!same);
}

void
rounds_good(struct rounds *r, uint64_t first)
{
	struct round_left *l;
	size_t i;

	if ((l = find_left(r, first)) != NULL)
		drop_left(r, l);
	if (rounds_place(r, first, &i) == -1 || i == 0 ||
	    (l = find_left(r, seg_of(r)->old[i - 1])) == NULL)
		return;
	l->found = 1;
	rounds_suspect(r, l->first);
}

void
rounds_look_at(struct rounds *r, size_t i)
{
	const struct known_log *k = &r->a->closed.known;
	const uint64_t first = k->v[i].first;
	const struct damage *d = damage_of(r->a, first);
	struct known_file now;
	const char *rule;

	switch (known_still(r->a, k, i, &now)) {
	case -1:
		/* else nothing can be said of it for now */
		if ((rule = rounds_rule(errno)) != NULL)
			damage_found(r->a, first, rule, &now);
		break;
	case 0:
		/*
		 * As it was when it was read, and found wanting; but what
		 * could not be read may be so by now.
		 */
		if (d != NULL ? known_alike(&d->was, &now) &&
		    strcmp(d->rule, "read") != 0 : is_left(r, first, &now))
			break;
		rounds_suspect(r, first);
		break;
	}
}

/* Those that were removed with their record. */
static void
tidy_left(struct rounds *r)
{
	size_t i, at;

	for (i = r->nleft; i-- != 0;)
		if (rounds_place(r, r->left[i].first, &at) == -1)
			drop_left(r, &r->left[i]);
}

void
rounds_look(struct rounds *r)
{
	size_t n;

	for (n = 0; n < ROUND_LOOKS; n++) {
		if (r->look >= r->a->closed.known.n) {
			r->look = 0;
			r->looking--;
			tidy_left(r);
			return;
		}
		rounds_look_at(r, r->look++);
	}
}

