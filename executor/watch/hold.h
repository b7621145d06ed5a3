/* SPDX-License-Identifier: ISC */
/*
 * What a run executes, seen by its init.  Every execve(2) and execveat(2) of
 * a process that was executed itself is held: init reads what is to be
 * executed, and with what arguments, and gives that with the files to the
 * runner, which decides.  Where the call would fail anyway, init says so.
 *
 * What was read can be another by the time at which the kernel reads it: a
 * thread, a parent with vfork(2) or memory that is shared can write it, and a
 * name can be exchanged.  So the process is seized before the call goes on,
 * and stops when it has become another program, before the first instruction
 * of that.  What it is then, arguments included, nobody but itself can change;
 * if that is not what was decided, it is killed where it stands.  Then it is
 * let go: between its execs a process is not traced.
 */
#ifndef EXECUTOR_WATCH_HOLD_H
#define EXECUTOR_WATCH_HOLD_H

#include <sys/types.h>

#include <stdint.h>

#include "executor/inside.h"

struct call;
struct watch;

/*
 * What is said goes to the runner over box.  record: nothing is to be refused,
 * be it that nobody can look at it.
 */
void	hold_start(struct watch *, int box, int record);
/* The process that is going to be the run's own program. */
void	hold_command(pid_t);
/* Was it executed?  1 is certain, 0 not known. */
int	hold_seen(void);
/*
 * One of the calls; argument path is the name, as openat(2) has it.  A
 * negative error number, or WATCH_LATER.
 */
int	hold_call(struct call *, int dirfd, unsigned path, int flags);
/* The runner's words. */
void	hold_settled(uint64_t key, enum settled);
void	hold_ahead(uint32_t more);
void	hold_still(void);
/* Some children were waited for: what could not go on perhaps can. */
void	hold_again(void);
/* What wait(2) said of a process, be it the command: 1, if it has not ended. */
int	hold_event(pid_t, int status);

#endif
