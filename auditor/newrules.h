/* SPDX-License-Identifier: ISC */
/*
 * A configuration that takes the place of another: its record, with all of its
 * text, and what the tickets are made of that the spawners take its rules by.
 */
#ifndef AUDITOR_NEWRULES_H
#define AUDITOR_NEWRULES_H

#include "auditor/auditor.h"
#include "common/payload.h"

/*
 * All of its records, or none.  open as in chain.h; *number: the first one's,
 * of the load.
 */
enum chain_append newrules_append(struct chain *, const struct msg_areload *,
	    size_t open, uint64_t *number);
/* What its answer needs. */
void	newrules_note(struct reply *, const struct msg_areload *);
void	newrules_free(struct reply *);

#endif
