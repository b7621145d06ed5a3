/* SPDX-License-Identifier: ISC */
/*
 * Roles for people: which keys of a configuration say who is what, and which
 * accounts that comes to.
 */
#ifndef SUPERVISOR_CONF_PEOPLE_H
#define SUPERVISOR_CONF_PEOPLE_H

#include <stdio.h>

#include "supervisor/conf/conf.h"

struct people_role {
	const char		*role;		/* "approver", ... */
	const char		*channel;	/* of an agent, else NULL */
	const char		*key;		/* that says so, or NULL */
	const struct who	*who;		/* by that key; or NULL */
	int			 root;		/* is one as well, always */
};

/* Calls fn for each role, and for agents once a channel. */
void	people_each(const struct conf *, void (*fn)(void *,
	    const struct people_role *), void *);
/* All of them as lines for a person, accounts by name. */
void	people_print(const struct conf *, FILE *);

#endif
