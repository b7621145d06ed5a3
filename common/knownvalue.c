/* SPDX-License-Identifier: ISC */
/* What stands where a secret would; see knownvalue.h. */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/knownname.h"
#include "common/knownvalue.h"

#define NUMBER_LEAST	4		/* digits that are more than a count */
#define QUOTED_WORDS	12		/* more is no passphrase */
#define QUOTED_MOST	128		/* bytes of one that could be code */
#define PREFIX_MOST	2		/* letters before a quote */

/*
 * With what messages begin that name a thing first: errors of the system, of
 * shells, compilers and ourselves.  Nobody's secret is one of these.
 */
static const char *const message_words[] = {
    "access", "accessing", "address", "all", "already", "an", "another",
    "archive", "are", "argument", "assertion", "at", "attempting",
    "authentication", "bad", "block", "broken", "can", "cannot", "channel",
    "comes", "command", "connection", "contains", "could", "couldn",
    "destination", "device", "did", "didn", "directory", "disk", "does",
    "doesn", "error", "exchange", "exec", "expected", "failed", "failure",
    "fatal", "file", "found", "function", "group", "had", "has", "host",
    "identifier", "illegal", "in", "inappropriate", "input", "input/output",
    "interrupted", "invalid", "is", "isn", "it", "its", "key", "line",
    "link", "longer", "may", "memory", "message", "missing", "more", "must",
    "name", "network", "not", "note", "numerical", "object", "only",
    "operation", "option", "out", "output", "owner", "ownership",
    "permission", "permissions", "protocol", "read", "read-only", "remote",
    "required", "resource", "runs", "should", "signature", "skipping",
    "socket", "stale", "structure", "syntax", "system", "text", "that",
    "the", "there", "this", "timer", "to", "too", "transport", "two",
    "unable", "undefined", "unexpected", "unknown", "unreadable",
    "unrecognized", "unsupported", "usage", "user", "value", "warning",
    "was", "were", "will", "won", "would", "write", "wrong", "you", NULL };

int
knownvalue_all(const char *p, size_t n, const char *set)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(set, p[i]) == NULL)
			return (0);
	return (1);
}

/* {NAME}, {NAME!r} and {0}:{1}, which something else is put into. */
static int
is_filled(const char *p, size_t n)
{
	size_t i, letters = 0, digits = 0;

	if (n < 2 || p[0] != '{' || p[n - 1] != '}')
		return (0);
	for (i = 0; i < n; i++)
		if (isalpha((unsigned char)p[i]))
			letters++;
		else if (isdigit((unsigned char)p[i]))
			digits++;
		else if (p[i] == '\0' || strchr("_.!:{} ", p[i]) == NULL)
			return (0);
	/* {hunter2} is no name */
	return (letters == 0 || digits == 0);
}

int
knownvalue_refers(const char *p, size_t n, char quote)
{
	if (n == 0 || knownvalue_all(p, n, "*") ||
	    (n > 2 && knownvalue_all(p, n, "xX")) ||
	    knownvalue_all(p, n, " .,:+[{("))
		return (1);
	if (p[0] == '$' && quote != '\'')
		return (n == 1 || isalnum((unsigned char)p[1]) ||
		    strchr("_{(@*", p[1]) != NULL);
	if (p[0] == '<')
		return (p[n - 1] == '>');
	if (p[0] == '%')
		return (n > 1 && (p[1] == '(' || (isalpha((unsigned char)p[1])
		    && (n == 2 || p[n - 2] == '%'))));
	return (p[0] == '`' || (n > 1 && p[0] == '{' && p[1] == '{') ||
	    is_filled(p, n) || knownname_header(p, n));
}

/* Names of letters with dots between them, and no more than that. */
static int
is_path(const char *p, size_t n)
{
	size_t i, dots = 0;

	for (i = 0; i < n; i++)
		if (p[i] == '.')
			dots++;
		else if (!isalpha((unsigned char)p[i]) && p[i] != '_')
			return (0);
	return (dots != 0);
}

/* Another name for one, without a digit in it: secret: args.password. */
static int
is_other_name(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isalpha((unsigned char)p[i]) && p[i] != '_' && p[i] != '.')
			return (0);
	return (knownname_tells(p, n));
}

/* {NAME and {NAME!r, whose brace is behind it. */
static int
is_braced(const char *p, size_t n)
{
	size_t i;

	if (n < 2 || p[0] != '{')
		return (0);
	for (i = 1; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && (p[i] == '\0' ||
		    strchr("_.!:", p[i]) == NULL))
			return (0);
	return (1);
}

static size_t
name_of(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && (isalnum((unsigned char)p[i]) || p[i] == '_' ||
	    p[i] == '-' || p[i] == '.'); i++)
		;
	return (i);
}

/* Optional[str], auth["token"]: of letters before it, and closed. */
static int
is_indexed(const char *p, size_t n, char next)
{
	size_t i;

	for (i = 0; i < n && p[i] != '['; i++)
		if (!isalpha((unsigned char)p[i]) && p[i] != '_' && p[i] != '.')
			return (0);
	if (i == 0 || i == n)
		return (0);
	i++;
	if (i == n)
		return (next == '"' || next == '\'');
	return (name_of(p + i, n - i) == n - i && (next == ']' || next == ','));
}

int
knownvalue_code(const char *p, size_t n, char next, int code)
{
	if (next == '(' && name_of(p, n) == n)
		return (1);
	if (next == '}' && is_braced(p, n))
		return (1);
	if (knownname_type(p, n) || knownvalue_refers(p, n, 0) ||
	    is_other_name(p, n) || is_indexed(p, n, next))
		return (1);
	if (n < NUMBER_LEAST && knownvalue_all(p, n, "0123456789"))
		return (1);
	return (code && is_path(p, n));
}

int
knownvalue_message(const char *p, size_t n, size_t rest)
{
	const char *next = p + n;
	size_t i, blanks;

	if (rest > 2 && memcmp(next, "'t", 2) == 0) {	/* can't */
		next += 2;
		rest -= 2;
	}
	for (blanks = 0; blanks < rest && (next[blanks] == ' ' ||
	    next[blanks] == '\t'); blanks++)
		;
	next += blanks;
	if (blanks == 0 || blanks == rest || (!isalpha((unsigned char)*next) &&
	    *next != '\'' && *next != '"' && *next != '`'))
		return (0);
	if (n > 1 && (p[n - 1] == ':' || p[n - 1] == ','))
		n--;
	for (i = 0; message_words[i] != NULL; i++)
		if (strlen(message_words[i]) == n &&
		    strncasecmp(message_words[i], p, n) == 0)
			return (1);
	return (0);
}

int
knownvalue_place(const char *p, size_t n, int path)
{
	size_t i, digits = 0, numbers = 0;

	for (i = 0; i < n; i++)
		if (isdigit((unsigned char)p[i])) {
			if (++digits == NUMBER_LEAST && !path)
				return (0);
		} else if (p[i] == ':' && digits != 0 && ++numbers <= 2)
			digits = 0;
		else
			return (0);
	return (numbers != 0 && digits == 0);
}

int
knownvalue_list(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && (isalnum((unsigned char)p[i]) || p[i] == '_'); i++)
		;
	return (i != 0 && i + 1 < n && p[i] == '=' && p[i + 1] != '=');
}

size_t
knownvalue_prefix(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < PREFIX_MOST && p[i] != '\0' &&
	    strchr("bBuUrRfFL@$", p[i]) != NULL; i++)
		;
	return (i < n && (p[i] == '"' || p[i] == '\'') ? i : 0);
}

int
knownvalue_expression(const char *text, size_t at, size_t end)
{
	if (at == 0 || (text[at - 1] != 'r' && text[at - 1] != 'R'))
		return (0);
	while (++at < end)
		if (text[at] != '\0' && strchr("\\[(*^", text[at]) != NULL)
			return (1);
	return (0);
}

int
knownvalue_one(const char *p, size_t n)
{
	size_t i, words = 1, signs = 0;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] > ' ')
			signs += strchr(";|&(){}<>$`=", p[i]) != NULL;
		else {
			words++;
			signs += p[i] == '\n';
		}
	return (words <= QUOTED_WORDS &&
	    (signs == 0 || (words == 1 && n <= QUOTED_MOST)));
}

/* The apostrophe of a word is no quote. */
static int
is_apostrophe(const char *text, size_t i)
{
	return (text[i] == '\'' && i > 0 &&
	    isalpha((unsigned char)text[i - 1]) &&
	    (i < 2 || isalpha((unsigned char)text[i - 2])));
}

char
knownquotes_at(struct knownquotes *q, const char *text, size_t at)
{
	char c;

	for (; q->seen < at; q->seen++) {
		c = text[q->seen];
		if (c == '\n')
			q->comment = 0;
		else if (q->comment)
			continue;
		else if (c == '\\' && q->open != '\'')
			q->seen++;
		else if (c == q->open)
			q->open = 0;
		else if (q->open == 0 && (c == '"' || (c == '\'' &&
		    !is_apostrophe(text, q->seen))))
			q->open = c;
		else if (q->open == 0 && c == '#' && (q->seen == 0 ||
		    isspace((unsigned char)text[q->seen - 1])))
			q->comment = 1;
	}
	return (q->open);
}
