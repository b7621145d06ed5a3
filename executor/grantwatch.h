/* SPDX-License-Identifier: ISC */
/*
 * Grants that are no longer what their names say.  A grant is what its name led
 * to at the start, and stays that for the runs of its skill; where a directory
 * of that way is moved or removed while the daemon runs, they would go on in
 * the old one, unseen by whoever has made another one since.  The executor
 * hears of that, by inotify(7), and can open nothing there; the skill has no
 * runs then until the next start.
 *
 * Files are left out: most programs replace a file that they change.
 */
#ifndef EXECUTOR_GRANTWATCH_H
#define EXECUTOR_GRANTWATCH_H

#include "executor/executor.h"

struct inotify_event;

/*
 * As root of the host, before the view is there.  fd is of inotify; what cannot
 * be heard is a word of log.
 */
void	grantwatch_prepare(const struct executor *, int fd);
/* An event of that descriptor: a skill's moved may be set by it. */
void	grantwatch_heard(struct executor *, const struct inotify_event *,
	    const char *name);

#endif
