/* SPDX-License-Identifier: ISC */
/*
 * Closed segments are packed (common/record/packed.h), one after the other,
 * the oldest first, a part at a time and behind everything else that the
 * auditor has to do.  A packed one is complete, was read back and compared,
 * has its name and a record, all of it durable, before the plain one and the
 * copy of its exec lines are removed; what a crash leaves of it before that is
 * made anew.  A failure is said, and tried again at the next rotation.  What
 * is not the file that was read, or no chain, stays as it is (packcheck.h).
 */
#ifndef AUDITOR_PACKING_H
#define AUDITOR_PACKING_H

struct auditor;
struct packing;

/*
 * Removes what a crash has left of one that is unfinished, or that is packed
 * alone; on: packs them.
 */
struct packing	*packing_new(struct auditor *, int on);
/* There is one more closed segment. */
void		 packing_rotated(struct packing *);
/* The oldest one is about to be removed. */
void		 packing_forget(struct packing *);

#endif
