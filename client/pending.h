/* SPDX-License-Identifier: ISC */
/*
 * What waits for an approval, as an approver has to see it: made here from
 * the bytes of the plan, or of the program that is held, and the digest that
 * is approved is that of these bytes.  What the daemon says besides (who
 * asked, by which rule) is told, and no part of the digest.
 */
#ifndef CLIENT_PENDING_H
#define CLIENT_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "common/buf.h"
#include "common/execs.h"
#include "common/plan.h"

struct conn;

struct pending {
	char		 id[RUNID_TEXT];
	uint64_t	 number;		/* the same */
	struct buf	 row;			/* fields: all of it */
	uint8_t		 digest[PLAN_DIGEST];
	int		 program;		/* in a run; else the run */
	int		 lapsed;		/* and nobody waits with it */
	struct plan	 plan;			/* of these, one */
	struct exec_ask	 ask;
};

/* From a row of APPROVALS.  0, or -1 and *f; pending_free() after either. */
int	pending_get(struct pending *, const void *, size_t, struct fail *);
void	pending_free(struct pending *);
/* The one of this id, asked for and taken likewise. */
int	pending_find(struct conn *, uint64_t id, struct pending *,
	    struct fail *);
/*
 * The file of this number, from 1, of those that it was hashed with: its
 * script, then what its words name.  NULL past the last; sizes of a program's
 * are not known, UINT64_MAX.
 */
const struct ident *pending_file(const struct pending *, size_t,
	    struct ident *store);
/*
 * The number of one as a person has typed it, blanks around it or not; none is
 * 1, no number 0.
 */
size_t	pending_typed(const char *);

#endif
