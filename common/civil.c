/* SPDX-License-Identifier: ISC */
/* Days and dates: years start in March, so that leap days end them. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "common/civil.h"

#define DAY		86400U
/* From 0000-03-01, where years that start in March begin, to the epoch. */
#define TO_EPOCH	719468U
#define ERA_DAYS	146097U		/* in 400 years */

static uint64_t
to_days(unsigned y, unsigned m, unsigned d)
{
	unsigned doy, yoe, era;

	if (m <= 2)
		y--;
	era = y / 400;
	yoe = y % 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return ((uint64_t)era * ERA_DAYS + yoe * 365 + yoe / 4 - yoe / 100 +
	    doy - TO_EPOCH);
}

static void
from_days(struct civil *c, uint64_t days)
{
	unsigned era, doe, yoe, doy, mp;

	days += TO_EPOCH;
	era = (unsigned)(days / ERA_DAYS);
	doe = (unsigned)(days % ERA_DAYS);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c->day = doy - (153 * mp + 2) / 5 + 1;
	c->month = mp < 10 ? mp + 3 : mp - 9;
	c->year = yoe + era * 400 + (c->month <= 2);
}

int
civil_get(struct civil *c, uint64_t s)
{
	unsigned sod = (unsigned)(s % DAY);

	if (s > CIVIL_LAST)
		return (-1);
	from_days(c, s / DAY);
	c->hour = sod / 3600;
	c->minute = sod / 60 % 60;
	c->second = sod % 60;
	return (0);
}

int
civil_seconds(uint64_t *s, const struct civil *c)
{
	static const unsigned last[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
	    31, 30, 31 };
	unsigned leap;

	if (c->year < 1970 || c->year > 9999 || c->month < 1 ||
	    c->month > 12 || c->day < 1 || c->hour > 23 || c->minute > 59 ||
	    c->second > 59)
		return (-1);
	leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);
	if (c->day > last[c->month - 1] + (c->month == 2 ? leap : 0))
		return (-1);
	*s = to_days(c->year, c->month, c->day) * DAY + c->hour * 3600 +
	    c->minute * 60 + c->second;
	return (0);
}

void
civil_text(char out[CIVIL_TEXT], uint64_t s)
{
	struct civil c;

	if (civil_get(&c, s) == -1)
		(void)civil_get(&c, CIVIL_LAST);
	(void)snprintf(out, CIVIL_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    c.year, c.month, c.day, c.hour, c.minute, c.second);
}

int
civil_now(uint64_t *us)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1 || ts.tv_sec < 0)
		return (-1);
	*us = (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
	return (0);
}
