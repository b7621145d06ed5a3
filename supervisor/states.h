/* SPDX-License-Identifier: ISC */
/*
 * The state tables: what may happen to a run, and to an operation
 * (operation.h), in which state, and where it may lead.  An event that a role
 * caused and that has no row is a breach of the protocol by that role; an
 * event of our own that has no row does not concern the run and is dropped.
 *
 * This file decides nothing and touches nothing; the functions behind
 * the actions are those of engine.c and of each kind of operation.
 */
#ifndef SUPERVISOR_STATES_H
#define SUPERVISOR_STATES_H

#include <stddef.h>
#include <stdint.h>

#include "common/role.h"

enum run_state {
	RUN_NEW,		/* X_RESOLVE was sent */
	RUN_RESOLVED,		/* there is a plan; being decided */
	RUN_BINDING,		/* X_RESOLVE was sent again, with operands */
	RUN_WAITING,		/* for an approval */
	RUN_REJUDGING,		/* likewise, but the configuration is another:
				   X_RESOLVE was sent once more */
	RUN_APPROVING,		/* the approval is being recorded */
	RUN_GRANTED,		/* approved, or before it was asked for; its
				   caller may have left */
	RUN_DECIDED,		/* allowed: X_BUILD and A_INTENT were sent */
	RUN_ABORTING,		/* will not start, but its intent is out */
	RUN_RECORDED,		/* ticket in hand: X_GO was sent */
	RUN_RUNNING,		/* X_STARTED came */
	RUN_SETTLING,		/* X_RESULT came, and of what it started more
				   is not on disk than goes with A_CLOSE */
	RUN_EXITED,		/* A_CLOSE was sent */
	RUN_REFUSED,		/* its refusal is being recorded */
	RUN_DONE,		/* the caller knows */
	RUN_STATES
};

enum op_state {
	OP_HIDE,		/* X_HIDE was sent, A_RECORD comes next */
	OP_RECORD,		/* A_RECORD was sent */
	OP_VEIL,		/* X_HIDE was sent, of a reason; see veil.h */
	OP_QUERY,		/* A_QUERY was sent */
	OP_LIST,		/* V_LIST, V_SLOTS or another that changes
				   nothing was sent */
	OP_LOCK,		/* V_UNLOCK or V_LOCK was sent */
	OP_PREPARE,		/* V_SET, or another that is answered by
				   V_PREPARED, was sent */
	OP_COMMIT,		/* A_COMMIT was sent */
	OP_APPLY,		/* V_COMMIT was sent */
	OP_CONSENT,		/* A_CONSENT was sent */
	OP_WHY,			/* X_RESOLVE was sent, to be looked at only */
	OP_DOCTOR,		/* X_DOCTOR was sent */
	OP_LOGS,		/* X_LOGS was sent */
	OP_LOAD,		/* A_RELOAD was sent */
	OP_PRUNE,		/* A_PRUNE was sent */
	OP_HAND,		/* X_RELOAD was sent, which is in force */
	OP_DONE,
	OP_STATES
};

/*
 * Events are message types (msg.h), all of which are below EV_OWN, and
 * these.
 */
#define EV_OWN	0x8000U
enum own_event {
	EV_ALLOW = EV_OWN,	/* policy's verdict */
	EV_ASK,
	EV_STANDING,		/* the same, and it was approved before */
	EV_BIND,		/* the same, and the plan does not tell all */
	EV_REFUSE,
	EV_ASKED,		/* the request for approval is durable */
	EV_NOT_ASKED,		/* it could not be recorded */
	EV_APPROVE,		/* somebody else approves, denies */
	EV_DENY,
	EV_APPROVED,		/* the approval is durable */
	EV_NOT_APPROVED,
	EV_CLAIM,		/* there is a caller for what was approved */
	EV_EXPIRE,		/* nobody answered, or claimed it, in time */
	EV_CANCEL,		/* CANCEL, caller gone, kill, stop */
	EV_WINSIZE,		/* the caller's terminal has changed */
	EV_LOGGED,		/* the refusal is durable */
	EV_UNLOGGED,
	EV_REJUDGE,		/* by another configuration */
	EV_END
};

enum action {
	ACT_NONE,		/* expected, and nothing to do */
	/* runs */
	ACT_PLAN,		/* check the plan, decide */
	ACT_UNRESOLVED,
	ACT_DROP,		/* forget a run of which nothing is recorded */
	ACT_LAUNCH,		/* quota, pipes, X_BUILD, A_INTENT */
	ACT_BIND,		/* have what its words name looked at, too */
	ACT_ASK,
	ACT_STANDING,		/* take one use of that approval */
	ACT_REFUSE,
	ACT_NOT_ASKED,
	ACT_APPROVE,
	ACT_GRANT,
	ACT_REOPEN,		/* the approval did not take place */
	ACT_DENY,
	ACT_EXPIRE,
	ACT_WITHDRAW,
	ACT_REJUDGE,		/* have it looked at and decided anew */
	ACT_GO,			/* streams to the caller, secrets, X_GO */
	ACT_NO_INTENT,
	ACT_BUILD_FAILED,
	ACT_ABORT,
	ACT_CLOSE_ABORT,
	ACT_STARTED,
	ACT_SECRET,		/* the vault answered a release */
	ACT_KILL,
	ACT_WINSIZE,
	ACT_EXECS,		/* what the run started, for the log */
	ACT_FILES,		/* names that it changed, likewise */
	ACT_CHANGED,		/* the same, for its caller */
	ACT_EXECS_DONE,
	ACT_EXECS_NOT,
	ACT_EXEC_ASK,		/* a program of the run is held */
	ACT_EXEC_ASKED,
	ACT_RESULT,
	ACT_FINISH,		/* tell the caller */
	/* operations */
	ACT_HIDDEN,
	ACT_RECORDED,
	ACT_NOT_RECORDED,
	ACT_QUERIED,
	ACT_NAMES,
	ACT_VAULT_NOT,		/* the vault does not do it */
	ACT_APPLIED,		/* its last word on a change */
	ACT_PREPARED,
	ACT_COMMIT,
	ACT_NOT_COMMITTED,
	ACT_CONSENTED,
	ACT_NOT_CONSENTED,
	ACT_FOUND,
	ACT_EXAMINED,
	ACT_LOADED,		/* a configuration is recorded */
	ACT_NOT_LOADED,
	ACT_HANDED,
	ACT_PRUNING,		/* a part of the log is removed */
	ACT_PRUNED,
	ACT_WHY_PLAN,
	ACT_WHY_NOT,
	ACT_LOGGED,		/* all of the output is with the client */
	ACTIONS
};

struct transition {
	unsigned	state;
	unsigned	event;
	enum action	action;
	uint32_t	next;		/* 1 << state, all that may follow */
};

/* What becomes of an operation that nobody wants the answer of any more. */
enum op_fate {
	END_GOES_ON,		/* nothing: it is to be done, or ends soon */
	END_CALLED_OFF,		/* the role is told, and answers it as ever */
	END_DROPPED		/* the role is told, and it is forgotten */
};

/* What is true of an operation in this state, and ends it from outside. */
struct op_state_row {
	enum op_fate	gone;	/* its client went away */
	enum op_fate	stop;	/* the daemon stops */
	int		holds;	/* and waits for it, before it goes on */
	int		over;
};

/*
 * What is true of a run in this state, and ends it from outside: CANCEL, a
 * kill, the daemon's stop, and unless it is detached that its caller went
 * away, are one event, EV_CANCEL.
 */
struct run_state_row {
	const char	*name;
	struct transition	 cancel;	/* of EV_CANCEL; next 0: none */
	int		 asking;	/* the executor has yet to answer */
	int		 shown;		/* to approvers */
	int		 waits;		/* is one of those that wait */
	int		 open;		/* and may be decided on */
	int		 undecided;	/* it is open, or was until somebody's
					   decision is on disk */
	int		 begins;	/* now what it prints has a place */
	int		 printed;	/* it has one */
	int		 going;		/* the executor has its ticket */
	int		 over;		/* only the vault still speaks of it */
};

/* The row, or NULL. */
const struct transition	*states_run(enum run_state, unsigned event);
const struct transition	*states_op(enum op_state, unsigned event);
/* Row i of a table, or NULL past its end; for tests. */
const struct transition	*states_run_at(size_t i);
const struct transition	*states_op_at(size_t i);
/* Of a state that there is; that of the last one for others. */
const struct run_state_row	*states_of_run(enum run_state);
const struct op_state_row	*states_of_op(enum op_state);
/* "waiting", ...; static, never NULL. */
const char		*run_state_name(enum run_state);
/* The name of a message or of an event of our own. */
const char		*event_name(unsigned event);

#endif
