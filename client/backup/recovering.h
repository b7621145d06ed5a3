/* SPDX-License-Identifier: ISC */
/*
 * A log of which no auditor runs, and on which none starts: what is damaged in
 * it is told, and moved away where that is accepted.
 */
#ifndef CLIENT_RECOVERING_H
#define CLIENT_RECOVERING_H

#include <stdint.h>

#include "client/cli.h"
#include "common/record/logscan.h"
#include "common/record/pruned.h"

struct recovering {
	int		 json;
	const char	*log;		/* directory */
	const char	*vault;		/* likewise, or NULL */
	const char	*why;
	int		 accept;
	int		 dirfd;		/* of the log, with its lock */
	/* what recovering_do() has found */
	struct logscan_result res;
	struct sealcheck seals;
	struct pruned	 front;		/* what was removed; record 0: none */
	uint64_t	 said;		/* last good record of a removal */
};

/* An exit status, or -1 and *f. */
int	recovering_do(struct recovering *, struct fail *);

#endif
