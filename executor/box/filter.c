/* SPDX-License-Identifier: ISC */
/*
 * The seccomp filter of runs: what no command of an agent needs and exploits
 * of the kernel like (common/refused.h), what nobody knows yet, modes of files
 * that count on the host, and some calls with some arguments.
 * A command that tries gets an error, not a signal, so that programs which
 * only probe go on.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/bpf.h"
#include "common/defs.h"
#include "common/plan.h"
#include "common/refused.h"
#include "executor/box/filter.h"
#include "executor/hook.h"
#include "executor/lastcalls.h"
#include "executor/ruleset.h"

/* Rules of one number are tried in the order in which they stand here. */
static const struct rule special[] = {
	/* its flags are in memory: libc falls back to clone */
	{ SYS_clone3, RULE_ALWAYS, 0, 0, ENOSYS, 0, 0 },
	/* a child is its parent's: that tells which program it is */
	{ SYS_clone, RULE_BITS, 0, REFUSED_NAMESPACES | CLONE_PARENT, EPERM, 0,
	    0 },
	{ SYS_unshare, RULE_BITS, 0, REFUSED_NAMESPACES, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCSTI, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCLINUX, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCSETD, EPERM, 0, 0 },
	/* init has the run's account, and could not poll with no descriptors */
	{ SYS_prlimit64, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	/* nor be in time between what it does for a run and its second look */
	{ SYS_sched_setaffinity, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setattr, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setparam, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setscheduler, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_setpriority, RULE_EQUAL, 0, PRIO_USER, EPERM, 0, 0 },
	{ SYS_setpriority, RULE_EQUAL, 1, 1, EPERM, 0, 0 },
	/* asking is fine, and so is what everybody has */
	{ SYS_personality, RULE_EQUAL, 0, 0xffffffffU, 0, 0, 0 },
	{ SYS_personality, RULE_UNLESS, 0, 0, EPERM, 0, 0 },
};

/* Sockets of a run without network: those inside the run. */
static const struct rule none_rules[] = {
	{ SYS_socket, RULE_UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
	{ SYS_socketpair, RULE_UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
};

/* Inside the run, while Landlock keeps it off the host's abstract ones. */
static const struct rule local_rules[] = {
	{ SYS_socket, RULE_EQUAL, 0, AF_UNIX, 0, 0, 0 },
	{ SYS_socketpair, RULE_UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
};

/*
 * Without that nothing would: then there are only pairs, and of these the
 * ones that have no other end to choose.  A pair of datagram sockets can be
 * connected anew, or send to any name; SOCK_DGRAM and SOCK_RAW, which is
 * made one, have a bit that SOCK_STREAM and SOCK_SEQPACKET have not.
 */
static const struct rule pair_rules[] = {
	{ SYS_socketpair, RULE_UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
	{ SYS_socketpair, RULE_BITS, 1, SOCK_DGRAM, EPERM, 0, 0 },
};

/* AF_INET is AF_INET6 without this bit. */
#define INET6_BIT	(AF_INET6 & ~AF_INET)
#define TYPE_FLAGS	(SOCK_CLOEXEC | SOCK_NONBLOCK)

/*
 * TCP and UDP, and nothing that has less users and more faults (MPTCP, SCTP,
 * ICMP, raw sockets, which also need a capability).
 */
static const struct rule host_rules[] = {
	{ SYS_socket, RULE_UNLESS, 0, AF_INET, EAFNOSUPPORT, INET6_BIT, 0 },
	{ SYS_socket, RULE_BITS, 1, ~(uint32_t)(SOCK_STREAM | SOCK_DGRAM |
	    TYPE_FLAGS), EPERM, 0, 0 },
	{ SYS_socket, RULE_EQUAL, 1, SOCK_STREAM | SOCK_DGRAM, EPERM,
	    TYPE_FLAGS, 0 },
	{ SYS_socket, RULE_EQUAL, 2, 0, 0, 0, 0 },
	{ SYS_socket, RULE_EQUAL, 2, IPPROTO_TCP, 0, 0, 0 },
	{ SYS_socket, RULE_UNLESS, 2, IPPROTO_UDP, EPROTONOSUPPORT, 0, 0 },
};

/*
 * What there is of links, addresses and routes can be read.  To change any of
 * it takes a capability, which no run has; and other kinds of netlink reach
 * parts of the kernel that have had more faults.
 */
static const struct rule route_rules[] = {
	{ SYS_socket, RULE_WHERE, 0, AF_NETLINK, 0, 0, 0 },
	{ SYS_socket, RULE_EQUAL, 2, NETLINK_ROUTE, 0, 0, 0 },
};

static struct bpf filter;
static struct bpf last[2];	/* without a watch, and with it */

static void
add_refused(struct rule_list *rs)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.how = RULE_ALWAYS;
	for (i = 0; i < refused_ncalls; i++) {
		r.nr = refused_calls[i].nr;
		r.error = refused_calls[i].error;
		if (refused_calls[i].by & REFUSED_BY_RUNS)
			ruleset_add(rs, &r, 1);
	}
}

static void
add_modes(struct rule_list *rs)
{
	const struct refused_mode *m;
	struct rule no, any;
	size_t i;

	memset(&no, 0, sizeof(no));
	no.how = RULE_BITS;
	no.error = EPERM;
	memset(&any, 0, sizeof(any));
	any.how = RULE_EQUAL;	/* to 0, and it is allowed */
	for (i = 0; i < refused_nmodes; i++) {
		m = &refused_modes[i];
		any.nr = no.nr = m->nr;
		any.arg = (unsigned)m->flags;
		any.without = ~m->when;
		if (m->flags != -1)
			ruleset_add(rs, &any, 1);
		no.arg = m->arg;
		no.value = m->bits;
		ruleset_add(rs, &no, 1);
	}
}

/* Before what refuses all of it. */
static void
add_seizing(struct rule_list *rs)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.nr = SYS_ptrace;
	r.how = RULE_EQUAL;
	for (i = 0; i < refused_nseizing; i++) {
		r.value = refused_seizing[i];
		ruleset_add(rs, &r, 1);
	}
}

/* Where init follows what is executed, or could: nobody traces then. */
static const struct rule follow_rules[] = {
	{ SYS_clone, RULE_BITS, 0, CLONE_UNTRACED, EPERM, 0, 0 },
	/* another process cannot move where this one stands */
	{ SYS_clone, RULE_EQUAL, 0, CLONE_FS, EPERM, ~(uint32_t)(CLONE_FS |
	    CLONE_THREAD), 0 },
};

static const struct rule trace_rules[] = {
	{ SYS_ptrace, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

/* The same: a descriptor of the run's, to be done something with for it. */
static const struct rule taking_rules[] = {
	{ SYS_pidfd_getfd, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

/* And the memory of who calls: paths and arguments, and what is answered. */
static const struct rule memory_rules[] = {
	{ SYS_process_vm_readv, RULE_ALWAYS, 0, 0, 0, 0, 0 },
	{ SYS_process_vm_writev, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

/* In a network namespace of a run's own there is nobody to be kept from. */
static void
add_sockets(struct rule_list *rs, unsigned network, int scoped)
{
	if (network == PLAN_NET_NONE) {
		ruleset_add(rs, none_rules, NELEM(none_rules));
		return;
	}
	if (scoped || network == PLAN_NET_LOOPBACK)
		ruleset_add(rs, local_rules, NELEM(local_rules));
	else
		ruleset_add(rs, pair_rules, NELEM(pair_rules));
	ruleset_add(rs, route_rules, NELEM(route_rules));
	ruleset_add(rs, host_rules, NELEM(host_rules));
}

static int
emit_rules(struct bpf *b, struct rule_list *rs)
{
	size_t i;

	bpf_start(b);
	for (i = 0; i < refused_ngaps; i++)
		bpf_sys_range(b, refused_gaps[i].from, refused_gaps[i].to,
		    BPF_ERRNO(ENOSYS));
	return (ruleset_emit(b, rs));
}

static int
build_last(struct bpf *b, int openat2, int trace)
{
	static struct rule_list rs;

	ruleset_init(&rs);
	lastcalls_add(&rs, openat2, trace);
	bpf_start(b);
	return (ruleset_emit(b, &rs));
}

int
filter_build(unsigned network, int scoped, unsigned init)
{
	static struct rule_list rs;
	int traces = (init & FILTER_TRACES) != 0;

	ruleset_init(&rs);
	if (traces)
		ruleset_add(&rs, trace_rules, NELEM(trace_rules));
	else
		ruleset_add(&rs, follow_rules, NELEM(follow_rules));
	if (init & (FILTER_SEIZES | FILTER_COUNTS))
		add_seizing(&rs);
	if (init & FILTER_TAKES)
		ruleset_add(&rs, taking_rules, NELEM(taking_rules));
	if (init & (FILTER_SEIZES | FILTER_TAKES))
		ruleset_add(&rs, memory_rules, NELEM(memory_rules));
	add_refused(&rs);
	if (!hook_without("modes"))
		add_modes(&rs);
	ruleset_add(&rs, special, NELEM(special));
	add_sockets(&rs, network, scoped);
	return (build_last(&last[0], hook_without("modes"), traces) == -1 ||
	    build_last(&last[1], 1, traces) == -1 ? -1 :
	    emit_rules(&filter, &rs));
}

const struct bpf *
filter_program(void)
{
	return (&filter);
}

int
filter_enter(void)
{
	return (bpf_load(&filter));
}

int
filter_last(int watched)
{
	return (bpf_load(&last[watched != 0]));
}
