/* SPDX-License-Identifier: ISC */
/*
 * Protected names in writable grants (see common/protect.h).
 *
 * Mounts and Landlock cannot refuse what does not exist yet.  So the command
 * gets a second seccomp filter, which hands every call that makes, replaces,
 * removes or opens for writing something by its name to init; init looks
 * where that leads, and refuses (EROFS) or does it in the caller's place.
 * The call itself never goes on: its caller could exchange the path between
 * our look and the kernel's.  Without init the kernel answers ENOSYS.
 *
 * init has the run's account, no capability, and is under the run's
 * Landlock rules and first filter: what it does for the run, the run could
 * do.  It is not dumpable and has no signal from in there.
 *
 * Sockets are not made through init (bind(2) would need the caller's own
 * descriptor): grants have no right to make them under Landlock, and without
 * Landlock these runs have no bind(2).
 */
#ifndef EXECUTOR_WATCH_WATCH_H
#define EXECUTOR_WATCH_WATCH_H

#include <sys/types.h>

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "common/field.h"

/* Does a run with these need it? */
int	watch_wanted(const struct strv *write, const struct strv *protect);

/* watchfilter.c: builds the filters, once. 0, or -1: does not fit. */
int	watch_build(void);
/*
 * In the command's process, for good: from now on these calls wait for init,
 * to whom the listener goes over sock, which is closed.  0, or -1 and a text
 * that says what is missing; errno may add to it.
 */
int	watch_enter(int sock, int landlock, const char **why);

/* In init: gets ready; the listener will come over sock. 0 or -1, errno. */
int	watch_start(int sock, const struct strv *write,
	    const struct strv *protect);
/* What to wait for; fd is -1 if there is nothing. */
void	watch_poll(struct pollfd *);
/* Answers some of what waits.  Ends the process if that cannot be done. */
void	watch_serve(void);
/* A child that is not the command has ended. */
void	watch_reaped(pid_t);
/* How many calls were refused for a protected name. */
uint32_t watch_refused(void);

#endif
