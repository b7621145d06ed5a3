/* SPDX-License-Identifier: ISC */
/* Records that come in batches: what a run has executed and changed. */
#ifndef AUDITOR_BATCH_H
#define AUDITOR_BATCH_H

#include "auditor/chain.h"

struct auditor;
struct ipc_msg;

/* Where a batch of records goes. */
struct batch_to {
	unsigned	 kind;		/* BATCH_* */
	size_t		 open;		/* runs whose room it must leave */
	uint64_t	*number;	/* of its last record */
};

/*
 * Appends them, one by one: CHAIN_FULL, with some of them appended, or the
 * number of the last.  What no supervisor of ours sends is a breach.
 */
enum chain_append	batch_append(struct auditor *, const struct ipc_msg *,
			    const void *rows, size_t len,
			    const struct batch_to *);

#endif
