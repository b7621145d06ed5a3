/* SPDX-License-Identifier: ISC */
/*
 * Policy: a pure function of a plan and rules.  All verdicts are gathered and
 * the strictest wins; the rule that said so is named.
 */
#ifndef COMMON_POLICY_POLICY_H
#define COMMON_POLICY_POLICY_H

#include "common/plan.h"
#include "common/policy/rules.h"

/*
 * Whose program it is that is judged.  A request, and what the shell of a
 * request starts itself (direct), get all rules and the default.  What these
 * start in turn (nested) gets deny, ask and approvalPatterns; what no pattern
 * names there is what circumstances.execs_default says.
 */
enum judge_how { JUDGE_REQUEST, JUDGE_DIRECT, JUDGE_NESTED };

struct circumstances {
	enum judge_how	 how;
	/*
	 * What it runs in turn is judged when it runs: neither what cannot be
	 * told beforehand nor what only may be a program asks.
	 */
	int		 execs;
	enum verdict	 execs_default;	/* JUDGE_NESTED */
	/* What patterns may call the interpreter of a script; or NULL. */
	const struct strv *interp;
	/* Whoever asks confirms it: what cannot be told beforehand asks. */
	int		 confirms;
	/*
	 * The request's working directory, "" or NULL if there is none:
	 * nested, what removes files below it alone does not ask.
	 */
	const char	*top;
	/*
	 * A word of it leads through a link, its last name aside, or nobody
	 * can tell: what is below top as it is written may be elsewhere.
	 */
	int		 linked;
};

/* One command that was found in a plan: its own, and what it certainly runs
 * or may run.  All texts are owned, escaped and cut; none is NULL. */
struct finding {
	enum verdict	 verdict;
	int		 certain;	/* it would run, as far as is known */
	char		*command;
	char		*rule;		/* as in struct decision */
	char		*where;		/* file:line of its pattern, or "" */
	char		*reason;
};
#define POLICY_MAXFOUND	64		/* the rest is judged, but not listed */

struct decision {
	enum verdict	 verdict;
	char		 rule[256];	/* "skills.dev.deny: curl **",
					   "skills.dev.default",
					   "profile developer: rm -rf",
					   "tools.exec.approvalPatterns: rm",
					   "environment", ... escaped, cut */
	char		 reason[256];	/* for people */
	char		 where[256];	/* file:line of its pattern, or "" */
	const struct pattern *by;	/* that pattern, which is the rules',
					   or NULL */
	int		 said;		/* somebody has given a verdict */
	struct finding	*found;		/* in the order of the command */
	size_t		 nfound;
	char		 opaque[128];	/* what cannot be told beforehand, for
					   people, or "" */
};

/*
 * What these words would get as a request, where their first one is found by
 * its name and is called nothing else; execs as in struct circumstances.
 * policy_end() when done.
 */
void	policy_try(struct decision *, const struct rules *,
	    const struct strv *argv, int execs);

/* No verdict yet, which is deny.  What was in it is not looked at. */
void	policy_begin(struct decision *);
/* Frees what it found; the verdict stays.  Fine for one of zeros. */
void	policy_end(struct decision *);
/* One verdict, by whoever judges what the rules do not know. */
void	policy_say(struct decision *, enum verdict, const char *reason,
	    const char *rule, ...) __attribute__((__format__ (printf, 4, 5)));
/*
 * Those of the rules; plan, names and same as in struct resolved.  It begins
 * with policy_begin, and perhaps what policy_say was told.  Of a plan it looks
 * at argv, exe.path, script.path, interp_arg, cwd and asked_env; the last
 * four may be NULL or empty.
 */
void	policy_decide(struct decision *, const struct rules *,
	    const struct plan *, const struct strv *names,
	    const struct strv *same, const struct circumstances *);

/*
 * Has a request that was let go on, by rules or by a person, these very words
 * as one of its commands, and was it the same rule that asked?  at as for the
 * request; rule as in struct decision.
 */
int	policy_was_asked(const struct rules *, const struct plan *request,
	    const struct circumstances *at, const struct strv *argv,
	    const char *rule);

/*
 * May a program by this path, with these arguments, remove files in a way that
 * is looked at: are links in its words to be looked for?
 */
int	policy_removes(const char *path, const struct strv *argv);

/*
 * Does a program with these arguments run these words, as far as they tell it
 * all by themselves: no file, and nothing that is not known?
 */
int	policy_shows(const struct wraps *, const struct strv *argv,
	    const struct strv *words);

/* Is it a shell, by its name or its file's (or NULL)? */
int	policy_shell(const struct strv *argv, const char *exe);
/* And that with -c and a line? */
int	policy_shell_line(const struct strv *argv, const char *exe);

/* NULL and *err (static text) if it is not a pattern. */
struct pattern	*pattern_new(const char *text, const char **err);
void		 pattern_free(struct pattern *);
const char	*pattern_text(const struct pattern *);
/* The program that it names, or NULL if a star stands there. */
const char	*pattern_program(const struct pattern *);
/* Where it was written, "/etc/clawbot.conf:12"; "" until it is told. */
void		 pattern_written(struct pattern *, const char *where);
const char	*pattern_where(const struct pattern *);
/* It came with a set, "profile developer", which rules then name. */
void		 pattern_belongs(struct pattern *, const char *set);
/* Its name, or "". */
const char	*pattern_set(const struct pattern *);
/*
 * allow: does it cover the whole command?  names: words that this very
 * executable answers to; path: its path in the view.
 */
int	pattern_covers(const struct pattern *, const struct strv *argv,
	    const struct strv *names, const char *path);
/* The second net: the pattern's text within the joined arguments, at the
 * boundaries of words, without regard to case and spacing. */
int	pattern_in_text(const struct pattern *, const struct strv *argv);

/*
 * What an allow pattern does not cover though it seems to, and what it lets
 * through though it does not seem to: a text for people each, appended.
 */
void	pattern_notes(const struct pattern *, const struct wraps *more,
	    struct strv *notes);

/*
 * A command that the pattern is about, to be freed: the shortest, or one with
 * several words for each "**".  star is what stands for a star.
 */
void	pattern_sample(const struct pattern *, const char *star, int longer,
	    struct strv *argv);
/* Such a word, which is in no pattern that means something. */
#define PATTERN_STAR	"zqfwx"

/*
 * One command line, split at blanks, with quotes as in a shell, into words to
 * be freed; -1 and none if it cannot be read as one.
 */
int	policy_words(const char *line, struct strv *argv);
/*
 * skills.NAME.tests at load: the verdict that one command line (split at
 * blanks, quotes as in a shell) would get, taking its first word to be found
 * by name; execs as in struct circumstances.  -1 if the line cannot be read.
 */
int	policy_test(const struct rules *, const char *line, int execs,
	    enum verdict *);

#endif
