/* SPDX-License-Identifier: ISC */
/*
 * The start has bring-up set the immutable attribute on closed segments, and
 * lift it (A_FIX): on those that are packed, whole for all that is known, and
 * not soon to be removed by logging.keepDays; from those that are, from one
 * whose removal is recorded, and from all where logging.immutable is off.
 * Where the clock has jumped, what would soon be removed by it stays as it is.
 * What the file system or the host does not allow is told, and stops nothing.
 */
#ifndef AUDITOR_FIXING_H
#define AUDITOR_FIXING_H

#include "auditor/known.h"

struct auditor;

/*
 * Behind what a start reads, and before anything is removed.  Who is in *k,
 * and what looks different for it alone, is taken as it looks now.  1 if there
 * is such.
 */
int	fixing_start(struct auditor *, struct known_log *);

#endif
