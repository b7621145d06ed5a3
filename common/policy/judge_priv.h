/* SPDX-License-Identifier: ISC */
/* The inside of the decision, for the files that make it. */
#ifndef COMMON_POLICY_JUDGE_PRIV_H
#define COMMON_POLICY_JUDGE_PRIV_H

#include "common/policy/part.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

/* What a rule says of a command; texts are made of it at the end. */
struct say {
	int		 said;
	enum verdict	 verdict;
	int		 certain;
	const char	*list;		/* "deny", ...: of the skill; or the
					   whole name of the rule */
	int		 of_skill;
	const struct pattern *pattern;	/* or NULL */
	const char	*reason;	/* static */
};

/* What is known about a part while it is judged. */
struct ruling {
	struct say	 say;
	struct cmd	 vague;		/* what of its words may be commands */
	int		 text;		/* as danger_text() */
	int		 named;		/* a pattern of the skill did */
	int		 judged;	/* allow and the default, too */
};

/* One plan before the court. */
struct judge {
	const struct rules	*rules;
	const struct circumstances *at;
	const struct plan	*plan;
	const struct strv	*names;
	struct decision		*d;
	struct strv		 aliases;	/* of its program */
	struct parts		 parts;
	struct ruling		*r;	/* by part */
	struct work		 work;
	char			*text;	/* for the text net */
	size_t			 textlen;
	struct say		 all;	/* the strictest so far */
	int			 named;	/* the plan's own program was allowed
					   by its name */
	/* policy_was_asked(): words and rule, and what became of that */
	const struct strv	*sought;
	const char		*sought_rule;
	int			 was_asked;
};

/* verdict.c */
/* The strictest holds, and of these the first. */
void	say_stricter(struct say *, const struct say *);
/* Is this a script that is a program of its own? */
int	judge_is_script(const struct judge *);
/* Is nothing but this very execution judged? */
int	judge_is_exec(const struct judge *);
/* What the decision and its findings get in words. */
void	judge_tell(struct judge *);
/* Are these the words of the part, and all of them known? */
int	judge_has_words(const struct part *, const struct strv *);
/* Did this rule ask about these very words, for certain? */
int	judge_has_asked(const struct judge *, const struct strv *,
	    const char *rule);

/* removal.c: can what it removes not be missed?  See interfaces. */
int	removal_is_harmless(const struct judge *, const struct part *);

/* rule_find.c, rule_allow.c: deny, approvalPatterns, ask; allow, default */
void	rules_find(struct judge *);
void	rules_allow(struct judge *);

#endif
