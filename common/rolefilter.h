/* SPDX-License-Identifier: ISC */
/*
 * The seccomp filters of the roles.  supervisor, auditor, vault and forwarder
 * have allow-lists that kill; the executor has a deny-list, which its runs
 * inherit, and an allow-list once what starts runs is there.  The notifier has
 * a deny-list, which the program that it runs inherits.
 */
#ifndef COMMON_ROLEFILTER_H
#define COMMON_ROLEFILTER_H

#include "role.h"

struct bpf;

/*
 * Builds the executor's filter, which every run inherits: what refused.h has
 * for it, calls and modes, and sockets of other families than Unix and
 * internet, but for NETLINK_ROUTE.
 */
void	rolefilter_ceiling(struct bpf *);
/* Before the executor's is entered: some of its runs may use ptrace(2). */
void	rolefilter_traces(void);
/* Before the forwarder's is entered: it may make sockets of this host. */
void	rolefilter_local_sockets(void);
/*
 * The role's filter.  What it may not do kills the process or, when the test
 * hooks are built in and CLAWBOT_TRAP is set at start, is a SIGSYS with a
 * message that names the call. 0 or -1, errno.
 */
int	rolefilter_enter(enum role);
/*
 * On top of that, once nothing is to be started or mounted any more, an
 * allow-list like those of the others: for the executor, or for the process
 * that looks names up in its place. 0 or -1, errno.
 */
enum confined { CONFINED_EXECUTOR, CONFINED_RESOLVER };
int	rolefilter_confine(enum confined);
/*
 * On top of that, for the executor: no sockets but Unix ones.  Not part of
 * its filter, because what it starts before may need the host's network.
 * 0 or -1, errno.
 */
int	rolefilter_no_network(void);
/*
 * The descriptor beneath which the supervisor may open files, to read them and
 * with just these flags: that of login.h there.
 */
#define ROLEFILTER_PROC		100
#define ROLEFILTER_PROC_FLAGS	(O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
/* Installs the SIGSYS handler that names the call (trap mode only). */
void	rolefilter_trap_handler(void);

#endif
