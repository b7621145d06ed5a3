/* SPDX-License-Identifier: ISC */
/*
 * Attempts: what a run could do with a network, and what it could do to one.
 * None of it leaves the machine where the sandbox does not hold: addresses
 * are those of documentation, and nothing but datagrams without content and
 * first packets of a connection would be sent.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"

/* The kinds of netlink that there can be. */
#define PROTOCOLS	32

static int
has_route(const struct box *bx)
{
	return (bx->plan->network != PLAN_NET_NONE);
}

/* Each kind but the one that a run with a network may read routes with. */
static void
netlink_sockets(struct trial *t)
{
	static const int types[] = { SOCK_RAW, SOCK_DGRAM, SOCK_STREAM,
	    SOCK_SEQPACKET };
	int proto, fd;
	size_t i;

	for (proto = has_route(t->bx) ? NETLINK_ROUTE + 1 : 0;
	    proto < PROTOCOLS; proto++)
		for (i = 0; i < NELEM(types); i++) {
			fd = socket(AF_NETLINK, types[i] | SOCK_CLOEXEC,
			    proto);
			try_call(t, fd);
			if (fd != -1)
				(void)close(fd);
		}
}

/* A request to the kernel that changes something; errno, or 0: it was done. */
static int
route_request(int fd, uint16_t type, const void *body, size_t len)
{
	struct {
		struct nlmsghdr	h;
		char		body[64];
	} m;
	char answer[512];
	struct nlmsghdr h;
	int32_t error;

	memset(&m, 0, sizeof(m));
	m.h.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	m.h.nlmsg_type = type;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
	memcpy(m.body, body, len);
	if (send(fd, &m, m.h.nlmsg_len, 0) == -1)
		return (errno);
	if (recv(fd, answer, sizeof(answer), 0) <
	    (ssize_t)NLMSG_LENGTH(sizeof(error)))
		return (EIO);
	memcpy(&h, answer, sizeof(h));
	memcpy(&error, answer + NLMSG_HDRLEN, sizeof(error));
	return (h.nlmsg_type == NLMSG_ERROR ? -error : 0);
}

/*
 * Of lo, which is number 1 everywhere, in words that the kernel does nothing
 * for where it lets them through: it is asked for what is so already, for what
 * is not there, or with half of what it takes.
 */
static void
route_writes(struct trial *t)
{
	static const uint16_t links[] = { RTM_NEWLINK, RTM_DELLINK,
	    RTM_SETLINK };
	static const uint16_t others[] = { RTM_NEWADDR, RTM_DELADDR,
	    RTM_NEWROUTE, RTM_DELROUTE, RTM_NEWNEIGH, RTM_DELNEIGH,
	    RTM_NEWRULE, RTM_DELRULE, RTM_NEWQDISC, RTM_DELQDISC,
	    RTM_NEWTCLASS, RTM_NEWTFILTER, RTM_NEWACTION, RTM_NEWNSID };
	struct ifinfomsg link;
	char body[32];
	int fd, r;
	size_t i;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd == -1) {
		try_call(t, fd);
		return;
	}
	memset(&link, 0, sizeof(link));
	link.ifi_index = 1;
	for (i = 0; i < NELEM(links); i++) {
		errno = r = route_request(fd, links[i], &link, sizeof(link));
		try_call(t, r == 0 ? 0 : -1);
	}
	memset(body, 0, sizeof(body));
	body[0] = AF_INET;
	for (i = 0; i < NELEM(others); i++) {
		errno = r = route_request(fd, others[i], body, sizeof(body));
		try_call(t, r == 0 ? 0 : -1);
	}
	(void)close(fd);
}

/* The older way, which every socket has. */
static void
device_ioctls(struct trial *t)
{
	static const unsigned long calls[] = { SIOCSIFFLAGS, SIOCSIFMTU,
	    SIOCSIFNAME, SIOCSIFHWADDR, SIOCSIFTXQLEN };
	struct ifreq ifr;
	size_t i;
	int fd;

	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1) {
		try_call(t, fd);
		return;
	}
	for (i = 0; i < NELEM(calls); i++) {
		memset(&ifr, 0, sizeof(ifr));
		memcpy(ifr.ifr_name, "lo", 3);
		try_call(t, ioctl(fd, calls[i], &ifr));
	}
	(void)close(fd);
}

/* To a port of an address: where that goes through, there is a way there. */
static void
way_to(struct trial *t, int type, const char *address)
{
	struct sockaddr_in to;
	struct sockaddr_in6 to6;
	int fd, v6 = strchr(address, ':') != NULL;

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(9);
	memset(&to6, 0, sizeof(to6));
	to6.sin6_family = AF_INET6;
	to6.sin6_port = htons(9);
	if ((v6 ? inet_pton(AF_INET6, address, &to6.sin6_addr) :
	    inet_pton(AF_INET, address, &to.sin_addr)) != 1) {
		try_state(t, 0);
		return;
	}
	fd = socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd == -1)
		try_call(t, fd);
	else if ((v6 ? connect(fd, (struct sockaddr *)&to6, sizeof(to6)) :
	    connect(fd, (struct sockaddr *)&to, sizeof(to))) == -1 &&
	    errno != EINPROGRESS)
		try_call(t, -1);
	else
		try_call(t, 0);
	if (fd != -1)
		(void)close(fd);
}

/* The host's network leads where it leads. */
static void
beyond(struct trial *t)
{
	static const char *const there[] = { "192.0.2.1", "198.51.100.7",
	    "10.0.0.1", "169.254.169.254", "172.17.0.1", "192.168.1.1",
	    "224.0.0.251", "255.255.255.255", "2001:db8::1", "fd00::1",
	    "fe80::1", "ff02::fb" };
	size_t i;

	if (t->bx->plan->network == PLAN_NET_HOST)
		return;
	for (i = 0; i < NELEM(there); i++) {
		way_to(t, SOCK_STREAM, there[i]);
		way_to(t, SOCK_DGRAM, there[i]);
	}
}

/*
 * What a run in a network of its own has one for.  Nobody else is in there:
 * any port can be taken.
 */
static void
lack_loopback(struct trial *t)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int fd, other;

	if (t->bx->plan->network != PLAN_NET_LOOPBACK)
		return;
	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || other == -1)
		probe_passing();
	try_state(t, fd != -1 && other != -1 &&
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    listen(fd, 1) == 0 &&
	    getsockname(fd, (struct sockaddr *)&a, &len) == 0 &&
	    connect(other, (struct sockaddr *)&a, sizeof(a)) == 0);
	if (fd != -1)
		(void)close(fd);
	if (other != -1)
		(void)close(other);
}

static const struct refuser by_routes[] = {
	{ EAFNOSUPPORT, "seccomp", "the run has no such sockets at all" },
	{ EPERM, "capabilities",
	    "CAP_NET_ADMIN, of the namespace that the network belongs to" },
	{ 0, NULL, NULL },
};

static const struct refuser by_way[] = {
	{ EAFNOSUPPORT, "seccomp", "the run has no such sockets at all" },
	{ ENETUNREACH, "namespaces", "the run's network has no way there" },
	{ EACCES, "kernel", "nobody asked to send to all" },
	{ EINVAL, "kernel", "a link has to be named, and there is none" },
	{ 0, NULL, NULL },
};

const struct attempt probe_net[] = {
	{ PL_SOCKETS, "netlink sockets, but that of routes where there is a "
	    "network", netlink_sockets, by_family, ONLY_THESE },
	{ PL_SOCKETS, "changing links, addresses and routes", route_writes,
	    by_routes, 0 },
	{ PL_SOCKETS, "changing a link by ioctl(2)", device_ioctls,
	    by_routes, 0 },
	{ PL_SOCKETS, "finding a way to another machine", beyond, by_way,
	    0 },
	{ PL_SOCKETS, "lacking a loopback of its own where it is granted",
	    lack_loopback, NULL, 0 },
	{ PL_SOCKETS, NULL, NULL, NULL, 0 },
};
