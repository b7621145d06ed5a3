/* SPDX-License-Identifier: ISC */
/*
 * seccomp filters as plain BPF arrays: a small builder and one table a role,
 * for x86-64 and aarch64.  The architecture is checked first, x32 is killed.
 * supervisor, auditor and vault have allow-lists that kill; the executor has
 * a deny-list, which its runs inherit.
 */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <linux/filter.h>

#include <stddef.h>
#include <stdint.h>

#include "role.h"

#define BPF_MAXLEN	1024

struct bpf {
	struct sock_filter	ins[BPF_MAXLEN];
	size_t			n;
	int			bad;
};

/* Checks architecture, loads the number, kills x32. */
void	bpf_start(struct bpf *);
/* if (nr == sys) return action */
void	bpf_sys(struct bpf *, long sys, uint32_t action);
/*
 * if (nr == sys && (low word of argument arg & mask) == val) return action;
 * a system call that does not match goes on to what follows.
 */
void	bpf_sys_arg(struct bpf *, long sys, unsigned arg, uint32_t mask,
	    uint32_t val, uint32_t action);
void	bpf_ret(struct bpf *, uint32_t action);
/* Loads it for this process (no_new_privs must be on). 0 or -1, errno. */
int	bpf_load(const struct bpf *);

/*
 * Action for what a role may not do: kill the process, or, when the test
 * hooks are built in and CLAWBOT_TRAP is set at start, SIGSYS with a message
 * that names the call.
 */
uint32_t sandbox_violation(void);
/*
 * Builds the executor's filter, which every run inherits: what refused.h has
 * for it, and sockets of other families than Unix and internet.
 */
void	sandbox_ceiling(struct bpf *);
/* The role's filter. 0 or -1, errno. */
int	sandbox_role(enum role);
/*
 * On top of that, for the executor: no sockets but Unix ones.  Not part of
 * its filter, because what it starts before may need the host's network.
 * 0 or -1, errno.
 */
int	sandbox_no_network(void);
/* Installs the SIGSYS handler that names the call (trap mode only). */
void	sandbox_trap_handler(void);

#endif
