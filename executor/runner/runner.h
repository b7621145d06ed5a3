/* SPDX-License-Identifier: ISC */
/*
 * A runner: one process beside one sandbox.  It is in the skill's view but
 * not in the sandbox, holds the run's secrets to hide them in the output,
 * keeps the time, and reports.  Of the executor's capabilities it keeps only
 * the one to end what it started.
 *
 * It builds its sandbox before there is a plan, from what is known by then,
 * the profile; so a sandbox can wait for a run, and a run that finds none
 * waiting has one built in the very same way.
 *
 * What it hears and says is in inside.h.  End of file from the executor ends
 * the run.
 */
#ifndef EXECUTOR_RUNNER_RUNNER_H
#define EXECUTOR_RUNNER_RUNNER_H

#include "executor/executor.h"
#include "executor/runner/keep.h"

struct job {
	const struct layers	*layers;
	const struct xskill	*skill;
	const struct xid	*ids;		/* accounts of its runs */
	size_t			 nids;
	const struct keepconf	*keepconf;	/* NULL: no output is stored */
	uint32_t		 spare;		/* processes of the account that
						   wait in sandboxes */
	struct profile		 profile;
	int			 ctl;
	int			 cgroup;	/* directory; -1: none */
	int			 idns;		/* of the account; -1: none */
};

void	runner_main(const struct job *) __attribute__((__noreturn__));
/*
 * runresult.c: in place of a runner that cannot be started, tells the
 * executor why.
 */
void	runner_refuse(int ctl, const struct trouble *);

/*
 * runsecret.c: what comes out of the secrets' pipes, in guarded memory.
 */
struct secrets {
	struct {
		int	 fd;		/* -1: complete */
		uint8_t	*p;
		size_t	 len;
	} s[PLAN_MAXSECRETS];
	size_t	 n;
	uint8_t	*mem;
	size_t	 at;		/* that is being passed */
	size_t	 off;		/* of its message */
	int	 joined;	/* the last word: INSIDE_JOINED */
};

/* Takes the descriptors. 0 or -1 and *t. */
int	secrets_open(struct secrets *, const int *fds, size_t n,
	    struct trouble *);
/* Is one of them not complete yet? */
int	secrets_wait(const struct secrets *);
/* Reads what is there from number i. 0 or -1 and *t. */
int	secrets_read(struct secrets *, size_t i, const char *name,
	    struct trouble *);
/* Can each be given to the run and hidden? 0 or -1 and *t. */
int	secrets_check(const struct secrets *, const struct plan *,
	    struct trouble *);
/* Length of a value without the newlines at its end, which are not secret. */
size_t	secrets_core(const struct secrets *, size_t i);
/*
 * Each, and INSIDE_START or INSIDE_JOINED, to the command, as far as there is
 * room.  1 when all of it is there, 0 if it is to be called again, -1 and
 * errno.
 */
int	secrets_pass(struct secrets *, int go);

#endif
