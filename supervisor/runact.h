/* SPDX-License-Identifier: ISC */
/* Between runact.c and runask.c. */
#ifndef SUPERVISOR_RUNACT_H
#define SUPERVISOR_RUNACT_H

#include "supervisor/run.h"

/* The executor forgets it; before the word to go it has nothing to say. */
void		run_drop(struct run *);
/* Records why it does not run (fields are freed), then tells the caller. */
enum run_state	run_refuse_as(struct run *, unsigned kind,
		    struct buf *fields);
/* The same with the record of a refused command. */
enum run_state	run_refuse_run(struct run *);

enum run_state	act_plan(struct run *, const struct run_input *);
enum run_state	act_unresolved(struct run *, const struct run_input *);
enum run_state	act_refuse(struct run *, const struct run_input *);
enum run_state	act_ask(struct run *, const struct run_input *);
enum run_state	act_not_asked(struct run *, const struct run_input *);
enum run_state	act_approve(struct run *, const struct run_input *);
enum run_state	act_reopen(struct run *, const struct run_input *);
enum run_state	act_deny(struct run *, const struct run_input *);
enum run_state	act_expire(struct run *, const struct run_input *);
enum run_state	act_withdraw(struct run *, const struct run_input *);

#endif
