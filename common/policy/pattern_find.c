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

#include "common/plan.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

/* The words behind a program: from argv, then from entries. */
struct bag {
	struct cmd	*c;
	char *const	*a;
	size_t		 na;
	const struct ent *e;
	size_t		 ne;
};

/* Pays for looking at a word. */
static int
charge(struct cmd *c, const char *s)
{
	uint64_t cost = 1 + strlen(s) / 64;

	if (c->left < cost) {
		c->over = 1;
		return (0);
	}
	c->left -= cost;
	return (1);
}

static size_t
bag_n(const struct bag *b)
{
	return (b->na + b->ne);
}

/* NULL past the end, or when there was too much work. */
static const char *
bag_get(const struct bag *b, size_t i)
{
	const char *s;

	if (i >= bag_n(b))
		return (NULL);
	s = i < b->na ? b->a[i] : b->e[i - b->na].s;
	return (charge(b->c, s) ? s : NULL);
}

/* An absolute path in normal form; NULL if it does not fit. */
static const char *
normal_path(const char *s, char *buf, size_t size)
{
	size_t len = 0, n;

	while (*s != '\0') {
		s += strspn(s, "/");
		n = strcspn(s, "/");
		if (n == 0 || (n == 1 && s[0] == '.')) {
			s += n;
			continue;
		}
		if (n == 2 && s[0] == '.' && s[1] == '.') {
			while (len > 0 && buf[--len] != '/')
				;
			s += n;
			continue;
		}
		if (len + n + 2 > size)
			return (NULL);
		buf[len++] = '/';
		memcpy(buf + len, s, n);
		len += n;
		s += n;
	}
	if (len == 0)
		buf[len++] = '/';
	buf[len] = '\0';
	return (buf);
}

static int
operand_is(const char *pat, const char *s)
{
	char buf[PLAN_MAXPATH];
	const char *n;

	if (pattern_glob(pat, s, 1))
		return (1);
	if (pat[0] != '/' || s[0] != '/')
		return (0);
	n = normal_path(s, buf, sizeof(buf));
	return (n != NULL && pattern_glob(pat, n, 1));
}

/* The word itself, or the value in --opt=value, -ovalue, -o=value. */
static int
word_is(const char *pat, const char *s)
{
	const char *p;

	if (operand_is(pat, s))
		return (1);
	if (s[0] != '-' || s[1] == '\0')
		return (0);
	if ((p = strchr(s, '=')) != NULL && operand_is(pat, p + 1))
		return (1);
	if (s[1] == '-')
		return (0);
	for (p = s + 2; *p != '\0' && p < s + 10; p++)
		if (operand_is(pat, p))
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
	if (eq != NULL && operand_is(value, eq + 1))
		return (1);
	next = bag_get(b, i + 1);
	return (next != NULL && operand_is(value, next));
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
		    (at != NULL && operand_is(w->value, at + 1)))
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
		    operand_is(w->s + 2, next))
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

/*
 * All words of the pattern behind the program.  Where more words come from
 * standard input (xargs), the options may be there, and so may everything if
 * the program stands alone.
 */
static int
find_words(struct bag *b, const struct pattern *p)
{
	int from_input = (b->c->flags & WRAP_STDIN) != 0;
	size_t i;

	for (i = 1; i < p->n && !b->c->over; i++) {
		if (from_input && (bag_n(b) == 0 || p->w[i].kind != W_WORD))
			continue;
		if (!find_pword(b, p, &p->w[i]))
			break;
	}
	return (i >= p->n || b->c->over);
}

static int
is_alias(const struct cmd *c, const struct pattern *p)
{
	const char *a;
	size_t i;

	if (p->prog_any)
		return (1);
	for (i = 0; i < c->aliases->n; i++) {
		a = c->aliases->v[i];
		if (p->prog_glob ? pattern_glob(p->prog, a, 0) :
		    strcmp(p->prog, a) == 0)
			return (1);
	}
	a = c->argv->v[0];
	return (p->prog_glob ? pattern_glob(p->prog, a, 0) ||
	    pattern_glob(p->prog, pattern_base(a), 0) :
	    strcmp(p->prog, a) == 0 || strcmp(p->prog, pattern_base(a)) == 0);
}

static int
base_is(const struct pattern *p, const char *s)
{
	s = pattern_base(s);
	return (p->prog_glob ? pattern_glob(p->base, s, 0) :
	    strcmp(p->base, s) == 0);
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
	if (s[2] != '\0' && base_is(p, s + 2))
		return (1);
	return ((t = strchr(s, 'S')) != NULL && base_is(p, t + 1));
}

static int
find_behind(struct cmd *c, const struct pattern *p)
{
	struct bag b = { c, NULL, 0, NULL, 0 };
	int open = 0, rest = (c->flags & WRAP_ALL) == 0;
	size_t i, end;

	/* later starts have a part of the words that earlier ones had */
	for (i = 0; i < c->nents && !c->over; i++) {
		if (open && c->ents[i].end == SIZE_MAX)
			continue;
		if (!charge(c, c->ents[i].s) || !starts(p, c->ents[i].s))
			continue;
		end = c->ents[i].end;
		if (end == SIZE_MAX) {
			open = 1;
			end = c->nents;
			b.a = rest ? c->argv->v + 1 : NULL;
			b.na = rest ? c->argv->n - 1 : 0;
		} else
			b.na = 0;
		b.e = c->ents + i + 1;
		b.ne = end - i - 1;
		if (find_words(&b, p))
			return (1);
		if (c->ents[i].end != SIZE_MAX)
			i = end - 1;
	}
	return (c->over);
}

int
cmd_finds(struct cmd *c, const struct pattern *p)
{
	struct bag b = { c, NULL, 0, NULL, 0 };

	if (c->argv->n == 0)
		return (0);
	if (c->over)
		return (1);
	if (is_alias(c, p)) {
		/* "**" may also stand for nothing before the program */
		b.a = c->argv->v + (p->w[0].kind != W_ANY);
		b.na = c->argv->n - (p->w[0].kind != W_ANY);
		b.e = c->ents;
		b.ne = c->nents;
		if (find_words(&b, p))
			return (1);
	}
	return (c->nents > 0 && find_behind(c, p));
}

int
pattern_finds(const struct pattern *p, const struct strv *argv,
    const struct strv *aliases)
{
	struct cmd c;
	int rc;

	cmd_init(&c, argv, aliases, aliases, NULL);
	rc = cmd_finds(&c, p);
	cmd_free(&c);
	return (rc);
}
