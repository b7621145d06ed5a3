/* SPDX-License-Identifier: ISC */
/*
 * Control groups (cgroup v2), as root during bring-up.  Where the service
 * manager delegates the group that clawbotd is in, or nobody but root
 * manages groups, this is made of it:
 *
 *	BASE/daemon	supervisor, auditor, vault
 *	BASE/exec	the executor's own: it may do there what it likes
 *	BASE/exec/own	executor, spawners, runners
 *	BASE/exec/rN	a run each, made by the executor
 *
 * BASE is the group that was delegated, or clawbot.PID beneath the one that
 * clawbotd was started in.  Processes that are not clawbot's are not moved.
 * What a daemon leaves behind is empty; the service manager takes it away,
 * and without one the next clawbotd does.
 */
#ifndef SUPERVISOR_BOOTCG_H
#define SUPERVISOR_BOOTCG_H

#include <sys/types.h>

#include <stddef.h>

struct bootcg {
	int	own;		/* the group of before, or -1 */
	int	base;		/* -1: there are no groups */
	int	exec;
	char	missing[256];	/* why; "" if base is not -1 */
};

/*
 * Finds out, and moves this process into BASE/daemon.  Failures leave
 * everything as it was and are a reason in missing.
 */
void	bootcg_open(struct bootcg *);
/* The process into BASE/exec, before it makes its cgroup namespace there. */
void	bootcg_enter(struct bootcg *, pid_t);
/*
 * It has done so: on into BASE/exec/own; BASE/exec gets its controllers and
 * becomes the account's.
 */
void	bootcg_hand_over(struct bootcg *, pid_t, uid_t, gid_t);
/*
 * A descriptor of BASE/exec from which no way leads up, or -1; the caller
 * closes.
 */
int	bootcg_dir(const struct bootcg *);
void	bootcg_close(struct bootcg *);

/*
 * For tests.  Where a line of mountinfo(5) has cgroup2 mounted, with the path
 * of /proc/self/cgroup beneath it; -1 if it does not.
 */
int	bootcg_mount(const char *line, const char *path, char *out,
	    size_t len);

#endif
