/* SPDX-License-Identifier: ISC */
/*
 * The auditor's rounds: closed segments are looked at while it runs, so that
 * one that somebody takes away, replaces, cuts or changes is told of without
 * anybody asking for verification.
 *
 * What is done to them is heard of at once where it can be (logwatch.h).  Once
 * a minute, and after each seal, how their files look is compared with how they
 * were left; one that looks different is read.  And every so often all of the
 * log is read, each segment as a chain that the next one goes on with, up to
 * the last record: a piece at a time, with pauses, behind all that somebody
 * waits for.  What is found is damage.h's to tell.
 */
#ifndef AUDITOR_ROUNDS_H
#define AUDITOR_ROUNDS_H

#include <stdint.h>

struct auditor;
struct rounds;

/* every_s: how often all of it is read, 0: never. */
struct rounds	*rounds_new(struct auditor *, uint32_t every_s);
/* About once a second: begins what is due. */
void		 rounds_tick(struct auditor *);
/*
 * Something was done to the files of that segment, which may be none; written:
 * it is read in any case.  0: to any of them, written: all are read.  One that
 * is missing is recorded before this returns; not yet committed.
 */
void		 rounds_heard(struct auditor *, uint64_t first, int written);

#endif
