/* SPDX-License-Identifier: ISC */
/*
 * What is stored of output is packed (common/record/packed.h) once the records
 * that it belongs to are in a closed segment: NUMBER-RUN.out becomes
 * NUMBER-RUN.out.zst, a part at a time and behind everything else that the
 * auditor has to do.  A packed file is complete, was read back and compared,
 * and has its name, all of it durable, before the plain one is removed; what a
 * crash leaves of it before that is made anew, and until then the plain one
 * counts.  The record of the run's end has the digest of what is in it, not of
 * the file.  What takes no block less stays as it is.
 */
#ifndef AUDITOR_OUTPACK_H
#define AUDITOR_OUTPACK_H

#include <stdint.h>

struct event_base;
struct outpack;
struct outstore;

/*
 * Removes what a crash has left of one that is unfinished; on: packs.  The
 * store stays the caller's, and was started.
 */
struct outpack	*outpack_new(struct outstore *, struct event_base *, int on);
/* Output of runs whose intents are before that record can be packed. */
void		 outpack_before(struct outpack *, uint64_t record);
/* Is nothing left to be packed?  What could not be is for the next call. */
int		 outpack_rests(const struct outpack *);
/* NULL is fine. */
void		 outpack_free(struct outpack *);

#endif
