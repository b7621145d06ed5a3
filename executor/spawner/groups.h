/* SPDX-License-Identifier: ISC */
/*
 * In a spawner: its children, and the control groups of its runs, beneath
 * the one of its skill (SPAWNER_FD_CGROUP).  Each is made before its runner is
 * forked, and taken away when that has ended.  Where there are none, children
 * are waited for, and that is all.
 */
#ifndef EXECUTOR_SPAWNER_GROUPS_H
#define EXECUTOR_SPAWNER_GROUPS_H

#include <sys/types.h>

#include "executor/cgroup.h"

/*
 * By the CGROUP_* that there are.  From here on SIGCHLD is blocked, and
 * children have to be told so by groups_child.  groups_wait tells ended() of
 * each child that has ended, with what wait(2) says of it.
 */
void	groups_init(unsigned has, void (*ended)(pid_t, int));
/*
 * Until there is something to be read, from which of both (-1: it is not
 * there); meanwhile, what ended is taken away.  -1 if nobody reads the log any
 * more: then the supervisor is gone, whatever the executor does.
 */
#define GROUPS_SOCK	1
#define GROUPS_BESIDE	2
int	groups_wait(int sock, int beside, int log);
/* Ends all runners that have a group, and with them their runs. */
void	groups_kill(void);
/* One for a run: cg->dir, which may be -1. 0, or -1 and errno. */
int	groups_new(struct cgroup *cg);
/* Its runner is this process, or -1: there is none.  The group is ours now. */
void	groups_born(struct cgroup *cg, pid_t);
/* In a runner. */
void	groups_child(void);
/* The executor is gone or about to be: what can be is taken away. */
void	groups_end(void);

#endif
