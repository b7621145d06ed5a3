/* SPDX-License-Identifier: ISC */
/*
 * Steps of the host's clock, by which records have their times: each is a
 * record, with the time before and after it.  What goes on by itself is
 * CLOCK_BOOTTIME, which nobody sets.
 */
#ifndef AUDITOR_CLOCKSTEP_H
#define AUDITOR_CLOCKSTEP_H

#include <stdint.h>

struct auditor;
struct event;

/* What the clock is slewed by is no step. */
#define CLOCKSTEP_US	100000

struct clockstep {
	int		 fd;		/* tells that it was set */
	struct event	*ev;
	int64_t		 ahead_us;	/* of the other clock, as recorded */
};

/* Before the process is locked in: 0, or -1 and errno. */
int	clockstep_open(struct clockstep *);
/* From now on; 0 or -1. */
int	clockstep_watch(struct auditor *);
/* How far it was set between the two, or 0: that was no step. */
int64_t	clockstep_by(int64_t was_ahead_us, int64_t ahead_us);

#endif
