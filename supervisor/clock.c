/* SPDX-License-Identifier: ISC */
/* The one clock of the supervisor. */
#include "config.h"

#include <time.h>

#include "supervisor/clock.h"

int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}
