/* SPDX-License-Identifier: ISC */
/*
 * Policy: a pure function of a plan and rules.  All verdicts are gathered and
 * the strictest wins; the rule that said so is named.
 */
#ifndef COMMON_POLICY_POLICY_H
#define COMMON_POLICY_POLICY_H

#include "common/plan.h"
#include "common/policy/rules.h"

struct decision {
	enum verdict	 verdict;
	char		 rule[256];	/* "skills.dev.deny: curl **",
					   "skills.dev.default",
					   "tools.exec.approvalPatterns: rm",
					   "environment", ... escaped, cut */
	char		 reason[256];	/* for people */
	int		 said;		/* somebody has given a verdict */
};

/* No verdict yet, which is deny. */
void	policy_begin(struct decision *);
/* One verdict, by whoever judges what the rules do not know. */
void	policy_say(struct decision *, enum verdict, const char *reason,
	    const char *rule, ...) __attribute__((__format__ (printf, 4, 5)));
/*
 * Those of the rules; plan, names and same as in struct resolved.  It begins
 * with policy_begin, and perhaps what policy_say was told.
 */
void	policy_decide(struct decision *, const struct rules *,
	    const struct plan *, const struct strv *names,
	    const struct strv *same);

/* NULL and *err (static text) if it is not a pattern. */
struct pattern	*pattern_new(const char *text, const char **err);
void		 pattern_free(struct pattern *);
const char	*pattern_text(const struct pattern *);
/*
 * allow: does it cover the whole command?  names: words that this very
 * executable answers to; path: its path in the view.
 */
int	pattern_covers(const struct pattern *, const struct strv *argv,
	    const struct strv *names, const char *path);
/*
 * ask, deny, approvalPatterns: is it in this command in any spelling?
 * aliases: every word that the program may be known by.
 */
int	pattern_finds(const struct pattern *, const struct strv *argv,
	    const struct strv *aliases);
/* The second net: the pattern's text within the joined arguments, without
 * regard to case and spacing. */
int	pattern_in_text(const struct pattern *, const struct strv *argv);

/*
 * skills.NAME.tests at load: the verdict that one command line (split at
 * blanks, quotes as in a shell) would get, taking its first word to be found
 * by name.  -1 if the line cannot be read.
 */
int	policy_test(const struct rules *, const char *line, enum verdict *);

#endif
