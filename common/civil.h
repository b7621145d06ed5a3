/* SPDX-License-Identifier: ISC */
/* Dates, without the C library's zone files. */
#ifndef COMMON_CIVIL_H
#define COMMON_CIVIL_H

#include <stdint.h>

/* A second of the Gregorian calendar, UTC, 1970 to 9999. */
struct civil {
	unsigned	year;
	unsigned	month;		/* 1 to 12 */
	unsigned	day;		/* 1 to 31 */
	unsigned	hour;
	unsigned	minute;
	unsigned	second;		/* 0 to 59 */
};
#define CIVIL_LAST	UINT64_C(253402300799)	/* 9999-12-31T23:59:59Z */
/* Of seconds since the epoch; -1 past the year 9999. */
int	civil_get(struct civil *, uint64_t s);
/* And back; -1 if there is no such second. */
int	civil_seconds(uint64_t *s, const struct civil *);
/* "2026-02-01T12:00:00Z"; what is past the year 9999 is its last second. */
#define CIVIL_TEXT	21
void	civil_text(char out[CIVIL_TEXT], uint64_t s);
/* Now, in microseconds since the epoch; -1 where the clock is before that. */
int	civil_now(uint64_t *us);

#endif
