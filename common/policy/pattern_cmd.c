/* SPDX-License-Identifier: ISC */
/*
 * Taking a command apart for finding.  Behind a wrapper every word may start
 * a command, and so may every crude piece of a word that could be code.  The
 * pieces err on the side of too many: quotes are dropped or taken as blanks,
 * both ways, and only in what a shell certainly reads as code does ";" end
 * a command.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"

/* Comparisons for one command; more than honest ones ever need. */
#define WORK_LIMIT	(16U * 1024 * 1024)

/* Options between a shell and its code; behind more, ";" ends nothing. */
#define SHELL_MAXOPTS	16

/* Bytes that make a word worth taking apart. */
#define CODE_BYTES	" \t\n\r\v\f;|&()<>'\"`$\\{}[],=!"

static int
looks_like_code(const char *s)
{
	return (strpbrk(s, CODE_BYTES) != NULL);
}

/* Room for one word, as it stands and split in two ways. */
static void
count_word(const char *s, size_t *text, size_t *ents)
{
	size_t n = strlen(s);

	*text += 2 * (n + 2);
	*ents += looks_like_code(s) ? n + 3 : 3;
}

static void
make_room(struct cmd *c)
{
	size_t i, text = 0, ents = 0;

	for (i = 0; i < c->argv->n; i++)
		count_word(c->argv->v[i], &text, &ents);
	if (c->interp_arg != NULL)
		count_word(c->interp_arg, &text, &ents);
	c->ents = xcalloc(ents, sizeof(*c->ents));
	c->arena = xmalloc(text);
}

static void
add_ent(struct cmd *c, const char *s)
{
	const char *base = pattern_base(s);

	if (strcmp(base, "xargs") == 0 || strcmp(base, "parallel") == 0)
		c->flags |= WRAP_STDIN;
	c->ents[c->nents].s = s;
	c->ents[c->nents++].end = SIZE_MAX;
}

/* One way of splitting a word of code. */
struct split {
	struct cmd	*c;
	const char	*s;
	int		 punct;		/* quotes and punctuation separate */
	int		 breaks;	/* ; | & and newline end a command */
	size_t		 start;		/* of the piece in the arena */
	size_t		 first;		/* entry of this command */
	char		 quote;
};

static void
piece_end(struct split *sp)
{
	struct cmd *c = sp->c;

	if (c->arena_len == sp->start)
		return;
	c->arena[c->arena_len++] = '\0';
	add_ent(c, c->arena + sp->start);
	sp->start = c->arena_len;
}

static void
command_end(struct split *sp)
{
	struct cmd *c = sp->c;
	size_t i;

	piece_end(sp);
	for (i = sp->first; sp->breaks && i < c->nents; i++)
		c->ents[i].end = c->nents;
	sp->first = c->nents;
}

/* Does the separator at p end a command, rather than redirect? */
static int
is_break(const char *s, const char *p)
{
	if (*p == ';' || *p == '\n')
		return (1);
	if (p > s && (p[-1] == '>' || p[-1] == '<'))
		return (0);
	return (*p != '&' || p[1] != '>');
}

/* $IFS and ${IFS} are blanks to a shell. */
static size_t
ifs_len(const char *p)
{
	if (strncmp(p, "${IFS}", 6) == 0)
		return (6);
	return (strncmp(p, "$IFS", 4) == 0 ? 4 : 0);
}

static void
split_char(struct split *sp, const char *p)
{
	if (isspace((unsigned char)*p) || strchr(";|&()<>`", *p) != NULL) {
		if (sp->quote == '\0' && strchr(";|&\n", *p) != NULL &&
		    is_break(sp->s, p))
			command_end(sp);
		else
			piece_end(sp);
	} else if (sp->punct && strchr("{}[],=!", *p) != NULL)
		piece_end(sp);
	else
		sp->c->arena[sp->c->arena_len++] = *p;
}

static void
split_quote(struct split *sp, const char *p)
{
	if (sp->quote == '\0')
		sp->quote = *p;
	else if (sp->quote == *p)
		sp->quote = '\0';
	if (sp->punct)
		piece_end(sp);
}

/* A backslash: the next byte loses its meaning, a newline vanishes. */
static const char *
split_backslash(struct split *sp, const char *p)
{
	if (sp->quote == '\'' || p[1] == '\0')
		return (p);
	if (p[1] == '\n')
		return (p + 1);
	if (isspace((unsigned char)p[1]))
		piece_end(sp);
	else if (strchr("'\"", p[1]) != NULL) {
		if (sp->punct)
			piece_end(sp);
	} else if (strchr(";|&()<>`", p[1]) != NULL)
		piece_end(sp);
	else
		sp->c->arena[sp->c->arena_len++] = p[1];
	return (p + 1);
}

static void
split_code(struct cmd *c, const char *s, int punct, int breaks)
{
	struct split sp = { c, s, punct, breaks, c->arena_len, c->nents,
	    '\0' };
	const char *p;
	size_t n;

	for (p = s; *p != '\0'; p++) {
		if ((n = ifs_len(p)) > 0) {
			piece_end(&sp);
			p += n - 1;
		} else if (*p == '\\')
			p = split_backslash(&sp, p);
		else if (*p == '\'' || *p == '"')
			split_quote(&sp, p);
		else
			split_char(&sp, p);
	}
	if (breaks)
		command_end(&sp);
	else
		piece_end(&sp);
}

static int
is_shell(const char *word)
{
	const struct wrap *w = wrap_find(pattern_base(word));

	return (w != NULL && (wrap_flags(w) & WRAP_SHELL) != 0);
}

/* sh [options] -c CODE: is word k certainly read by a shell, as code? */
static int
is_shell_code(const struct strv *argv, size_t k)
{
	const char *s;
	int code = 0;
	size_t j;

	for (j = k; j > 0 && k - j < SHELL_MAXOPTS; j--) {
		s = argv->v[j - 1];
		if (s[0] == '-' && s[1] != '-' && strchr(s, 'c') != NULL)
			code = 1;
		else if (j >= 2 && (strcmp(argv->v[j - 2], "-o") == 0 ||
		    strcmp(argv->v[j - 2], "-eo") == 0))
			continue;
		else if (s[0] != '-' && s[0] != '+')
			break;
	}
	return (code && j > 0 && is_shell(argv->v[j - 1]));
}

/* What a shell would see in code, quoting taken into account. */
struct code {
	int	simple;		/* ";" & co. end commands, nothing nests */
	int	subst;		/* substitutions, here-documents */
	int	dollar;		/* any expansion */
	int	params;		/* the words behind the code */
};

static void
code_byte(struct code *k, const char *p, char quote)
{
	if (*p == '`')
		k->subst = 1;
	if (*p == '$') {
		k->dollar = 1;
		if (p[1] == '@' || p[1] == '*' || isdigit((unsigned char)p[1]))
			k->params = 1;
		if (p[1] == '(' || p[1] == '{' ||
		    (quote == '\0' && (p[1] == '\'' || p[1] == '"')))
			k->subst = 1;
	}
	if (quote != '\0')
		return;
	if (strchr("(){}#", *p) != NULL || strncmp(p, "case", 4) == 0)
		k->simple = 0;
	if ((*p == '<' && (p[1] == '<' || p[1] == '(')) ||
	    (*p == '>' && p[1] == '('))
		k->subst = 1;
}

static void
read_code(struct code *k, const char *s)
{
	char quote = '\0';
	const char *p;

	k->simple = 1;
	k->subst = k->dollar = k->params = 0;
	for (p = s; *p != '\0'; p++) {
		if (*p == '\\' && quote != '\'') {
			if (p[1] == '\0')
				break;
			p++;
		} else if (quote == '\0' && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (*p == quote)
			quote = '\0';
		else if (quote != '\'')
			code_byte(k, p, quote);
	}
	if (k->subst || quote != '\0')
		k->simple = 0;
}

static int
is_keyword(const char *s)
{
	static const char *const words[] = { "do", "then", "else", "elif",
	    "if", "while", "until", "!", "time", "exec", "command",
	    "builtin", "env", "nohup" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0)
			return (1);
	return (0);
}

static int
is_setting(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
	    "UVWXYZ0123456789_");

	return (n > 0 && s[n] == '=');
}

/* A shell at entry i that gets its code from elsewhere than a file? */
static int
is_blind_shell(const struct cmd *c, size_t i)
{
	size_t end = c->ents[i].end < c->nents ? c->ents[i].end : c->nents;
	const char *s;

	if (!is_shell(c->ents[i].s))
		return (0);
	for (i++; i < end; i++) {
		s = c->ents[i].s;
		if (s[0] != '-')
			return (0);
		if (s[1] != '-' && strpbrk(s, "cs") != NULL)
			return (1);
	}
	return (1);
}

/*
 * Code whose commands cannot be told before it runs: an expansion where the
 * program's name stands, substitutions, eval, here-documents, a shell that
 * reads its input.  Its pieces are the entries from first on.
 */
static int
is_opaque(const struct cmd *c, size_t first, const struct code *k)
{
	size_t i, start = first;
	const char *s;

	if (k->subst || (!k->simple && k->dollar))
		return (1);
	for (i = first; i < c->nents; i++) {
		s = c->ents[i].s;
		if (i > first && c->ents[i - 1].end <= i)
			start = i;
		if (i != start)
			continue;
		if (is_keyword(s) || is_setting(s))
			start = i + 1;
		else if (strchr(s, '$') != NULL || strcmp(s, "eval") == 0 ||
		    strcmp(s, ".") == 0 || strcmp(s, "source") == 0 ||
		    (strpbrk(s, "*?[") != NULL && s[0] != '[') ||
		    is_blind_shell(c, i))
			return (1);
	}
	return (0);
}

static void
add_word(struct cmd *c, const char *s, int shell)
{
	struct code k = { 0, 0, 0, 0 };
	size_t first;
	int breaks;

	add_ent(c, s);
	if (shell)
		read_code(&k, s);
	if (!shell && !looks_like_code(s))
		return;
	first = c->nents;
	breaks = k.simple && !k.params;
	split_code(c, s, 0, breaks);
	if (shell && is_opaque(c, first, &k))
		c->opaque = 1;
	split_code(c, s, 1, breaks);
}

/* A shell as word k, and neither code nor a script behind it? */
static int
reads_input(const struct strv *argv, size_t k)
{
	if (!is_shell(argv->v[k]))
		return (0);
	for (k++; k < argv->n && argv->v[k][0] == '-'; k++)
		if (argv->v[k][1] != '-' && strchr(argv->v[k], 's') != NULL)
			return (1);
	return (k >= argv->n);
}

/* Every word, for it may be a command. */
static void
add_all(struct cmd *c)
{
	size_t k;

	if (reads_input(c->argv, 0))
		c->opaque = 1;
	for (k = 1; k < c->argv->n; k++) {
		add_word(c, c->argv->v[k], is_shell_code(c->argv, k));
		if (reads_input(c->argv, k))
			c->opaque = 1;
	}
}

/* The words at triggers, and behind them; each once. */
static void
add_some(struct cmd *c)
{
	size_t k, next = 1, last = 0;
	int kind;

	for (k = 1; k < c->argv->n; k++) {
		if (last != SIZE_MAX &&
		    (kind = wrap_trigger(c->wrap, c->argv->v[k])) != 0) {
			last = kind == 2 ? SIZE_MAX : k + 1;
			next = k;
		}
		if (k >= next && k <= last)
			add_word(c, c->argv->v[k], 0);
	}
}

/* The strictest kind among all that the program may be. */
static void
set_kind(struct cmd *c, const char *name)
{
	const struct wrap *w = wrap_find(pattern_base(name));

	if (w == NULL)
		return;
	c->flags |= wrap_flags(w);
	if ((wrap_flags(w) & WRAP_SOME) != 0 && c->wrap == NULL)
		c->wrap = w;
}

void
cmd_init(struct cmd *c, const struct strv *argv, const struct strv *aliases,
    const struct strv *kinds, const char *interp_arg)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->argv = argv;
	c->aliases = aliases;
	c->left = WORK_LIMIT;
	if (interp_arg != NULL && interp_arg[0] != '\0')
		c->interp_arg = interp_arg;
	if (argv->n == 0)
		return;
	set_kind(c, argv->v[0]);
	for (i = 0; kinds != NULL && i < kinds->n; i++)
		set_kind(c, kinds->v[i]);
	if (c->flags == 0 && c->interp_arg == NULL)
		return;
	make_room(c);
	if (c->interp_arg != NULL)
		add_word(c, c->interp_arg, 0);
	if ((c->flags & WRAP_ALL) != 0)
		add_all(c);
	else if ((c->flags & WRAP_SOME) != 0)
		add_some(c);
}

void
cmd_free(struct cmd *c)
{
	free(c->ents);
	freezero(c->arena, c->arena_len);
	memset(c, 0, sizeof(*c));
}
