/* SPDX-License-Identifier: ISC */
/* Short turns on a processor. */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "executor/turns.h"

#define TURN_NS	100000		/* the least there is */

static int noted;

void
turns_note(void)
{
	noted = getpriority(PRIO_PROCESS, 0);
}

int
turns_nice(void)
{
	return (noted);
}

void
turns_short(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t	 nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} a;

	memset(&a, 0, sizeof(a));
	a.size = sizeof(a);
	a.nice = noted;
	a.runtime = TURN_NS;
	(void)syscall(SYS_sched_setattr, 0, &a, 0);
}
