/* SPDX-License-Identifier: ISC */
/* How the other three processes are started; see roles.h. */
#ifndef SUPERVISOR_PROC_H
#define SUPERVISOR_PROC_H

#include <sys/types.h>

#include <stddef.h>

#include "supervisor/roles.h"

/* How a role is started. */
struct proc_opts {
	const char	*root;		/* -r */
	const char	*build;		/* -b */
	int		 accept_no_landlock;
	int		 accept_no_memlock;
	int		 verbose;
};

/*
 * Starts the program with descriptors 0 to 4 and nothing else.  0, or what
 * the daemon is to end with and the reason in err.
 */
int	proc_start(struct proc *, const struct proc_opts *, char *err,
	    size_t errlen);
/* Is its program there?  0, or -1 and the reason. */
int	proc_look(const struct proc *, char *err, size_t errlen);
/*
 * The maps of the user namespace that p waits in: its root is p's account,
 * every one of the n ids is itself.  0, or likewise.
 */
int	proc_map_ids(const struct proc *, const uid_t *uids, size_t nuids,
	    const gid_t *gids, size_t ngids, char *err, size_t errlen);
/*
 * Its score for when memory is short becomes ours; what it has started keeps
 * what it had.  0, or likewise.
 */
int	proc_same_score(const struct proc *, char *err, size_t errlen);

#endif
