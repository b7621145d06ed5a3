/* SPDX-License-Identifier: ISC */
/* Runs: from the request to the recorded result; states in states.h. */
#ifndef SUPERVISOR_RUN_H
#define SUPERVISOR_RUN_H

#include <sys/types.h>

#include <stdint.h>

#include "common/payload.h"
#include "common/plan.h"
#include "supervisor/client/claims.h"
#include "supervisor/client/client.h"
#include "common/policy/policy.h"
#include "supervisor/daemon.h"
#include "supervisor/states.h"
#include "supervisor/run/advice.h"
#include "supervisor/run/execrows.h"
#include "supervisor/run/quota.h"

#define CHANGED_BYTES	(16U * 1024)	/* that they take */

struct door;
struct recording_told;

/* Names that a run has changed: rows of RESULT. */
struct run_names {
	struct buf	 rows;
	uint32_t	 n;		/* that were to be there */
	int		 cut;		/* they did not all fit */
};

struct run {
	uint64_t	 id;
	enum run_state	 state;
	unsigned	 then;		/* own event that follows, or 0 */
	const struct recording_told *told;	/* hears of its records */
	struct daemon	*d;
	struct client	*cl;		/* NULL: gone */

	/* who asks for what */
	const struct conf_channel *ch;
	const struct conf_skill	*sk;
	uid_t		 uid;
	gid_t		 gid;
	pid_t		 pid;
	struct origin	 from;
	struct lineage	 line;		/* which run asks, if one does */
	struct claims	 claims;	/* what who asks says of itself */
	struct resolve	 asked;
	int64_t		 since;
	unsigned	 generation;	/* of the configuration that it was
					   looked up by */
	int		 asked_on;	/* judged anew while it waits: the
					   question stays if the plan does */

	/* what it came to; from RUN_RESOLVED on */
	struct resolved	 res;
	struct plan	 plan;
	int		 have_plan;
	struct decision	 dec;
	int64_t		 expires;	/* of the wait for an approval; 0:
					   it never waited */
	int		 lingers;	/* waits, and its caller has left */
	int		 approved;
	uid_t		 approver;
	uint64_t	 approval;	/* its record */
	uint64_t	 standing;	/* by that one, see standrun.h; or 0 */
	int		 taking;	/* and no ticket has come for it yet */

	/* what it holds */
	struct quota_hold hold;
	struct door	*door;		/* on which it asks itself, or NULL */
	int		 shut;		/* just now: end what it asked for */
	int		 streams[3];	/* the caller's ends */
	int		 stored;	/* the auditor's, of its output */
	int		 secrets[PLAN_MAXSECRETS]; /* the vault's ends */
	uint64_t	 given[PLAN_MAXSECRETS]; /* their versions, as the
						   intent has them */
	unsigned	 unreleased;	/* answers that the vault owes */

	/* what it starts, and changes */
	struct run_execs execs;
	struct run_names changed;	/* for its caller: see rec_changed */
	struct run_names logged;	/* the same, as the log has them */

	/* how it ends */
	int		 ran;		/* X_STARTED came */
	int		 at_once;	/* an emergency stop covers it */
	int64_t		 over_by;	/* then, or the daemon ends */
	int		 blameless;	/* it had to, for want of a secret */
	int		 killed;	/* X_KILL was sent, with that or not */
	enum outcome	 outcome;
	enum cberr	 err;
	char		*reason;
	enum advice_kind advice;	/* that goes with it */
	int64_t		 retry_ms;	/* likewise, see advice.h */
	struct runresult result;
	int		 have_result;
	uint64_t	 record;	/* that closes it; 0: none */
};

/* What comes with an event. */
struct run_input {
	unsigned		 event;
	const struct proc	*from;		/* a role's message */
	const struct payload	*p;		/* that, EV_WINSIZE */
	uint64_t		 record;	/* EV_*ED: its number */
	struct client		*cl;		/* EV_APPROVE, EV_DENY */
	const char		*reason;	/* EV_DENY, EV_CANCEL */
};

struct run	*run_find(struct daemon *, uint64_t id);
/* Likewise, if it is not over. */
struct run	*run_live(struct daemon *, uint64_t id);
/* recording_put() for a run, and the events that it gets then. */
int		 run_record(struct run *, unsigned kind, struct buf *fields,
		    unsigned done, unsigned refused, struct client *);
/* By which its failures count; with its plan, when there is one. */
void		 run_breaker_key(struct breaker_key *, const struct run *);
/* Does it go on when its caller leaves? */
int		 run_detached(const struct run *);
/* RUN is over for its caller, but the run goes on. */
void		 run_leave(struct run *);
void		 run_free(struct run *);
/* How many wait for an approval, programs inside of runs among them; of one
 * account, if it is not NULL. */
size_t		 run_waiting(const struct daemon *, const uid_t *uid);

/* engine.c: how events move them. */
/* A run for this request (taken over), in its first state. */
struct run	*run_new(struct client *, const struct conf_skill *,
		    struct runreq *);
/* -1 if there is no row for it; the run may be gone afterwards. */
int		 run_event(struct run *, const struct run_input *);
/* The same with a message of a role. */
int		 run_heard(struct run *, const struct proc *,
		    const struct ipc_msg *);
/* An event of our own without anything else. */
int		 run_tell(struct run *, unsigned event, const char *reason);
void		 run_tick(struct daemon *);
/* runexec.c, likewise: records of what they start that were refused. */
void		 run_exec_tick(struct daemon *);
/*
 * Its caller went away: it is cancelled, unless it is detached, or waits for
 * an approval and can be claimed.
 */
void		 run_left(struct run *);
/* It waits without its caller from now on, if not with one who waits for it. */
void		 run_linger(struct run *);
/* Can it wait without a caller? */
int		 run_may_linger(const struct run *);
/* May this client be its caller from now on?  Who asked for it, and left. */
int		 run_claimable(const struct run *, const struct client *);
/* It is; what comes for a RUN comes for its request. */
void		 run_claim(struct run *, struct client *);
/* rundecide.c: may the account that asked confirm it, while it waits? */
int		 run_may_confirm(const struct run *);
/* The executor cannot even be asked: it ends at once. */
void		 run_too_large(struct run *);

/* rejudge.c: as act_plan and others know what they have got. */
/* Was it looked up, or approved, by a configuration that is not in force? */
int		 run_outdated(const struct run *);

/* plancheck.c: NULL if the plan is what was asked for, else what is not. */
const char	*plan_mismatch(const struct resolve *,
		    const struct conf_skill *, const struct plan *);

/* runrecord.c: fields of records and answers. */
void		 rec_init(struct buf *, const char *ev, const struct run *);
void		 rec_argv(struct buf *, const struct run *);
/* Which run asks for it, while that is there; and with which command. */
void		 rec_asker(struct buf *, const struct run *, int command);
/* The command for a list, before there is a plan too. */
void		 rec_command(struct buf *, const struct run *,
		    enum client_sight);
/* Why it ended, as the log has it. */
const char	*rec_error(const struct run *);
/* The words in one line, as the log has them: max bytes and more, or all. */
void		 rec_line(struct buf *, const struct run *, size_t max);
const char	*rec_reason(const struct run *);
void		 rec_cwd(struct buf *, const struct run *);
void		 rec_why(struct buf *, const struct run *);
/* The member "by": who decided it. */
void		 rec_by(struct buf *, const struct client *);
void		 rec_refused(struct buf *, const struct run *);
void		 rec_approval(struct buf *, const char *ev,
		    const struct run *, const struct client *by);
/*
 * As many of these names as there is room for are kept for rec_result.  NULL,
 * or why they are not what may come now.
 */
const char	*rec_changed(struct run *, const struct file_rows *);
/* The same of rows that execrows_take_files took, for who reads the log. */
void		 rec_logged(struct run *, const struct file_rows *);
void		 rec_close(struct buf *, const struct run *);
/* What it has said and changed as that sight has it, or without. */
void		 rec_result(struct buf *, const struct run *,
		    enum client_sight);
/* -1 if it does not fit. */
int		 rec_intent(struct buf *, const struct run *);

#endif
