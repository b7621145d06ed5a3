/* SPDX-License-Identifier: ISC */
/*
 * Words to init that hold for equal execs, too: what their rows say, and how
 * many init may let go on by them before it has to ask again.
 *
 * init is in the run.  Who takes it over could have anything executed in
 * there, and tell of other programs, and it is the same here: it gains no more
 * rows than there is room for, and no memory.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "executor/runner/arbiter_priv.h"

#define KEPT_WEIGHT	4096U	/* bytes of a row that is kept: 1 MB of all */
#define AHEAD		256U	/* execs, of which rows have room reserved */

static struct kept_row {
	int		 holds;
	struct exec_row	 row;		/* everything owned */
} *places;
static size_t nheld;
static uint32_t ahead;			/* init may, and has not told */

void
arbiterkept_drop(uint16_t place)
{
	struct kept_row *k;

	if (place == HELD_NOWHERE || places == NULL)
		return;
	k = &places[place];
	if (!k->holds)
		return;
	k->holds = 0;
	nheld--;
	shape_free(&exec_row_shape, &k->row);
}

/* Strings of its own. */
static void
copy_row(struct exec_row *to, const struct exec_row *w)
{
	size_t i;

	*to = *w;
	to->path = xstrdup(w->path);
	to->script = xstrdup(w->script);
	to->cwd = xstrdup(w->cwd);
	to->rule = xstrdup(w->rule);
	to->reason = xstrdup(w->reason);
	memset(&to->argv, 0, sizeof(to->argv));
	for (i = 0; i < w->argv.n; i++)
		strv_add(&to->argv, w->argv.v[i]);
}

int
arbiterkept_put(uint16_t place, const struct exec_row *w)
{
	struct kept_row *k;

	if (place == HELD_NOWHERE || arbiterlog_weight(w) > KEPT_WEIGHT)
		return (0);
	if (places == NULL)
		places = xcalloc(HELD_PLACES, sizeof(*places));
	arbiterkept_drop(place);
	k = &places[place];
	copy_row(&k->row, w);
	k->holds = 1;
	nheld++;
	return (1);
}

/*
 * Who does it is of this one: how it is judged must be the same.
 */
int
arbiterkept_row(uint16_t place, struct exec_row *w)
{
	const struct exec_row one = *w;

	if (places == NULL || !places[place].holds ||
	    places[place].row.how != one.how)
		return (-1);
	copy_row(w, &places[place].row);
	w->pid = one.pid;
	w->parent = one.parent;
	w->at_us = one.at_us;
	return (0);
}

uint32_t
arbiterkept_ahead(void)
{
	return (ahead);
}

int
arbiterkept_told(void)
{
	if (ahead == 0)
		return (-1);
	ahead--;
	return (0);
}

/* Where that cannot be said now, init asks: there is no need to try again. */
void
arbiterkept_more(const struct runner *r, size_t open)
{
	uint8_t m[INSIDE_AHEAD_MAX];
	uint32_t more = AHEAD - ahead;
	struct buf b;

	if (nheld == 0 || ahead > AHEAD / 2 || open + more > EXECS_ROWS)
		return;
	inside_begin(&b, m, sizeof(m), INSIDE_AHEAD);
	ahead_put(&b, more);
	if (r->box != -1 && send(r->box, m, b.len, MSG_NOSIGNAL |
	    MSG_DONTWAIT) != -1)
		ahead += more;
}
