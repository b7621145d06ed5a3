/* SPDX-License-Identifier: ISC */
/*
 * Closed segments are removed, the oldest first, one after the other and a
 * piece at a time behind everything else that the auditor has to do: because
 * an administrator wants that, or because they are older than logging.keepDays.
 *
 * A segment is read first, and goes only if it is what the log says; one that
 * was changed stays, for somebody to look at.  The seals in it are kept
 * (gateway.seals), then the record that it goes is durable, with a seal behind
 * it, then what stands in front of the rest (gateway.pruned), and then its
 * files are removed.  What a crash leaves of that the next start finishes.
 */
#ifndef AUDITOR_PRUNE_H
#define AUDITOR_PRUNE_H

#include <stdint.h>

struct auditor;
struct pruning;

/*
 * days: logging.keepDays; 0: nothing goes by itself.  Takes A_PRUNE, too, which
 * A_PRUNING for each segment answers and A_PRUNED when it is over.
 */
struct pruning	*prune_new(struct auditor *, uint32_t days);
/* There is one more closed segment. */
void		 prune_rotated(struct auditor *);

#endif
