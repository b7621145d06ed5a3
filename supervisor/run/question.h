/* SPDX-License-Identifier: ISC */
/*
 * A program that a run wants to start is held until somebody has answered:
 * allowed, with a ticket that the auditor made when the approval was durable
 * and that no role can make for itself; or refused, by a person, because
 * nobody answered in time, or because it cannot be asked.
 */
#ifndef SUPERVISOR_QUESTION_H
#define SUPERVISOR_QUESTION_H

#include <stdint.h>

#include "supervisor/client/client.h"
#include "supervisor/run/run.h"

/* It is shown to approvers, or refused at once. */
void	question_ask(struct run *, struct question *);
/* The run does not wait for it any more. */
void	question_withdraw(struct run *, struct question *, const char *why);
/* It ends, and all that is open in it. */
void	questions_withdraw(struct run *, const char *why);

/* The one of this id, which is open, and its run; or NULL. */
struct question *question_find(struct daemon *, uint64_t id, struct run **);
/* By an approver who may; END comes when it is recorded. */
void	question_approve(struct run *, struct question *, struct client *);
void	question_deny(struct run *, struct question *, struct client *,
	    const char *why);
/* Once a second: those that nobody answered. */
void	question_tick(struct daemon *);

/* For listing_send, from ids on; how many there were. */
size_t	question_ids(const struct daemon *, uint64_t *ids);
size_t	question_count(const struct daemon *);
/* Fields that tell the approver all there is. */
void	question_row(struct buf *, const struct run *,
	    const struct question *);

#endif
