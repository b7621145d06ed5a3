/* SPDX-License-Identifier: ISC */
/*
 * A_FIX: closed segments of the log get the immutable attribute, or lose it.
 * Only root can do that, and the auditor is not root any more: what it says is
 * as good as what anybody says.  It names numbers of segments and nothing else;
 * what has such a name in the log's directory, and is not a plain file of the
 * auditor's account with no other name, is left alone.
 */
#ifndef SUPERVISOR_FIXPARTS_H
#define SUPERVISOR_FIXPARTS_H

#include <sys/types.h>

#include "common/buf.h"
#include "common/payload.h"

/* In dir, which is of account uid; the answer is put into fresh *out. */
void	fixparts(const char *dir, uid_t uid, const struct msg_fix *,
	    struct buf *out);

/*
 * Before a log's directory is removed: lifts it from all that is there.  0, or
 * -1 and what does not work in err.
 */
int	fixparts_lift(const char *dir, char *err, size_t errlen);

#endif
