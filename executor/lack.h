/* SPDX-License-Identifier: ISC */
/*
 * What was lacking: memory, a process, a descriptor, a buffer, room in
 * memory that is a file.  It passes, so whoever asked is told to try again,
 * whatever was being done and wherever in the executor that was.
 */
#ifndef EXECUTOR_LACK_H
#define EXECUTOR_LACK_H

#include "common/cberr.h"

/* How often, and how far apart, it is tried again where nobody can ask. */
#define LACK_TRIES	200
#define LACK_NS		10000000	/* 2 s together */

/* Does this errno stand for a lack? */
int		lack_is(int error);
/* CBE_AGAIN if it does, else what the caller says. */
enum cberr	lack_err(int error, enum cberr otherwise);
/*
 * After a failure of something that has to be done: waits a little and says
 * 1 if it is to be tried again, by *tries, which begins at 0.  Keeps errno.
 */
int		lack_again(unsigned *tries);

#endif
