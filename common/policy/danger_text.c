/* SPDX-License-Identifier: ISC */
/*
 * Programs of awk and sed as their arguments have them: do they run a
 * command or write a file?  What cannot be read is taken to.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "common/policy/danger.h"

static int
is_name(char c)
{
	return (isalnum((unsigned char)c) || c == '_');
}

/* Behind a string or regular expression that begins at p; NULL if open. */
static const char *
awk_skip(const char *p)
{
	char q = *p++;

	for (; *p != q; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '\0' || *p == '\n')
			return (NULL);
	}
	return (p + 1);
}

/* Is a "/" behind this byte the beginning of a regular expression? */
static int
awk_regex_after(char last)
{
	return (!is_name(last) && last != ')' && last != ']' && last != '"' &&
	    last != '$');
}

static int
awk_word(const char *p, size_t n, int *print)
{
	static const char *const bad[] = { "system", "getline", "include",
	    "load", "close", "fflush" };
	size_t i;

	if (strncmp(p, "print", 5) == 0 && (n == 5 || (n == 6 && p[5] == 'f')))
		*print = 1;
	for (i = 0; i < 4; i++)
		if (strlen(bad[i]) == n && strncmp(p, bad[i], n) == 0)
			return (1);
	return (0);
}

int
danger_awk(const char *p)
{
	int print = 0, depth = 0;
	char last = '{';
	size_t n;

	while (*p != '\0') {
		if (*p == '"' || (*p == '/' && awk_regex_after(last))) {
			if ((p = awk_skip(p)) == NULL)
				return (1);
			last = '"';
			continue;
		}
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		if (is_name(*p)) {
			for (n = 1; is_name(p[n]); n++)
				;
			if (awk_word(p, n, &print))
				return (1);
			last = 'a';
			p += n;
			continue;
		}
		if (*p == '|' && p[1] == '|') {
			last = '|';
			p += 2;
			continue;
		}
		if (*p == '|' || *p == '@' || (*p == '>' && print &&
		    depth == 0))
			return (1);
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (*p == ';' || *p == '}' || *p == '\n')
			print = depth = 0;
		if (!isspace((unsigned char)*p))
			last = *p;
		p++;
	}
	return (0);
}

/* Behind the closing delimiter of a part of s or y, or of an address. */
static const char *
sed_part(const char *p, char delim)
{
	int set = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '\n' && delim != '\n')
			return (NULL);
		else if (*p == delim && !set)
			return (p + 1);
	}
	return (NULL);
}

static const char *
sed_address(const char *p)
{
	char delim;

	for (;;) {
		p += strspn(p, " \t");
		if (isdigit((unsigned char)*p) || *p == '$' || *p == '+' ||
		    *p == '~')
			p += 1 + strspn(p + 1, "0123456789~");
		else if (*p == '/' || (*p == '\\' && p[1] != '\0')) {
			delim = *p == '/' ? '/' : *++p;
			if ((p = sed_part(p + 1, delim)) == NULL)
				return (NULL);
			p += strspn(p, "IM");
		} else
			return (p);
		p += strspn(p, " \t");
		if (*p != ',')
			return (p + strspn(p, " \t!"));
		p++;
	}
}

/* s and y; NULL if it is one that runs or writes, or cannot be read. */
static const char *
sed_replace(const char *p)
{
	char delim = p[1];
	int is_s = *p == 's';

	if (delim == '\0' || delim == '\n' || delim == '\\')
		return (NULL);
	if ((p = sed_part(p + 2, delim)) == NULL ||
	    (p = sed_part(p, delim)) == NULL)
		return (NULL);
	if (is_s)
		p += strspn(p, "gpiIMm0123456789");
	return (p);
}

/* Behind one command; NULL if it runs, writes, or is not known. */
static const char *
sed_command(const char *p)
{
	if (*p == '\0')
		return (p);
	if (*p == 's' || *p == 'y')
		p = sed_replace(p);
	else if (strchr("aic", *p) != NULL || strchr(":btTrR", *p) != NULL)
		return (p + strcspn(p, "\n"));
	else if (strchr("{}=dDgGhHnNpPxzF", *p) != NULL)
		p++;
	else if (strchr("lLqQ", *p) != NULL)
		p += 1 + strspn(p + 1, " 0123456789");
	else if (*p == '#')
		return (p + strcspn(p, "\n"));
	else
		return (NULL);
	if (p == NULL)
		return (NULL);
	p += strspn(p, " \t");
	/* what stands behind a command is its end, or it is not understood */
	return (strchr(";\n}#", *p) != NULL || p[-1] == '{' || *p == '\0' ?
	    p : NULL);
}

int
danger_sed(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\n;");
		if (*p == '\0')
			return (0);
		if ((p = sed_address(p)) == NULL ||
		    (p = sed_command(p)) == NULL)
			return (1);
	}
}
