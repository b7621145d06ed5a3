/* SPDX-License-Identifier: ISC */
/* The socket on which a run asks for runs itself; see rundoor.c. */
#ifndef EXECUTOR_RUNNER_RUNDOOR_H
#define EXECUTOR_RUNNER_RUNDOOR_H

/*
 * A file system of one run's own, not attached yet, for its sandbox to attach
 * at VIEW_INNER.  A descriptor, or -1 and errno.
 */
int	rundoor_place(void);
/*
 * The supervisor's socket appears in there under the channel's name, and
 * listens.  0, or -1 and errno; the descriptors stay the caller's.
 */
int	rundoor_open(int place, int fd, const char *channel);

#endif
