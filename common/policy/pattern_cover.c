/* SPDX-License-Identifier: ISC */
/* Does an allow pattern cover the whole of a command? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "common/policy/danger.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

#define MARKS_FEW	64		/* marks kept on the stack */

/*
 * A star does not stand for what is marked, in part or as a whole: of an
 * option at least its name must be spelled.
 */
static int
is_spelled(const struct pword *w)
{
	return (w->kind != W_ANY && w->s[0] != GLOB_CHAR &&
	    !(w->s[0] == '-' && (w->s[1] == GLOB_CHAR ||
	    (w->s[1] == '-' && w->s[2] == GLOB_CHAR))));
}

static int
word_covers(const struct pword *w, const char *s, uint8_t marked)
{
	if (part_may_split(s))
		return (0);
	if (marked && !is_spelled(w))
		return (0);
	return (pattern_glob(w->s, s, 0));
}

/*
 * Which words of the pattern may come next, after each word of the command.
 * Exact, since a star may not stand for every word.
 */
static int
covers_words(const struct pword *w, size_t nw, char *const *v, size_t nv,
    const uint8_t *marks)
{
	uint8_t at[2][PATTERN_MAXWORDS + 1], *now, *next;
	size_t i, j;

	memset(at, 0, sizeof(at));
	at[0][0] = 1;
	for (j = 0; j <= nv; j++) {
		now = at[j % 2];
		next = at[(j + 1) % 2];
		memset(next, 0, nw + 1);
		for (i = 0; i < nw; i++) {
			if (!now[i])
				continue;
			if (w[i].kind == W_ANY) {
				now[i + 1] = 1;
				if (j < nv && !marks[j])
					next[i] = 1;
			} else if (j < nv && word_covers(&w[i], v[j],
			    marks[j]))
				next[i + 1] = 1;
		}
	}
	return (at[nv % 2][nw]);
}

int
pattern_covers_words(const struct pattern *p, char *const *w, size_t n,
    const char *base, int holes)
{
	uint8_t few[MARKS_FEW], *marks = few;
	size_t skip = p->w[0].kind == W_ANY ? 0 : 1;
	int rc;

	if (n > MARKS_FEW)
		marks = xcalloc(n, 1);
	else
		memset(few, 0, n);
	danger_mark(base, w, n, holes, marks);
	rc = n >= skip && covers_words(p->w + skip, p->n - skip, w + skip,
	    n - skip, marks + skip);
	if (marks != few)
		free(marks);
	return (rc);
}

/* Would it run another program that its words name? */
static int
wraps(const struct wraps *more, const char *name, const struct part *part)
{
	const struct wrap *w = wrap_find(more, pattern_base(name));
	size_t i;

	if (w == NULL || (w->flags & WRAP_SOME) == 0)
		return (w != NULL);
	for (i = 1; i < part->n; i++)
		if (wrap_trigger(w, part->w[i]) != 0)
			return (1);
	return (0);
}

/*
 * A name stands for the file that PATH finds; the executor resolved that.
 * One file can be many programs (busybox, git-*): it must also have been
 * called by that name.  Wrappers and interpreters must be named in full.
 */
static int
covers_program(const struct pattern *p, const struct part *part,
    const struct strv *names, const char *path, const struct wraps *more)
{
	const char *s = part->w[0];

	if (part_has_hole(s))
		return (0);
	if (p->prog_glob && (wraps(more, s, part) ||
	    (path != NULL && wraps(more, path, part))))
		return (0);
	if (p->prog_any)
		return (1);
	if (p->prog_glob) {
		return (p->prog[0] == '/' && path != NULL &&
		    pattern_glob(p->prog, path, 0) &&
		    strcmp(pattern_base(s), pattern_base(path)) == 0);
	}
	if (strcmp(pattern_base(s), p->base) != 0)
		return (0);
	return (strv_has(names, p->prog) ||
	    (p->prog[0] == '/' && path != NULL && strcmp(p->prog, path) == 0));
}

int
pattern_covers_part(const struct pattern *p, const struct part *part,
    const struct strv *names, const char *path, const struct wraps *more,
    int holes)
{
	const char *base = pattern_base(part->w[0]);

	if (!covers_program(p, part, names, path, more) ||
	    !pattern_covers_words(p, part->w, part->n, base, holes))
		return (0);
	/* mawk is awk, whatever it was called by */
	return (path == NULL || strcmp(pattern_base(path), base) == 0 ||
	    pattern_covers_words(p, part->w, part->n, pattern_base(path),
	    holes));
}

int
pattern_covers(const struct pattern *p, const struct strv *argv,
    const struct strv *names, const char *path)
{
	struct part part = { .w = argv->v, .n = argv->n, .own = argv->n };

	return (argv->n > 0 && argv->n <= PLAN_MAXARGS &&
	    pattern_covers_part(p, &part, names, path, NULL, 1));
}
