/* SPDX-License-Identifier: ISC */
/*
 * The inside of the reader of shell lines.  shell_lex.c and shell_word.c make
 * tokens of bytes, shell_doc.c here-documents, shell_parse.c a tree of tokens;
 * shell_vars.c knows variables, shell_field.c makes words of what the tree
 * holds, and shell_walk.c goes through the tree and tells the commands.
 */
#ifndef COMMON_POLICY_SHELL_PRIV_H
#define COMMON_POLICY_SHELL_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "common/policy/shell.h"

/* Variables that are followed; of others nothing is certain. */
#define SH_MAXVARS	63
#define SH_ALLVARS	UINT64_MAX
/* In place of the number of a variable */
#define SH_VAR_OTHER	(-1)
#define SH_VAR_NUMBER	(-2)	/* $? $# $$ ${#x}: an integer */
#define SH_VAR_MANY	(-3)	/* $@ and $*: words */
#define SH_VAR_JOB	(-4)	/* $!: an integer or nothing */

/* Variables that mean something to the reader; always followed. */
enum { SH_VAR_IFS, SH_VAR_PATH, SH_VAR_PS4, SH_VAR_HOME };

enum sh_part { SHP_TEXT, SHP_VAR, SHP_SUBST, SHP_ARITH };

/* A part of a word that is quoted or not, and expanded or not. */
struct sh_piece {
	struct sh_piece	*next;
	enum sh_part	 kind;
	int		 quoted;
	const char	*text;		/* SHP_TEXT */
	size_t		 len;
	int		 var;		/* SHP_VAR: its number or SH_VAR_* */
	int		 op;		/* ${var OP inner}, or 0 */
	struct sh_piece	*inner;		/* behind OP; of the arithmetic */
	struct sh_node	*list;		/* SHP_SUBST; NULL: nothing in it */
};

struct sh_pieces {
	struct sh_piece	*first;
	struct sh_piece	*last;
};

/*
 * Variables that something may set, that it looks at, and that it sets while
 * its own words are expanded.
 */
struct sh_seen {
	uint64_t	 sets;
	uint64_t	 uses;
	uint64_t	 pre;
};

/* A word as it stands in the line. */
struct sh_raw {
	struct sh_raw	*next;
	struct sh_pieces p;
	int		 quoted;	/* some of it is */
	const char	*plain;		/* all of it, if nothing is quoted or
					   expanded; else NULL */
	struct sh_seen	 seen;
	size_t		 at;
};

struct sh_rawredir {
	struct sh_rawredir *next;
	struct sh_rawredir *pending;	/* the next body to be read */
	enum sh_op	 op;
	int		 fd;
	int		 strip;		/* <<- */
	struct sh_raw	*word;		/* SH_HERE: what ends the body, and
					   then the body itself */
};

enum sh_kind {
	SHN_CMD,	/* a simple command */
	SHN_SEQ,	/* kids one after the other */
	SHN_ANDOR,	/* kids, each with the operator in front of it */
	SHN_PIPE,
	SHN_BACK,	/* kid & */
	SHN_SUBSHELL,
	SHN_GROUP,	/* { } */
	SHN_IF,		/* kids: test, part, test, part, ..., else */
	SHN_LOOP,	/* kids: test and body */
	SHN_FOR,
	SHN_CASE,	/* of words[0]; kids are the parts */
	SHN_FUNCTION
};

struct sh_node {
	struct sh_node	*next;		/* its sibling */
	enum sh_kind	 kind;
	int		 or;		/* stands behind ||, not && */
	struct sh_node	*kids;
	struct sh_node	*lastkid;
	struct sh_raw	*assign;
	struct sh_raw	*words;
	struct sh_rawredir *redirs;
	const char	*name;		/* SHN_FUNCTION */
	int		 var;		/* SHN_FOR */
	int		 listed;	/* SHN_FOR: over words */
	struct sh_seen	 seen;
	size_t		 ncmds;		/* simple commands within */
	size_t		 at;
	size_t		 end;
};

struct sh_chunk;

/* What all readers of one line share. */
struct sh_ctx {
	struct sh_chunk	*chunks;
	const char	*why;		/* it cannot be read */
	size_t		 why_at;
	const char	*opaque;
	size_t		 opaque_at;
	const char	*foreign;
	size_t		 foreign_at;
	unsigned	 depth;
	size_t		 ncmds;
	const char	*vars[SH_MAXVARS];
	size_t		 varlen[SH_MAXVARS];
	int		 nvars;
	struct sh_seen	 seen;		/* of what is being read */
	uint64_t	 never;		/* whose value is never certain */
	int		 exec_fed;	/* exec changes standard input */
};

enum sh_token {
	SHT_EOF, SHT_NL, SHT_SEMI, SHT_AMP, SHT_AND, SHT_OR, SHT_PIPE, SHT_LP,
	SHT_RP, SHT_ENDCASE, SHT_REDIR, SHT_WORD,
	/* reserved words, in the order of their table */
	SHT_NOT, SHT_CASE, SHT_DO, SHT_DONE, SHT_ELIF, SHT_ELSE, SHT_ESAC,
	SHT_FI, SHT_FOR, SHT_IF, SHT_IN, SHT_THEN, SHT_UNTIL, SHT_WHILE,
	SHT_BEGIN, SHT_END
};

/* What the next token may be; see shell_lex.c */
#define SH_KEYWORD	0x1	/* a reserved word */
#define SH_NEWLINE	0x2	/* newlines in front of it mean nothing */

/* One text: the line, what stands in ` `, the body of a here-document. */
struct sh_reader {
	struct sh_ctx	*cx;
	const char	*text;
	size_t		 len;
	size_t		 pos;
	size_t		 base;		/* where it stands in the line, */
	int		 fixed;		/* or all of it stands there */
	char		*out;		/* the text of words goes here */
	int		 mark;		/* reading what ends a document */
	int		 strip;		/* no tabs behind newlines */
	enum sh_token	 tok;
	int		 pushed;	/* tok is to be read again */
	int		 expect;	/* SH_KEYWORD, SH_NEWLINE */
	struct sh_raw	*word;
	struct sh_rawredir *redir;
	struct sh_rawredir *pending;	/* bodies to come */
	struct sh_rawredir *lastpending;
	size_t		 tokat;
	size_t		 tokend;
};

/* shell.c: memory that goes with the context, zeroed */
void	*sh_alloc(struct sh_ctx *, size_t);

/* shell_lex.c */
void	 sh_reader(struct sh_reader *, struct sh_ctx *, const char *, size_t);
/* The next byte or -1, beyond any backslash with a newline. */
int	 sh_get(struct sh_reader *);
int	 sh_get_raw(struct sh_reader *);
/* Takes back what either gave. */
void	 sh_unget(struct sh_reader *, int);
/* Where the byte that was read last stands in the line. */
size_t	 sh_where(const struct sh_reader *);
/* The first one counts; nothing is read from then on. */
void	 sh_fail(struct sh_reader *, const char *why);
void	 sh_foreign(struct sh_reader *, const char *why);
void	 sh_foreign_at(struct sh_ctx *, const char *why, size_t at);
/* The next token is in tok, and word or redir belongs to it. */
enum sh_token sh_token(struct sh_reader *);
void	 sh_deeper(struct sh_reader *);

/* shell_word.c */
void	 sh_scan_word(struct sh_reader *, struct sh_raw *);
void	 sh_add(struct sh_reader *, struct sh_pieces *, int c, int quoted);
/* Behind a $ or ` that is not quoted or, quoted, in "". */
void	 sh_scan_dollar(struct sh_reader *, struct sh_pieces *, int quoted);
void	 sh_scan_back(struct sh_reader *, struct sh_pieces *, int quoted);

/* shell_doc.c: reads those that are pending, at the start of a line */
void	 sh_documents(struct sh_reader *);

/* shell_parse.c: what stands in $( ), up to the parenthesis, or in ` ` */
struct sh_node *sh_parse_inner(struct sh_reader *, int back);
struct sh_node *sh_parse_line(struct sh_reader *);

/* shell_vars.c */
void	 sh_vars(struct sh_ctx *);
int	 sh_is_name(const char *, size_t);
int	 sh_is_assignment(const struct sh_raw *);
/* The number of a variable or SH_VAR_OTHER, and its bit. */
int	 sh_var(struct sh_ctx *, const char *, size_t);
/*
 * A function is followed like a variable that nobody can name; without a
 * definition SH_VAR_OTHER.
 */
int	 sh_function(struct sh_ctx *, const char *name, int define);
uint64_t sh_bit(int var);
void	 sh_opaque(struct sh_ctx *, const char *why, size_t at);
/*
 * Notes what is done to variables: by something else than an assignment, by
 * arithmetic, by a simple command.  Arithmetic is not the same in any two
 * shells.
 */
void	 sh_note_odd(struct sh_reader *, uint64_t);
void	 sh_note_arith(struct sh_reader *, const struct sh_piece *inner);
void	 sh_note_command(struct sh_reader *, const struct sh_node *);
/* Could it set variables behind our back, define functions or aliases? */
int	 sh_is_danger(const struct sh_word *, size_t n);
/*
 * Does it set variables, spelled so that it was not noted?  plain: words[0]
 * stood in the line as it is.
 */
int	 sh_is_hidden(const struct sh_word *, size_t n, int plain);

/* Does "set" with these words make it read commands from elsewhere? */
int	 sh_is_reading(const struct sh_word *, size_t n);

/* One walk through the tree. */
struct sh_walk {
	struct sh_ctx	*cx;
	struct sh_line	*line;
	size_t		 room;		/* for commands in line */
	size_t		 froom;		/* for functions */
	int		 off;		/* nothing is certain */
	int		 danger;	/* and that is not so */
	int		 ifs;		/* IFS is what it always is: 0 */
	int		 home;		/* and so is HOME */
	int		 fed;		/* exec changes standard input */
	const char	*val[SH_MAXVARS];	/* NULL: not certain */
	uint64_t	 known;
	struct {
		int		 var;
		const char	*old;
	}		*trail;
	size_t		 ntrail;
	size_t		 trailroom;
	size_t		 budget;	/* commands that may be told again */
	size_t		 nwords;
	size_t		 ntext;
};

/* shell_walk.c */
void	 sh_walk_line(struct sh_ctx *, struct sh_line *, struct sh_node *);
/* What stands in $( ) or in ` `, in words of a command with these flags. */
void	 sh_walk_subst(struct sh_walk *, const struct sh_node *,
	    unsigned flags);

/* shell_field.c */
enum sh_as { SH_AS_WORDS, SH_AS_TARGET, SH_AS_ASSIGN, SH_AS_BODY };
struct sh_fields {
	struct sh_word	*w;
	size_t		 n;
	size_t		 room;
	int		 strange;	/* holes but of $PATH and $HOME */
};
/* Adds what it becomes, and tells the commands in it; flags are theirs. */
void	 sh_fields(struct sh_walk *, struct sh_fields *,
	    const struct sh_raw *, enum sh_as, unsigned flags);
void	 sh_free_words(struct sh_word *, size_t n);

#endif
