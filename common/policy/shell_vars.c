/* SPDX-License-Identifier: ISC */
/*
 * Variables of a shell line: which ones a command may set, and which commands
 * do more to the shell than a program could.
 */
#include "config.h"

#include <string.h>

#include "common/policy/shell_priv.h"

#define NAME_MAX_BYTES	256

/* A word in a list that NULL ends? */
static int
among(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(s, *list) == 0)
			return (1);
	return (0);
}

/* How many of n bytes are a name. */
static size_t
name_len(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] != '_' && !(s[i] >= 'a' && s[i] <= 'z') &&
		    !(s[i] >= 'A' && s[i] <= 'Z') &&
		    (i == 0 || s[i] < '0' || s[i] > '9'))
			break;
	return (i);
}

int
sh_is_name(const char *s, size_t n)
{
	return (n > 0 && name_len(s, n) == n);
}

int
sh_is_assignment(const struct sh_raw *w)
{
	const struct sh_piece *p = w->p.first;
	const char *eq;

	if (p == NULL || p->kind != SHP_TEXT || p->quoted)
		return (0);
	eq = memchr(p->text, '=', p->len);
	return (eq != NULL && sh_is_name(p->text, (size_t)(eq - p->text)));
}

/* Some shell changes these by itself, or does not let them be changed. */
static int
is_alive(const char *s, size_t n)
{
	static const char *const names[] = {
		"IFS", "PATH", "PS4", "HOME", "PWD", "OLDPWD", "OPTIND",
		"OPTARG", "PPID", "LINENO", "RANDOM", "SRANDOM", "SECONDS",
		"UID", "EUID", "GID", "EGID", "GROUPS", "HOSTNAME", "HOSTTYPE",
		"MACHTYPE", "OSTYPE", "DIRSTACK", "FUNCNAME", "HISTCMD",
		"PIPESTATUS", "SHELLOPTS", "SHLVL", "EPOCHSECONDS",
		"EPOCHREALTIME", "USERNAME", "REPLY", "MAPFILE", "COPROC",
		"COLUMNS", "LINES", "TTYIDLE", "_", "argv", "path", "status",
		"pipestatus", "prompt", "signals", "cdpath", "fpath",
		"manpath", "mailpath", "options", "aliases", "functions",
		"commands", "builtins", "parameters", "dirstack", NULL
	};
	size_t i;

	if (n >= 4 && memcmp(s, "BASH", 4) == 0)
		return (1);
	for (i = 0; names[i] != NULL; i++)
		if (strlen(names[i]) == n && memcmp(s, names[i], n) == 0)
			return (1);
	return (0);
}

int
sh_var(struct sh_ctx *cx, const char *name, size_t n)
{
	int i;

	for (i = 0; i < cx->nvars; i++)
		if (cx->varlen[i] == n && memcmp(cx->vars[i], name, n) == 0)
			return (i);
	if (i == SH_MAXVARS)
		return (SH_VAR_OTHER);
	cx->vars[i] = name;
	cx->varlen[i] = n;
	cx->nvars++;
	if (is_alive(name, n))
		cx->never |= sh_bit(i);
	return (i);
}

uint64_t
sh_bit(int var)
{
	return (var < 0 ? 0 : UINT64_C(1) << var);
}

void
sh_vars(struct sh_ctx *cx)
{
	(void)sh_var(cx, "IFS", 3);
	(void)sh_var(cx, "PATH", 4);
	(void)sh_var(cx, "PS4", 3);
	(void)sh_var(cx, "HOME", 4);
}

void
sh_opaque(struct sh_ctx *cx, const char *why, size_t at)
{
	if (cx->opaque != NULL)
		return;
	cx->opaque = why;
	cx->opaque_at = at;
}

/*
 * With PATH names mean other programs, or files with functions, and without it
 * those of the directory; with set -x PS4 is expanded as a word.
 */
void
sh_note_odd(struct sh_reader *rd, uint64_t vars)
{
	rd->cx->seen.sets |= vars;
	if (vars & (sh_bit(SH_VAR_PATH) | sh_bit(SH_VAR_PS4)))
		sh_opaque(rd->cx, "PATH or PS4 is set to what is not known",
		    sh_where(rd));
}

int
sh_function(struct sh_ctx *cx, const char *name, int define)
{
	size_t n = strlen(name);
	char *copy;
	int i;

	for (i = 0; i < cx->nvars; i++)
		if (cx->varlen[i] == n + 2 && cx->vars[i][n] == '(' &&
		    memcmp(cx->vars[i], name, n) == 0)
			return (i);
	if (!define)
		return (SH_VAR_OTHER);
	copy = sh_alloc(cx, n + 3);
	memcpy(copy, name, n);
	memcpy(copy + n, "()", 2);
	return (sh_var(cx, copy, n + 2));
}

/* Variables that stand in arithmetic. */
static uint64_t
arith_vars(struct sh_ctx *cx, const struct sh_piece *p)
{
	uint64_t vars = 0;
	size_t i, n;

	for (i = 0; i < p->len; i += n) {
		n = name_len(p->text + i, p->len - i);
		if (n != 0)
			vars |= sh_bit(sh_var(cx, p->text + i, n));
		else
			n = 1;
	}
	return (vars);
}

/* Is there an assignment at i: =, +=, <<=, ++ and the like, but no ==? */
static int
assigns_at(const struct sh_piece *p, size_t i)
{
	char c = p->text[i], prev = i > 0 ? p->text[i - 1] : ' ';

	if (c == '+' || c == '-')
		return (prev == c);
	if (c != '=' || (i + 1 < p->len && p->text[i + 1] == '='))
		return (0);
	if (prev == '<' || prev == '>')
		return (i > 1 && p->text[i - 2] == prev);
	return (prev != '=' && prev != '!');
}

void
sh_note_arith(struct sh_reader *rd, const struct sh_piece *inner)
{
	const struct sh_piece *p;
	uint64_t vars = 0;
	int assigns = 0, other = 0;
	size_t i;

	for (p = inner; p != NULL; p = p->next) {
		if (p->kind != SHP_TEXT) {
			other = 1;
			continue;
		}
		vars |= arith_vars(rd->cx, p);
		for (i = 0; i < p->len; i++)
			assigns |= assigns_at(p, i);
	}
	rd->cx->seen.uses |= vars;
	if (assigns) {
		vars = other ? SH_ALLVARS : vars;
		sh_note_odd(rd, vars);
		rd->cx->seen.pre |= vars;
	}
	sh_foreign(rd, "arithmetic");
}

/* The name that an argument begins with: its length, or 0: not known. */
static size_t
arg_name(const struct sh_raw *w, char *name)
{
	const struct sh_piece *p;
	size_t n = 0, i;

	for (p = w->p.first; p != NULL; p = p->next) {
		if (p->kind != SHP_TEXT)
			return (0);
		for (i = 0; i < p->len; i++) {
			if (p->text[i] == '=')
				return (n);
			if (n == NAME_MAX_BYTES)
				return (0);
			name[n++] = p->text[i];
		}
	}
	return (n);
}

static uint64_t
arg_bit(struct sh_reader *rd, const struct sh_raw *w)
{
	char name[NAME_MAX_BYTES], *copy;
	size_t n = arg_name(w, name);

	if (n == 0)
		return (SH_ALLVARS);
	if (!sh_is_name(name, n))
		return (0);
	copy = sh_alloc(rd->cx, n);
	memcpy(copy, name, n);
	return (sh_bit(sh_var(rd->cx, copy, n)));
}

/* read -p PROMPT: has the option an argument? */
static int
takes_next(const char *opt)
{
	return (opt != NULL && opt[0] == '-' && opt[1] != '\0' &&
	    strchr("ptnNdui", opt[strlen(opt) - 1]) != NULL);
}

/* Builtins whose arguments are names of variables. */
static void
note_names(struct sh_reader *rd, const struct sh_node *n, const char *cmd)
{
	const struct sh_raw *w = n->words->next;
	int is_read = strcmp(cmd, "read") == 0;
	int is_getopts = strcmp(cmd, "getopts") == 0;
	uint64_t bit, vars = 0;

	if (is_getopts && w != NULL)
		w = w->next;
	for (; w != NULL; w = w->next) {
		if (w->plain != NULL && w->plain[0] == '-') {
			if (is_read && takes_next(w->plain) && w->next != NULL)
				w = w->next;
			continue;
		}
		bit = arg_bit(rd, w);
		vars |= bit;
		if (bit == SH_ALLVARS)
			sh_opaque(rd->cx, "sets variables whose names are not "
			    "known", w->at);
		else if (is_read || is_getopts || strcmp(cmd, "unset") == 0)
			sh_note_odd(rd, bit);
		if (is_getopts)
			break;
	}
	rd->cx->seen.sets |= strcmp(cmd, "unset") == 0 ? SH_ALLVARS : vars;
	if (strcmp(cmd, "readonly") == 0)
		rd->cx->never |= vars;
}

/* Words that mean more to other shells than to dash. */
static int
is_foreign(const char *s)
{
	static const char *const names[] = {
		"[[", "function", "select", "coproc", "time", "declare",
		"typeset", "let", "builtin", "source", "mapfile", "readarray",
		"compgen", "complete", "shopt", "enable", "noglob",
		"nocorrect", "repeat", "foreach", "end", "-", "integer",
		"float", "autoload", "zmodload", "emulate", "nameref", NULL
	};

	return (among(s, names));
}

/* name[...]=, name+=, and in zsh =name */
static int
is_foreign_word(const struct sh_raw *w, int first)
{
	const struct sh_piece *p = w->p.first;
	size_t n;

	if (p == NULL || p->kind != SHP_TEXT || p->quoted || p->len == 0)
		return (0);
	if (p->text[0] == '=')
		return (p->len > 1 ? p->text[1] != '=' : p->next != NULL);
	n = name_len(p->text, p->len);
	return (first && n > 0 && n < p->len && (p->text[n] == '[' ||
	    (p->text[n] == '+' && n + 1 < p->len && p->text[n + 1] == '=')));
}

static int
is_setter(const char *s)
{
	static const char *const names[] = {
		"read", "getopts", "export", "readonly", "local", "unset", NULL
	};

	return (among(s, names));
}

void
sh_note_command(struct sh_reader *rd, const struct sh_node *n)
{
	const struct sh_raw *w;
	const char *cmd;
	size_t len;

	for (w = n->assign; w != NULL; w = w->next) {
		len = (size_t)((const char *)memchr(w->p.first->text, '=',
		    w->p.first->len) - w->p.first->text);
		rd->cx->seen.sets |= sh_bit(sh_var(rd->cx, w->p.first->text,
		    len));
	}
	for (w = n->words; w != NULL; w = w->next)
		if (is_foreign_word(w, w == n->words))
			sh_foreign_at(rd->cx, "a word that other shells "
			    "expand", w->at);
	if (n->words == NULL || (cmd = n->words->plain) == NULL)
		return;
	if (is_foreign(cmd))
		sh_foreign_at(rd->cx, "a command that other shells know "
		    "better", n->at);
	if (is_setter(cmd))
		note_names(rd, n, cmd);
}

/* With one of these nothing about variables is certain any more. */
static int
is_danger(const char *s)
{
	static const char *const names[] = {
		"eval", ".", "source", "trap", "alias", "builtin", "declare",
		"typeset", "let", "mapfile", "readarray", "enable", "shopt",
		"autoload", "zmodload", "emulate", "integer", "float",
		"nameref", "coproc", NULL
	};

	return (among(s, names));
}

int
sh_is_danger(const struct sh_word *w, size_t n)
{
	while (n > 0 && strcmp(w[0].text, "command") == 0)
		for (w++, n--; n > 0 && w[0].text[0] == '-'; w++, n--)
			;
	if (n == 0)
		return (0);
	if ((w[0].flags & (SH_OPAQUE | SH_GLOB)) || is_danger(w[0].text))
		return (1);
	if (strcmp(w[0].text, "printf") == 0)
		return (n > 1 && ((w[1].flags & SH_OPAQUE) ||
		    strncmp(w[1].text, "-v", 2) == 0));
	return (strcmp(w[0].text, "wait") == 0 && n > 1 &&
	    w[1].text[0] == '-');
}

static int
is_reading(const char *name)
{
	return (strcmp(name, "stdin") == 0 || strcmp(name, "interactive") ==
	    0);
}

/*
 * With -s dash goes on with what it reads from standard input when it is done
 * with the line; with -i after an error.
 */
int
sh_is_reading(const struct sh_word *w, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (w[i].flags & (SH_OPAQUE | SH_GLOB | SH_TILDE))
			return (1);
		if ((w[i].text[0] != '-' && w[i].text[0] != '+') ||
		    strcmp(w[i].text, "--") == 0)
			return (0);
		if (w[i].text[0] == '-' && strpbrk(w[i].text, "si") != NULL)
			return (1);
		if (strchr(w[i].text, 'o') != NULL && ++i < n &&
		    ((w[i].flags & SH_OPAQUE) || is_reading(w[i].text)))
			return (1);
	}
	return (0);
}

/* The parser looks at words as they stand. */
int
sh_is_hidden(const struct sh_word *w, size_t n, int plain)
{
	size_t i = 0;

	while (i < n && (strcmp(w[i].text, "command") == 0 ||
	    (i > 0 && w[i].text[0] == '-')))
		i++;
	return (i < n && (i > 0 || !plain) && is_setter(w[i].text));
}
