/* SPDX-License-Identifier: ISC */
/*
 * secrets rotate --run: a provider's hook is a run, and what it prints on
 * standard output becomes the new value.  Nobody else has that: it is neither
 * masked nor stored on its way, comes by a pipe from the run to us, is held as
 * what a person types is, and goes on to the vault.
 */
#ifndef CLIENT_ROTATERUN_H
#define CLIENT_ROTATERUN_H

#include <stdint.h>

#include "client/secretvalue.h"
#include "common/plan.h"

struct rotaterun {
	struct runreq	 req;
	uint32_t	 wait_s;	/* as of clawbot run */
	int		 no_input;
};

void	rotaterun_init(struct rotaterun *);
/*
 * Does it, and frees the request; the exit status.  What can be checked is
 * checked before the hook is called, since its provider may take no value but
 * the new one from then on.
 */
int	rotaterun_go(struct cli *, const struct storing *, struct rotaterun *);

#endif
