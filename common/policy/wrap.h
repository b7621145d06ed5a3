/* SPDX-License-Identifier: ISC */
/*
 * Programs that run other programs: a table of what is known about them, and
 * what the configuration adds to it.
 *
 * A grammar says where the command stands among the words of such a program,
 * as its getopt(3) would find it.  It is a list of words:
 *
 *	-ab:c::	one-letter options, an argument behind ":", in the same word
 *		or none behind "::"
 *	--name	a long option; with "=" an argument, with "[=" one in the same
 *		word or none, with ":" one that is always the next word.  Long
 *		options may be abbreviated.
 *	-NUM	-5 and the like is an option
 *	PERMUTE	options may stand behind operands
 * A mark behind an option: "!" its argument is shell code, "~" with it no
 * command follows, ">" with it a command follows (see ELSE), "^" a wrapper
 * with it is not pure.  Then, in this order, the operands:
 *	WORD	one word; WORD? if it is there
 *	NUM?	a word of digits, if it is there
 *	DASH?	"-", if it is there
 *	VARS	NAME=VALUE, as many as there are
 *	-c?	-c or --command: the next word is shell code
 *	ELSE	what follows counts if no option with ">" was given, and CMD if
 *		one was
 * and at the end:
 *	CMD	the rest is a command
 *	SHELL	the rest, joined by blanks, is shell code
 *	CODE	the next word is shell code
 *	SH	the rest are arguments of a shell
 *	ANY	any of the rest may be a command: nothing is certain
 */
#ifndef COMMON_POLICY_WRAP_H
#define COMMON_POLICY_WRAP_H

#include <stddef.h>

#include "common/policy/rules.h"
#include "common/xmalloc.h"

#define WRAP_ALL	0x01U	/* any word may be a command */
#define WRAP_SHELL	0x02U	/* -c takes shell code */
#define WRAP_STDIN	0x04U	/* more words come from its input */
#define WRAP_SOME	0x08U	/* behind certain words only */
#define WRAP_PURE	0x10U	/* it only runs the command, so what allows
				   the command allows it */
#define WRAP_SPLIT	0x20U	/* -S STRING: that string's words */
#define WRAP_FIND	0x40U	/* -exec ... ; */
#define WRAP_SAME	0x100U	/* it does what it is told to run itself */
#define WRAP_REMOTE	0x200U	/* it runs them where no run is: on other
				   hosts, in containers, at other times */
#define WRAP_TEXT	0x400U	/* its language is read: where that runs
				   nothing, no word is a command */
#define WRAP_INTERP	0x800U	/* an interpreter of a language */
#define WRAP_SLASH	0x80U	/* "/" separates what may be a command */

struct wrap {
	const char	*name;
	unsigned	 flags;
	const char	*grammar;	/* or NULL: nothing is certain */
	/*
	 * WRAP_SOME: words, each with "+" in front if all that follows may be
	 * run, with "=" if only the option's value may; "+-c" also stands for
	 * bundles with that letter.
	 */
	const char	*triggers;
};
extern const struct wrap wrap_table[];
extern const size_t wrap_table_n;

/* Once its names and grammars are complete; and when it is not used again. */
void	wraps_set(struct wraps *);
void	wraps_free(struct wraps *);
/* By the base name of a file, first among more (may be NULL); or NULL. */
const struct wrap *wrap_find(const struct wraps *more, const char *base);
/*
 * Is it known which of its words it runs?  Those that are copied elsewhere
 * must be found there, too.
 */
int	wrap_is_certain(const struct wrap *);
/*
 * May what follows word s be a command: 0 no, 1 only the value of this
 * option, 2 all the rest.
 */
int	wrap_trigger(const struct wrap *, const char *s);

/* How the words of a wrapper go on. */
enum gram_how {
	GRAM_NONE,		/* no command follows */
	GRAM_UNKNOWN,		/* not written as its grammar knows */
	GRAM_CMD,		/* words from ops[start] on */
	GRAM_LINE,		/* these, joined */
	GRAM_CODE,		/* ops[start] is shell code */
	GRAM_SH,		/* arguments of a shell from ops[start] on */
	GRAM_SPLIT		/* split is to be put in place */
};
#define GRAM_MAXCODES	8
struct gram {
	enum gram_how	 how;
	char		**ops;		/* operands; views, the list is owned */
	size_t		 nops;
	size_t		 start;
	size_t		 vars;		/* NAME=VALUE from here to start */
	const char	*code[GRAM_MAXCODES];	/* of options */
	size_t		 ncode;
	const char	*split;		/* of -S */
	size_t		 next;		/* the word behind it */
	int		 odd;		/* it does more than run it */
	int		 unsure;	/* what an option takes may be several
					   words */
};
/* words[0] is the program; its words are n. */
void	gram_read(struct gram *, const struct wrap *, char *const *words,
	    size_t n);
void	gram_free(struct gram *);
/* What is wrong with a grammar that somebody wrote, or NULL. */
const char *gram_wrong(const char *);

/*
 * The words of env -S, appended; a variable's value is a hole.  NULL, or why
 * env would refuse it.
 */
const char *wrap_split(const char *, struct strv *);

#endif
