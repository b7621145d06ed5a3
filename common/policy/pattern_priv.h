/* SPDX-License-Identifier: ISC */
/* The inside of a command pattern, for the files that match with it. */
#ifndef COMMON_POLICY_PATTERN_PRIV_H
#define COMMON_POLICY_PATTERN_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "common/policy/part.h"
#include "common/policy/wrap.h"
#include "common/xmalloc.h"

#define PATTERN_MAXTEXT		1024	/* bytes */
#define PATTERN_MAXWORDS	64

/* An unquoted "*"; control characters cannot stand in a pattern. */
#define GLOB_CHAR	'\001'
#define GLOB_STR	"\001"
/* An unquoted "<" in front of a word. */
#define PLACE_CHAR	'\002'

enum word_kind {
	W_WORD,		/* an operand */
	W_ANY,		/* ** */
	W_SHORT,	/* -rf: a bundle of one-letter options */
	W_SINGLE,	/* -delete, -n5: as it stands */
	W_LONG		/* --name or --name=value */
};

struct pword {
	char		*s;		/* with GLOB_CHAR for "*" */
	enum word_kind	 kind;
	char		*name;		/* W_LONG, W_SINGLE: without dashes */
	char		*value;		/* behind "=", or NULL */
	int		 placed;	/* in this place */
};

struct pattern {
	char		*text;
	char		*where;		/* it was written, or NULL */
	char		*set;		/* that it came with, or NULL */
	struct pword	*w;		/* w[0] is the program */
	size_t		 n;
	char		*prog;		/* w[0].s */
	const char	*base;		/* behind the last "/" of it */
	int		 prog_any;	/* "*" or "**" */
	int		 prog_glob;	/* has a "*" in it */
	int		 shell_word;	/* has |, ;, > ... as a word */
	int		 assigns;	/* begins with NAME=VALUE */
	int		 is_text;	/* no program is called like its first
					   word: as text it always counts */
	char		*low;		/* for the text net: lower case, words
					   joined by one blank */
};

/* Does pat, which may have GLOB_CHAR in it, match all of s? */
int	pattern_glob(const char *pat, const char *s, int fold);
/* The same for an operand, without regard to case; paths in normal form. */
int	pattern_operand(const char *pat, const char *s);
/* Behind the last "/". */
const char *pattern_base(const char *);

/*
 * Splits a command line at blanks; quotes are those of a shell, nothing is
 * expanded.  With glob, an unquoted "*" becomes GLOB_CHAR.  *special is set
 * if an unquoted character would mean something to a shell, *op if an
 * unquoted operator does.  NULL on success, or what is wrong.
 */
const char *pattern_split(const char *, struct strv *, int glob, int *special,
	    int *op);

/* pattern_opts.c: what is known about options of well-known programs */
/* A program whose options are words behind one dash? */
int	opts_single_dash(const char *base);
/* One-letter spellings of a long option; "" if none is known. */
const char *opts_long_shorts(const char *base, const char *name);
/* The i-th long spelling of a letter, or NULL. */
const char *opts_short_long(const char *base, char c, size_t i);
/* Letters that together say the same as this one, or NULL. */
const char *opts_compound(const char *base, char c);
/* Where a command of git has its subcommand: an index of w, or n. */
size_t	opts_git_sub(char *const *w, size_t n);
/* Letters that mean the same without regard to the program: r and R. */
char	opts_twin(const char *base, char c);

/*
 * What in a command may be a command, whatever it is: behind wrappers every
 * word and crude pieces of quoted code.  These are mentions: what is found
 * there may run, or be just a word.
 */
struct cmd {
	char *const	*w;		/* words of the command */
	size_t		 n;
	const struct wrap *wrap;	/* what its program is */
	const char	**ents;
	size_t		 nents;
	char		*arena;
	size_t		 arena_len;
};
/* wrap NULL: there is nothing. */
void	cmd_init(struct cmd *, const struct wrap *wrap, char *const *w,
	    size_t n);
void	cmd_free(struct cmd *);

/* Comparisons that may still be made for one decision. */
struct work {
	uint64_t	 left;
	int		 over;		/* there were more */
};
#define WORK_LIMIT	(16U * 1024 * 1024)

/* How certain it is that a pattern is in a command. */
enum found {
	FOUND_NOT,
	FOUND_MENTION,		/* something may be a command like this */
	FOUND_MAYBE,		/* words that are not known may be the
				   pattern's */
	FOUND_INSIDE,		/* the program is, and the other words are
				   within words of it */
	FOUND_CERTAIN
};

/*
 * In this command?  aliases: every word that its program is known by, or NULL
 * where only its first word tells.  vague: what of its words may be a command,
 * NULL if there is nothing.  With work->over it was not looked at to the end.
 */
enum found	part_finds(struct work *, const struct part *,
		    const struct strv *aliases, const struct cmd *vague,
		    const struct pattern *);
/* The text net over text made by text_join, at boundaries of words. */
char	*text_join(const struct strv *argv);
int	text_finds(const struct pattern *, const char *text, size_t len);

/*
 * allow: does it cover all words of a command?  base: what its program is
 * called; holes: what is not known counts as what it may be.
 */
int	pattern_covers_words(const struct pattern *, char *const *w, size_t n,
	    const char *base, int holes);
/* The same with its program; names and path as for pattern_covers. */
int	pattern_covers_part(const struct pattern *, const struct part *,
	    const struct strv *names, const char *path,
	    const struct wraps *more, int holes);

#endif
