/* SPDX-License-Identifier: ISC */
/*
 * What a start ends with when the kernel has refused something: EXIT_HOST
 * where every other try would end the same way, because the kernel has not
 * got it, a sysctl has switched it off, or a container forbids it, and
 * EXIT_SYSTEM where it may pass, like a lack of memory.
 */
#ifndef COMMON_HOSTLACK_H
#define COMMON_HOSTLACK_H

#include <stddef.h>

#include "role.h"

/* By the error of a call that asked for a feature. */
int	hostlack_exit(int error);
/*
 * The same where it asked for namespaces: no room for one is a lack of this
 * host only where the sysctl says that there is to be none.  kinds are those
 * of user.max_KIND_namespaces, separated by blanks.  hint is what to look at,
 * with a blank before it, or "".
 */
int	hostlack_ns(int error, const char *kinds, char *hint, size_t len);

#endif
