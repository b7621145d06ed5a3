/* SPDX-License-Identifier: ISC */
/*
 * Names in grants of write that init has changed for a run, in order: told to
 * the runner some of them at a time, when a message is full or the run is
 * over, and never one by one.  Of the first FILES_ROWS each has a row, the
 * others are counted, and so are those that the runner did not take.  What
 * one process does to the same name once more, right behind, is one change:
 * writing what it has made or written, marking what it has made or marked.
 */
#ifndef EXECUTOR_WATCH_CHANGES_H
#define EXECUTOR_WATCH_CHANGES_H

#include <stdint.h>

#include "common/files.h"

struct call;

/* From now on it is told to the runner over box; before, nothing is. */
void	changes_start(int box);
/*
 * A call has changed what name.c has looked at for it; the text of a symbolic
 * link is its second path.
 */
void	changes_add(const struct call *, enum file_what);
/* Tells what was not told yet. */
void	changes_tell(void);
/* How many there were, those that were not told too. */
uint32_t changes_count(void);

#endif
