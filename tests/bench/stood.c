/* SPDX-License-Identifier: ISC */
/*
 * stood ROUNDS: what it takes to find, or not, the standing approval for a
 * request, in microseconds, with so many of them in the table; a line each:
 * how many, median, what.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/run/standing.h"
#include "tests/asked.h"
#include "tests/times.h"

#define FOR_MS		(3600 * 1000)
#define STOOD_MAXROUNDS	1000000UL

struct stood {
	struct standings *st;
	struct asked	 ask;
	struct conf	 conf;
	uid_t		 approver;
	struct standing_for want;
	uint64_t	 id;
	double		*us;
	size_t		 rounds;
};

static void
add(struct stood *s, uid_t uid, const char *text)
{
	struct pattern *p = NULL;
	struct standing *t;
	const char *bad;
	char why[256];

	if (text != NULL && (p = pattern_new(text, &bad)) == NULL)
		errx(1, "%s: %s", text, bad);
	s->want.key.uid = uid;
	t = standing_add(s->st, ++s->id, &s->want, p, s->approver, 0, FOR_MS,
	    0, why, sizeof(why));
	if (t == NULL)
		errx(1, "%s", why);
	t->state = STANDING_HOLDS;
}

static void
measure(struct stood *s, uid_t uid, const char *what, int found)
{
	double since;
	size_t i;

	s->want.key.uid = uid;
	for (i = 0; i < s->rounds; i++) {
		since = now_us();
		if ((standing_find(s->st, &s->want, 1) != NULL) != found)
			errx(1, "%s: not as it should be", what);
		s->us[i] = now_us() - since;
	}
	qsort(s->us, s->rounds, sizeof(*s->us), by_time);
	printf("%llu\t%.2f\t%s\n", (unsigned long long)s->id,
	    s->us[s->rounds / 2], what);
}

int
main(int argc, char **argv)
{
	struct stood s;
	char like[64];
	unsigned i;

	memset(&s, 0, sizeof(s));
	if (argc != 2 || (s.rounds = strtoul(argv[1], NULL, 10)) == 0 ||
	    s.rounds > STOOD_MAXROUNDS)
		errx(2, "usage: stood ROUNDS");
	s.us = xcalloc(s.rounds, sizeof(*s.us));
	s.approver = 10;
	s.conf.approvers.members.uids = &s.approver;
	s.conf.approvers.members.n = 1;
	asked_init(&s.ask, "touch made");
	s.want.key.channel = "cli";
	s.want.key.skill = "dev";
	s.want.key.policy = "p";
	s.want.plan = &s.ask.plan;
	s.want.digest = s.ask.digest;
	s.want.names = &s.ask.names;
	s.want.conf = &s.conf;
	s.st = standings_new();
	measure(&s, 1, "none", 0);
	for (i = 0; i < 744; i++)
		add(&s, 1000 + i, NULL);
	measure(&s, 1, "of other accounts", 0);
	measure(&s, 1500, "one, and others", 1);
	for (i = 0; i < STANDINGS_UID - 1; i++) {
		(void)snprintf(like, sizeof(like), "touch x%u*", i);
		add(&s, 1, like);
	}
	measure(&s, 1, "255 patterns that are not like it", 0);
	add(&s, 1, "touch m*");
	measure(&s, 1, "and one that is", 1);
	return (0);
}
