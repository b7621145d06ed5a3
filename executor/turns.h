/* SPDX-License-Identifier: ISC */
/*
 * Short turns on a processor, for those whom a run waits for: they work for
 * some microseconds and sleep again.  Where all processors are busy, which is
 * how a build has them, the kernel would let who works there go on until its
 * turn, of some milliseconds, is over.
 */
#ifndef EXECUTOR_TURNS_H
#define EXECUTOR_TURNS_H

/* The priority that this process has, and what it forks is started with. */
void	turns_note(void);
int	turns_nice(void);
/*
 * Those of the calling process, and of what it forks from then on.  The
 * shorter its turns, the sooner one gets the next: since Linux 6.12 a process
 * chooses that, and before it all stays as it is.
 */
void	turns_short(void);

#endif
