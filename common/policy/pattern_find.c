/* SPDX-License-Identifier: ISC */
/*
 * Is a pattern of ask, deny or approvalPatterns in this command?  The words
 * after the program may stand anywhere, and options count in every spelling.
 * "--" ends nothing here: whether it ends a program's options depends on
 * what stands before it, and a pattern should not be talked out of a match.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/policy/danger.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

/* Words behind a program: from two lists. */
struct bag {
	struct work	*work;
	char *const	*a;
	size_t		 na;
	const char *const *e;
	size_t		 ne;
	int		 input;		/* the last of a is what an input adds:
					   options, or anything if it is all */
};

/* Pays for looking at a word. */
static int
charge(struct work *k, const char *s)
{
	uint64_t cost = 1 + strlen(s) / 64;

	if (k->left < cost) {
		k->over = 1;
		return (0);
	}
	k->left -= cost;
	return (1);
}

/* NULL past the end, or when there was too much work. */
static const char *
bag_get(const struct bag *b, size_t i)
{
	const char *s;

	if (i >= b->na + b->ne)
		return (NULL);
	s = i < b->na ? b->a[i] : b->e[i - b->na];
	return (charge(b->work, s) ? s : NULL);
}

/* The word itself, or the value in --opt=value, -ovalue, -o=value. */
static int
word_is(const char *pat, const char *s)
{
	const char *p;

	if (pattern_operand(pat, s))
		return (1);
	if (s[0] != '-' || s[1] == '\0')
		return (0);
	if ((p = strchr(s, '=')) != NULL && pattern_operand(pat, p + 1))
		return (1);
	if (s[1] == '-')
		return (0);
	for (p = s + 2; *p != '\0' && p < s + 10; p++)
		if (pattern_operand(pat, p))
			return (1);
	return (0);
}

static int
find_word(struct bag *b, const char *pat)
{
	const char *s;
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++)
		if (word_is(pat, s))
			return (1);
	return (0);
}

/* --re for --recursive, in any case; with or without =value */
static int
abbreviates(const char *s, const char *name)
{
	size_t n;

	if (s[0] != '-' || s[1] != '-')
		return (0);
	n = strcspn(s + 2, "=");
	return (n > 0 && n <= strlen(name) && strncasecmp(s + 2, name, n) == 0);
}

/* Is there a bundle with that letter?  tar takes its first without "-". */
static int
has_letter(const struct pattern *p, size_t i, const char *s, char c)
{
	if (s[0] == '-' && s[1] != '-')
		return (strchr(s + 1, c) != NULL);
	return (i == 0 && strcmp(p->base, "tar") == 0 && strchr(s, c) != NULL);
}

static int
is_long_of(const char *base, const char *s, char c)
{
	const char *name;
	size_t i;

	if (s[0] != '-' || s[1] != '-')
		return (0);
	for (i = 0; (name = opts_short_long(base, c, i)) != NULL; i++)
		if (abbreviates(s, name))
			return (1);
	return (0);
}

/* git push origin +main is --force in another spelling */
static int
is_forced_ref(const char *base, const char *s, char c)
{
	return (c == 'f' && s[0] == '+' && s[1] != '\0' &&
	    strcmp(base, "git") == 0);
}

static int
find_letter(struct bag *b, const struct pattern *p, char c, int deep)
{
	char twin = opts_twin(p->base, c);
	const char *s, *all;
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++)
		if (has_letter(p, i, s, c) ||
		    (twin != '\0' && has_letter(p, i, s, twin)) ||
		    is_long_of(p->base, s, c) ||
		    is_forced_ref(p->base, s, c))
			return (1);
	if ((all = opts_compound(p->base, c)) == NULL || deep)
		return (0);
	for (; *all != '\0'; all++)
		if (!find_letter(b, p, *all, 1))
			return (0);
	return (1);
}

/* Letters that say more than their own: git's D is d and f. */
static int
find_implied(struct bag *b, const struct pattern *p, char c)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *all, *s, *big;
	size_t i;

	for (big = capitals; *big != '\0'; big++) {
		all = opts_compound(p->base, *big);
		if (all == NULL || strchr(all, c) == NULL)
			continue;
		for (i = 0; (s = bag_get(b, i)) != NULL; i++)
			if (has_letter(p, i, s, *big))
				return (1);
	}
	return (0);
}

static int
find_bundle(struct bag *b, const struct pattern *p, const struct pword *w)
{
	const char *s;
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++)
		if (strcmp(s, w->s) == 0 ||
		    (s[0] == '-' && strcmp(s + 1, w->s) == 0))
			return (1);
	for (s = w->s + 1; *s != '\0'; s++)
		if (!find_letter(b, p, *s, 0) && !find_implied(b, p, *s))
			return (0);
	return (1);
}

/* The value of the option at word i: in it, or the next word. */
static int
value_is(struct bag *b, size_t i, const char *s, const char *value)
{
	const char *eq = strchr(s, '='), *next;

	if (value == NULL)
		return (1);
	if (eq != NULL && pattern_operand(value, eq + 1))
		return (1);
	next = bag_get(b, i + 1);
	return (next != NULL && pattern_operand(value, next));
}

static int
name_is(const struct pword *w, const char *s)
{
	char name[256];
	size_t n;

	while (*s == '-')
		s++;
	n = strcspn(s, "=");
	if (n >= sizeof(name))
		return (0);
	memcpy(name, s, n);
	name[n] = '\0';
	return (pattern_glob(w->name, name, 1));
}

static int
short_of_long(struct bag *b, const struct pattern *p, const struct pword *w,
    const char *shorts, size_t i, const char *s)
{
	const char *c, *at;

	for (c = shorts; *c != '\0'; c++) {
		if (is_forced_ref(p->base, s, *c))
			return (1);
		if (is_long_of(p->base, s, *c) && value_is(b, i, s, w->value))
			return (1);
		if (!has_letter(p, i, s, *c))
			continue;
		at = strchr(s, *c);
		if (value_is(b, i, s, w->value) ||
		    (at != NULL && pattern_operand(w->value, at + 1)))
			return (1);
	}
	return (0);
}

static int
find_long(struct bag *b, const struct pattern *p, const struct pword *w)
{
	const char *s, *c, *shorts = opts_long_shorts(p->base, w->name);
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++) {
		if (pattern_glob(w->s, s, 1))
			return (1);
		if (s[0] == '-' && s[1] != '\0' &&
		    (name_is(w, s) || abbreviates(s, w->name)) &&
		    value_is(b, i, s, w->value))
			return (1);
		if (short_of_long(b, p, w, shorts, i, s))
			return (1);
	}
	for (c = shorts; *c != '\0'; c++)
		if (find_implied(b, p, *c))
			return (1);
	return (0);
}

/* -delete as it stands, or with two dashes; -n5 also as -n 5 */
static int
find_single(struct bag *b, const struct pword *w)
{
	const char *s, *next;
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++) {
		if (s[0] != '-' || s[1] == '\0')
			continue;
		if (pattern_glob(w->s, s, 0))
			return (1);
		if (name_is(w, s) && value_is(b, i, s, w->value))
			return (1);
		if (s[1] == w->s[1] && s[2] == '\0' &&
		    (next = bag_get(b, i + 1)) != NULL &&
		    pattern_operand(w->s + 2, next))
			return (1);
	}
	return (0);
}

static int
find_pword(struct bag *b, const struct pattern *p, const struct pword *w)
{
	switch (w->kind) {
	case W_ANY:
		return (1);
	case W_WORD:
		return (find_word(b, w->s));
	case W_SHORT:
		return (find_bundle(b, p, w));
	case W_LONG:
		return (find_long(b, p, w));
	case W_SINGLE:
		return (find_single(b, w));
	}
	return (1);
}

/* May a word of which not all is known be the pattern's? */
static int
hole_is(const struct pword *w, const char *s)
{
	char buf[PATTERN_MAXTEXT + 1];
	size_t i, n = strlen(s);

	if (w->kind != W_WORD)
		return (s[0] == PART_HOLE || s[0] == PART_HOLES ||
		    s[0] == '-');
	if (n >= sizeof(buf))
		return (1);
	for (i = 0; i <= n; i++)
		buf[i] = part_is_hole(s[i]) ? GLOB_CHAR : s[i];
	return (strchr(w->s, GLOB_CHAR) != NULL ||
	    pattern_glob(buf, w->s, 1));
}

static int
find_hole(struct bag *b, const struct pword *w)
{
	const char *s;
	size_t i;

	for (i = 0; (s = bag_get(b, i)) != NULL; i++) {
		if (b->input && i + 1 == b->na && i > 0 && w->kind == W_WORD)
			continue;
		if (part_has_hole(s) && hole_is(w, s))
			return (1);
	}
	return (0);
}

/* Only the word in the place that the pattern's has. */
static struct bag
place_of(const struct bag *b, size_t i)
{
	struct bag one = *b;

	one.ne = 0;
	one.a = i <= b->na ? b->a + (i - 1) : NULL;
	one.na = i <= b->na;
	return (one);
}

/*
 * Of git, what is one of its own subcommands is that in a pattern, and no
 * other word: "git push" does not name git stash push.
 */
static int
is_subcommand(const struct pattern *p, size_t i)
{
	return (i == 1 && !p->prog_any && p->w[i].kind == W_WORD &&
	    strcmp(p->prog, "git") == 0 && danger_git_knows(p->w[i].s));
}

/* That of the command, behind its program; and what may be one of another. */
static struct bag
subcommand_of(const struct bag *b)
{
	struct bag one = place_of(b, opts_git_sub(b->a - 1, b->na + 1));

	one.ne = b->ne;
	return (one);
}

/* All words of the pattern behind the program; the least certain one counts. */
static enum found
find_words(struct bag *b, const struct pattern *p, enum found best)
{
	struct bag one, *in;
	size_t i;

	for (i = 1; i < p->n; i++) {
		in = b;
		if (p->w[i].placed) {
			one = place_of(b, i);
			in = &one;
		} else if (is_subcommand(p, i)) {
			one = subcommand_of(b);
			in = &one;
		}
		if (find_pword(in, p, &p->w[i]))
			continue;
		if (b->work->over || !find_hole(in, &p->w[i]))
			return (FOUND_NOT);
		if (best > FOUND_MAYBE)
			best = FOUND_MAYBE;
	}
	return (b->work->over ? FOUND_NOT : best);
}

static int
is_name(const struct pattern *p, const char *a)
{
	return (p->prog_glob ? pattern_glob(p->prog, a, 0) :
	    strcmp(p->prog, a) == 0);
}

static int
base_is(const struct pattern *p, const char *s)
{
	s = pattern_base(s);
	return (p->prog_glob ? pattern_glob(p->base, s, 0) :
	    strcmp(p->base, s) == 0);
}

static int
is_program(const struct part *part, const struct strv *aliases,
    const struct pattern *p)
{
	const char *s = part->w[0];
	size_t i;

	if (p->prog_any)
		return (1);
	if (part_has_hole(s))
		return (0);
	if (aliases == NULL)
		return (base_is(p, s));
	for (i = 0; i < aliases->n; i++)
		if (is_name(p, aliases->v[i]))
			return (1);
	return (is_name(p, s) || is_name(p, pattern_base(s)));
}

/* Has the pattern words that are no options? */
static int
has_operand(const struct pattern *p)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (p->w[i].kind == W_WORD)
			return (1);
	return (0);
}

/*
 * The program is the pattern's.  Options of what a wrapper runs are not the
 * wrapper's; "**" may also stand for nothing before the program.
 */
static enum found
find_own(struct work *k, const struct part *part, const struct cmd *vague,
    const struct pattern *p)
{
	size_t skip = p->w[0].kind != W_ANY;
	size_t n = part->own < part->n && !has_operand(p) ? part->own : part->n;
	struct bag b = { k, part->w + skip, n - skip, NULL, 0,
	    (part->flags & PART_INPUT) != 0 };
	enum found f = find_words(&b, p, FOUND_CERTAIN);

	if (f > FOUND_MAYBE || vague == NULL || vague->nents == 0 || k->over)
		return (f);
	b.e = vague->ents;
	b.ne = vague->nents;
	return (find_words(&b, p, FOUND_INSIDE));
}

/* May this word start the pattern's program?  -Srm and --exec=rm, too. */
static int
starts(const struct pattern *p, const char *s)
{
	const char *t;

	if (base_is(p, s) || p->prog_any)
		return (1);
	if (s[0] != '-' || s[1] == '\0')
		return (0);
	if ((t = strrchr(s, '=')) != NULL && base_is(p, t + 1))
		return (1);
	if (s[1] == '-')
		return (0);
	for (t = s + 2; *t != '\0' && t < s + 8; t++)
		if (base_is(p, t))
			return (1);
	return (0);
}

/*
 * What an option runs, made only as it is run: exec=$x, and what a shell makes
 * of n?me, is it, too.
 */
static int
may_start(const struct pattern *p, const char *s)
{
	struct pword w = { .s = (char *)(uintptr_t)p->base, .kind = W_WORD };
	const char *t = strrchr(s, '=');

	t = pattern_base(t != NULL ? t + 1 : s);
	if (part_has_hole(t))
		return (hole_is(&w, t));
	return (strpbrk(t, "*?[{") != NULL &&
	    strncmp(t, p->base, strcspn(t, "*?[{")) == 0);
}

/*
 * Behind the first word that may be the program all others are: later ones
 * have a part of them.  Where more come from an input, options may.
 */
static enum found
find_mention(struct work *k, const struct cmd *vague, const struct pattern *p)
{
	int all = (vague->wrap->flags & WRAP_SOME) == 0;
	int input = (vague->wrap->flags & WRAP_STDIN) != 0;
	struct bag b = { k, vague->w + 1, all ? 0 : vague->n - 1, NULL, 0,
	    0 };
	size_t i, j;

	for (i = 0; i < vague->nents && !k->over; i++) {
		if (!charge(k, vague->ents[i]) ||
		    (!starts(p, vague->ents[i]) &&
		    (all || !may_start(p, vague->ents[i]))))
			continue;
		b.e = vague->ents + i + 1;
		b.ne = vague->nents - i - 1;
		for (j = 1; j < p->n && !k->over; j++)
			if (!find_pword(&b, p, &p->w[j]) &&
			    !find_hole(&b, &p->w[j]) && !(input &&
			    (p->w[j].kind != W_WORD || b.ne == 0)))
				return (FOUND_NOT);
		if (k->over)
			return (FOUND_NOT);
		/* nobody judges it there */
		return ((vague->wrap->flags & WRAP_REMOTE) != 0 ?
		    FOUND_INSIDE : FOUND_MENTION);
	}
	return (FOUND_NOT);
}

/* A program of which not all is known may be this one. */
static int
may_be(const struct part *part, const struct pattern *p)
{
	struct pword w = { .s = (char *)(uintptr_t)p->base, .kind = W_WORD };

	return (part_has_hole(part->w[0]) &&
	    hole_is(&w, pattern_base(part->w[0])));
}

enum found
part_finds(struct work *k, const struct part *part,
    const struct strv *aliases, const struct cmd *vague,
    const struct pattern *p)
{
	struct bag b = { k, part->w + 1, part->n - 1, NULL, 0, 0 };
	enum found f = FOUND_NOT;

	if (part->n == 0 || k->over)
		return (FOUND_NOT);
	if (is_program(part, aliases, p))
		f = find_own(k, part, vague, p);
	else if (may_be(part, p))
		f = find_words(&b, p, FOUND_MAYBE);
	if (f != FOUND_NOT || vague == NULL || vague->nents == 0)
		return (f);
	return (find_mention(k, vague, p));
}
