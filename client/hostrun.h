/* SPDX-License-Identifier: ISC */
/*
 * What this host tells of a run: its processes in /proc and its control
 * group, as far as who asks may see them.  A run's runner is a process that
 * has the run's id for a name, and stands beneath a spawner, beneath the
 * executor, beneath the daemon that answers the connection; a process of a run
 * stands deeper, so none can pass for it.  All of it is to be looked at:
 * nothing is done to a process by such a number.
 */
#ifndef CLIENT_HOSTRUN_H
#define CLIENT_HOSTRUN_H

#include <sys/types.h>

#include <stdint.h>

#include "common/proctree.h"

struct hostruns {
	struct proctree	 tree;
	pid_t		 daemon;	/* 0: it is not in our /proc */
	int64_t		 now_us;	/* since the host was started */
};

struct hostrun {
	pid_t		 pid;		/* the oldest of its processes */
	pid_t		 init;		/* who looks after them */
	uint64_t	 cpu_us;
	uint64_t	 lived_us;	/* the oldest one */
	uint64_t	 memory_kb;
	uint64_t	 processes;	/* without init */
	int		 grouped;	/* memory is what its group counts,
					   else a sum over processes */
};

/* One look, to be freed. */
void	hostruns_look(struct hostruns *, pid_t daemon);
void	hostruns_free(struct hostruns *);
/* By the run's id.  0, or -1 if there is nothing to be seen. */
int	hostruns_get(const struct hostruns *, const char *run,
	    struct hostrun *);

#endif
