/* SPDX-License-Identifier: ISC */
/* What an allow pattern lets through, and what not, that people may not see. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/danger.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

/* Is anything of it left open behind the program? */
static int
is_open(const struct pattern *p)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (p->w[i].kind == W_ANY ||
		    strchr(p->w[i].s, GLOB_CHAR) != NULL)
			return (1);
	return (0);
}

static int
has_any(const struct pattern *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->w[i].kind == W_ANY)
			return (1);
	return (0);
}

/* Nothing behind it: what it is to do it then reads. */
static const char *
bare_note(const struct wrap *w)
{
	if ((w->flags & WRAP_SHELL) != 0)
		return ("allows whatever its input tells a shell to run");
	if ((w->flags & WRAP_INTERP) != 0)
		return ("allows whatever code its input is");
	if ((w->flags & WRAP_STDIN) != 0)
		return ("allows what its input names");
	return (NULL);
}

/* Is a star where its grammar has the program that it runs? */
static int
is_program_open(const struct pattern *p, const struct wrap *w)
{
	struct strv words = { NULL, 0 };
	struct gram g;
	int open = 0;

	pattern_sample(p, PATTERN_STAR, 1, &words);
	gram_read(&g, w, words.v, words.n);
	if (g.how == GRAM_UNKNOWN || g.how == GRAM_LINE ||
	    g.how == GRAM_CODE || g.how == GRAM_SH || g.how == GRAM_SPLIT)
		open = 1;
	else if (g.how == GRAM_CMD && g.start < g.nops)
		open = strstr(g.ops[g.start], PATTERN_STAR) != NULL;
	gram_free(&g);
	strv_free(&words);
	return (open);
}

static const char *
wrap_note(const struct pattern *p, const struct wrap *w)
{
	if ((w->flags & WRAP_SHELL) != 0)
		return ("allows whatever a shell can run");
	/* what runs something in there is told by danger.h */
	if ((w->flags & WRAP_TEXT) != 0)
		return (NULL);
	if ((w->flags & WRAP_INTERP) != 0)
		return ("allows whatever its code does");
	if ((w->flags & WRAP_ALL) == 0)
		return (NULL);
	if (w->grammar == NULL)
		return ("allows whatever programs its words make it run");
	if (!is_program_open(p, w))
		return (NULL);
	if ((w->flags & WRAP_PURE) != 0)
		return ("allows every program behind it; where the program "
		    "is allowed, it need not be");
	return ("allows every program behind it");
}

/* Of one that names no program. */
static const char *
any_note(const struct pattern *p)
{
	return (p->prog_any ? "allows every program, and interpreters with "
	    "files of code; but none that runs what its words name" :
	    "allows every program there");
}

static const char *
subcommand(const struct pattern *p)
{
	if (p->n < 2 || p->w[1].kind != W_WORD ||
	    strchr(p->w[1].s, GLOB_CHAR) != NULL)
		return (NULL);
	return (p->w[1].s);
}

/* Does the pattern spell that word, and so stand for it? */
static int
is_written(const struct pattern *p, const char *word, size_t n)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (strncmp(p->w[i].s, word, n) == 0 &&
		    (p->w[i].s[n] == '\0' || p->w[i].s[n] == '='))
			return (1);
	return (0);
}

/*
 * The words of a row, without the signs that only mean something there and
 * what the pattern spells.
 */
static void
add_words(char *dst, size_t size, const struct pattern *p, const char *row)
{
	size_t n, len = strlen(dst);

	for (; *row != '\0'; row += n + (row[n] == ' ')) {
		n = strcspn(row, " ");
		if (strchr("$#=", row[0]) != NULL)
			continue;
		if (row[0] == '^') {
			row++;
			n--;
		}
		if (is_written(p, row, n))
			continue;
		if (len + n + 6 > size) {
			(void)snprintf(dst + len, size - len, " ...");
			return;
		}
		dst[len++] = ' ';
		memcpy(dst + len, row, n);
		len += n;
		dst[len] = '\0';
	}
}

void
pattern_notes(const struct pattern *p, const struct wraps *more,
    struct strv *notes)
{
	const struct wrap *w = wrap_find(more, p->base);
	const char *row, *why;
	char text[256];

	if (p->prog_any || p->prog_glob) {
		strv_add(notes, any_note(p));
		return;
	}
	why = NULL;
	if (w != NULL && is_open(p))
		why = wrap_note(p, w);
	else if (w != NULL && p->n == 1)
		why = bare_note(w);
	if (why != NULL)
		strv_add(notes, why);
	row = danger_of(p->base, subcommand(p));
	if (row == NULL || !has_any(p))
		return;
	(void)snprintf(text, sizeof(text), "does not cover what runs a "
	    "program, loads code or writes a file:");
	add_words(text, sizeof(text), p, row);
	strv_add(notes, text);
	if (strcmp(p->base, "git") == 0 && subcommand(p) == NULL)
		strv_add(notes, "does not cover what is no command of git's "
		    "own");
}
