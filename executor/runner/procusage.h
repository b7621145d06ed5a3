/* SPDX-License-Identifier: ISC */
/* What a run has used so far, where no control group counts it. */
#ifndef EXECUTOR_RUNNER_PROCUSAGE_H
#define EXECUTOR_RUNNER_PROCUSAGE_H

#include <sys/types.h>

#include <stdint.h>

/*
 * Processor time in microseconds of a process, of all that descend from it
 * and are alive, and of those that were waited for, by the stat files of a
 * proc file system.  A child whose parent ignores its end is in nobody's
 * account once it is gone.
 */
uint64_t procusage_tree(const char *proc, pid_t);

#endif
