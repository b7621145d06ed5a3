/* SPDX-License-Identifier: ISC */
/* Moments as people write them; see when.h. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "client/cli.h"
#include "client/when.h"
#include "common/decimal.h"
#include "common/defs.h"
#include "common/role.h"

/* So long ago.  0 or -1. */
static int
ago(const char *s, uint64_t now, uint64_t *t)
{
	static const char units[] = "smhdw";
	static const unsigned seconds[] = { 1, 60, 3600, 86400, 604800 };
	const char *unit, *end;
	uint64_t n;

	if ((end = decimal_front(s, &n)) == NULL || n > 1000000000 ||
	    end[0] == '\0' || end[1] != '\0' ||
	    (unit = strchr(units, end[0])) == NULL)
		return (-1);
	n *= seconds[unit - units];
	*t = n < now ? now - n : 0;
	return (0);
}

/* Is there such a day?  mktime makes another one of the 30th of February. */
static int
is_day(const struct tm *tm)
{
	struct tm noon;

	memset(&noon, 0, sizeof(noon));
	noon.tm_year = tm->tm_year;
	noon.tm_mon = tm->tm_mon;
	noon.tm_mday = tm->tm_mday;
	noon.tm_hour = 12;
	return (timegm(&noon) != -1 && noon.tm_mday == tm->tm_mday);
}

/* A local date, perhaps with a time.  0 or -1. */
static int
date(const char *s, uint64_t *t)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M",
	    "%Y-%m-%dT%H:%M:%S" };
	const char *end;
	struct tm tm;
	time_t at;
	size_t i;

	for (i = 0; i < NELEM(forms); i++) {
		memset(&tm, 0, sizeof(tm));
		tm.tm_isdst = -1;
		end = strptime(s, forms[i], &tm);
		if (end != NULL && *end == '\0' && is_day(&tm) &&
		    (at = mktime(&tm)) >= 0) {
			*t = (uint64_t)at;
			return (0);
		}
	}
	return (-1);
}

int
when_parse(const char *s, uint64_t now, uint64_t *t)
{
	return (ago(s, now, t) == 0 ? 0 : date(s, t));
}

int
when_arg(const char *option, const char *s, uint64_t *t_us, struct fail *f)
{
	uint64_t t;

	if (when_parse(s, (uint64_t)time(NULL), &t) == -1) {
		fail_set(f, EXIT_USAGE, "%s %.64s: not a time, "
		    WHEN_FORMS, option, s);
		return (-1);
	}
	*t_us = t * 1000000;
	return (0);
}
