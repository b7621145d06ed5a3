/* SPDX-License-Identifier: ISC */
/*
 * Reading a wrapper's words by its grammar, as its getopt(3) would: what is a
 * command here is one for certain.  What the grammar does not know makes the
 * rest unknown, not certain.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/part.h"
#include "common/policy/wrap.h"

/* An option as a grammar has it. */
struct opt {
	int	known;
	int	arg;		/* 1 one; 2 in the same word, or none; 3 the
				   next word */
	char	mark;
};

/* State of one reading. */
struct reading {
	struct gram	*g;
	const char	*spec;
	unsigned	 flags;
	char *const	*w;
	size_t		 n;
	size_t		 i;
	int		 none;		/* "~" was there */
	int		 command;	/* ">" was there */
};

static size_t
item_len(const char *p)
{
	return (strcspn(p, " "));
}

static const char *
item_next(const char *p)
{
	p += item_len(p);
	return (p + strspn(p, " "));
}

static int
item_is(const char *p, const char *word)
{
	size_t n = strlen(word);

	return (strncmp(p, word, n) == 0 && (p[n] == ' ' || p[n] == '\0'));
}

static int
has_item(const char *spec, const char *word)
{
	for (; *spec != '\0'; spec = item_next(spec))
		if (item_is(spec, word))
			return (1);
	return (0);
}

static void
read_mark(struct opt *o, const char *p)
{
	o->known = 1;
	if (*p == '[')
		p++, o->arg = 2;
	else if (*p == '=')
		o->arg = 1;
	while (*p == '=' || *p == ':') {
		if (*p == ':')
			o->arg = o->arg == 1 ? 2 : 1;
		p++;
	}
	o->mark = strchr("!~>^", *p) != NULL ? *p : '\0';
}

static struct opt
find_letter(const char *spec, char c)
{
	struct opt o = { 0, 0, '\0' };
	const char *p, *end;

	if (!isalnum((unsigned char)c))
		return (o);
	for (; *spec != '\0'; spec = item_next(spec)) {
		if (spec[0] != '-' || spec[1] == '-' || item_is(spec, "-NUM") ||
		    item_is(spec, "-c?"))
			continue;
		end = spec + item_len(spec);
		for (p = spec + 1; p < end; p++)
			if (*p == c) {
				read_mark(&o, p + 1);
				return (o);
			}
	}
	return (o);
}

/* By its name or the beginning of one alone, as getopt_long(3) does. */
static struct opt
find_long(const char *spec, const char *name, size_t n)
{
	struct opt o = { 0, 0, '\0' }, got;
	size_t len, hits = 0;

	for (; *spec != '\0'; spec = item_next(spec)) {
		if (strncmp(spec, "--", 2) != 0)
			continue;
		len = strcspn(spec + 2, "=[:!~>^ ");
		if (len < n || strncmp(spec + 2, name, n) != 0)
			continue;
		memset(&got, 0, sizeof(got));
		read_mark(&got, spec + 2 + len);
		if (spec[2 + len] == ':')
			got.arg = 3;
		if (len == n)
			return (got);
		o = got;
		hits++;
	}
	if (hits != 1)
		memset(&o, 0, sizeof(o));
	return (o);
}

static int
note_option(struct reading *r, const struct opt *o, const char *value)
{
	struct gram *g = r->g;

	if (o->mark == '~')
		r->none = 1;
	else if (o->mark == '>')
		r->command = 1;
	else if (o->mark == '^')
		g->odd = 1;
	else if (o->mark == '!' && value != NULL) {
		if (g->ncode == GRAM_MAXCODES)
			return (-1);
		g->code[g->ncode++] = value;
	}
	return (0);
}

/* The argument that is the next word; NULL if there is none. */
static const char *
next_word(struct reading *r)
{
	if (r->i + 1 >= r->n)
		return (NULL);
	r->g->unsure |= part_may_split(r->w[r->i + 1]);
	return (r->w[++r->i]);
}

/* An option that env(1) has: its words take the place of the others. */
static int
split_here(struct reading *r, const char *value)
{
	if (value == NULL)
		return (-1);
	r->g->how = GRAM_SPLIT;
	r->g->split = value;
	r->g->next = r->i + 1;
	return (1);
}

/* 0 go on, 1 it is all said, -1 unknown. */
static int
read_long(struct reading *r, const char *s)
{
	size_t n = strcspn(s + 2, "=");
	const char *value = s[2 + n] == '=' ? s + 3 + n : NULL;
	struct opt o;

	if ((r->flags & WRAP_SPLIT) != 0 && n > 1 &&
	    strncmp("split-string", s + 2, n) == 0)
		return (split_here(r, value != NULL ? value : next_word(r)));
	o = find_long(r->spec, s + 2, n);
	if (!o.known || (value != NULL && (o.arg == 0 || o.arg == 3)))
		return (-1);
	if (value == NULL && (o.arg == 1 || o.arg == 3) &&
	    (value = next_word(r)) == NULL)
		return (-1);
	return (note_option(r, &o, value));
}

static int
read_bundle(struct reading *r, const char *s)
{
	const char *value;
	struct opt o;

	for (s++; *s != '\0'; s++) {
		if (*s == 'S' && (r->flags & WRAP_SPLIT) != 0)
			return (split_here(r, s[1] != '\0' ? s + 1 :
			    next_word(r)));
		o = find_letter(r->spec, *s);
		value = NULL;
		if (!o.known)
			return (-1);
		if (o.arg == 1)
			value = s[1] != '\0' ? s + 1 : next_word(r);
		if (o.arg == 1 && value == NULL)
			return (-1);
		if (note_option(r, &o, value) == -1)
			return (-1);
		if (o.arg != 0)
			break;
	}
	return (0);
}

static void
add_operand(struct reading *r, char *s)
{
	r->g->ops[r->g->nops++] = s;
}

/* 0 if all were read, 1 if that is all, -1 unknown. */
static int
read_options(struct reading *r)
{
	int permute = has_item(r->spec, "PERMUTE");
	int num = has_item(r->spec, "-NUM"), rc;
	const char *s;

	for (r->i = 1; r->i < r->n; r->i++) {
		s = r->w[r->i];
		if (part_has_hole(s) && (s[0] == '-' || part_is_hole(s[0])))
			return (-1);
		if (strcmp(s, "--") == 0) {
			r->i++;
			break;
		}
		if (s[0] != '-' || s[1] == '\0') {
			if (!permute)
				break;
			add_operand(r, r->w[r->i]);
			continue;
		}
		if (num && strspn(s, "-+0123456789") == strlen(s))
			continue;
		rc = s[1] == '-' ? read_long(r, s) : read_bundle(r, s);
		if (rc != 0)
			return (rc);
	}
	while (r->i < r->n)
		add_operand(r, r->w[r->i++]);
	return (0);
}

static int
is_number(const char *s)
{
	return (*s != '\0' && strspn(s, "0123456789") == strlen(s));
}

/* One item that stands for words; 0, or -1 if it is not there or unclear. */
static int
read_operand(struct gram *g, const char *p)
{
	const char *s = g->start < g->nops ? g->ops[g->start] : NULL;

	/* an option, perhaps, that its value is not a word of */
	if (s != NULL && s[0] == '-' && part_has_hole(s))
		return (-1);
	/* a pattern of file names may be several words, too */
	if (s != NULL && (part_may_split(s) ||
	    (strpbrk(s, "*?[") != NULL && !item_is(p, "VARS"))))
		return (-1);
	if (item_is(p, "WORD")) {
		if (s == NULL)
			return (-1);
		g->start++;
	} else if (item_is(p, "WORD?"))
		g->start += s != NULL;
	else if (item_is(p, "NUM?"))
		g->start += s != NULL && is_number(s);
	else if (item_is(p, "DASH?"))
		g->start += s != NULL && strcmp(s, "-") == 0;
	else if (item_is(p, "VARS")) {
		g->vars = g->start;
		for (; g->start < g->nops; g->start++)
			if (strchr(g->ops[g->start], '=') == NULL)
				break;
	}
	return (0);
}

static enum gram_how
last_item(const struct gram *g, const char *p)
{
	if (item_is(p, "ANY"))
		return (GRAM_UNKNOWN);
	if (g->start >= g->nops)
		return (item_is(p, "SH") ? GRAM_SH : GRAM_NONE);
	if (item_is(p, "CMD"))
		return (GRAM_CMD);
	if (item_is(p, "SHELL"))
		return (GRAM_LINE);
	return (item_is(p, "SH") ? GRAM_SH : GRAM_CODE);
}

static enum gram_how
read_operands(struct reading *r)
{
	struct gram *g = r->g;
	const char *p, *s;

	for (p = r->spec; *p != '\0'; p = item_next(p)) {
		if (item_is(p, "-c?")) {
			s = g->start < g->nops ? g->ops[g->start] : "";
			if (s[0] == '-' && part_has_hole(s))
				return (GRAM_UNKNOWN);
			if (strcmp(s, "-c") != 0 && strcmp(s, "--command") != 0)
				continue;
			g->start++;
			return (g->start < g->nops ? GRAM_CODE : GRAM_NONE);
		}
		if (p[0] == '-' || item_is(p, "PERMUTE"))
			continue;
		if (item_is(p, "ELSE")) {
			if (r->command)
				return (g->start < g->nops ? GRAM_CMD :
				    GRAM_NONE);
			continue;
		}
		if (item_is(p, "CMD") || item_is(p, "SHELL") ||
		    item_is(p, "CODE") || item_is(p, "SH") || item_is(p, "ANY"))
			return (last_item(g, p));
		if (read_operand(g, p) == -1)
			return (g->start < g->nops ? GRAM_UNKNOWN : GRAM_NONE);
	}
	return (GRAM_NONE);
}

void
gram_read(struct gram *g, const struct wrap *wr, char *const *words, size_t n)
{
	struct reading r = { g, wr->grammar, wr->flags, words, n, 0, 0, 0 };
	int rc;

	memset(g, 0, sizeof(*g));
	g->how = GRAM_UNKNOWN;
	if (wr->grammar == NULL)
		return;
	g->ops = xcalloc(n + 1, sizeof(*g->ops));
	rc = read_options(&r);
	if (rc == 1)
		return;
	if (rc == -1)
		g->how = GRAM_UNKNOWN;
	else
		g->how = r.none ? GRAM_NONE : read_operands(&r);
	/* an option's code is run instead of what would be read */
	if (g->ncode > 0 && g->how == GRAM_SH)
		g->how = GRAM_NONE;
}

void
gram_free(struct gram *g)
{
	free(g->ops);
	memset(g, 0, sizeof(*g));
}

static int
option_wrong(const char *p, size_t n)
{
	size_t i = 1;

	if (n < 2)
		return (1);
	if (item_is(p, "-NUM") || item_is(p, "-c?"))
		return (0);
	if (p[1] == '-') {
		i = 2 + strspn(p + 2, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
		if (i == 2)
			return (1);
		if (strncmp(p + i, "[=", 2) == 0)
			i += 2;
		else if (p[i] == '=' || p[i] == ':')
			i++;
		i += i < n && strchr("!~>^", p[i]) != NULL;
		return (i != n);
	}
	for (; i < n; i++)
		if (!isalnum((unsigned char)p[i]) &&
		    (i == 1 || strchr(":!~>^", p[i]) == NULL))
			return (1);
	return (0);
}

const char *
gram_wrong(const char *spec)
{
	static const char *const operands[] = { "PERMUTE", "WORD", "WORD?",
	    "NUM?", "DASH?", "VARS", "ELSE" };
	static const char *const ends[] = { "CMD", "SHELL", "CODE", "SH",
	    "ANY" };
	const char *p;
	size_t i;

	if (*spec == '\0' || *spec == ' ')
		return ("says nothing");
	for (p = spec; *p != '\0'; p = item_next(p)) {
		if (p[0] == '-') {
			if (option_wrong(p, item_len(p)))
				return ("has an option that is not written "
				    "as one");
			continue;
		}
		for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (item_is(p, ends[i]))
				return (*item_next(p) == '\0' ? NULL :
				    "goes on behind its end");
		for (i = 0; i < sizeof(operands) / sizeof(operands[0]); i++)
			if (item_is(p, operands[i]))
				break;
		if (i == sizeof(operands) / sizeof(operands[0]))
			return ("has a word that means nothing there");
	}
	return ("does not end in CMD, SHELL, CODE, SH or ANY");
}
