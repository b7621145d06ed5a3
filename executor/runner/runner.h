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
#include "executor/runner/masker.h"

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
 * runsecret.c: what comes out of the secrets' pipes, in guarded memory: for
 * each the value that the run gets, and versions before it, as V_RELEASE has
 * them, that are only hidden in what it prints.
 */
#define SECRETS_VERSIONS	(1 + MSG_KEPT_MAX)

struct secrets {
	struct secret {
		int		 fd;		/* -1: ended */
		struct secret_version {
			uint8_t	*p;
			size_t	 len;
		}		 v[SECRETS_VERSIONS + 1]; /* and the end */
		size_t		 nv;		/* that are there */
		uint8_t		 head[4];	/* length of the next one */
		size_t		 at;		/* in head and value */
		int		 whole;
	} s[PLAN_MAXSECRETS];
	size_t	 n;
	size_t	 at;		/* that is being passed */
	size_t	 off;		/* of its message */
	int	 joined;	/* the last word: INSIDE_JOINED */
};

/* Takes the descriptors. 0 or -1 and *t. */
int	secrets_open(struct secrets *, const int *fds, size_t n,
	    struct trouble *);
/* Has one of them not ended yet? */
int	secrets_wait(const struct secrets *);
/* Reads what is there from number i. 0 or -1 and *t. */
int	secrets_read(struct secrets *, size_t i, const char *name,
	    struct trouble *);
/* Can each be given to the run and hidden? 0 or -1 and *t. */
int	secrets_check(const struct secrets *, const struct plan *,
	    struct trouble *);
/* Each version of each, to be hidden; they stay where they are. */
void	secrets_hide(const struct secrets *, struct masker *);
/*
 * The same of all but one, and without what they may have in common with a new
 * value of that one.
 */
void	secrets_hide_others(const struct secrets *, const struct strv *names,
	    const char *but, struct masker *);
/*
 * Each, and INSIDE_START or INSIDE_JOINED, to the command, as far as there is
 * room.  1 when all of it is there, 0 if it is to be called again, -1 and
 * errno.
 */
int	secrets_pass(struct secrets *, int go);

#endif
