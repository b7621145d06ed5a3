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

static const char *
wrap_note(const struct wrap *w)
{
	if ((w->flags & WRAP_SHELL) != 0)
		return ("allows whatever a shell can run");
	if ((w->flags & WRAP_INTERP) != 0)
		return ("allows whatever its code does");
	if ((w->flags & WRAP_PURE) != 0)
		return ("allows every program behind it; where the program "
		    "is allowed, it need not be");
	if ((w->flags & WRAP_ALL) != 0)
		return ("allows every program behind it");
	return (NULL);
}

static const char *
subcommand(const struct pattern *p)
{
	if (p->n < 2 || p->w[1].kind != W_WORD ||
	    strchr(p->w[1].s, GLOB_CHAR) != NULL)
		return (NULL);
	return (p->w[1].s);
}

/* The words of a row, without the signs that only mean something there. */
static void
add_words(char *dst, size_t size, const char *row)
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

	if (p->prog_any || p->prog_glob)
		return;
	if (w != NULL && is_open(p) && (why = wrap_note(w)) != NULL)
		strv_add(notes, why);
	row = danger_of(p->base, subcommand(p));
	if (row == NULL || !has_any(p))
		return;
	(void)snprintf(text, sizeof(text), "does not cover what runs a "
	    "program, loads code or writes a file:");
	add_words(text, sizeof(text), row);
	strv_add(notes, text);
	if (strcmp(p->base, "git") == 0 && subcommand(p) == NULL)
		strv_add(notes, "does not cover what is no command of git's "
		    "own");
}
