/* SPDX-License-Identifier: ISC */
/* Where the records of a run begin; see runindex.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auditor/runindex.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/plan.h"

#define INDEX_ROW(run)	((run) % RUNINDEX_ROWS)

/* The way that has the run, or RUNINDEX_WAYS. */
static size_t
way_of(const struct runindex *x, uint64_t run)
{
	size_t i;

	for (i = 0; i < RUNINDEX_WAYS; i++)
		if (x->v[INDEX_ROW(run)][i].run == run)
			break;
	return (i);
}

/* A free way, or that of the oldest run which has begun or was refused. */
static size_t
room(const struct runindex *x, uint64_t run)
{
	size_t i, oldest = RUNINDEX_WAYS;

	for (i = 0; i < RUNINDEX_WAYS; i++) {
		if (x->v[INDEX_ROW(run)][i].run == 0)
			return (i);
		if (!x->v[INDEX_ROW(run)][i].waits && (oldest ==
		    RUNINDEX_WAYS || x->v[INDEX_ROW(run)][i].first <
		    x->v[INDEX_ROW(run)][oldest].first))
			oldest = i;
	}
	return (oldest);
}

static int
is_one_of(const struct field *ev, const char *const *words)
{
	for (; *words != NULL; words++)
		if (ev->len == strlen(*words) &&
		    memcmp(ev->val, *words, ev->len) == 0)
			return (1);
	return (0);
}

/*
 * A run begins with a question, with its intent or with its refusal; the last
 * two come behind a question as well.  As that is kept until then, a run that
 * is not there has had none, unless one was lost.
 */
static void
begin(struct runindex *x, uint64_t run, int asks, uint64_t number)
{
	const size_t i = room(x, run);

	if (x->lost && !asks)
		return;
	if (i == RUNINDEX_WAYS) {
		x->lost |= asks;
		return;
	}
	x->v[INDEX_ROW(run)][i].run = run;
	x->v[INDEX_ROW(run)][i].first = number;
	x->v[INDEX_ROW(run)][i].waits = asks;
}

void
runindex_see(struct runindex *x, const void *fields, size_t len,
    uint64_t number)
{
	static const char *const asks[] = { "request", NULL };
	static const char *const begins[] = { "intent", "refused", NULL };
	static const char *const ends[] = { "deny", "timeout", "withdrawn",
	    NULL };
	struct field ev, f;
	char *text;
	uint64_t run;
	size_t i;
	int known;

	/* what a program of a run asks is behind that run's intent */
	if (field_find(fields, len, "exec", &f) != 0 ||
	    field_find(fields, len, "ev", &ev) != 1 || ev.type != FIELD_STR ||
	    field_find(fields, len, "run", &f) != 1 || f.type != FIELD_STR)
		return;
	text = xstrndup((const char *)f.val, f.len);
	known = runid_parse(text, &run) == 0 && run != 0;
	free(text);
	if (!known)
		return;
	i = way_of(x, run);
	if (i == RUNINDEX_WAYS && (is_one_of(&ev, asks) ||
	    is_one_of(&ev, begins)))
		begin(x, run, is_one_of(&ev, asks), number);
	else if (i != RUNINDEX_WAYS && (is_one_of(&ev, begins) ||
	    is_one_of(&ev, ends)))
		x->v[INDEX_ROW(run)][i].waits = 0;
}

int
runindex_find(const struct runindex *x, uint64_t run, uint64_t *first)
{
	const size_t i = way_of(x, run);

	if (run == 0 || i == RUNINDEX_WAYS)
		return (-1);
	*first = x->v[INDEX_ROW(run)][i].first;
	return (0);
}
