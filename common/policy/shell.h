/* SPDX-License-Identifier: ISC */
/*
 * The reader of a shell line: what "/bin/sh -c LINE" would run.  It reads as
 * POSIX says and dash does, and tells every simple command that stands in the
 * line with its words as far as they are certain.  It gives no verdicts, runs
 * nothing and looks at nothing but the line.
 *
 * What it promises: whatever such a shell executes itself because of LINE is
 * one of the commands found, word by word, with holes where words are not
 * certain; or opaque is set.  What a command does with its own words (eval,
 * trap, ".", sh -c, xargs) is for the caller to judge.
 *
 * Shells are not alike.  Where bash, zsh, ksh or busybox would read something
 * in the line otherwise than dash, foreign says so.
 */
#ifndef COMMON_POLICY_SHELL_H
#define COMMON_POLICY_SHELL_H

#include <stddef.h>

/* Beyond these a line is not read. */
#define SH_MAXLINE	(128 * 1024)	/* bytes */
#define SH_MAXDEPTH	64		/* one in another, of any kind */
#define SH_MAXCMDS	4096		/* that stand in it */
#define SH_MAXWORDS	16384		/* of all commands */
#define SH_MAXTEXT	(1024 * 1024)	/* bytes of all words */

/* What stands in a word's text for what is not known; may be empty. */
#define SH_HOLE		'\001'

/* Of a word */
#define SH_OPAQUE	0x01U	/* has holes */
#define SH_QUOTED	0x02U	/* some of it was quoted */
#define SH_GLOB		0x04U	/* *, ? or [ unquoted: may be names of files */
#define SH_TILDE	0x08U	/* a ~ in it stands for a home directory */
#define SH_SPLIT	0x10U	/* may become no word, or several */
#define SH_NUMBER	0x20U	/* each hole is one integer: -?[0-9]* */
#define SH_BRACE	0x40U	/* has {a,b}, which other shells expand */

struct sh_word {
	char		*text;	/* never NULL, no NUL in it */
	unsigned	 flags;
};

enum sh_op {
	SH_READ,	/* <  */
	SH_WRITE,	/* >  */
	SH_CLOBBER,	/* >| */
	SH_APPEND,	/* >> */
	SH_RDWR,	/* <> */
	SH_DUPIN,	/* <& */
	SH_DUPOUT,	/* >& */
	SH_HERE		/* << and <<-: the target is the body */
};

/* In a target nothing is split, and there are no globs. */
struct sh_redir {
	enum sh_op	 op;
	int		 fd;	/* 0 to 9 */
	struct sh_word	 target;
};

/* Of a command */
#define SH_PIPED_IN	0x01U	/* standard input is a pipe's end, */
#define SH_FED		0x02U	/* or what a redirection around it said */
#define SH_PIPED_OUT	0x04U
#define SH_BACKGROUND	0x08U
#define SH_SUBST	0x10U	/* within $( ) or ` ` */
#define SH_SUBSHELL	0x20U	/* a cd or assignment does not outlast it: in
				   ( ), $( ), a pipeline, the background */
#define SH_IN_FUNCTION	0x40U	/* runs if and when it is called, with its
				   caller's standard input */
#define SH_MAYBE	0x80U	/* depends on what ran before: &&, ||, if,
				   while, for, case */
#define SH_CALL		0x100U	/* words[0] is certainly a function that the
				   line defines: no program */

/*
 * One simple command, in the order in which they stand; those in its
 * substitutions come behind it.  One without words has assignments or
 * redirections alone, or is what a compound command's redirections are told
 * by.  The body of a loop over literals stands here once for each of them.
 *
 * If words[0] may be anything (holes, a glob), opaque is set.  A word with
 * SH_SPLIT may vanish.  Words that a command would find in "export x=y" and
 * such are words.
 */
struct sh_cmd {
	struct sh_word	*assign;	/* NAME=VALUE in front */
	size_t		 nassign;
	struct sh_word	*words;		/* words[0] is the command */
	size_t		 nwords;
	struct sh_redir	*redirs;
	size_t		 nredirs;
	unsigned	 flags;
	size_t		 offset;	/* where it stands in the line, or */
	size_t		 length;	/* the ` ` around it; 0 then */
};

struct sh_line {
	struct sh_cmd	*cmds;
	size_t		 ncmds;
	const char	*opaque;	/* NULL, or why it cannot be told which
					   programs it runs: static text */
	size_t		 opaque_at;
	const char	*foreign;	/* NULL, or what other shells than dash
					   read otherwise: static text */
	size_t		 foreign_at;
	/*
	 * Functions that it defines.  A command of such a name may be a call
	 * or the program, depending on whether the definition was run, and
	 * where; SH_CALL if that is certain.
	 */
	char	       **functions;
	size_t		 nfunctions;
};

/*
 * 0, and *line is to be given to shell_free.  -1 if it is not a line that
 * /bin/sh would run to its end, or one that this reader does not take
 * (unterminated, wrong syntax, limits, no UTF-8, NUL and other control
 * characters, characters that deceive unquoted): *why is static text, *at an
 * offset, and *line is empty.  Time and memory are linear in len.
 */
int	shell_read(struct sh_line *line, const char *text, size_t len,
	    const char **why, size_t *at);
/* Of these why: words in places where dash has none; other shells may. */
extern const char shell_syntax[];
/*
 * Of a text with that: characters that deceive, quoted or not, or a quote
 * without its end?
 */
int	shell_is_odd(const char *text);
void	shell_free(struct sh_line *);

#endif
