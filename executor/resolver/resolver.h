/* SPDX-License-Identifier: ISC */
/*
 * The resolver of a skill: one process, forked by its spawner, that looks up
 * what is asked for in the skill's view.  It may read what any account of
 * its runs may, which the executor must not: so it has the one capability
 * for that, and nothing to run, write or mount with.  What it finds, the
 * executor passes on; what is executed is compared by who executes it.
 */
#ifndef EXECUTOR_RESOLVER_RESOLVER_H
#define EXECUTOR_RESOLVER_RESOLVER_H

#include "common/xconf.h"
#include "executor/ident.h"
#include "executor/inside.h"

/* Where it looks, and for whose skill. */
struct lookup {
	const struct xskill	*skill;
	const struct xid	*ids;	/* accounts of its runs */
	size_t			 nids;
	int			 root;	/* the skill's view, and ours */
};

/*
 * Serves the executor at the other end of the socket, and what runners wish.
 */
void	resolver_main(int sock, int wishes, const struct lookup *,
	    const struct layers *) __attribute__((__noreturn__));

/*
 * lookup.c: a request becomes a plan, and the names that mean the same; masks
 * are not its affair.  0, or -1 and *t; *out is to be freed after both.
 */
int	lookup(const struct lookup *, const struct resolve *,
	    struct resolved *out, struct trouble *);
/* Writes down the digest of a file, if it belongs to the system. */
void	lookup_digest(const struct lookup *, const char *path);

#endif
