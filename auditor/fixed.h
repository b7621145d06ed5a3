/* SPDX-License-Identifier: ISC */
/*
 * Closed segments that have the immutable attribute: nobody changes, removes or
 * replaces one, the auditor's own account and root included, before root lifts
 * it.  Bring-up sets and lifts it (fixing.h); this one looks, and tells.
 */
#ifndef AUDITOR_FIXED_H
#define AUDITOR_FIXED_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/payload.h"
#include "common/record/logseg.h"

struct auditor;

struct fixed {
	int		 on;		/* logging.immutable */
	uint32_t	 keep_days;	/* likewise */
	uint64_t	*v;		/* those that have it: their firsts */
	size_t		 n;
	uint32_t	 due;		/* oldest ones, left out, for they
					   are to be removed soon */
	int		 error;		/* why one of the others has it not */
	uint64_t	 held;		/* keepDays is to remove it, cannot */
	struct msg_parts told;
};

/* Has a file of that segment the attribute?  If so, its name. */
int	fixed_has(const struct auditor *, uint64_t first,
	    char name[LOG_NAMEMAX]);
/*
 * What keeps a file of that segment from being removed, as chattr(1) has it,
 * and its name: that attribute, or that it is append-only.  NULL: nothing.
 */
const char *fixed_bars(const struct auditor *, uint64_t first,
	    char name[LOG_NAMEMAX]);
/* Looks at it again. */
void	fixed_see(struct auditor *, uint64_t first);
/* It is not there any more: the oldest one. */
void	fixed_forget(struct auditor *, uint64_t first);
/* logging.keepDays would remove it.  1 if that is new. */
int	fixed_hold(struct auditor *, uint64_t first);
/* What there is to say, for READY, and for the record of the start. */
void	fixed_ready(struct buf *, struct auditor *);
void	fixed_record(struct buf *, const struct auditor *);
/* Tells the supervisor, where that is not what it was told. */
void	fixed_tell(struct auditor *);

#endif
