/* SPDX-License-Identifier: ISC */
/* The end of a run by time; see timeword.h. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "client/out.h"
#include "client/timeword.h"

/* Before the end, unless that is more than half of it. */
#define TIMEWORD_S	300

int64_t
timeword_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

void
timeword_set(struct timeword *w, const void *data, size_t len)
{
	uint64_t s;

	if (!row_num(data, len, "timeout_s", &s) || s == 0 || s > UINT32_MAX)
		return;
	w->ends = timeword_now() + (int64_t)s * 1000;
	w->at = w->ends - (s / 2 < TIMEWORD_S ? (int64_t)s * 500 :
	    TIMEWORD_S * 1000);
}

/* Wherever the cursor is: a program that draws its screen draws over it. */
void
timeword_say(struct timeword *w, const char *id)
{
	int64_t left = (w->ends - timeword_now() + 500) / 1000;

	if (w->at == 0 || timeword_now() < w->at)
		return;
	w->at = 0;
	(void)fprintf(stderr, "\a\r\nclawbot: the time of %s is over in %lld "
	    "s%s\r\n", id, (long long)(left < 0 ? 0 : left), w->later ?
	    ", and in more by what programs of it waited for approvers" : "");
}
