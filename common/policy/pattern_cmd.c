/* SPDX-License-Identifier: ISC */
/*
 * What may be a command where nothing is certain: every word behind a program
 * that runs others, and every crude piece of a word that could be code.  The
 * pieces err on the side of too many: quotes are dropped or taken as blanks,
 * both ways.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"

/* Bytes that make a word worth taking apart. */
#define CODE_BYTES	" \t\n\r\v\f;|&()<>'\"`$\\{}[],=!:\002"

static int
looks_like_code(const char *s)
{
	return (strpbrk(s, CODE_BYTES) != NULL);
}

/* Room for one word, as it stands and split in two ways. */
static void
count_word(const char *s, int slash, size_t *text, size_t *ents)
{
	size_t n = strlen(s);

	*text += 2 * (n + 2);
	*ents += looks_like_code(s) || slash ? n + 3 : 3;
}

static void
make_room(struct cmd *c)
{
	int slash = (c->wrap->flags & WRAP_SLASH) != 0;
	size_t i, text = 0, ents = 0;

	for (i = 1; i < c->n; i++)
		count_word(c->w[i], slash, &text, &ents);
	c->ents = xcalloc(ents + 1, sizeof(*c->ents));
	c->arena = xmalloc(text + 1);
}

static void
add_ent(struct cmd *c, const char *s)
{
	c->ents[c->nents++] = s;
}

/* One way of splitting a word of code. */
struct split {
	struct cmd	*c;
	const char	*s;
	int		 punct;		/* quotes and punctuation separate */
	size_t		 start;		/* of the piece in the arena */
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
	int slash = (sp->c->wrap->flags & WRAP_SLASH) != 0;

	/* what is not known may be blanks */
	if (isspace((unsigned char)*p) || *p == PART_HOLES ||
	    strchr(";|&()<>`", *p) != NULL || (sp->punct &&
	    (strchr("{}[],=!:", *p) != NULL || (slash && *p == '/'))))
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
split_code(struct cmd *c, const char *s, int punct)
{
	struct split sp = { c, s, punct, c->arena_len, '\0' };
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
	piece_end(&sp);
}

static void
add_word(struct cmd *c, const char *s)
{
	add_ent(c, s);
	if (!looks_like_code(s) && (c->wrap->flags & WRAP_SLASH) == 0)
		return;
	split_code(c, s, 0);
	split_code(c, s, 1);
}

/* The words at triggers, and behind them; each once. */
static void
add_some(struct cmd *c)
{
	size_t k, next = 1, last = 0;
	int kind;

	for (k = 1; k < c->n; k++) {
		if (last != SIZE_MAX &&
		    (kind = wrap_trigger(c->wrap, c->w[k])) != 0) {
			last = kind == 2 ? SIZE_MAX : k + 1;
			next = k;
		}
		if (k >= next && k <= last)
			add_word(c, c->w[k]);
	}
}

void
cmd_init(struct cmd *c, const struct wrap *wrap, char *const *w, size_t n)
{
	size_t k;

	memset(c, 0, sizeof(*c));
	c->w = w;
	c->n = n;
	c->wrap = wrap;
	if (wrap == NULL || n == 0)
		return;
	make_room(c);
	if ((wrap->flags & WRAP_SOME) != 0)
		add_some(c);
	else
		for (k = 1; k < n; k++)
			add_word(c, w[k]);
}

void
cmd_free(struct cmd *c)
{
	free(c->ents);
	freezero(c->arena, c->arena_len);
	memset(c, 0, sizeof(*c));
}
