/* SPDX-License-Identifier: ISC */
/* The words of env -S, with its own quoting (env(1) of coreutils 9). */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/part.h"
#include "common/policy/wrap.h"

struct envsplit {
	struct strv	*out;
	char		*buf;
	size_t		 len;
	int		 open;		/* there is a word, even an empty one */
	char		 quote;
	int		 done;		/* \c */
};

static void
put(struct envsplit *sp, char c)
{
	sp->buf[sp->len++] = c;
	sp->open = 1;
}

static void
word_end(struct envsplit *sp)
{
	if (sp->open)
		strv_addn(sp->out, sp->buf, sp->len);
	sp->len = 0;
	sp->open = 0;
}

/* Behind a backslash that means something; NULL or what is wrong. */
static const char *
escaped(struct envsplit *sp, char c)
{
	static const char from[] = "fnrtv", to[] = "\f\n\r\t\v";
	const char *p;

	if (c == '\0')
		return ("ends in a backslash");
	if (c == '_') {
		if (sp->quote == '"')
			put(sp, ' ');
		else
			word_end(sp);
	} else if (c == 'c') {
		if (sp->quote != '\0')
			return ("has \\c in quotes");
		sp->done = 1;
	} else if ((p = strchr(from, c)) != NULL)
		put(sp, to[p - from]);
	else if (strchr("\"#$\\'", c) != NULL)
		put(sp, c);
	else
		return ("has an unknown escape");
	return (NULL);
}

/* ${NAME}: its length, and a hole in its place; 0 if it is not one. */
static size_t
variable(struct envsplit *sp, const char *p)
{
	size_t n;

	if (p[1] != '{' || isdigit((unsigned char)p[2]))
		return (0);
	for (n = 2; isalnum((unsigned char)p[n]) || p[n] == '_'; n++)
		;
	if (n == 2 || p[n] != '}')
		return (0);
	put(sp, PART_HOLE);
	return (n + 1);
}

/* One byte, or what begins there; the bytes that it took, 0: *why. */
static size_t
one(struct envsplit *sp, const char *p, const char **why)
{
	size_t n;

	if (*p == '\\' && (sp->quote != '\'' || p[1] == '\\' || p[1] == '\'')) {
		*why = escaped(sp, p[1]);
		return (*why == NULL ? 2 : 0);
	}
	if (*p == sp->quote && *p != '\0') {
		sp->quote = '\0';
		return (1);
	}
	if (sp->quote == '\0' && (*p == '\'' || *p == '"')) {
		sp->quote = *p;
		sp->open = 1;
		return (1);
	}
	if (*p == '$' && sp->quote != '\'') {
		if ((n = variable(sp, p)) == 0)
			*why = "has a \"$\" that is not ${NAME}";
		return (n);
	}
	if (sp->quote == '\0' && isspace((unsigned char)*p))
		word_end(sp);
	else if (sp->quote == '\0' && *p == '#' && !sp->open)
		sp->done = 1;
	else
		put(sp, *p);
	return (1);
}

const char *
wrap_split(const char *s, struct strv *out)
{
	struct envsplit sp = { .out = out };
	const char *why = NULL;
	size_t n;

	sp.buf = xmalloc(strlen(s) + 1);
	while (*s != '\0' && !sp.done && (n = one(&sp, s, &why)) > 0)
		s += n;
	if (why == NULL && sp.quote != '\0')
		why = "has a quote that is not closed";
	if (why == NULL)
		word_end(&sp);
	free(sp.buf);
	return (why);
}
