/* SPDX-License-Identifier: ISC */
/* The clocks of the supervisor. */
#include "config.h"

#include <time.h>

#include "supervisor/clock.h"

static int64_t
ms(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

int64_t
now_ms(void)
{
	return (ms(CLOCK_BOOTTIME));
}

int64_t
awake_ms(void)
{
	return (ms(CLOCK_MONOTONIC));
}
