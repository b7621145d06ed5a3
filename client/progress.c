/* SPDX-License-Identifier: ISC */
/* How far it is; see progress.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/progress.h"

#define NOT_SHOWN	101U	/* per cent: nothing has been shown */

static void
show(struct progress *p)
{
	unsigned now = p->total == 0 ? 100 : (unsigned)((double)p->done *
	    100 / (double)p->total);

	if (!p->shown || now == p->percent)
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
	show(p);
}

void
progress_add(struct progress *p, uint64_t n)
{
	p->done += n;
	show(p);
}

void
progress_end(struct progress *p)
{
	if (p->shown && p->percent != NOT_SHOWN)
		fprintf(stderr, "\r%*s\r", (int)strlen(p->what) + 32, "");
	p->shown = 0;
}
