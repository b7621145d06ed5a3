/* SPDX-License-Identifier: ISC */
/* What is told of a request that waits on without its caller. */
#ifndef CLIENT_STILL_H
#define CLIENT_STILL_H

#include <stddef.h>

#include "client/cli.h"

/*
 * Who can let it go, of the fields of WAITING and as the configuration has
 * them: " (alice, group:admins)", or "".  To be freed.
 */
char	*still_approvers(const void *, size_t);
/* Who can let it go and how to come back; the exit status. */
int	still_report(const struct cli *, const char *run, const void *,
	    size_t);

#endif
