/* SPDX-License-Identifier: ISC */
/* The state tables of runs and operations; see states.h. */
#include "config.h"

#include "common/defs.h"
#include "common/msg.h"
#include "supervisor/states.h"

#define R(s)	(1U << RUN_##s)
#define O(s)	(1U << OP_##s)
/* Its refusal is recorded first, unless that is not possible. */
#define R_NO	(R(REFUSED) | R(DONE))

static const struct transition run_table[] = {
	/* or once more, by a configuration that came in between */
	{ RUN_NEW, MSG_X_PLAN, ACT_PLAN,
	    R(RESOLVED) | R(NEW) | R_NO },
	{ RUN_NEW, MSG_X_UNRESOLVED, ACT_UNRESOLVED, R_NO },

	{ RUN_RESOLVED, EV_ALLOW, ACT_LAUNCH,
	    R(DECIDED) | R_NO },
	{ RUN_RESOLVED, EV_BIND, ACT_BIND, R(BINDING) | R_NO },
	{ RUN_RESOLVED, EV_ASK, ACT_ASK, R(WAITING) | R_NO },
	{ RUN_RESOLVED, EV_STANDING, ACT_STANDING, R(GRANTED) },
	{ RUN_RESOLVED, EV_REFUSE, ACT_REFUSE, R_NO },

	{ RUN_BINDING, MSG_X_PLAN, ACT_PLAN,
	    R(RESOLVED) | R(BINDING) | R_NO },
	{ RUN_BINDING, MSG_X_UNRESOLVED, ACT_UNRESOLVED, R_NO },

	{ RUN_WAITING, EV_ASKED, ACT_NONE, R(WAITING) },
	{ RUN_WAITING, EV_NOT_ASKED, ACT_NOT_ASKED, R(DONE) },
	{ RUN_WAITING, EV_APPROVE, ACT_APPROVE, R(APPROVING) },
	{ RUN_WAITING, EV_DENY, ACT_DENY, R_NO },
	{ RUN_WAITING, EV_EXPIRE, ACT_EXPIRE, R_NO },
	{ RUN_WAITING, EV_REJUDGE, ACT_REJUDGE, R(REJUDGING) | R_NO },

	{ RUN_REJUDGING, MSG_X_PLAN, ACT_PLAN,
	    R(RESOLVED) | R(REJUDGING) | R_NO },
	{ RUN_REJUDGING, MSG_X_UNRESOLVED, ACT_UNRESOLVED, R_NO },
	{ RUN_REJUDGING, EV_ASKED, ACT_NONE, R(REJUDGING) },
	{ RUN_REJUDGING, EV_NOT_ASKED, ACT_NOT_ASKED, R(DONE) },

	{ RUN_APPROVING, EV_ASKED, ACT_NONE, R(APPROVING) },
	{ RUN_APPROVING, EV_NOT_ASKED, ACT_NONE, R(APPROVING) },
	/* an approval is for the configuration that it was given under */
	{ RUN_APPROVING, EV_APPROVED, ACT_GRANT,
	    R(GRANTED) | R(REJUDGING) | R_NO },
	{ RUN_APPROVING, EV_NOT_APPROVED, ACT_REOPEN,
	    R(WAITING) | R(REJUDGING) | R_NO },

	{ RUN_GRANTED, EV_CLAIM, ACT_LAUNCH, R(DECIDED) | R_NO },
	{ RUN_GRANTED, EV_EXPIRE, ACT_EXPIRE, R_NO },
	{ RUN_GRANTED, EV_REJUDGE, ACT_REJUDGE, R(REJUDGING) | R_NO },

	{ RUN_DECIDED, MSG_A_TICKET, ACT_GO, R(RECORDED) },
	{ RUN_DECIDED, MSG_A_REFUSED, ACT_NO_INTENT, R(DONE) },
	{ RUN_DECIDED, MSG_X_RESULT, ACT_BUILD_FAILED, R(ABORTING) },

	{ RUN_ABORTING, MSG_A_TICKET, ACT_CLOSE_ABORT, R(EXITED) },
	{ RUN_ABORTING, MSG_A_REFUSED, ACT_FINISH, R(DONE) },

	{ RUN_RECORDED, MSG_X_STARTED, ACT_STARTED, R(RUNNING) },
	{ RUN_RECORDED, MSG_X_RESULT, ACT_RESULT, R(EXITED) | R(SETTLING) },
	{ RUN_RECORDED, MSG_X_EXECS, ACT_EXECS, R(RECORDED) },
	{ RUN_RECORDED, MSG_X_FILES, ACT_FILES, R(RECORDED) },
	{ RUN_RECORDED, MSG_X_CHANGED, ACT_CHANGED, R(RECORDED) },
	{ RUN_RECORDED, MSG_X_ASK, ACT_EXEC_ASK, R(RECORDED) },
	{ RUN_RECORDED, MSG_X_ASKED, ACT_EXEC_ASKED, R(RECORDED) },
	{ RUN_RECORDED, MSG_A_DONE, ACT_EXECS_DONE, R(RECORDED) },
	{ RUN_RECORDED, MSG_A_REFUSED, ACT_EXECS_NOT, R(RECORDED) },
	{ RUN_RECORDED, MSG_V_DONE, ACT_SECRET, R(RECORDED) },
	{ RUN_RECORDED, EV_WINSIZE, ACT_WINSIZE, R(RECORDED) },

	{ RUN_RUNNING, MSG_X_RESULT, ACT_RESULT, R(EXITED) | R(SETTLING) },
	{ RUN_RUNNING, MSG_X_EXECS, ACT_EXECS, R(RUNNING) },
	{ RUN_RUNNING, MSG_X_FILES, ACT_FILES, R(RUNNING) },
	{ RUN_RUNNING, MSG_X_CHANGED, ACT_CHANGED, R(RUNNING) },
	{ RUN_RUNNING, MSG_X_ASK, ACT_EXEC_ASK, R(RUNNING) },
	{ RUN_RUNNING, MSG_X_ASKED, ACT_EXEC_ASKED, R(RUNNING) },
	{ RUN_RUNNING, MSG_A_DONE, ACT_EXECS_DONE, R(RUNNING) },
	{ RUN_RUNNING, MSG_A_REFUSED, ACT_EXECS_NOT, R(RUNNING) },
	{ RUN_RUNNING, MSG_V_DONE, ACT_SECRET, R(RUNNING) },
	{ RUN_RUNNING, EV_WINSIZE, ACT_WINSIZE, R(RUNNING) },

	{ RUN_SETTLING, MSG_A_DONE, ACT_EXECS_DONE,
	    R(SETTLING) | R(EXITED) },
	{ RUN_SETTLING, MSG_A_REFUSED, ACT_EXECS_NOT, R(SETTLING) },
	{ RUN_SETTLING, MSG_V_DONE, ACT_SECRET, R(SETTLING) },

	{ RUN_EXITED, MSG_A_DONE, ACT_FINISH, R(DONE) },
	{ RUN_EXITED, MSG_A_REFUSED, ACT_EXECS_NOT, R(SETTLING) },
	{ RUN_EXITED, MSG_V_DONE, ACT_SECRET, R(EXITED) },

	{ RUN_REFUSED, EV_LOGGED, ACT_FINISH, R(DONE) },
	{ RUN_REFUSED, EV_UNLOGGED, ACT_FINISH, R(DONE) },

	{ RUN_DONE, MSG_V_DONE, ACT_SECRET, R(DONE) },
};

static const struct transition op_table[] = {
	{ OP_HIDE, MSG_X_HIDDEN, ACT_HIDDEN, O(RECORD) | O(DONE) },
	{ OP_VEIL, MSG_X_HIDDEN, ACT_HIDDEN,
	    O(PREPARE) | O(PRUNE) | O(DONE) },
	{ OP_RECORD, MSG_A_DONE, ACT_RECORDED, O(DONE) },
	{ OP_RECORD, MSG_A_REFUSED, ACT_NOT_RECORDED, O(DONE) },
	{ OP_QUERY, MSG_A_QUERIED, ACT_QUERIED, O(DONE) },
	{ OP_LIST, MSG_V_NAMES, ACT_NAMES, O(DONE) },
	{ OP_LIST, MSG_V_DONE, ACT_VAULT_NOT, O(DONE) },
	{ OP_LOCK, MSG_V_DONE, ACT_APPLIED, O(LOCK) | O(DONE) },
	{ OP_PREPARE, MSG_V_PREPARED, ACT_PREPARED, O(COMMIT) | O(DONE) },
	{ OP_PREPARE, MSG_V_NAMES, ACT_NAMES, O(DONE) },
	{ OP_PREPARE, MSG_V_DONE, ACT_VAULT_NOT, O(DONE) },
	{ OP_COMMIT, MSG_A_TICKET, ACT_COMMIT, O(APPLY) },
	{ OP_COMMIT, MSG_A_REFUSED, ACT_NOT_COMMITTED, O(DONE) },
	{ OP_APPLY, MSG_V_DONE, ACT_APPLIED, O(DONE) },
	{ OP_CONSENT, MSG_A_TICKET, ACT_CONSENTED, O(DONE) },
	{ OP_CONSENT, MSG_A_REFUSED, ACT_NOT_CONSENTED, O(DONE) },
	{ OP_WHY, MSG_X_PLAN, ACT_WHY_PLAN, O(DONE) },
	{ OP_WHY, MSG_X_UNRESOLVED, ACT_WHY_NOT, O(DONE) },
	{ OP_DOCTOR, MSG_X_FOUND, ACT_FOUND, O(DOCTOR) },
	{ OP_DOCTOR, MSG_X_EXAMINED, ACT_EXAMINED, O(DONE) },
	{ OP_LOGS, MSG_X_LOGGED, ACT_LOGGED, O(DONE) },
	{ OP_PRUNE, MSG_A_PRUNING, ACT_PRUNING, O(PRUNE) },
	{ OP_PRUNE, MSG_A_PRUNED, ACT_PRUNED, O(DONE) },
	{ OP_LOAD, MSG_A_RELOADED, ACT_LOADED, O(HAND) | O(DONE) },
	{ OP_LOAD, MSG_A_REFUSED, ACT_NOT_LOADED, O(DONE) },
	{ OP_HAND, MSG_X_RELOADED, ACT_HANDED, O(DONE) },
};

#define CANCEL(s, act, next)	.cancel = { RUN_##s, EV_CANCEL, act, next }

static const struct run_state_row run_states[RUN_STATES] = {
	[RUN_NEW] = { .name = "new", .asking = 1,
	    CANCEL(NEW, ACT_DROP, R(DONE)) },
	/* it is left before anything else can happen */
	[RUN_RESOLVED] = { .name = "resolved", .shown = 1 },
	[RUN_BINDING] = { .name = "binding", .asking = 1,
	    CANCEL(BINDING, ACT_DROP, R(DONE)) },
	[RUN_WAITING] = { .name = "waiting", .shown = 1, .waits = 1,
	    .open = 1, .undecided = 1, CANCEL(WAITING, ACT_WITHDRAW, R_NO) },
	[RUN_REJUDGING] = { .name = "judged anew", .asking = 1, .waits = 1,
	    CANCEL(REJUDGING, ACT_WITHDRAW, R_NO) },
	[RUN_APPROVING] = { .name = "approving", .waits = 1,
	    .undecided = 1, CANCEL(APPROVING, ACT_WITHDRAW, R_NO) },
	[RUN_GRANTED] = { .name = "approved", .waits = 1,
	    CANCEL(GRANTED, ACT_WITHDRAW, R_NO) },
	[RUN_DECIDED] = { .name = "decided",
	    CANCEL(DECIDED, ACT_ABORT, R(ABORTING)) },
	[RUN_ABORTING] = { .name = "aborting" },
	[RUN_RECORDED] = { .name = "recorded", .begins = 1, .printed = 1,
	    .going = 1, CANCEL(RECORDED, ACT_KILL, R(RECORDED)) },
	[RUN_RUNNING] = { .name = "running", .printed = 1, .going = 1,
	    CANCEL(RUNNING, ACT_KILL, R(RUNNING)) },
	[RUN_SETTLING] = { .name = "settling", .printed = 1 },
	[RUN_EXITED] = { .name = "exited", .printed = 1 },
	[RUN_REFUSED] = { .name = "refused" },
	[RUN_DONE] = { .name = "done", .over = 1 },
};

static const struct op_state_row op_states[OP_STATES] = {
	[OP_HIDE] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	/* the executor answers in any case, and more than are remembered */
	[OP_VEIL] = { END_GOES_ON, END_DROPPED, 1, 0 },
	[OP_RECORD] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	/* these end with the auditor, and with the executor */
	[OP_PRUNE] = { END_GOES_ON, END_GOES_ON, 0, 0 },
	[OP_QUERY] = { END_GOES_ON, END_GOES_ON, 0, 0 },
	[OP_LOGS] = { END_CALLED_OFF, END_GOES_ON, 0, 0 },
	[OP_LIST] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_LOCK] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_PREPARE] = { END_GOES_ON, END_DROPPED, 1, 0 },
	/* a change of the vault that is recorded goes on */
	[OP_COMMIT] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_APPLY] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_CONSENT] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_WHY] = { END_DROPPED, END_DROPPED, 1, 0 },
	[OP_DOCTOR] = { END_GOES_ON, END_DROPPED, 1, 0 },
	/* what is recorded is handed on, or everything ends */
	[OP_LOAD] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_HAND] = { END_GOES_ON, END_GOES_ON, 1, 0 },
	[OP_DONE] = { END_GOES_ON, END_GOES_ON, 0, 1 },
};

static const struct transition *
find_row(const struct transition *t, size_t n, unsigned state, unsigned event)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (t[i].state == state && t[i].event == event)
			return (&t[i]);
	return (NULL);
}

const struct transition *
states_run(enum run_state state, unsigned event)
{
	const struct transition *row = &states_of_run(state)->cancel;

	if (event == EV_CANCEL)
		return (row->next != 0 ? row : NULL);
	return (find_row(run_table, NELEM(run_table), state, event));
}

const struct transition *
states_op(enum op_state state, unsigned event)
{
	return (find_row(op_table, NELEM(op_table), state, event));
}

const struct transition *
states_run_at(size_t i)
{
	unsigned s;

	if (i < NELEM(run_table))
		return (&run_table[i]);
	i -= NELEM(run_table);
	for (s = 0; s < RUN_STATES; s++)
		if (run_states[s].cancel.next != 0 && i-- == 0)
			return (&run_states[s].cancel);
	return (NULL);
}

const struct transition *
states_op_at(size_t i)
{
	return (i < NELEM(op_table) ? &op_table[i] : NULL);
}

const struct op_state_row *
states_of_op(enum op_state s)
{
	return (&op_states[(unsigned)s < OP_STATES ? s : OP_DONE]);
}

const struct run_state_row *
states_of_run(enum run_state s)
{
	return (&run_states[(unsigned)s < RUN_STATES ? s : RUN_DONE]);
}

const char *
run_state_name(enum run_state s)
{
	if ((unsigned)s >= RUN_STATES)
		return ("unknown");
	return (run_states[s].name);
}

const char *
event_name(unsigned event)
{
	static const char *const names[EV_END - EV_OWN] = {
		"allow", "ask", "standing", "bind", "refuse", "asked",
		"not asked", "approve", "deny", "approved", "not approved",
		"claim", "expire", "cancel", "window size", "logged",
		"unlogged", "rejudge",
	};

	if (event < EV_OWN)
		return (msg_name(event));
	if (event >= EV_END)
		return ("unknown");
	return (names[event - EV_OWN]);
}
