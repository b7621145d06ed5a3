/* SPDX-License-Identifier: ISC */
/*
 * What the executor gives up once everything is there that starts runs: all
 * that it could have done in their place.
 */
#ifndef EXECUTOR_LOCKIN_H
#define EXECUTOR_LOCKIN_H

#include "executor/executor.h"

/*
 * In a mount namespace of its own, which it has not been up to now: it is
 * from before it was root of its user namespace.  0, or -1 and errno.
 */
int	lockin_mounts(void);
/*
 * Empties its root directory and every capability set, and enters Landlock
 * and an allow-list of system calls, in this order and for good.  What has a
 * name and is needed later is open by then.  0, or what the start is to end
 * with, and why.
 */
int	lockin(const struct executor *, char *err, size_t errlen);

#endif
