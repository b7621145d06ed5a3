/* SPDX-License-Identifier: ISC */
/*
 * What runs are refused that their way to the command takes, and what init
 * needs for them: so it can be refused right before the command alone.
 */
#ifndef EXECUTOR_LASTCALLS_H
#define EXECUTOR_LASTCALLS_H

#include "executor/ruleset.h"

/*
 * openat2, whose mode no filter sees, unless init looks at it; leases and
 * delegations, with which whoever opens a file of a grant on the host, or
 * changes a directory of it, would wait for the run; and what init needs of
 * ptrace(2), unless the whole run may trace, pidfd_getfd(2),
 * process_vm_readv(2) and process_vm_writev(2).
 */
void	lastcalls_add(struct rule_list *, int openat2, int trace);

/* Linux 6.19: a lease on a file or a directory, by another name */
#ifndef F_SETDELEG
#define F_SETDELEG	1040
#endif

#endif
