/* SPDX-License-Identifier: ISC */
/*
 * Inside of a sandbox: its init, which is process 1 in there, and the
 * command.  The runner outside talks to them over three descriptors.
 */
#ifndef EXECUTOR_JAIL_H
#define EXECUTOR_JAIL_H

#include <sys/types.h>

#include <stdint.h>

#include "common/plan.h"
#include "common/xconf.h"
#include "executor/executor.h"

/* What the runner tells init, one byte a message. */
#define JAIL_TERM	't'	/* ask everything in there to end */

/* What init tells the runner when the command has ended. */
struct jail_report {
	int		status;		/* as wait4(2) gives it */
	uint64_t	user_us;
	uint64_t	sys_us;
	uint64_t	maxrss_kb;
	uint32_t	refused;	/* calls, for protected names */
	uint64_t	processes;	/* and threads; 0: not known */
};

/* What the command is told: its plan comes; behind secrets, it may start. */
#define JAIL_PLAN	'p'
#define JAIL_GO		'g'
/* What it tells then, if its plan has a terminal: here is the master. */
#define JAIL_TTY	't'

struct jail {
	const struct profile	*profile;
	const struct xskill	*skill;
	const struct layers	*layers;
	const struct plan	*plan;	/* the command, once it has it */
	int	grouped;	/* born into a control group of its own */
	int	memory;		/* which holds its memory */
	int	sock;		/* to the runner; SOCK_SEQPACKET */
	int	go;		/* stream: JAIL_PLAN with the plan's memfd,
				   JAIL_TTY with a terminal's master back,
				   then secrets and JAIL_GO */
	int	trouble;	/* pipe, write end: a struct trouble, or EOF
				   once the command is executed */
	int	warden;		/* the command's way to init; or -1 */
	int	stdio[3];	/* standard input, output, error */
};

/* The life of init. */
void	jail_init(const struct jail *) __attribute__((__noreturn__));
/* Reports, with the text of errno behind it unless that is 0, and exits. */
void	jail_fail(const struct jail *, enum cberr, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 3, 4)));

/* jailmnt.c: the mounts that each run has for itself. */
void	jail_mounts(const struct jail *);
/* jaildrop.c: the account, no capability, Landlock, seccomp. */
void	jail_drop(const struct jail *);
/* command.c: waits for the word, then becomes the command. */
void	jail_command(const struct jail *) __attribute__((__noreturn__));
/* jailtty.c: a terminal in place of its three pipes. */
void	jail_tty(const struct jail *);
/*
 * limits.c: lowers the resource limits and the priority; spare processes of
 * the account are not the run's, and memory is left to a control group that
 * holds it. 0 or -1.
 */
int	limits_set(const struct limits *, uint32_t spare, int grouped);
/*
 * Did a run that failed meet its limit of memory?  By the events of a group
 * that holds it, or, where that is NULL, by the largest of its processes, in
 * kB.  signaled: a signal ended the command.
 */
int	limits_memory_met(const struct limits *, const struct cgroup_stat *,
	    uint64_t maxrss_kb, int signaled);
/* Init, before the filter: LIMITS_IO_*, for all that it forks; 0 or -1. */
int	limits_io(uint32_t class);

#endif
