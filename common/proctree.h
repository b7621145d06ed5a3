/* SPDX-License-Identifier: ISC */
/*
 * The processes of a proc file system and who descends from whom, from their
 * stat files.  They are not looked at in one moment, and a name is its
 * process's own choice.
 */
#ifndef COMMON_PROCTREE_H
#define COMMON_PROCTREE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#define PROCTREE_NAME	16	/* with the terminator */

struct procinfo {
	pid_t		pid;
	pid_t		parent;
	uint64_t	ticks;		/* of it and of whom it waited for */
	uint64_t	start;		/* ticks since the host was started */
	uint64_t	rss_kb;
	char		name[PROCTREE_NAME];
};

struct proctree {
	struct procinfo	*v;		/* by parent */
	size_t		 n;
	size_t		 room;
};

/* All that can be seen there; to be freed. */
void	proctree_read(struct proctree *, const char *proc);
void	proctree_free(struct proctree *);
/* NULL: it is not there. */
const struct procinfo *proctree_get(const struct proctree *, pid_t);
/* The child that was started first, or NULL. */
const struct procinfo *proctree_oldest(const struct proctree *, pid_t parent);

struct proctree_sum {
	uint64_t	cpu_us;
	uint64_t	rss_kb;		/* what is shared counts for each */
	uint64_t	processes;
};

/*
 * Of a process, of all that descend from it and are alive, and of those that
 * were waited for.  A child whose parent ignores its end is in nobody's
 * account once it is gone.
 */
void	proctree_sum(const struct proctree *, pid_t, struct proctree_sum *);

#endif
