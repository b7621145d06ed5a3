/* SPDX-License-Identifier: ISC */
/* The inside of a command pattern, for the files that match with it. */
#ifndef COMMON_POLICY_PATTERN_PRIV_H
#define COMMON_POLICY_PATTERN_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "common/xmalloc.h"

#define PATTERN_MAXTEXT		1024	/* bytes */
#define PATTERN_MAXWORDS	64

/* An unquoted "*"; control characters cannot stand in a pattern. */
#define GLOB_CHAR	'\001'
#define GLOB_STR	"\001"

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
};

struct pattern {
	char		*text;
	char		*where;		/* it was written, or NULL */
	struct pword	*w;		/* w[0] is the program */
	size_t		 n;
	char		*prog;		/* w[0].s */
	const char	*base;		/* behind the last "/" of it */
	int		 prog_any;	/* "*" or "**" */
	int		 prog_glob;	/* has a "*" in it */
	int		 shell_word;	/* has |, ;, > ... as a word */
	int		 assigns;	/* begins with NAME=VALUE */
	char		*low;		/* for the text net: lower case, words
					   joined by one blank */
};

/* Does pat, which may have GLOB_CHAR in it, match all of s? */
int	pattern_glob(const char *pat, const char *s, int fold);
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
/* Letters that mean the same without regard to the program: r and R. */
char	opts_twin(const char *base, char c);

/* pattern_wrap.c: programs that run other programs */
#define WRAP_ALL	0x01U	/* any word may be a command */
#define WRAP_SHELL	0x02U	/* -c takes shell code */
#define WRAP_STDIN	0x04U	/* more words come from its input */
#define WRAP_SOME	0x08U	/* behind certain words only */
struct wrap;
const struct wrap *wrap_find(const char *base);
unsigned wrap_flags(const struct wrap *);
/*
 * May what follows word s be a command: 0 no, 1 only the value of this
 * option, 2 all the rest.
 */
int	wrap_trigger(const struct wrap *, const char *s);

/*
 * A command taken apart for finding: its words, and behind wrappers every
 * word and crude pieces of quoted code that may be run.
 */
struct ent {
	const char	*s;
	size_t		 end;		/* arguments end before this entry */
};
struct cmd {
	const struct strv *argv;
	const struct strv *aliases;
	const char	*interp_arg;	/* of the #! line, or NULL */
	const struct wrap *wrap;
	struct ent	*ents;
	size_t		 nents;
	char		*arena;
	size_t		 arena_len;
	unsigned	 flags;		/* WRAP_* */
	int		 opaque;	/* shell code that cannot be read */
	int		 over;		/* more work than allowed */
	uint64_t	 left;		/* comparisons that may still be made */
};

/* wrap_aliases: those among the names that say what kind it is; may be NULL */
void	cmd_init(struct cmd *, const struct strv *argv,
	    const struct strv *aliases, const struct strv *kinds,
	    const char *interp_arg);
void	cmd_free(struct cmd *);
/* 1 if the pattern is in there, or if cmd->over got set meanwhile. */
int	cmd_finds(struct cmd *, const struct pattern *);

/* The text net over text made by text_join. */
char	*text_join(const struct strv *argv);
int	text_finds(const struct pattern *, const char *text, size_t len);

#endif
