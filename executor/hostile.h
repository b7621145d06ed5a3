/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks and started with CLAWBOT_HOSTILE, the executor turns
 * hostile once it is locked in: a request whose last word is "hostile=WHAT"
 * has it do what somebody who had taken it over would, and log what came of
 * it.  What can be seen so is what others refuse, and what it cannot do
 * itself.
 */
#ifndef EXECUTOR_HOSTILE_H
#define EXECUTOR_HOSTILE_H

#include "executor/executor.h"

#if CB_TEST_HOOKS
/* What was found for a request, before anybody is told; it may lie then. */
void	hostile_found(struct executor *, uint64_t run, struct skill *,
	    const struct resolve *, struct resolved *);
/* A run is about to be given this ticket. */
void	hostile_ticket(uint64_t run, const uint8_t *ticket);
#else
#define hostile_found(x, run, s, v, res)	((void)0)
#define hostile_ticket(run, ticket)	((void)0)
#endif

#endif
