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
 * What init answers is what the kernel would, but for this:
 *	what is protected		EROFS
 *	openat2(2) with O_PATH		ENOSYS: the kernel hands no such
 *					descriptors over
 *	RESOLVE_CACHED			EAGAIN, which it always may be
 *	RESOLVE_... alone		no magic links either (ELOOP)
 *	F_GETFL				does not tell of O_NOFOLLOW
 *	handlers without SA_RESTART	EINTR, if the signal comes before init
 *					has received the call (see watch.c); it
 *					has done nothing then
 *	opening a FIFO, with threads	EINTR also with SA_RESTART, if the
 *					signal was for the whole process
 *	65 such at once			EAGAIN
 *	the last descriptor number,	the file may have been emptied, if it
 *	taken by another thread		was there
 *	fs.protected_regular and	do not hold
 *	fs.protected_fifos
 *	what is init's in /proc		EACCES
 *	removing what is not there	ENOENT, and not EROFS, where nothing can
 *					be written
 *	sysinfo(2)			the run's limit of memory, all free, and
 *					no swap
 * With a descriptor's times, mode, owner and attributes it is the same as with
 * a path's: who may only read it may not change them.
 *
 * Sockets get their addresses by init too, with a copy of the caller's own
 * descriptor: another network's among them, since nobody knows which it is
 * before it was read.
 */
#ifndef EXECUTOR_WATCH_WATCH_H
#define EXECUTOR_WATCH_WATCH_H

#include <sys/types.h>

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bpf.h"
#include "common/xconf.h"
#include "executor/watch/walk.h"

struct ended;

/*
 * The signal of a command that ended before it was executed, in place of
 * SIGCHLD: it takes init out of waiting for a call like that one.
 */
#define WATCH_EARLY_END	SIGUSR1

/* Does a run with these need it? */
int	watch_wanted(const struct strv *write, const struct strv *protect);
/* Does init answer calls of its runs?  Then it counts, too (counted.h). */
int	watch_counts(const struct xskill *);
/* And are the names told that its runs change? */
int	watch_tells(const struct xskill *);

/*
 * watchfilter.c: builds the filters, for the runs that are started from then
 * on: for protected names, for what is executed, or both, with all that is
 * refused right before the command (lastcalls.h), or counted (counted.h);
 * traces: the whole run may trace; memory_mb: of a process, not of a group, 0:
 * there is no limit.  0, or -1: does not fit.
 */
int	watch_build(int names, int execs, int traces, uint32_t memory_mb);
/* What was built, to be looked at. */
const struct bpf *watch_program(void);
/*
 * In the command's process, for good: from now on these calls wait for init,
 * to whom the listener goes over sock, which is closed.  try: whether the
 * kernel has all that is needed is tried, too, as once for each start will do.
 * 0, or -1 and a text that says what is missing; errno may add to it.
 */
int	watch_enter(int sock, int try, const char **why);

/*
 * In the spawner: what is the same for all runs of a skill, for those that are
 * started from then on.  0, or -1, errno: a name that cannot be protected.
 */
int	watch_prepare(const struct xskill *);

/*
 * In init: gets ready, for the skill that was prepared; the listener will come
 * over sock, and what is executed is told to the runner over box, to be judged
 * or recorded.  memory_kb is what sysinfo(2) tells, 0: of the host.  0 or -1,
 * errno.
 */
int	watch_start(int sock, int box, const struct xskill *, uid_t,
	    uint64_t memory_kb);
/* What it has open before there is a listener; how many. */
#define WATCH_FDS	(1 + WALK_FDS)
size_t	watch_fds(int fds[WATCH_FDS]);
/* What to wait for; fd is -1 if there is nothing. */
void	watch_poll(struct pollfd *);
/* Is it time to wait in watch_serve()? */
int	watch_listens(void);
/*
 * Takes the listener, or answers calls until there is something else to do: a
 * child has ended, or there is something at sock, or was a signal.  Ends the
 * process if that cannot be done.
 */
void	watch_serve(int sock);
/* A child that is not the command has ended. */
void	watch_reaped(pid_t);
/*
 * Nobody is left in the run: how many calls were refused for protected names,
 * and for which.
 */
void	watch_refused(struct ended *);

#endif
