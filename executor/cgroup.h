/* SPDX-License-Identifier: ISC */
/*
 * Control groups of runs (cgroup v2): one for each sandbox, beneath one for
 * each skill, beneath a directory that the supervisor made over to the
 * executor (bootcg.h).  The executor makes those of skills at its start and
 * keeps none of them; a skill's spawner makes those of its runs, and a run's
 * runner writes its limits.  A run's init is born into its group by
 * clone3(CLONE_INTO_CGROUP); moving it there later would take milliseconds.
 */
#ifndef EXECUTOR_CGROUP_H
#define EXECUTOR_CGROUP_H

#include <stddef.h>
#include <stdint.h>

#include "common/plan.h"

/* What a group can do here. */
#define CGROUP_MEMORY	0x01U	/* memory.max */
#define CGROUP_PIDS	0x02U	/* pids.max */
#define CGROUP_CPU	0x04U	/* cpu.max */
#define CGROUP_IO	0x08U	/* io.weight or io.bfq.weight */
#define CGROUP_BFQ	0x10U	/* the weight has the second name */
#define CGROUP_ANY	0x20U	/* there is one, and it tells of time */

struct cgroups {
	int		 dir;		/* -1: there are none */
	unsigned	 has;		/* CGROUP_*; 0: there are none */
	uint64_t	 last;		/* name of the newest one: rN */
	uint64_t	*old;		/* that could not be removed yet */
	size_t		 nold;
};

struct cgroup {
	int		 dir;		/* -1: none */
	uint64_t	 n;
	struct limits	 set;		/* what is in force there */
};

/*
 * Takes the directory (-1: none) and tries a group in it, with a process.
 * -1 and why if they cannot be used; then dir is -1 and nothing below does
 * anything.
 */
int	cgroup_open(struct cgroups *, int dir, char *err, size_t errlen);
/*
 * The group of a skill: makes it, with the controllers that there are for
 * those beneath it. 0 or -1, errno.
 */
int	cgroup_part(const struct cgroups *, const char *name);
/* Makes one. 0, also where there are none, or -1 and errno. */
int	cgroup_new(struct cgroups *, struct cgroup *);
/* Writes what differs from what is in force. 0, or -1 and errno. */
int	cgroup_set(const struct cgroups *, struct cgroup *,
	    const struct limits *);
/* Closes and removes it; what is left in it is killed. */
void	cgroup_drop(struct cgroups *, struct cgroup *);
/* Tries again those that were still in use; so many are left. */
size_t	cgroup_sweep(struct cgroups *);
/*
 * By the descriptor of a group: does it hold memory, at so many MB and without
 * swap?  0: no matter at what.
 */
int	cgroup_holds(int dir, uint32_t mb);
/* The key of a limit that nothing here can enforce, or NULL. */
const char *cgroup_lacks(const struct cgroups *, const struct limits *);

/* What a run has used; 0 where the kernel does not tell. */
struct cgroup_stat {
	uint64_t	user_us;
	uint64_t	sys_us;
	uint64_t	peak_kb;
	uint64_t	pids_peak;	/* at one time */
	uint64_t	memory_max;	/* times that memory.max held back */
	uint64_t	oom;		/* of these: nothing could be freed */
	uint64_t	oom_kill;	/* that memory.max ended */
	uint64_t	pids_max;	/* that pids.max did not let be */
};

/* By the descriptor of a group. 0, or -1 and errno. */
int	cgroup_stat(int dir, struct cgroup_stat *);
/* Kills everything in it. 0, or -1 and errno: ENOENT before Linux 5.14. */
int	cgroup_kill(int dir);

#endif
