/* SPDX-License-Identifier: ISC */
/*
 * Who asks, as records have it: the account by number and name, the process,
 * and what the daemon and the kernel know of the connection.  None of it is
 * what a client says.
 */
#ifndef SUPERVISOR_ORIGIN_H
#define SUPERVISOR_ORIGIN_H

#include <sys/types.h>

#include <stdint.h>

#include "common/buf.h"
#include "supervisor/client/lineage.h"

#define ORIGIN_UNSET	UINT32_MAX	/* as the kernel has it */

struct conf;

struct origin {
	uint64_t	 conn;		/* the connection's number; 0: none */
	uint32_t	 login;		/* login uid of who has connected, */
	uint32_t	 audit;		/* and that login's audit session; or
					   ORIGIN_UNSET */
};

/* Fields "uid" and "account", the latter if its name is known. */
void	account_put(struct buf *, const struct conf *, uid_t);
/*
 * These, "pid", "conn", "login_uid", "login" and "audit_session", and of what
 * comes from inside of a run "asker", "depth" and "chain"; those alone that
 * there are.
 */
void	origin_put(struct buf *, const struct conf *, uid_t, pid_t,
	    const struct origin *, const struct lineage *);

#endif
