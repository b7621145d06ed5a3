/* SPDX-License-Identifier: ISC */
/*
 * Requests about which the runner has said that equal ones may go on, too.
 *
 * What an attacker could try: have the same words mean something else (all that
 * the decision was made from is in the digest: the files with where they are,
 * their numbers and times, all arguments, the directory, and whose it is; and
 * nothing is kept of files that somebody in a run can write to, nor of what
 * links in words could turn into something else); execute more than can be
 * written down (for so many only is there room, and then it is asked again);
 * fill the table (what was not used for longest goes).
 */
#include "config.h"

#include <string.h>

#include "executor/watch/hold_priv.h"

enum kept_is { KEPT_NOTHING, KEPT_ASKED, KEPT_HOLDS };

static struct kept_place {
	enum kept_is	 is;
	unsigned	 users;		/* that went on by it, and are on
					   their way */
	uint64_t	 used;		/* when, as counted */
	uint8_t		 same[EXECS_DIGEST];
} places[HELD_PLACES];
static uint64_t uses;
static uint32_t ahead;		/* that may go on */

static int
find(const uint8_t same[EXECS_DIGEST])
{
	unsigned i;

	for (i = 0; i < HELD_PLACES; i++)
		if (places[i].is != KEPT_NOTHING && memcmp(places[i].same,
		    same, EXECS_DIGEST) == 0)
			return ((int)i);
	return (-1);
}

uint16_t
kept_use(const uint8_t same[EXECS_DIGEST])
{
	int i;

	if (ahead == 0 || (i = find(same)) == -1 ||
	    places[i].is != KEPT_HOLDS)
		return (HELD_NOWHERE);
	ahead--;
	places[i].users++;
	places[i].used = ++uses;
	return ((uint16_t)i);
}

void
kept_used(uint16_t place)
{
	places[place].users--;
}

/* Nothing, or what was used longest ago and nobody is on the way by. */
static struct kept_place *
least(void)
{
	struct kept_place *k, *best = NULL;

	for (k = places; k < places + HELD_PLACES; k++) {
		if (k->is == KEPT_NOTHING)
			return (k);
		if (k->is == KEPT_HOLDS && k->users == 0 &&
		    (best == NULL || k->used < best->used))
			best = k;
	}
	return (best);
}

uint16_t
kept_place(const uint8_t same[EXECS_DIGEST])
{
	struct kept_place *k;
	int i;

	/* it holds, but for room; or another one is asked about right now */
	if ((i = find(same)) != -1)
		return (HELD_NOWHERE);
	if ((k = least()) == NULL)
		return (HELD_NOWHERE);
	k->is = KEPT_ASKED;
	k->used = ++uses;
	memcpy(k->same, same, EXECS_DIGEST);
	return ((uint16_t)(k - places));
}

void
kept_word(uint16_t place, int holds)
{
	if (place < HELD_PLACES && places[place].is == KEPT_ASKED)
		places[place].is = holds ? KEPT_HOLDS : KEPT_NOTHING;
}

void
kept_ahead(uint32_t more)
{
	ahead += more;
}
