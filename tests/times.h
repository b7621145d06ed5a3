/* SPDX-License-Identifier: ISC */
/* Times that a benchmark takes by itself. */
#ifndef TESTS_TIMES_H
#define TESTS_TIMES_H

#include <time.h>

/* Of the monotonic clock. */
static double
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3);
}

/* For qsort(3), of doubles. */
static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y ? -1 : x > y);
}

#endif
