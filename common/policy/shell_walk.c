/* SPDX-License-Identifier: ISC */
/*
 * Goes through the tree of a shell line and tells its commands.  On the way
 * it follows the variables that certainly have a value: what is set in
 * something that may not be run, or not be run last, is forgotten behind it,
 * and what a loop may set is not known in it from the start.  If something
 * stands in the line that could set variables without being seen, the line is
 * gone through once more, with nothing certain.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/shell_priv.h"
#include "common/xmalloc.h"

#define VALUE_MAX_BYTES	4096	/* of a variable that is followed */
#define LOOP_MAX_WORDS	64	/* of a loop that is told once for each */
#define RETOLD_MAX	1024	/* commands told more than once */

static void
set_var(struct sh_walk *wk, int var, const char *text)
{
	if (var < 0 || (wk->cx->never & sh_bit(var)))
		return;
	if (text == NULL && wk->val[var] == NULL)
		return;
	if (wk->ntrail == wk->trailroom) {
		wk->trail = xrecallocarray(wk->trail, wk->trailroom,
		    2 * wk->trailroom + 64, sizeof(*wk->trail));
		wk->trailroom = 2 * wk->trailroom + 64;
	}
	wk->trail[wk->ntrail].var = var;
	wk->trail[wk->ntrail++].old = wk->val[var];
	wk->val[var] = text;
	if (text != NULL)
		wk->known |= sh_bit(var);
	else
		wk->known &= ~sh_bit(var);
}

static void
forget(struct sh_walk *wk, uint64_t vars)
{
	int i;

	vars &= wk->known;
	for (i = 0; vars != 0; i++, vars >>= 1)
		if (vars & 1)
			set_var(wk, i, NULL);
}

/* Behind something that may have been run or not: what it set is not known. */
static void
leave(struct sh_walk *wk, size_t mark)
{
	size_t i, n = wk->ntrail;

	for (i = mark; i < n; i++)
		set_var(wk, wk->trail[i].var, NULL);
}

/* Behind something that was run elsewhere: all is as before. */
static void
undo(struct sh_walk *wk, size_t mark)
{
	int var;

	while (wk->ntrail > mark) {
		wk->ntrail--;
		var = wk->trail[wk->ntrail].var;
		wk->val[var] = wk->trail[wk->ntrail].old;
		if (wk->val[var] != NULL)
			wk->known |= sh_bit(var);
		else
			wk->known &= ~sh_bit(var);
	}
}

static size_t
new_cmd(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	struct sh_line *line = wk->line;
	struct sh_cmd *c;

	if (line->ncmds == wk->room) {
		line->cmds = xrecallocarray(line->cmds, wk->room,
		    2 * wk->room + 8, sizeof(*line->cmds));
		wk->room = 2 * wk->room + 8;
	}
	c = &line->cmds[line->ncmds];
	c->flags = flags;
	c->offset = n->at;
	c->length = n->end > n->at ? n->end - n->at : 0;
	return (line->ncmds++);
}

static int
begins(const struct sh_word *w, const char *with)
{
	return (strncmp(w->text, with, strlen(with)) == 0);
}

/*
 * A PATH that looks up files with functions in it, and the word that set -x
 * expands: both run commands that do not stand in the line.
 */
static void
check_value(struct sh_walk *wk, const struct sh_word *w, int strange,
    size_t at)
{
	if (begins(w, "PS4="))
		sh_opaque(wk->cx, "sets PS4, which set -x expands", at);
	else if (begins(w, "PATH=") && (strange || strchr(w->text, '%') !=
	    NULL))
		sh_opaque(wk->cx, "sets PATH to what is not known", at);
}

static int
is_export(const struct sh_word *w)
{
	return (strcmp(w->text, "export") == 0 ||
	    strcmp(w->text, "readonly") == 0 || strcmp(w->text, "local") == 0);
}

static void walk(struct sh_walk *, const struct sh_node *, unsigned);

static const char *
keep(struct sh_walk *wk, const struct sh_word *w)
{
	const char *v = strchr(w->text, '=') + 1;
	size_t n = strlen(v);
	char *copy;

	if ((w->flags & (SH_OPAQUE | SH_TILDE)) || n > VALUE_MAX_BYTES)
		return (NULL);
	copy = sh_alloc(wk->cx, n + 1);
	memcpy(copy, v, n);
	return (copy);
}

static void
assignments(struct sh_walk *wk, struct sh_fields *f, const struct sh_node *n,
    unsigned flags)
{
	const struct sh_raw *w;
	const struct sh_word *got;
	const char *text;
	size_t len;
	int var;

	for (w = n->assign; w != NULL; w = w->next) {
		f->strange = 0;
		sh_fields(wk, f, w, SH_AS_ASSIGN, flags);
		got = &f->w[f->n - 1];
		check_value(wk, got, f->strange, w->at);
		len = strcspn(got->text, "=");
		var = sh_var(wk->cx, w->p.first->text, len);
		text = wk->cx->never & sh_bit(var) || n->redirs != NULL ||
		    n->seen.pre & sh_bit(var) ? NULL : keep(wk, got);
		set_var(wk, var, text);
	}
}

static int
feeds(const struct sh_rawredir *r)
{
	for (; r != NULL; r = r->next)
		if (r->fd == 0)
			return (1);
	return (0);
}

static void
redirections(struct sh_walk *wk, size_t i, const struct sh_rawredir *list,
    unsigned flags)
{
	struct sh_fields f = { NULL, 0, 0, 0 };
	const struct sh_rawredir *r;
	struct sh_redir *to;
	size_t n = 0, k;

	for (r = list; r != NULL; r = r->next) {
		sh_fields(wk, &f, r->word, r->op == SH_HERE ? SH_AS_BODY :
		    SH_AS_TARGET, flags);
		n++;
	}
	if (n == 0)
		return;
	to = xcalloc(n, sizeof(*to));
	for (r = list, k = 0; r != NULL; r = r->next, k++) {
		to[k].op = r->op;
		to[k].fd = r->fd;
		to[k].target = f.w[k];
	}
	free(f.w);
	wk->line->cmds[i].redirs = to;
	wk->line->cmds[i].nredirs = n;
}

/* What the words say about the whole line. */
static void
check_words(struct sh_walk *wk, const struct sh_node *n,
    const struct sh_fields *f)
{
	const struct sh_word *w = f->w;
	size_t i = 0;

	if (f->n == 0)
		return;
	if (w->flags & SH_OPAQUE)
		sh_opaque(wk->cx, "a command's name is not known", n->at);
	else if (w->flags & SH_GLOB)
		sh_opaque(wk->cx, "a command's name may be that of some file",
		    n->at);
	else if ((w->flags & SH_TILDE) && strchr(w->text, '/') == NULL)
		sh_opaque(wk->cx, "a command's name is that of a directory",
		    n->at);
	if (sh_is_hidden(w, f->n, n->words->plain != NULL)) {
		sh_opaque(wk->cx, "sets variables in an unusual way", n->at);
		wk->danger = 1;
	}
	if (sh_is_danger(w, f->n))
		wk->danger = 1;
	while (i < f->n && (strcmp(w[i].text, "command") == 0 ||
	    (i > 0 && w[i].text[0] == '-')))
		i++;
	if (i == f->n)
		return;
	if (strcmp(w[i].text, "alias") == 0)
		sh_opaque(wk->cx, "aliases", n->at);
	if (strcmp(w[i].text, "set") == 0 && sh_is_reading(w + i, f->n - i))
		sh_opaque(wk->cx, "set may have it read commands from "
		    "standard input", n->at);
	if (strcmp(w[i].text, "exec") == 0 && feeds(n->redirs))
		wk->fed = 1;
}

static int
is_call(struct sh_walk *wk, const struct sh_fields *f)
{
	int var;

	if (wk->off || f->n == 0 || (f->w[0].flags & (SH_OPAQUE | SH_GLOB |
	    SH_TILDE)))
		return (0);
	var = sh_function(wk->cx, f->w[0].text, 0);
	return (var >= 0 && wk->val[var] != NULL);
}

static void
simple(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	struct sh_fields a = { NULL, 0, 0, 0 }, f = { NULL, 0, 0, 0 };
	size_t i = new_cmd(wk, n, flags), mark;
	unsigned within = flags | (feeds(n->redirs) ? SH_FED : 0);
	const struct sh_raw *w;

	forget(wk, n->seen.pre);
	mark = wk->ntrail;
	assignments(wk, &a, n, within);
	if (n->words != NULL)
		undo(wk, mark);
	for (w = n->words; w != NULL; w = w->next) {
		f.strange = 0;
		sh_fields(wk, &f, w, SH_AS_WORDS, within);
		if (f.n > 1 && is_export(f.w))
			check_value(wk, &f.w[f.n - 1], f.strange, w->at);
	}
	redirections(wk, i, n->redirs, within);
	if (is_call(wk, &f))
		wk->line->cmds[i].flags |= SH_CALL;
	forget(wk, n->seen.pre | (n->words != NULL ? n->seen.sets : 0));
	check_words(wk, n, &f);
	wk->line->cmds[i].assign = a.w;
	wk->line->cmds[i].nassign = a.n;
	wk->line->cmds[i].words = f.w;
	wk->line->cmds[i].nwords = f.n;
}

/* A command of its own for them; what they mean to those within. */
static unsigned
around(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	if (n->redirs == NULL)
		return (flags);
	redirections(wk, new_cmd(wk, n, flags), n->redirs, flags);
	return (feeds(n->redirs) ? flags | SH_FED : flags);
}

static void
kids(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	const struct sh_node *k;

	for (k = n->kids; k != NULL; k = k->next)
		walk(wk, k, flags);
}

/*
 * a && b && c: in c holds what b has set, but not behind || or behind all of
 * them.
 */
static void
and_or(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	const struct sh_node *k = n->kids;
	size_t mark;

	walk(wk, k, flags);
	mark = wk->ntrail;
	for (k = k->next; k != NULL; k = k->next) {
		walk(wk, k, flags | SH_MAYBE);
		if (k->next == NULL || k->or || k->next->or) {
			leave(wk, mark);
			mark = wk->ntrail;
		}
	}
}

static void
pipeline(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	const struct sh_node *k;
	size_t mark;

	for (k = n->kids; k != NULL; k = k->next) {
		mark = wk->ntrail;
		walk(wk, k, flags | SH_SUBSHELL |
		    (k != n->kids ? SH_PIPED_IN : 0) |
		    (k->next != NULL ? SH_PIPED_OUT : 0));
		leave(wk, mark);
	}
}

/* The first kid is run for certain, each other one perhaps. */
static void
branches(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	const struct sh_node *k;
	size_t mark;

	for (k = n->kids; k != NULL; k = k->next) {
		mark = wk->ntrail;
		walk(wk, k, flags | (k != n->kids ? SH_MAYBE : 0));
		if (k != n->kids)
			leave(wk, mark);
	}
}

/* Are all of them certain, few, and is the variable looked at? */
static int
is_told(struct sh_walk *wk, const struct sh_node *n, const struct sh_fields *f)
{
	size_t i;

	if (wk->off || n->var < 0 || !n->listed || f->n == 0 ||
	    f->n > LOOP_MAX_WORDS || f->n * n->ncmds > wk->budget ||
	    !(n->seen.uses & sh_bit(n->var)) ||
	    (wk->cx->never & sh_bit(n->var)))
		return (0);
	for (i = 0; i < f->n; i++)
		if ((f->w[i].flags & (SH_OPAQUE | SH_GLOB | SH_TILDE)) ||
		    strlen(f->w[i].text) > VALUE_MAX_BYTES)
			return (0);
	wk->budget -= f->n * n->ncmds;
	return (1);
}

static const char *
copy_of(struct sh_walk *wk, const char *s)
{
	size_t n = strlen(s) + 1;

	return (memcpy(sh_alloc(wk->cx, n), s, n));
}

static void
loop_over(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	struct sh_fields f = { NULL, 0, 0, 0 };
	const struct sh_raw *w;
	size_t i, times = 1, mark;
	int told;

	for (w = n->words; w != NULL; w = w->next)
		sh_fields(wk, &f, w, SH_AS_WORDS, flags);
	told = is_told(wk, n, &f);
	if (told)
		times = f.n;
	mark = wk->ntrail;
	for (i = 0; i < times; i++) {
		forget(wk, n->seen.sets);
		if (told)
			set_var(wk, n->var, copy_of(wk, f.w[i].text));
		kids(wk, n, flags | SH_MAYBE);
	}
	forget(wk, n->seen.sets);
	leave(wk, mark);
	sh_free_words(f.w, f.n);
}

static void
cases(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	struct sh_fields f = { NULL, 0, 0, 0 };
	const struct sh_node *k;
	const struct sh_raw *w;
	size_t mark;

	for (w = n->words; w != NULL; w = w->next)
		sh_fields(wk, &f, w, SH_AS_TARGET, flags);
	sh_free_words(f.w, f.n);
	for (k = n->kids; k != NULL; k = k->next) {
		mark = wk->ntrail;
		walk(wk, k, flags | SH_MAYBE);
		leave(wk, mark);
	}
}

static void
function(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	struct sh_line *line = wk->line;
	size_t mark = wk->ntrail, i;

	for (i = 0; i < line->nfunctions; i++)
		if (strcmp(line->functions[i], n->name) == 0)
			break;
	if (i == wk->froom) {
		line->functions = xrecallocarray(line->functions, wk->froom,
		    2 * wk->froom + 4, sizeof(*line->functions));
		wk->froom = 2 * wk->froom + 4;
	}
	if (i == line->nfunctions)
		line->functions[line->nfunctions++] = xstrdup(n->name);
	forget(wk, SH_ALLVARS);
	kids(wk, n, (flags & (SH_SUBST | SH_SUBSHELL | SH_BACKGROUND)) |
	    SH_IN_FUNCTION | SH_MAYBE);
	undo(wk, mark);
	set_var(wk, n->var, "");
}

static void
inside(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	switch (n->kind) {
	case SHN_IF:
		branches(wk, n, flags);
		break;
	case SHN_LOOP:
		forget(wk, n->seen.sets);
		branches(wk, n, flags);
		forget(wk, n->seen.sets);
		break;
	case SHN_FOR:
		loop_over(wk, n, flags);
		break;
	case SHN_CASE:
		cases(wk, n, flags);
		break;
	case SHN_SUBSHELL:
		kids(wk, n, flags | SH_SUBSHELL);
		break;
	default:
		kids(wk, n, flags);
	}
}

static void
walk(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	size_t mark = wk->ntrail;

	if (wk->cx->why != NULL)
		return;
	switch (n->kind) {
	case SHN_CMD:
		simple(wk, n, flags);
		return;
	case SHN_SEQ:
		kids(wk, n, flags);
		return;
	case SHN_ANDOR:
		and_or(wk, n, flags);
		return;
	case SHN_PIPE:
		pipeline(wk, n, flags);
		return;
	case SHN_FUNCTION:
		function(wk, n, flags);
		return;
	case SHN_BACK:
		kids(wk, n, flags | SH_BACKGROUND | SH_SUBSHELL);
		leave(wk, mark);
		return;
	default:
		break;
	}
	forget(wk, n->seen.pre);
	flags = around(wk, n, flags);
	inside(wk, n, flags);
	if (n->kind == SHN_SUBSHELL)
		undo(wk, mark);
	else if (n->redirs != NULL)
		leave(wk, mark);
	forget(wk, n->seen.pre);
}

void
sh_walk_subst(struct sh_walk *wk, const struct sh_node *n, unsigned flags)
{
	size_t mark = wk->ntrail;

	walk(wk, n, flags | SH_SUBST | SH_SUBSHELL);
	undo(wk, mark);
}

static void
forget_line(struct sh_line *line)
{
	shell_free(line);
	memset(line, 0, sizeof(*line));
}

void
sh_walk_line(struct sh_ctx *cx, struct sh_line *line, struct sh_node *n)
{
	struct sh_walk wk;
	size_t i;
	int off;

	for (off = 0; off <= 1; off++) {
		memset(&wk, 0, sizeof(wk));
		wk.cx = cx;
		wk.line = line;
		wk.off = off;
		wk.ifs = off || (n->seen.sets & sh_bit(SH_VAR_IFS)) != 0;
		wk.home = off || (n->seen.sets & sh_bit(SH_VAR_HOME)) != 0;
		wk.budget = RETOLD_MAX;
		walk(&wk, n, 0);
		free(wk.trail);
		if (!wk.danger || off || cx->why != NULL)
			break;
		forget_line(line);
	}
	for (i = 0; i < line->ncmds && wk.fed; i++)
		line->cmds[i].flags |= SH_FED;
}
