/* SPDX-License-Identifier: ISC */
/*
 * connect --check: the agent itself, started with what its user has set up,
 * and had to call its tools by a model that is none.
 */
#ifndef CLIENT_AGENTCHECK_H
#define CLIENT_AGENTCHECK_H

#include "client/connect/setup.h"

/* Why that agent cannot be started here (static), or NULL. */
const char *agentcheck_why_not(const struct setup *);
/*
 * For one that can: tells on standard output for each of its tools whether
 * clawbot was asked.  How many were not, or were not tried; dir is an empty
 * directory, in which things are left.  The environment of this process is the
 * agent's then.  *sig is the signal by which this process was to end
 * meanwhile, or 0.
 */
int	agentcheck(const struct setup *, const struct cli *, const char *skill,
	    const char *dir, int *sig);

#endif
