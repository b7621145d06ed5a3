/* SPDX-License-Identifier: ISC */
/* connect --check: what an agent's settings are worth, tried. */
#ifndef CLIENT_CONNECTCHECK_H
#define CLIENT_CONNECTCHECK_H

#include "client/connect/setup.h"

/*
 * Tells it on standard output.  How many of the things that belong there are
 * missing, or do not do what they are for.  What the setup was made by is
 * wanted again, for a copy.
 */
int	connectcheck(const struct setup *, const struct cli *,
	    const char *skill);

#endif
