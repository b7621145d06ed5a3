/* SPDX-License-Identifier: ISC */
/* How far it is; see progress.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/progress.h"

#define NOT_SHOWN	101U	/* per cent: nothing has been shown */
#define PATIENCE_MS	1000	/* before a count is shown */
#define AGAIN_MS	200
#define SELDOM		1024U	/* records between two looks at the clock */

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void
show(struct progress *p)
{
	unsigned now;

	if (p->total == 0 || !p->shown)
		return;
	now = (unsigned)((double)p->done * 100 / (double)p->total);
	if (now == p->percent)
		return;
	p->percent = now;
	fprintf(stderr, "\r%s: %3u%% of %.1f MB ", p->what, now,
	    (double)p->total / 1000000);
	(void)fflush(stderr);
}

void
progress_begin(struct progress *p, const char *what, uint64_t total)
{
	memset(p, 0, sizeof(*p));
	p->shown = isatty(STDERR_FILENO);
	p->what = what;
	p->total = total;
	p->percent = NOT_SHOWN;
	p->next = clock_ms() + PATIENCE_MS;
	show(p);
}

void
progress_add(struct progress *p, uint64_t n)
{
	p->done += n;
	show(p);
}

void
progress_records(struct progress *p, uint64_t n)
{
	const uint64_t before = p->done / SELDOM;

	p->done += n;
	if (!p->shown || p->done / SELDOM == before || clock_ms() < p->next)
		return;
	p->next = clock_ms() + AGAIN_MS;
	p->counted = 1;
	fprintf(stderr, "\r%s: %llu records ", p->what,
	    (unsigned long long)p->done);
	(void)fflush(stderr);
}

void
progress_hide(struct progress *p)
{
	if (p->shown && (p->percent != NOT_SHOWN || p->counted))
		fprintf(stderr, "\r%*s\r", (int)strlen(p->what) + 32, "");
	p->percent = NOT_SHOWN;
	p->counted = 0;
}

void
progress_end(struct progress *p)
{
	progress_hide(p);
	p->shown = 0;
}
