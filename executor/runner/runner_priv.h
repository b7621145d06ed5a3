/* SPDX-License-Identifier: ISC */
/* The inside of a runner, for the files of this folder alone. */
#ifndef EXECUTOR_RUNNER_RUNNER_PRIV_H
#define EXECUTOR_RUNNER_RUNNER_PRIV_H

#include <sys/types.h>

#include <stdint.h>

#include "common/ticket.h"
#include "executor/box/box.h"
#include "executor/cgroup.h"
#include "executor/runner/input.h"
#include "executor/runner/output.h"
#include "executor/runner/runner.h"
#include "executor/runner/term.h"

enum runner_phase {
	PH_BUILD,	/* a sandbox without a plan */
	PH_WAIT,	/* with one, there is no word yet */
	PH_SECRETS,	/* go; secrets are coming in */
	PH_EXEC,	/* all of it is with the command */
	PH_RUN,		/* it was executed, or has ended instead */
	PH_OVER		/* nothing is left in the sandbox */
};

struct runner {
	const struct job	*job;
	struct plan		 plan;		/* from PH_WAIT on */
	uint64_t		 id;		/* of the run that it is for */
	uint8_t			 digest[PLAN_DIGEST];	/* of its bytes */
	int			 ctl;
	int			 box;
	int			 go;
	int			 door;		/* place of its socket, or -1 */
	int			 trouble;
	int			 pidfd;
	pid_t			 init;
	enum runner_phase	 phase;
	struct secrets		 secrets;
	uint8_t			 answers[TICKET_KEY];	/* of this run alone */
	struct masker		*masker;
	struct masker		*plain;		/* of what becomes a secret;
						   or NULL */
	struct input		 in;
	struct term		 term;		/* plan.tty: in its place */
	int			 pipe[2];	/* output of the command */
	struct output		 out[2];
	struct keep		*keep;		/* what is stored of them */
	struct budget		 budget;
	int64_t			 started;	/* us; 0: not yet */
	int64_t			 ended;
	int64_t			 deadline;	/* 0: none yet */
	int64_t			 still_at;	/* its clock stands since; 0:
						   it goes */
	int64_t			 still_us;	/* has stood, in all */
	int64_t			 kill_at;	/* 0: not asked to end */
	int			 at_once;	/* and not to be waited for */
	int64_t			 cpu_at;	/* next look; 0: no limit */
	int			 passing;	/* secrets, and the last word */
	int			 passed;	/* PH_EXEC was reached: without
						   that nothing was executed */
	int			 ran;		/* init says that it was */
	int64_t			 tell_at;	/* that; 0: not to be told */
	int			 asked;		/* init, to be told that */
	int			 cut;		/* output was cut off */
	int			 memory;	/* its group holds it */
	int			 reported;
	int			 outside;	/* or init was killed */
	struct ended		 report;
	struct cgroup_stat	 group;		/* at the end */
	struct trouble		 why;		/* err: never ran */
	void			(*at_end)(struct runner *); /* before its
						   result is sent */
	struct runresult	 res;
};

/*
 * runstart.c: a process that the spawner has forked becomes a runner, and
 * builds the sandbox; it ends where that fails.
 */
void	runner_setup(struct runner *, const struct job *);
void	runner_start(struct runner *);

/* runplan.c: takes a plan and its descriptors; ends the process likewise. */
void	runner_plan(struct runner *, uint64_t id, const struct rd *plan,
	    const int *fds, unsigned nfds);

/* The master of a command's terminal came, or will not. */
void	runner_terminal(struct runner *);

/* changed.c: names that init has changed; what is malformed ends the run. */
void	runner_changed(struct runner *, const void *m, size_t len);
/* The run is over: how many there are in its result, and were not told. */
void	runner_changes(struct runner *);

/*
 * runclock.c: moves the end of its time by what a program of it was held in
 * between, until that has come to RUNCLOCK_TIMES what one may be held.
 */
#define RUNCLOCK_TIMES	4
void	runclock_step(struct runner *, int64_t now);
/* When it is to end, or to be killed, if nothing changes; INT64_MAX: never. */
int64_t	runclock_at(const struct runner *);

/* runusage.c: microseconds of a clock that never stops. */
int64_t	runner_now(void);
struct rusage;
/* What init cost, which did not report. */
void	runner_buried(struct runner *, int status, const struct rusage *);
/* Processor time of the run so far, in microseconds. */
uint64_t runner_cpu(const struct runner *);
/* Where it has printed more than it may: its pipes break, or nobody reads. */
void	runner_budget(struct runner *);
/* What it has used in all, into its result and r->group. */
void	runner_usage(struct runner *);

/* runresult.c: to the executor; where it is gone, there is no run any more. */
void	runner_send(const struct runner *, const void *, size_t);
/*
 * The command was executed: 0, or -1 if there is no room for that now.
 */
int	runner_tell(const struct runner *);
/* Reports and exits. */
void	runner_finish(struct runner *) __attribute__((__noreturn__));
/*
 * It ends here, for this reason: it never ran, or, if the word to execute is
 * out, nobody knows any more how it ended.
 */
void	runner_fail(struct runner *, const struct trouble *)
	    __attribute__((__noreturn__));
void	runner_errno(struct runner *, const char *what)
	    __attribute__((__noreturn__));

#endif
