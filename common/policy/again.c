/* SPDX-License-Identifier: ISC */
/*
 * What may be let go again and again without anybody being asked: commands
 * whose words tell what they do, which those of a shell that reads its
 * commands from its input do not.
 */
#include "config.h"

#include <string.h>

#include "common/defs.h"
#include "common/policy/again.h"
#include "common/policy/danger.h"
#include "common/policy/pattern_priv.h"

/* Its input is commands, too, whatever its words are; editors have --cmd. */
static int
reads_commands(const struct wrap *w)
{
	static const char *const names[] = { "psql", "mysql", "mariadb",
	    "sftp" };
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (strcmp(w->name, names[i]) == 0)
			return (1);
	return (w->triggers != NULL && strstr(w->triggers, "=--cmd") != NULL);
}

/* A program of whose words any may be a command, and so its input, too. */
static int
is_open(const struct wrap *w)
{
	return ((w->flags & (WRAP_ALL | WRAP_SHELL | WRAP_INTERP)) != 0 ||
	    reads_commands(w));
}

static int
has_trigger(const struct wrap *w, char *const *words, size_t n)
{
	size_t i;

	if ((w->flags & WRAP_SOME) == 0)
		return (0);
	for (i = 1; i < n; i++)
		if (wrap_trigger(w, words[i]) != 0)
			return (1);
	return (0);
}

/* What takes code as the file "-" or as one that a descriptor has. */
static int
takes_code(const struct wrap *w)
{
	return ((w->flags & (WRAP_INTERP | WRAP_SHELL)) != 0 ||
	    strstr(w->name, "make") != NULL);
}

static int
is_input(const char *s)
{
	return (strcmp(s, "-") == 0 || strcmp(s, "-f-") == 0 ||
	    strncmp(s, "/proc/", 6) == 0 || (strncmp(s, "/dev/", 5) == 0 &&
	    strcmp(s, "/dev/null") != 0));
}

static int
has_input(char *const *w, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (is_input(w[i]))
			return (1);
	return (0);
}

static int
has_operand(char *const *w, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (w[i][0] != '-')
			return (1);
	return (0);
}

/* Does w, what the program of these words is, take more than they tell? */
static int
takes_more(const struct wrap *w, char *const *words, size_t n)
{
	if ((w->flags & WRAP_STDIN) != 0 || reads_commands(w))
		return (1);
	/* where that is, nobody looks at what it starts in turn */
	if ((w->flags & WRAP_REMOTE) != 0 && has_trigger(w, words, n))
		return (1);
	if (takes_code(w) && has_input(words, n))
		return (1);
	/* sed, awk: a text that runs nothing is all there is to them */
	if ((w->flags & WRAP_TEXT) != 0)
		return (danger_text(w->name, words, n) != 1);
	if ((w->flags & WRAP_INTERP) != 0)
		return (!has_operand(words, n));
	/* what a shell runs was read already, or could not be told */
	return ((w->flags & (WRAP_ALL | WRAP_SHELL)) == WRAP_ALL &&
	    w->grammar == NULL);
}

static int
part_takes_more(const struct wraps *more, const struct part *p)
{
	const struct wrap *w;

	if ((p->flags & PART_INPUT) != 0 || p->opaque)
		return (1);
	/* a script is its own program, and fixed */
	if (p->n == 0 || (p->flags & (PART_INTERP | PART_SCRIPT)) != 0)
		return (0);
	w = wrap_find(more, pattern_base(p->w[0]));
	return (w != NULL && takes_more(w, p->w, p->n));
}

#define MORE	"what it does is not all in its words"

const char *
again_parts(const struct wraps *more, const struct parts *ps,
    const struct strv *kinds)
{
	const struct wrap *w;
	size_t i;

	if (ps->bad != NULL || ps->opaque != NULL)
		return (MORE);
	for (i = 0; i < kinds->n; i++) {
		w = wrap_find(more, pattern_base(kinds->v[i]));
		if (w != NULL && takes_more(w, ps->p[0].w, ps->p[0].n))
			return (MORE);
	}
	for (i = 1; i < ps->n; i++)
		if (part_takes_more(more, &ps->p[i]))
			return (MORE);
	return (NULL);
}

static int
is_open_name(const struct wraps *more, const char *name)
{
	const struct wrap *w;

	if (name == NULL || name[0] == '\0')
		return (0);
	w = wrap_find(more, pattern_base(name));
	return (w != NULL && is_open(w));
}

static int
has_open_name(const struct wraps *more, const struct strv *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (is_open_name(more, v->v[i]))
			return (1);
	return (0);
}

static int
is_script(const struct plan *p)
{
	return (p->script.path != NULL && p->script.path[0] != '\0');
}

const char *
again_like(const struct pattern *p, const struct wraps *more,
    const struct plan *plan, const struct strv *names,
    const struct strv *same)
{
	if (p->prog_any || p->prog_glob)
		return ("a pattern has to name its program");
	if (p->assigns || p->shell_word)
		return ("a pattern is for one command, not for a shell's");
	if (is_open_name(more, p->prog) ||
	    is_open_name(more, plan->argv.v[0]) ||
	    (!is_script(plan) && (is_open_name(more, plan->exe.path) ||
	    has_open_name(more, names) || has_open_name(more, same))))
		return ("a shell, an interpreter or what runs other programs "
		    "is never approved by a pattern");
	if (!again_is_like(p, more, plan, names))
		return ("the pattern does not cover what waits");
	return (NULL);
}

/* Is it in the pattern as it stands? */
static int
is_spelled(const struct pattern *p, const char *word)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (strchr(p->w[i].s, GLOB_CHAR) == NULL &&
		    strcmp(p->w[i].s, word) == 0)
			return (1);
	return (0);
}

/* Does it lead out of where the pattern seems to keep it? */
static int
leads_up(const char *s)
{
	const char *p;

	for (p = s; (p = strstr(p, "..")) != NULL; p += 2)
		if ((p == s || strchr("/=:", p[-1]) != NULL) &&
		    (p[2] == '/' || p[2] == '\0'))
			return (1);
	return (0);
}

/*
 * names are of the words that a policy has; the one that it was found by is its
 * name as well, in whatever pattern.
 */
static int
covers(const struct pattern *p, const struct wraps *more,
    const struct plan *plan, const struct part *part,
    const struct strv *names)
{
	struct strv all;
	size_t i;
	int r;

	memset(&all, 0, sizeof(all));
	if (strchr(part->w[0], '/') == NULL)
		strv_add(&all, part->w[0]);
	for (i = 0; !is_script(plan) && i < names->n; i++)
		strv_add(&all, names->v[i]);
	r = pattern_covers_part(p, part, &all, is_script(plan) ?
	    plan->script.path : plan->exe.path, more, 1);
	strv_free(&all);
	return (r);
}

int
again_is_like(const struct pattern *p, const struct wraps *more,
    const struct plan *plan, const struct strv *names)
{
	struct part part = { .w = plan->argv.v, .n = plan->argv.n,
	    .own = plan->argv.n };
	const struct wrap *w;
	size_t i;
	int runs = 0;

	if (plan->asked_env.n != 0 || !covers(p, more, plan, &part, names))
		return (0);
	/* of these no star stands for one, whatever one of allow may do */
	w = wrap_find(more, pattern_base(part.w[0]));
	for (i = 1; i < part.n; i++) {
		runs |= w != NULL && (w->flags & WRAP_SOME) != 0 &&
		    wrap_trigger(w, part.w[i]) != 0;
		if ((runs || leads_up(part.w[i])) &&
		    !is_spelled(p, part.w[i]))
			return (0);
	}
	return (1);
}
