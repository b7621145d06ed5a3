/* SPDX-License-Identifier: ISC */
/*
 * In a spawner: another /etc, when the host's has changed.  What it takes to
 * make one is a look through all of /usr: where runs are asked for, a child
 * does that beside, and what is started meanwhile has the one that there is.
 */
#ifndef EXECUTOR_SPAWNER_ETCNEW_H
#define EXECUTOR_SPAWNER_ETCNEW_H

#include <sys/types.h>

#include "common/xconf.h"

/* The host's has changed; at_once: it is not left to etcnew_due(). */
void	etcnew_heard(const struct xconf *, int at_once);
/* A sandbox is about to be built: with what is known by now, made here. */
void	etcnew_due(const struct xconf *);
/* What to wait for, to be read by etcnew_take(); -1 if there is nothing. */
int	etcnew_fd(void);
/* It is in place, and the executor hears of it over sock; or it stays. */
void	etcnew_take(const struct xconf *, int sock);
/* Was that the child? */
int	etcnew_is(pid_t);

#endif
