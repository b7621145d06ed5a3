/* SPDX-License-Identifier: ISC */
/* deny, approvalPatterns and ask: what is found in a command. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/judge_priv.h"

/* A list of patterns, and what it says. */
struct list {
	const struct patterns	*ps;
	const char		*name;
	int			 of_skill;
	enum verdict		 verdict;
	const char		*reason;
	uint8_t			*spared;	/* by pattern: it was found in
						   what is harmless; or NULL */
};

static const char *
maybe_reason(enum found f)
{
	switch (f) {
	case FOUND_INSIDE:
		return ("a word of it has in it what a rule names");
	case FOUND_MAYBE:
		return ("words that are made as it runs may be what a rule "
		    "names");
	default:
		return ("it may run what a rule names");
	}
}

/*
 * What only may be so asks at most, and where each program is judged when it
 * is run not even that: except for words that no program will show again.
 */
static int
weigh(const struct judge *j, const struct list *l, enum found f,
    struct say *s)
{
	if (f == FOUND_NOT || (f < FOUND_INSIDE && j->at->execs))
		return (0);
	s->said = 1;
	s->certain = f == FOUND_CERTAIN;
	s->verdict = s->certain ? l->verdict : VERDICT_ASK;
	s->reason = s->certain ? l->reason : maybe_reason(f);
	s->list = l->name;
	s->of_skill = l->of_skill;
	return (1);
}

/* The plan's own program, and the interpreter of a script, by their names. */
static const struct strv *
aliases_of(const struct judge *j, size_t i)
{
	if (i == 0)
		return (&j->aliases);
	return ((j->parts.p[i].flags & PART_INTERP) != 0 ? j->at->interp :
	    NULL);
}

/* Is the k-th pattern certain of part i, and does it say so? */
static int
try(struct judge *j, const struct list *l, size_t k, size_t i)
{
	const struct pattern *p = l->ps->p[k];
	const struct part *part = &j->parts.p[i];
	struct say s = { .pattern = p };
	enum found f;

	f = part_finds(&j->work, part, aliases_of(j, i), &j->r[i].vague, p);
	if (f == FOUND_CERTAIN && l->spared != NULL &&
	    removal_is_harmless(j, part)) {
		l->spared[k] = 1;
		return (0);
	}
	if (!weigh(j, l, f, &s))
		return (0);
	j->r[i].named |= l->of_skill;
	say_stricter(&j->r[i].say, &s);
	return (s.certain);
}

/* Nothing of what another one runs is judged here if it is when it runs. */
static int
is_here(const struct judge *j, size_t i)
{
	const struct part *p = &j->parts.p[i];

	return (i == 0 || !judge_is_exec(j) ||
	    (p->flags & (PART_SAME | PART_INTERP)) != 0);
}

static void
by_list(struct judge *j, const struct list *l)
{
	size_t i, k;

	for (i = 0; i < j->parts.n; i++) {
		if (!is_here(j, i))
			continue;
		/* one that is certain is enough for a command */
		for (k = 0; k < l->ps->n; k++)
			if (try(j, l, k, i))
				break;
	}
}

/* The second net: a mention, but for what no program is called. */
static void
by_text(struct judge *j, const struct list *l)
{
	const struct pattern *p;
	struct say s;
	size_t k;

	for (k = 0; k < l->ps->n; k++) {
		p = l->ps->p[k];
		if (l->spared[k] || (j->at->execs && !p->is_text))
			continue;
		if (j->text == NULL) {
			j->text = text_join(&j->plan->argv);
			j->textlen = strlen(j->text);
		}
		if (!text_finds(p, j->text, j->textlen))
			continue;
		memset(&s, 0, sizeof(s));
		s.pattern = p;
		(void)weigh(j, l, p->is_text ? FOUND_INSIDE : FOUND_MENTION,
		    &s);
		if (p->is_text) {
			s.verdict = l->verdict;
			s.reason = l->reason;
		}
		say_stricter(&j->r[0].say, &s);
		return;
	}
}

void
rules_find(struct judge *j)
{
	const struct rules *r = j->rules;
	const struct list deny = { r->deny, "deny", 1, VERDICT_DENY,
	    "denied", NULL };
	const struct list ask = { r->ask, "ask", 1, VERDICT_ASK,
	    "a pattern asks about it", NULL };
	struct list destructive = { r->destructive,
	    "tools.exec.approvalPatterns", 0, VERDICT_ASK,
	    "a destructive command", NULL };
	size_t i;

	if (r->approval == APPROVAL_DENY) {
		destructive.verdict = VERDICT_DENY;
		destructive.reason = "a destructive command, and these are "
		    "denied";
	}
	destructive.spared = xcalloc(destructive.ps->n + 1, 1);
	by_list(j, &deny);
	by_list(j, &destructive);
	by_text(j, &destructive);
	by_list(j, &ask);
	free(destructive.spared);
	for (i = 0; i < j->parts.n; i++)
		say_stricter(&j->all, &j->r[i].say);
}
