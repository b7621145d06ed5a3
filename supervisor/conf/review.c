/* SPDX-License-Identifier: ISC */
/*
 * Reviewing patterns; see review.h.
 *
 * What a pattern of ask or deny finds in the shortest command that another
 * pattern is about it finds in all of them, since more words hide nothing from
 * it.  For allow the longer sample is tried, too: there a command with more
 * words may be another one.
 */
#include "config.h"

#include <string.h>

#include "common/defs.h"
#include "common/xconf.h"
#include "supervisor/conf/judge.h"
#include "supervisor/conf/review.h"

#define REVIEW_MAXPATTERNS	4096	/* each is judged by all of a skill's */

/* A list of a skill's patterns. */
enum of_list { LIST_ALLOW, LIST_ASK, LIST_DENY, LIST_DESTRUCTIVE };

struct review {
	const struct conf	*c;
	struct conf_told	*told;
	const struct conf_skill	*sk;
	struct rules		 rules;
	int			 execs;
	size_t			 n;	/* patterns so far */
};

static const char *const keys[] = { "allow", "ask", "deny",
    "approvalPatterns" };

static int
is_of_profile(const struct pattern *p)
{
	return (strncmp(pattern_set(p), "profile ", 8) == 0);
}

static void
note(const struct review *r, enum of_list list, const struct pattern *p,
    const char *what, const char *of, const char *more)
{
	struct conf_place at = { { "skills", r->sk->name, keys[list] }, -1,
	    pattern_text(p) };

	conf_tell(r->told, 1, &at, "\"%s\" %s%s%s", pattern_text(p), what, of,
	    more);
}

/* What names another rule: the rule and where it stands. */
static void
note_rule(const struct review *r, enum of_list list, const struct pattern *p,
    const char *what, const struct decision *d)
{
	struct conf_place at = { { "skills", r->sk->name, keys[list] }, -1,
	    pattern_text(p) };

	conf_tell(r->told, 1, &at, "\"%s\" %s %s (%s)", pattern_text(p), what,
	    d->rule, d->where);
}

/* What removes files is harmless where it has none to remove. */
static void
try(const struct review *r, enum of_list list, const struct pattern *p,
    const char *star, int longer, struct decision *d)
{
	struct strv argv = { NULL, 0 };

	pattern_sample(p, star, longer, &argv);
	if (longer && list != LIST_ALLOW) {
		strv_add(&argv, "/" PATTERN_STAR);
		strv_add(&argv, "/" PATTERN_STAR);
	}
	policy_try(d, &r->rules, &argv, r->execs);
	strv_free(&argv);
	policy_end(d);
}

/* Which verdict a pattern of that list stands for. */
static enum verdict
stands_for(const struct review *r, enum of_list list)
{
	if (list == LIST_ALLOW)
		return (VERDICT_ALLOW);
	if (list == LIST_DENY || (list == LIST_DESTRUCTIVE &&
	    r->rules.approval == APPROVAL_DENY))
		return (VERDICT_DENY);
	return (VERDICT_ASK);
}

/*
 * Does it cover a command where stars are what a program of sed or awk, a
 * number or an option may be?
 */
static int
fits_some(const struct review *r, const struct pattern *p)
{
	static const char *const stars[] = { "p", "1", "-p", "{print}" };
	struct decision d;
	size_t i;

	for (i = 0; i < NELEM(stars); i++) {
		try(r, LIST_ALLOW, p, stars[i], 0, &d);
		if (d.verdict == VERDICT_ALLOW)
			return (1);
	}
	return (0);
}

static void
tell_stricter(const struct review *r, enum of_list list,
    const struct pattern *p, const struct decision *d)
{
	const char *what = list == LIST_ALLOW ? "allows nothing:" :
	    "never asks:";

	if (d->by != NULL)
		note_rule(r, list, p, what, d);
	else if (list == LIST_ALLOW && !fits_some(r, p))
		note(r, list, p, "covers not even the command that it "
		    "spells: ", d->reason, "");
}

/* Both samples of it are decided by the same rule, and that is another one. */
static void
review_pattern(struct review *r, enum of_list list, const struct pattern *p)
{
	const enum verdict mine = stands_for(r, list);
	struct decision d, more;

	try(r, list, p, PATTERN_STAR, 0, &d);
	try(r, list, p, PATTERN_STAR, 1, &more);
	if (d.by == p || more.by == p || d.by != more.by)
		return;
	if (d.verdict > mine && more.verdict > mine)
		tell_stricter(r, list, p, &d);
	else if (d.verdict < mine || d.by == NULL)
		note(r, list, p, "is not found in the command that it spells",
		    "", "");
	else if (strcmp(pattern_text(d.by), pattern_text(p)) == 0)
		note(r, list, p, "stands there more than once", "", "");
	else
		note_rule(r, list, p, "adds nothing to", &d);
}

static void
review_list(struct review *r, enum of_list list, const struct patterns *ps)
{
	size_t i;

	for (i = 0; i < ps->n && r->n <= REVIEW_MAXPATTERNS; i++) {
		if (is_of_profile(ps->p[i]))
			continue;
		if (r->n++ < REVIEW_MAXPATTERNS)
			review_pattern(r, list, ps->p[i]);
	}
}

/* What deny and ask do not hold for, and what goes on unseen. */
static void
review_nested(const struct review *r)
{
	const struct conf_place at = { { "skills", r->sk->name, "execs" }, -1,
	    NULL };
	const size_t n = r->sk->ask.n + r->sk->deny.n + r->sk->destructive.n;
	const char *how = r->sk->execs == EXECS_OFF ? "off" : "record";

	if (r->sk->execs != EXECS_JUDGE && n != 0)
		conf_tell(r->told, 1, &at, "with \"%s\" a program is found "
		    "only where a request tells of it: what a script or a "
		    "build starts in turn no pattern of ask or deny holds "
		    "back", how);
	else if (r->sk->execs == EXECS_JUDGE &&
	    r->sk->execs_dflt == VERDICT_ALLOW && r->sk->dflt != VERDICT_ALLOW)
		conf_tell(r->told, 1, &at, "\"default\" is for requests: what "
		    "these start in turn goes on where no pattern names it; "
		    "see execsDefault");
}

static void
review_skill(struct review *r)
{
	const struct conf_place at = { { "skills", r->sk->name, NULL }, -1,
	    NULL };

	conf_rules(&r->rules, r->c, r->sk);
	/* that is no pattern's doing */
	r->rules.secret = NULL;
	r->execs = conf_execs(r->c, r->sk) == EXECS_JUDGE;
	if (!conf_skill_reached(r->c, r->sk))
		conf_tell(r->told, 1, &at, "no channel has this skill: nobody "
		    "may ask for it");
	review_nested(r);
	review_list(r, LIST_ALLOW, &r->sk->allow);
	review_list(r, LIST_ASK, &r->sk->ask);
	review_list(r, LIST_DENY, &r->sk->deny);
	review_list(r, LIST_DESTRUCTIVE, &r->sk->own_destructive);
}

void
review_policy(const struct conf *c, struct conf_told *told)
{
	static const struct conf_place all = { { "skills" }, -1, NULL };
	struct review r = { .c = c, .told = told };
	size_t i;

	for (i = 0; i < c->nskills; i++) {
		r.sk = &c->skills[i];
		review_skill(&r);
	}
	if (r.n > REVIEW_MAXPATTERNS)
		conf_tell(told, 1, &all, "more than %d patterns: what the "
		    "others do to each other was not looked at",
		    REVIEW_MAXPATTERNS);
}
