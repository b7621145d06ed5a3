/* SPDX-License-Identifier: ISC */
/* What is refused right before the command; see lastcalls.h. */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>

#include "common/defs.h"
#include "executor/lastcalls.h"

static const struct rule openat2_rules[] = {
	{ SYS_openat2, RULE_ALWAYS, 0, 0, ENOSYS, 0, 0 },
};

static const struct rule ptrace_rules[] = {
	{ SYS_ptrace, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
};

static const struct rule always_rules[] = {
	{ SYS_fcntl, RULE_EQUAL, 1, F_SETLEASE, EPERM, 0, 0 },
	{ SYS_fcntl, RULE_EQUAL, 1, F_SETDELEG, EPERM, 0, 0 },
	{ SYS_pidfd_getfd, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
	{ SYS_process_vm_readv, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
	{ SYS_process_vm_writev, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
};

void
lastcalls_add(struct rule_list *rs, int openat2, int trace)
{
	if (!openat2)
		ruleset_add(rs, openat2_rules, NELEM(openat2_rules));
	if (!trace)
		ruleset_add(rs, ptrace_rules, NELEM(ptrace_rules));
	ruleset_add(rs, always_rules, NELEM(always_rules));
}
