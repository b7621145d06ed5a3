/* SPDX-License-Identifier: ISC */
/*
 * Sandboxes that are ready before they are asked for: a few for each skill
 * that is in use, in the profile that its last run had.  They are made off
 * the path of requests, the way that any sandbox is made, and given up when
 * memory is short or nobody has asked for a while.
 */
#ifndef EXECUTOR_POOL_H
#define EXECUTOR_POOL_H

#include "executor/executor.h"

struct pools;

/* Opens what tells of short memory. */
void	pool_prepare(struct executor *);
/* Once the event base is there. */
void	pool_init(struct executor *);
/*
 * The control descriptor of a waiting sandbox, or -1: there is none.  The
 * profile becomes the one that the skill's pool is filled with, later.
 */
int	pool_take(struct executor *, struct skill *, const struct profile *);
/* A run is over: now is the time to make what is missing. */
void	pool_at_rest(struct executor *);
/* Those that were dropped are missing. */
void	pool_more(struct executor *);
/* Ends those of a skill that wait. */
void	pool_drop(struct skill *);
/* Ends all that wait, and makes no more. */
void	pool_close(struct executor *);

#endif
