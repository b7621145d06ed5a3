/* SPDX-License-Identifier: ISC */
/*
 * What the actions of the table of runs do: runaction.c, rundecide.c for
 * those that are not allowed yet, and runexec.c for what they start.  Each
 * does its work and names the state that follows.  How a run ends is in
 * runend.c.
 */
#ifndef SUPERVISOR_RUNACTION_H
#define SUPERVISOR_RUNACTION_H

#include "supervisor/run/run.h"

/* Sets how a run ends that has no result of the executor. */
void		run_set_end(struct run *, enum outcome, enum cberr,
		    const char *, ...)
		    __attribute__((__format__ (printf, 4, 5)));
/* Tells the caller and lets go of everything. */
void		run_finish(struct run *);
void		run_close_pipes(struct run *);
/*
 * The run has ended, or will not begin: nobody asks from inside any more, and
 * what was asked for from there ends behind this event.
 */
void		run_close_door(struct run *);
/* WAITING, to its caller. */
void		run_say_waiting(struct run *);
/* The executor forgets it; before the word to go it has nothing to say. */
void		run_drop(struct run *);
/* Records why it does not run (fields are freed), then tells the caller. */
enum run_state	run_refuse_as(struct run *, unsigned kind,
		    struct buf *fields);
/* The same with the record of a refused command. */
enum run_state	run_refuse_run(struct run *);
/* Its result came: its last record, with all that is not on disk yet. */
enum run_state	run_settle(struct run *);

/* runaction.c */
enum run_state	act_drop(struct run *, const struct run_input *);
enum run_state	act_launch(struct run *, const struct run_input *);
enum run_state	act_go(struct run *, const struct run_input *);
enum run_state	act_no_intent(struct run *, const struct run_input *);
enum run_state	act_build_failed(struct run *, const struct run_input *);
enum run_state	act_abort(struct run *, const struct run_input *);
enum run_state	act_close_abort(struct run *, const struct run_input *);
enum run_state	act_started(struct run *, const struct run_input *);
enum run_state	act_secret(struct run *, const struct run_input *);
enum run_state	act_kill(struct run *, const struct run_input *);
enum run_state	act_winsize(struct run *, const struct run_input *);
enum run_state	act_result(struct run *, const struct run_input *);
enum run_state	act_finish(struct run *, const struct run_input *);
/* runexec.c */
enum run_state	act_files(struct run *, const struct run_input *);
enum run_state	act_changed(struct run *, const struct run_input *);
enum run_state	act_execs(struct run *, const struct run_input *);
enum run_state	act_execs_done(struct run *, const struct run_input *);
enum run_state	act_execs_not(struct run *, const struct run_input *);
enum run_state	act_exec_ask(struct run *, const struct run_input *);
enum run_state	act_exec_asked(struct run *, const struct run_input *);
/* rejudge.c */
enum run_state	act_rejudge(struct run *, const struct run_input *);
/*
 * It is looked up once more, by the configuration in force, if that still lets
 * it be asked for; next: the state meanwhile.
 */
enum run_state	run_again(struct run *, enum run_state next);
/* rundecide.c */
enum run_state	act_plan(struct run *, const struct run_input *);
enum run_state	act_unresolved(struct run *, const struct run_input *);
enum run_state	act_refuse(struct run *, const struct run_input *);
enum run_state	act_bind(struct run *, const struct run_input *);
enum run_state	act_ask(struct run *, const struct run_input *);
enum run_state	act_standing(struct run *, const struct run_input *);
enum run_state	act_not_asked(struct run *, const struct run_input *);
enum run_state	act_approve(struct run *, const struct run_input *);
enum run_state	act_grant(struct run *, const struct run_input *);
enum run_state	act_reopen(struct run *, const struct run_input *);
enum run_state	act_deny(struct run *, const struct run_input *);
enum run_state	act_expire(struct run *, const struct run_input *);
enum run_state	act_withdraw(struct run *, const struct run_input *);

#endif
