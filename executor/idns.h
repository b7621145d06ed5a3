/* SPDX-License-Identifier: ISC */
/*
 * The user namespace of an account: one for each account that runs have,
 * beneath ours, which has that account, our own as 0, and nobody else.  Its
 * runs enter it when they give up their last privileges, so that /proc tells
 * them of no other account, and files of others belong to nobody.
 *
 * They are made at the start, once, for all skills together: so what the
 * kernel counts for an account is counted as if it had none of its own.
 */
#ifndef EXECUTOR_IDNS_H
#define EXECUTOR_IDNS_H

#include <stddef.h>

#include "common/xconf.h"

/*
 * As root of our user namespace: makes n of them into fds, descriptors that
 * are the caller's.  0; or -1, none of them, errno.  *lack: it was for a lack
 * (lack.h), and not refused by this host.
 */
int	idns_make(const struct xid *, size_t n, int *fds, int *lack);
/*
 * From ours to the one of an account, with nobody's capabilities but what
 * count in there: every one, also in the bounding set.  0 or -1, errno.
 */
int	idns_enter(int fd);

#endif
