/* SPDX-License-Identifier: ISC */
/* What runs are refused and that is counted; see counted.h. */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netlink.h>

#include <netinet/in.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/defs.h"
#include "common/plan.h"
#include "common/refused.h"
#include "executor/counted.h"

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

static const struct rule namespace_rules[] = {
	{ SYS_clone, RULE_BITS, 0, REFUSED_NAMESPACES, EPERM, 0, 0 },
	{ SYS_unshare, RULE_BITS, 0, REFUSED_NAMESPACES, EPERM, 0, 0 },
};

/* What init does for a run, see lastcalls.h. */
static const struct rule trace_rules[] = {
	{ SYS_ptrace, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
	{ SYS_pidfd_getfd, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
	{ SYS_process_vm_readv, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
	{ SYS_process_vm_writev, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
};

static struct rule_list chosen;
static enum counted kinds[RULES_MAX];	/* of each of them */

static void
choose(const struct rule *r, size_t n, enum counted kind)
{
	for (; n > 0; n--, r++) {
		if (chosen.n < RULES_MAX)
			kinds[chosen.n] = kind;
		ruleset_add(&chosen, r, 1);
	}
}

/* In a network namespace of a run's own there is nobody to be kept from. */
static void
choose_sockets(unsigned network, int scoped)
{
	const enum counted kind = COUNTED_SOCKETS;

	if (network == PLAN_NET_NONE) {
		choose(none_rules, NELEM(none_rules), kind);
		return;
	}
	if (scoped || network == PLAN_NET_LOOPBACK)
		choose(local_rules, NELEM(local_rules), kind);
	else
		choose(pair_rules, NELEM(pair_rules), kind);
	choose(route_rules, NELEM(route_rules), kind);
	choose(host_rules, NELEM(host_rules), kind);
}

int
counted_group(enum refused_group g)
{
	return (g == REFUSED_MOUNT || g == REFUSED_MOUNT_API);
}

static void
choose_mounts(void)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.how = RULE_ALWAYS;
	for (i = 0; i < refused_ncalls; i++) {
		r.nr = refused_calls[i].nr;
		r.error = refused_calls[i].error;
		if (counted_group(refused_calls[i].group))
			choose(&r, 1, COUNTED_MOUNTS);
	}
}

void
counted_choose(unsigned network, int scoped, int traces)
{
	ruleset_init(&chosen);
	choose_sockets(network, scoped);
	choose_mounts();
	choose(namespace_rules, NELEM(namespace_rules), COUNTED_NAMESPACES);
	if (!traces)
		choose(trace_rules, NELEM(trace_rules), COUNTED_TRACE);
}

void
counted_add(struct rule_list *rs, int notify, int own)
{
	struct rule r;
	size_t i;

	rs->bad |= chosen.bad;
	for (i = 0; i < chosen.n; i++) {
		if (own && kinds[i] == COUNTED_TRACE)
			continue;
		r = chosen.r[i];
		if (notify && r.error != 0)
			r.error = RULE_NOTIFY;
		ruleset_add(rs, &r, 1);
	}
}

int
counted_answer(const struct seccomp_data *d, enum counted *kind)
{
	size_t i;

	i = ruleset_match(&chosen, d);
	if (i == chosen.n || chosen.r[i].error == 0)
		return (0);
	*kind = kinds[i];
	return (-chosen.r[i].error);
}
