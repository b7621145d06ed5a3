/* SPDX-License-Identifier: ISC */
/* What stands for a secret's value; see knownvalue.h. */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "common/knownvalue.h"

#define NUMBER_LEAST	4		/* digits that are more than a count */
#define QUOTED_WORDS	12		/* more is no passphrase */
#define QUOTED_MOST	128		/* bytes of one that could be code */

static int
all_of(const char *p, size_t n, const char *set)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(set, p[i]) == NULL)
			return (0);
	return (1);
}

int
knownvalue_refers(const char *p, size_t n, char quote)
{
	if (n == 0 || all_of(p, n, "*") || (n > 2 && all_of(p, n, "xX")) ||
	    all_of(p, n, "."))
		return (1);
	if (p[0] == '$' && quote != '\'')
		return (n == 1 || isalnum((unsigned char)p[1]) ||
		    strchr("_{(@*", p[1]) != NULL);
	if (p[0] == '<')
		return (p[n - 1] == '>');
	if (p[0] == '%')
		return (n > 1 && (p[1] == '(' || (n == 2 &&
		    isalpha((unsigned char)p[1]))));
	return (p[0] == '`' || (n > 1 && p[0] == '{' && p[1] == '{'));
}

int
knownvalue_count(const char *p, size_t n)
{
	return (n < NUMBER_LEAST && all_of(p, n, "0123456789"));
}

int
knownvalue_path(const char *p, size_t n)
{
	size_t i, dots = 0;

	for (i = 0; i < n; i++)
		if (p[i] == '.')
			dots++;
		else if (!isalpha((unsigned char)p[i]) && p[i] != '_')
			return (0);
	return (dots != 0);
}

int
knownvalue_script(const char *p, size_t n)
{
	size_t i, words = 1, signs = 0;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] > ' ')
			signs += strchr(";|&(){}<>$`=/", p[i]) != NULL;
		else {
			words++;
			signs += p[i] == '\n' || (i + 1 < n &&
			    p[i + 1] == '-');
		}
	return (words > QUOTED_WORDS ||
	    (signs != 0 && (words > 1 || n > QUOTED_MOST)));
}
