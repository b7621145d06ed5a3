/* SPDX-License-Identifier: ISC */
/* What is refused before anything comes of it: recorded, and answered. */
#ifndef SUPERVISOR_TURNDOWN_H
#define SUPERVISOR_TURNDOWN_H

#include <stdint.h>

#include "supervisor/client/client.h"
#include "supervisor/run/advice.h"

/*
 * Records it, damped (refusal.h).  kind: RECORD_*; cause: static; argc: words
 * of a command, 0 if there is none.
 */
void	turndown_record(struct client *, unsigned kind, const char *cause,
	    uint64_t argc, const char *reason);
/* The answer: RUN has a RESULT, everything else END. */
void	turndown_answer(struct client *, enum cberr, const char *rule,
	    const char *why);
/* The same of a RUN, and what else there is to say; its conf and ch are set
 * here. */
void	turndown_advise(struct client *, enum cberr, const char *rule,
	    const char *why, struct advice *);

#endif
