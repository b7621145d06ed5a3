/* SPDX-License-Identifier: ISC */
/*
 * Resource limits of a command.  They count for each process of a run, but
 * for the number of processes, which counts for all runs of an account
 * together.  They can only be lowered: what the executor was started with is
 * the ceiling.  A priority can only be given up, too: nobody in there has
 * RLIMIT_NICE, and ioprio_set(2) is refused to runs, since the kernel would
 * let them take back what is taken here.
 *
 * Memory is RLIMIT_DATA, what is writable and private, where no control group
 * holds it: that counts what is used, and sanitizers and many runtimes
 * reserve far more than they ever touch.  For the same reason there never is
 * an RLIMIT_AS.  What is shared (MAP_SHARED, memfd, System V) is not counted
 * by any rlimit.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/ioprio.h>

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/priv.h"
#include "executor/box/box.h"
#include "executor/turns.h"

#define CPU_GRACE_S	2	/* from SIGXCPU to SIGKILL */

/*
 * What the kernel counts for an account in our user namespace, or for a
 * process: enough for any program, and far from what there is.
 */
static const struct {
	__rlimit_resource_t	what;
	uint64_t		value;
} counters[] = {
	/* signals that wait, and timers, each of which has one */
	{ RLIMIT_SIGPENDING, LIMITS_SIGPENDING },
	/* bytes of POSIX message queues */
	{ RLIMIT_MSGQUEUE, LIMITS_MSGQUEUE },
	/* a higher priority, and that of real time */
	{ RLIMIT_NICE, 0 },
	{ RLIMIT_RTPRIO, 0 },
};

/* soft and hard */
static int
lower_to(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
	struct rlimit rl;

	rl.rlim_max = (rlim_t)hard;
	rl.rlim_cur = soft < hard ? (rlim_t)soft : (rlim_t)hard;
	/* refused is only more than there is */
	if (setrlimit(what, &rl) == 0)
		return (0);
	if (getrlimit(what, &rl) == -1)
		return (-1);
	if (rl.rlim_max == RLIM_INFINITY || hard < rl.rlim_max)
		rl.rlim_max = (rlim_t)hard;
	rl.rlim_cur = soft < rl.rlim_max ? (rlim_t)soft : rl.rlim_max;
	return (setrlimit(what, &rl));
}

/* 0 leaves it. */
static int
lower(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
	return (soft == 0 ? 0 : lower_to(what, soft, hard));
}

int
rlimits_inherit(void)
{
	size_t i;

	if (priv_no_core() == -1)
		return (-1);
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (lower_to(counters[i].what, counters[i].value,
		    counters[i].value) == -1)
			return (-1);
	return (0);
}

/* A daemon that gives way more than that already has runs that do so too. */
static int
give_way(int nice)
{
	return (turns_nice() >= nice ? 0 :
	    setpriority(PRIO_PROCESS, 0, nice));
}

int
rlimits_io(uint32_t class)
{
	int prio;

	switch (class) {
	case LIMITS_IO_LOW:
		prio = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7);
		break;
	case LIMITS_IO_IDLE:
		prio = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0);
		break;
	default:
		return (0);
	}
	return ((int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, prio));
}

/*
 * memory.max holds back whoever only reads files, too, and the kernel makes
 * room by forgetting them: that alone is no reason for an exit status, which
 * programs end with for many others.  Nothing tells of a process that was
 * refused memory by RLIMIT_DATA; one that used nine tenths of it was probably
 * about to ask for the rest.
 */
int
rlimits_memory_met(const struct limits *l, const struct cgroup_stat *group,
    uint64_t maxrss_kb, int signaled)
{
	if (l->memory_mb == 0)
		return (0);
	if (group != NULL)
		return (group->oom != 0 || group->oom_kill != 0 ||
		    (signaled && group->memory_max != 0));
	return (maxrss_kb >= l->memory_mb * (MB / 1024) / 10 * 9);
}

int
rlimits_set(const struct limits *l, uint32_t spare, int grouped)
{
	uint64_t cpu = l->cpu_s, nproc = l->processes;
	uint64_t data = grouped ? 0 : l->memory_mb * MB;

	if (nproc != 0)
		nproc += spare;
	/* bytes of memory that stays where it is: a runner has secrets so */
	if (lower(RLIMIT_MEMLOCK, LIMITS_MEMLOCK, LIMITS_MEMLOCK) == -1 ||
	    give_way((int)l->nice) == -1 ||
	    lower(RLIMIT_CPU, cpu, cpu + CPU_GRACE_S) == -1 ||
	    lower(RLIMIT_DATA, data, data) == -1 ||
	    lower(RLIMIT_FSIZE, l->file_mb * MB, l->file_mb * MB) == -1 ||
	    lower(RLIMIT_NOFILE, l->open_files, l->open_files) == -1 ||
	    lower(RLIMIT_NPROC, nproc, nproc) == -1)
		return (-1);
	return (0);
}
