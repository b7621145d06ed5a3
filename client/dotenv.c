/* SPDX-License-Identifier: ISC */
/* Reading .env files; see dotenv.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/dotenv.h"
#include "common/varname.h"

struct dotenv_cursor {
	struct dotenv	*d;
	char		*p;
	char		*end;
	unsigned	 line;
};

static int __attribute__((__format__ (printf, 2, 3)))
wrong(struct dotenv_cursor *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->d->why, sizeof(c->d->why), fmt, ap);
	va_end(ap);
	c->d->line = c->line;
	return (-1);
}

static void
skip_blanks(struct dotenv_cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
		c->p++;
}

/* Nothing but blanks and a comment, up to the end of the line. */
static int
rest_of_line(struct dotenv_cursor *c)
{
	skip_blanks(c);
	if (c->p < c->end && *c->p == '#')
		while (c->p < c->end && *c->p != '\n')
			c->p++;
	if (c->p < c->end && *c->p == '\r')
		return (wrong(c, "the line ends with a carriage return: "
		    "convert the file, as with sed 's/\\r$//'"));
	if (c->p < c->end && *c->p != '\n')
		return (wrong(c, "something follows the quoted value"));
	return (0);
}

static int
quoted(struct dotenv_cursor *c, struct dotenv_entry *e)
{
	char *close;

	e->value = ++c->p;
	close = memchr(c->p, '\'', (size_t)(c->end - c->p));
	if (close == NULL)
		return (wrong(c, "the value of %s has no closing '",
		    e->name));
	e->len = (size_t)(close - c->p);
	for (; c->p < close; c->p++)
		c->line += *c->p == '\n';
	c->p++;
	return (rest_of_line(c));
}

/* What stands for itself behind a backslash, or for something else. */
static int
escaped(char ch, char *out)
{
	static const char from[] = "nrt\"\\$", to[] = "\n\r\t\"\\$";
	const char *at = ch == '\0' ? NULL : strchr(from, ch);

	if (at == NULL)
		return (-1);
	*out = to[at - from];
	return (0);
}

static int
double_quoted(struct dotenv_cursor *c, struct dotenv_entry *e)
{
	char *to;

	e->value = to = ++c->p;
	for (; c->p < c->end && *c->p != '"'; c->p++) {
		if (*c->p == '$' || *c->p == '`')
			return (wrong(c, "%s: a %c between \" \" is something "
			    "else for other readers: write the value between "
			    "' '", e->name, *c->p));
		c->line += *c->p == '\n';
		if (*c->p != '\\') {
			*to++ = *c->p;
			continue;
		}
		if (++c->p == c->end || escaped(*c->p, to++) == -1)
			return (wrong(c, "%s: a backslash that is not one of "
			    "\\n \\r \\t \\\" \\\\ \\$: write the value "
			    "between ' '", e->name));
	}
	if (c->p == c->end)
		return (wrong(c, "the value of %s has no closing \"",
		    e->name));
	e->len = (size_t)(to - e->value);
	c->p++;
	return (rest_of_line(c));
}

static int
bare(struct dotenv_cursor *c, struct dotenv_entry *e)
{
	e->value = c->p;
	for (; c->p < c->end && *c->p != '\n'; c->p++) {
		if (*c->p == '\r')
			return (rest_of_line(c));
		if (*c->p == '\0' || strchr(" \t\"'$`\\#", *c->p) != NULL)
			return (wrong(c, "%s: a blank, a quote, $, `, \\ or # "
			    "in the value: write it between ' '", e->name));
	}
	e->len = (size_t)(c->p - e->value);
	return (0);
}

static int
value(struct dotenv_cursor *c, struct dotenv_entry *e)
{
	int r;

	if (c->p < c->end && *c->p == '\'')
		r = quoted(c, e);
	else if (c->p < c->end && *c->p == '"')
		r = double_quoted(c, e);
	else
		r = bare(c, e);
	if (r == -1)
		return (-1);
	if (e->len == 0)
		return (wrong(c, "%s has no value", e->name));
	if (e->len > MSG_SECRET_MAX)
		return (wrong(c, "the value of %s has more than %u bytes",
		    e->name, MSG_SECRET_MAX));
	if (memchr(e->value, '\0', e->len) != NULL)
		return (wrong(c, "the value of %s has a byte of zero",
		    e->name));
	return (0);
}

/* May a secret have this name, and is it the first of it? */
static int
check_name(struct dotenv_cursor *c, const char *name)
{
	const struct dotenv *d = c->d;
	const char *why;
	size_t i;

	if ((why = varname_wrong(name)) != NULL)
		return (wrong(c, "bad name of a secret: %s", why));
	for (i = 0; i < d->n; i++)
		if (strcmp(d->v[i].name, name) == 0)
			return (wrong(c, "%s is there already, in line %u",
			    name, d->v[i].line));
	if (d->n == IMPORT_MAX)
		return (wrong(c, "more than %d secrets", IMPORT_MAX));
	return (0);
}

static int
entry(struct dotenv_cursor *c)
{
	static const char export[] = "export ";
	struct dotenv_entry *e = &c->d->v[c->d->n];
	char *eq, *eol;

	if ((size_t)(c->end - c->p) > sizeof(export) - 1 &&
	    memcmp(c->p, export, sizeof(export) - 1) == 0)
		c->p += sizeof(export) - 1;
	eol = memchr(c->p, '\n', (size_t)(c->end - c->p));
	eq = memchr(c->p, '=', (size_t)((eol != NULL ? eol : c->end) - c->p));
	if (eq == NULL)
		return (wrong(c, "no NAME=VALUE"));
	/* before it is a name it may be part of a value, and is not shown */
	if (varname_malformed(c->p, (size_t)(eq - c->p)) != NULL)
		return (wrong(c, "what is in front of = is no name: %s",
		    varname_malformed(c->p, (size_t)(eq - c->p))));
	*eq = '\0';
	if (check_name(c, c->p) == -1)
		return (-1);
	e->name = c->p;
	e->line = c->line;
	c->p = eq + 1;
	if (value(c, e) == -1)
		return (-1);
	c->d->n++;
	return (0);
}

int
dotenv_parse(struct dotenv *d, char *text, size_t len)
{
	struct dotenv_cursor c = { d, text, text + len, 1 };

	memset(d, 0, sizeof(*d));
	for (; c.p < c.end; c.p++, c.line++) {
		skip_blanks(&c);
		if (c.p < c.end && *c.p != '\n' && *c.p != '#' &&
		    *c.p != '\r') {
			if (entry(&c) == -1)
				return (-1);
		} else if (rest_of_line(&c) == -1)
			return (-1);
	}
	if (d->n == 0) {
		c.line = 1;
		return (wrong(&c, "there is no NAME=VALUE in it"));
	}
	return (0);
}
