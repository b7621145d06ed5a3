/* SPDX-License-Identifier: ISC */
/*
 * The codes that answers carry over the wire and that clawbot(1) turns into
 * its exit status.  A code says what kind of failure it was; the reason that
 * goes with it is text for people.
 */
#ifndef COMMON_CBERR_H
#define COMMON_CBERR_H

#include <stdint.h>

enum cberr {
	CBE_OK = 0,
	CBE_USAGE = 1,		/* the request makes no sense: exit 64 */
	CBE_UNAVAIL = 2,	/* no daemon, or it is stopping: exit 69 */
	CBE_AGAIN = 3,		/* quota, breaker, approval timed out, log full,
				   vault locked: exit 75 */
	CBE_REFUSED = 4,	/* policy, approver, channel: exit 77 */
	CBE_INTERNAL = 5,	/* clawbot failed: exit 125 */
	CBE_CANTEXEC = 6,	/* found but cannot be executed: exit 126 */
	CBE_NOTFOUND = 7,	/* no such program: exit 127 */
	CBE_NOENT = 8,		/* no such run, approval or secret: exit 1 */
	CBE_IO = 9,		/* reading or writing failed: exit 74 */
	CBE_MAX = 10		/* one past the last */
};

/* Short lower-case text of a code; a static string, never NULL. */
const char	*cberr_text(enum cberr);
/* Exit status of clawbot(1) for a code (interfaces: exit codes). */
int		 cberr_exit(enum cberr);

#endif
