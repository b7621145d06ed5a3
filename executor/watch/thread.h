/* SPDX-License-Identifier: ISC */
/*
 * Threads of the run that call again: what stays open of them, so that less has
 * to be looked up for each call, from the third one on.
 *
 * All of that belongs to the thread and not to its number: when the thread has
 * ended, what is open leads nowhere, and is opened anew of who has the number.
 */
#ifndef EXECUTOR_WATCH_THREAD_H
#define EXECUTOR_WATCH_THREAD_H

#include <sys/stat.h>
#include <sys/types.h>

/* A call of this thread is answered now; proc is /proc. */
void	thread_calls(int proc, pid_t tid);
/* A file of /proc/TID.  A descriptor, or -1 and errno. */
int	thread_open(int proc, pid_t tid, const char *name, int flags);
/* What is there; follows links.  0, or -1 and errno. */
int	thread_stat(int proc, pid_t tid, const char *name, struct stat *);
/*
 * A copy of its descriptor fd, whatever that is of; or -1 and errno, ENOSYS if
 * that has to be found in another way.
 */
int	thread_take(pid_t tid, int fd);
/* Of who calls: its umask, if that is certain without asking; or -1. */
long	thread_umask(void);
/* That was asked for, and nobody else changes it. */
void	thread_set_umask(long);
/* Somebody changes one.  What is known of any is not so any more. */
void	thread_forget_umask(void);
/* It has not called: nothing that was opened for it is kept. */
void	thread_gone(void);

#endif
