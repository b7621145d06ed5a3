/* SPDX-License-Identifier: ISC */
/* Opening each command for those that it runs; see part.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/part.h"
#include "common/varname.h"

/* How often -S may be found in what -S was split into. */
#define SPLITS_MAX	8

static const char *
base_of(const char *s)
{
	const char *p = strrchr(s, '/');

	return (p != NULL ? p + 1 : s);
}

/* NAME=VALUE that steers what is run, or may. */
static int
is_odd_var(const char *s)
{
	size_t n = strcspn(s, "=");

	return (strcspn(s, PART_ANY_HOLE) < n || (varname_is_hook(s, n) &&
	    (s[n] == '\0' || part_has_hole(s) ||
	    !varname_is_inert(s, n, s + n + 1))));
}

static void
look_at_vars(struct parts *ps, size_t in, const struct gram *g)
{
	struct part *p = &ps->p[in];
	const char *s;
	size_t i;

	for (i = g->vars; i < g->start; i++) {
		s = g->ops[i];
		if (strchr(s, '=') == NULL || !is_odd_var(s))
			continue;
		if (!varname_is_build(s, strcspn(s, "="))) {
			p->odd = 1;
			parts_opaque(ps, in, "it sets variables that steer "
			    "programs");
		} else if (p->set == SET_NOTHING)
			p->set = SET_BUILD;
	}
}

/* The same words with each of what an input may stand for as a hole. */
static char *
with_holes(struct parts *ps, char *s, const char *what, char hole)
{
	size_t n = strlen(what);
	char *t, *p;

	if (n == 0 || strstr(s, what) == NULL)
		return (s);
	t = parts_text(ps, s, strlen(s));
	while ((p = strstr(t, what)) != NULL) {
		*p = hole;
		memmove(p + 1, p + n, strlen(p + n) + 1);
	}
	return (t);
}

/* xargs -I %, -I%, -i: what stands for its input in the words. */
static void
replace_input(struct parts *ps, size_t in, char **w, size_t n)
{
	const struct part *p = &ps->p[in];
	const char *s;
	size_t i, k;

	for (k = 0; k < n; k++)
		w[k] = with_holes(ps, w[k], "{}", PART_HOLE);
	for (i = 1; i < p->own; i++) {
		s = p->w[i];
		if (s[0] != '-' || (s = strpbrk(s, "Iir")) == NULL)
			continue;
		for (k = 0; k < n; k++) {
			w[k] = with_holes(ps, w[k], s + 1, PART_HOLE);
			if (i + 1 < p->own)
				w[k] = with_holes(ps, w[k], p->w[i + 1],
				    PART_HOLE);
		}
	}
}

/* In code, what a shell has built in is so behind these, too. */
static int
is_prefix(const struct part *p)
{
	return ((p->flags & PART_CODE) != 0 && (strcmp(p->w[0], "command") ==
	    0 || strcmp(p->w[0], "builtin") == 0));
}

static void
add_words(struct parts *ps, size_t in, char *const *v, size_t n,
    unsigned how)
{
	int input = (how & WRAP_STDIN) != 0;
	static char more[] = { PART_HOLES, '\0' };
	char **w = parts_list(ps, n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		w[i] = v[i];
	if (input) {
		replace_input(ps, in, w, n);
		w[n++] = more;
	}
	(void)parts_add(ps, in, w, n, (input ? PART_INPUT : 0) |
	    ((how & WRAP_SAME) != 0 ? PART_SAME : 0) |
	    (is_prefix(&ps->p[in]) ? PART_CODE : 0));
}

static void
open_shell(struct parts *ps, size_t in, char *const *args, size_t n, int dash)
{
	const char *code = shell_args(ps, in, args, n);
	int r;

	if (code == NULL)
		return;
	if ((r = parts_code(ps, in, code, dash)) != -1)
		ps->p[in].pass = PASS_CODE;
	if (r != 0)
		ps->p[in].vague = wrap_find(NULL, "sh");
}

/* Behind what was split, the other words. */
static char **
put_split(struct parts *ps, char *const *w, size_t *n, const struct gram *g)
{
	struct strv words = { NULL, 0 };
	const char *why = wrap_split(g->split, &words);
	size_t i, k = 0;
	char **v;

	if (why != NULL || words.n > 4096) {
		strv_free(&words);
		parts_bad(ps, "env -S with a string that it does not take");
		return (NULL);
	}
	v = parts_list(ps, 1 + words.n + (*n - g->next));
	v[k++] = w[0];
	for (i = 0; i < words.n; i++)
		v[k++] = parts_text(ps, words.v[i], strlen(words.v[i]));
	for (i = g->next; i < *n; i++)
		v[k++] = w[i];
	strv_free(&words);
	*n = k;
	return (v);
}

static void
follow(struct parts *ps, size_t in, const struct wrap *wr,
    const struct gram *g, size_t n)
{
	size_t i, nargs = g->nops - g->start;
	char *const *args = g->ops + g->start;

	look_at_vars(ps, in, g);
	if (g->unsure)
		parts_opaque(ps, in, "an option whose value may be several "
		    "words");
	ps->p[in].odd |= g->odd;
	for (i = 0; i < g->ncode; i++)
		if (parts_code(ps, in, g->code[i], 0) == -1)
			ps->p[in].vague = wr;
	switch (g->how) {
	case GRAM_CMD:
		if (n == ps->p[in].n)
			ps->p[in].own = n - nargs;
		if ((wr->flags & WRAP_PURE) != 0)
			ps->p[in].pass = PASS_PURE;
		add_words(ps, in, args, nargs, wr->flags);
		break;
	case GRAM_LINE:
		if (parts_code(ps, in, parts_join(ps, args, nargs), 0) == -1)
			ps->p[in].vague = wr;
		break;
	case GRAM_CODE:
		if (parts_code(ps, in, args[0], 0) == -1)
			ps->p[in].vague = wr;
		break;
	case GRAM_SH:
		open_shell(ps, in, args, nargs, 0);
		ps->p[in].pass = PASS_NONE;
		break;
	case GRAM_UNKNOWN:
		parts_opaque(ps, in, "a program that runs others, with words "
		    "that are not understood");
		ps->p[in].vague = wr;
		break;
	default:
		break;
	}
}

static void
open_grammar(struct parts *ps, size_t in, const struct wrap *wr)
{
	char **w = ps->p[in].w;
	size_t n = ps->p[in].n;
	struct gram g;
	int i;

	gram_read(&g, wr, w, n);
	for (i = 0; g.how == GRAM_SPLIT && i < SPLITS_MAX; i++) {
		w = put_split(ps, w, &n, &g);
		gram_free(&g);
		if (w == NULL)
			return;
		gram_read(&g, wr, w, n);
	}
	if (i == SPLITS_MAX)
		parts_bad(ps, "env -S within env -S");
	else
		follow(ps, in, wr, &g, n);
	gram_free(&g);
}

/* find: the words between -exec and ";", or "{} +"; "{}" is a path. */
static void
open_find(struct parts *ps, size_t in)
{
	char **w, **v = ps->p[in].w;
	size_t n = ps->p[in].n, i, k, end;

	for (i = 1; i < n; i++) {
		if (v[i][0] == '-' && part_may_split(v[i]))
			parts_opaque(ps, in, "words of find that are known "
			    "only as it is run");
		if (strcmp(v[i], "-exec") != 0 && strcmp(v[i], "-execdir") != 0
		    && strcmp(v[i], "-ok") != 0 && strcmp(v[i], "-okdir") != 0)
			continue;
		for (end = i + 1; end < n; end++)
			if (strcmp(v[end], ";") == 0 ||
			    (strcmp(v[end], "+") == 0 && end > i + 2 &&
			    strcmp(v[end - 1], "{}") == 0))
				break;
		if (end == i + 1)
			continue;
		w = parts_list(ps, end - i - 1);
		for (k = i + 1; k < end; k++)
			w[k - i - 1] = with_holes(ps, v[k], "{}", PART_PATH);
		(void)parts_add(ps, in, w, end - i - 1, 0);
		ps->p[in].pass = PASS_FIND;
		i = end;
	}
}

/* A shell's own command whose words are no variables that it sets. */
static int
is_no_setter(const struct part *p)
{
	static const char *const names[] = { "exec", "command", "eval",
	    "builtin", "echo", "test", "[", "cd", "kill", "wait", "exit",
	    "return", "type", "hash", "jobs", "umask", "ulimit", "true",
	    "false", "pwd", "times", "bg", "fg", "shift", "break",
	    "continue" };
	size_t i;

	if (strcmp(p->w[0], "printf") == 0)
		return (p->n < 2 || strncmp(p->w[1], "-v", 2) != 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(p->w[0], names[i]) == 0)
			return (1);
	return (0);
}

/* What only shells have: code in words, and what changes their ways. */
static int
open_builtin(struct parts *ps, size_t in)
{
	struct part *p = &ps->p[in];
	const char *s = p->w[0];
	size_t i;

	if (strcmp(s, ".") == 0 || strcmp(s, "source") == 0)
		parts_opaque(ps, in, "commands of a file");
	else if (strcmp(s, "alias") == 0 || strcmp(s, "enable") == 0 ||
	    strcmp(s, "hash") == 0 || strcmp(s, "mapfile") == 0 ||
	    strcmp(s, "readarray") == 0)
		parts_opaque(ps, in, "a shell that is told to read otherwise");
	else if (strcmp(s, "trap") == 0) {
		i = p->n > 1 && strcmp(p->w[1], "--") == 0 ? 2 : 1;
		if (p->n > i + 1 && strcmp(p->w[i], "-") != 0)
			(void)parts_code(ps, in, p->w[i], 0);
	} else if (shell_has(s) && !is_no_setter(p)) {
		for (i = 1; i < p->n; i++)
			if (strncmp(p->w[i], "LD_", 3) == 0)
				parts_bad(ps, "it sets variables that load "
				    "code");
			else if (part_is_hole(p->w[i][0]) ||
			    varname_is_hook(p->w[i], strcspn(p->w[i], "=")))
				parts_opaque(ps, in, "it sets variables that "
				    "steer programs");
	} else
		return (0);
	return (1);
}

static void
open_as(struct parts *ps, size_t in, const struct wrap *wr, const char *kind)
{
	if ((wr->flags & WRAP_SHELL) != 0)
		open_shell(ps, in, ps->p[in].w + 1, ps->p[in].n - 1,
		    strcmp(kind, "dash") == 0);
	else if ((wr->flags & WRAP_FIND) != 0)
		open_find(ps, in);
	else if (wr->grammar != NULL)
		open_grammar(ps, in, wr);
	else
		ps->p[in].vague = wr;
}

/* git-push, which is git push; what git has in its own directory. */
static void
open_git(struct parts *ps, size_t in, const char *base)
{
	static char git[] = "git";
	const struct part *p = &ps->p[in];
	char **w;
	size_t i;

	if (strncmp(base, "git-", 4) != 0 || base[4] == '\0')
		return;
	w = parts_list(ps, p->n + 1);
	w[0] = git;
	w[1] = parts_text(ps, base + 4, strlen(base + 4));
	for (i = 1; i < p->n; i++)
		w[i + 1] = p->w[i];
	(void)parts_add(ps, in, w, p->n + 1, PART_SAME);
}

static void
open_part(struct parts *ps, size_t in)
{
	const struct part *p = &ps->p[in];
	const struct wrap *wr;

	/* it may be a shell, and its -c behind it in the same word */
	if (p->n != 0 && part_may_split(p->w[0]))
		parts_opaque(ps, in, "a program that is known only as it is "
		    "run");
	if (p->n == 0 || part_has_hole(p->w[0]) ||
	    (p->flags & PART_SCRIPT) != 0)
		return;
	if (strpbrk(p->w[0], "*?[") != NULL && strcmp(p->w[0], "[") != 0)
		parts_opaque(ps, in, "a program by a pattern of file names");
	if ((p->flags & PART_CODE) != 0 && open_builtin(ps, in))
		return;
	wr = wrap_find(ps->more, base_of(p->w[0]));
	if (wr != NULL)
		open_as(ps, in, wr, base_of(p->w[0]));
	else
		open_git(ps, in, base_of(p->w[0]));
}

/* By all that its file may be: the first name decides among shells. */
static void
open_top(struct parts *ps, const struct strv *kinds)
{
	const struct wrap *wr, *seen[8];
	const char *kind = "";
	size_t i, k, n = 0;

	for (i = 0; i < kinds->n; i++)
		if (strcmp(base_of(kinds->v[i]), "dash") == 0)
			kind = "dash";
	for (i = 0; i < kinds->n && ps->n == 1; i++)
		open_git(ps, 0, base_of(kinds->v[i]));
	for (i = 0; i < kinds->n && n < 8; i++) {
		wr = wrap_find(ps->more, base_of(kinds->v[i]));
		for (k = 0; k < n && wr != NULL; k++)
			if (seen[k] == wr || ((seen[k]->flags & wr->flags &
			    WRAP_SHELL) != 0))
				wr = NULL;
		if (wr == NULL)
			continue;
		seen[n++] = wr;
		open_as(ps, 0, wr, kind);
	}
}

/*
 * A script's words are no options of what interprets its language; but where
 * its first line has an option that takes a word, the script is that word.
 */
static void
take_interp(struct parts *ps, const struct strv *interp, size_t args)
{
	const unsigned some = WRAP_INTERP | WRAP_SOME;
	const struct wrap *wr;
	struct part *p;

	p = parts_add(ps, 0, interp->v, interp->n, PART_INTERP);
	wr = wrap_find(ps->more, base_of(interp->v[0]));
	if (p != NULL && wr != NULL && (wr->flags & some) == some &&
	    interp->n - args == 2)
		p->own = 2;
}

void
parts_take(struct parts *ps, const struct wraps *more,
    const struct strv *argv, const struct strv *kinds,
    const struct strv *interp)
{
	size_t i;

	memset(ps, 0, sizeof(*ps));
	ps->more = more;
	(void)parts_add(ps, 0, argv->v, argv->n, PART_TOP);
	if (kinds->n > 0)
		open_top(ps, kinds);
	if (interp != NULL && interp->n > 0)
		take_interp(ps, interp, argv->n - 1);
	for (i = 1; i < ps->n; i++)
		open_part(ps, i);
}
