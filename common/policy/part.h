/* SPDX-License-Identifier: ISC */
/*
 * Taking a command apart: the commands that it certainly runs, by the grammar
 * of what runs them, in env, timeout, find -exec, xargs, sh -c and so on, one
 * in another.  What cannot be told is said to be so; nothing is guessed here.
 */
#ifndef COMMON_POLICY_PART_H
#define COMMON_POLICY_PART_H

#include <stddef.h>

#include "common/policy/rules.h"
#include "common/policy/shell.h"
#include "common/policy/wrap.h"
#include "common/xmalloc.h"

/*
 * In a part's words: what is not known, but one word; what may be any number
 * of words; and what is a file's path for certain, so no option.
 */
#define PART_HOLE	'\001'
#define PART_HOLES	'\002'
#define PART_PATH	'\003'
#define PART_ANY_HOLE	"\001\002\003"

static inline int
part_is_hole(char c)
{
	return (c >= PART_HOLE && c <= PART_PATH);
}
/* Is something of it not known? */
int	part_has_hole(const char *);
/* May it be no word, or several? */
int	part_may_split(const char *);

#define PART_CODE	0x01U	/* a simple command of shell code: what a
				   shell has built in is no program there */
#define PART_INPUT	0x02U	/* more words come from some input */
#define PART_HOLED	0x04U	/* some word is not known */
#define PART_INTERP	0x08U	/* the interpreter of a script that is run */
#define PART_TOP	0x10U	/* what was asked for */
#define PART_FUNCTION	0x20U	/* may be a function of the code */
#define PART_SCRIPT	0x80U	/* a file that a shell reads commands from */
#define PART_SAME	0x40U	/* what runs it executes no other file */

/* How a part runs those in it, for what allows it. */
enum part_pass {
	PASS_NONE,		/* it is judged by itself */
	PASS_PURE,		/* it only runs them */
	PASS_FIND,		/* it runs them, and its other words */
	PASS_CODE		/* it is a shell, whose code was read */
};

/* What variables are set for a command alone. */
enum part_set {
	SET_NOTHING,		/* that steers it */
	SET_BUILD,		/* what builds are given; see varname.h */
	SET_STEERING
};

struct part {
	char		**w;		/* words; w[0] is the program */
	size_t		 n;
	size_t		 own;		/* the first so many are of itself, the
					   rest of what it runs */
	unsigned	 flags;
	enum part_pass	 pass;
	size_t		 in;		/* the part that runs it; itself at the
					   top */
	size_t		 depth;
	int		 odd;		/* variables or options that change
					   what is run: it is not pure */
	enum part_set	 set;		/* by variables in front of it */
	const struct wrap *vague;	/* NULL, or by what any of its words
					   may be commands */
	int		 blind;		/* its own words do not tell what it
					   runs */
	int		 opaque;	/* what it runs cannot be told, or of
					   something that it runs */
	const char	*input;		/* its standard input where that is
					   known, or NULL */
};

#define PARTS_MAX	2048
#define PARTS_DEPTH	24

struct parts {
	struct part	*p;
	size_t		 n;
	size_t		 cap;
	const struct wraps *more;
	const char	*opaque;	/* NULL, or why it cannot be told
					   beforehand what it runs */
	const char	*bad;		/* NULL, or why it is to be asked about
					   whatever is judged later */
	struct strv	 written;	/* files that redirections of shell
					   code write, as they stand there */
	struct strv	 texts;		/* owned words */
	char		***lists;	/* owned lists of words */
	size_t		 nlists;
};

/*
 * argv of a plan; kinds: what its program is by every name that its file has.
 * interp: where a script is run, the words of its interpreter, which end with
 * those of argv but the first; or NULL.
 */
void	parts_take(struct parts *, const struct wraps *more,
	    const struct strv *argv, const struct strv *kinds,
	    const struct strv *interp);
void	parts_free(struct parts *);

/* part_list.c: what they are made with */
/* A list of n + 1 words for a part, to be filled; owned by the parts. */
char	**parts_list(struct parts *, size_t n);
/* A text that the parts own. */
char	*parts_text(struct parts *, const char *, size_t n);
/* Words joined by blanks; owned. */
char	*parts_join(struct parts *, char *const *, size_t n);
/* NULL if there are too many, which is said.  in: by index. */
struct part *parts_add(struct parts *, size_t in, char **w, size_t n,
	    unsigned flags);
/* The part, and all that it is in. */
void	parts_opaque(struct parts *, size_t in, const char *why);
void	parts_bad(struct parts *, const char *why);

/* part_code.c: shell code, and the words of a shell */
/*
 * What parts[in] runs as code: 0; 1 if it is in the language of another shell
 * than dash, so that nothing of it is known; -1 if it could not be read.
 */
int	parts_code(struct parts *, size_t in, const char *code, int dash);
/*
 * Arguments of a shell: its code, a script, or its input; *code is what is
 * behind -c, or NULL.
 */
const char *shell_args(struct parts *, size_t in, char *const *args,
	    size_t n);
/* Has a shell that built in, so that it is no program? */
int	shell_has(const char *);

#endif
