/* SPDX-License-Identifier: ISC */
/* What came of a run, for people and as a document. */
#ifndef CLIENT_OUTCOME_H
#define CLIENT_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/stream.h"

struct outcome_in {
	const uint8_t	*result;	/* fields of RESULT; NULL: none came */
	size_t		 len;
	const struct fail *fail;	/* why none came */
	const char	*run;		/* its id, or "" */
	int		 lost;		/* it had started */
	int		 interrupted;	/* by whoever is told */
	int		 unread;	/* its input had no true end */
	struct capture	*out;		/* NULL: not a part of this */
	struct capture	*err;
};

/* clawbot's exit status. */
int	outcome_status(const struct outcome_in *);
/* On standard error; nothing for a command that just ended, unless it met its
 * limit of memory. */
void	outcome_tell(const struct outcome_in *);
/* One document on standard output; 0 or -1. */
int	outcome_json(const struct outcome_in *);

#endif
