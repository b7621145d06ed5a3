/* SPDX-License-Identifier: ISC */
/* Decimal numbers; see decimal.h. */
#include "config.h"

#include <stddef.h>

#include "common/decimal.h"

/* What is behind the digits; *over: it is more than there is room for. */
static const char *
digits(const char *s, uint64_t *v, int *over)
{
	uint64_t d;

	*v = 0;
	*over = 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		d = (uint64_t)(*s - '0');
		if (*v > (UINT64_MAX - d) / 10)
			*over = 1;
		else
			*v = *v * 10 + d;
	}
	return (s);
}

const char *
decimal_front(const char *s, uint64_t *v)
{
	const char *end;
	int over;

	end = digits(s, v, &over);
	if (over)
		*v = UINT64_MAX;
	return (end == s ? NULL : end);
}

int
decimal(const char *s, uint64_t max, uint64_t *v)
{
	const char *end;
	uint64_t n;
	int over;

	end = digits(s, &n, &over);
	if (end == s || *end != '\0' || over || n > max)
		return (-1);
	*v = n;
	return (0);
}
