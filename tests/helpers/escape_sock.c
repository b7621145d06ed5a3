/* SPDX-License-Identifier: ISC */
/*
 * escape_sock: out of a run by sockets.  -o abstract=NAME and -o path=PATH
 * are sockets on which the host listens, NAME.dgram and PATH.dgram their
 * datagram ones; -o channel=PATH is clawbot's own.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>

#include "tests/helpers/escape.h"

#define FAMILIES	46	/* 0 to AF_MCTP */

/*
 * Every family in every type: all have to be refused by the filter, before
 * the kernel looks for a module.
 */
static long
families(long nr, int also_unix)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
	    SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, 10 /* SOCK_PACKET */ };
	int f, fds[2];
	size_t i;
	long r;

	for (f = 0; f < FAMILIES; f++)
		for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			if (f == AF_UNIX && !also_unix)
				continue;
			r = syscall(nr, f, types[i] | SOCK_CLOEXEC, 0, fds);
			if (r != -1 || errno != EAFNOSUPPORT)
				return (100 + f);
		}
	return (-1);
}

static long
every_family(void)
{
	return (families(SYS_socket, 0));
}

static long
every_pair(void)
{
	return (families(SYS_socketpair, 0));
}

static long
negative(void)
{
	return (socket(-1, SOCK_STREAM, 0));
}

/* The filter sees the low half, and so does the kernel. */
static long
high_bits(void)
{
	return (syscall(SYS_socket, UINT64_C(0x100000000) | AF_INET,
	    SOCK_STREAM, 0));
}

#define FAMILY(name, ...)						\
	static long							\
	family_##name(void)						\
	{								\
		return (socket(__VA_ARGS__));				\
	}

FAMILY(inet, AF_INET, SOCK_STREAM, 0)
FAMILY(inet_udp, AF_INET, SOCK_DGRAM, 0)
FAMILY(inet_ping, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)
FAMILY(inet_raw, AF_INET, SOCK_RAW, IPPROTO_RAW)
FAMILY(inet_mptcp, AF_INET, SOCK_STREAM, 262)
FAMILY(inet6, AF_INET6, SOCK_STREAM, 0)
FAMILY(netlink, AF_NETLINK, SOCK_RAW, 0)
FAMILY(uevent, AF_NETLINK, SOCK_RAW, 15)
FAMILY(audit, AF_NETLINK, SOCK_RAW, 9)
FAMILY(packet, AF_PACKET, SOCK_RAW, 0)
FAMILY(vsock, AF_VSOCK, SOCK_STREAM, 0)
FAMILY(alg, AF_ALG, SOCK_SEQPACKET, 0)
FAMILY(key, AF_KEY, SOCK_RAW, 2)
FAMILY(bluetooth, AF_BLUETOOTH, SOCK_RAW, 1)
FAMILY(can, AF_CAN, SOCK_RAW, 1)
FAMILY(rds, AF_RDS, SOCK_SEQPACKET, 0)
FAMILY(tipc, AF_TIPC, SOCK_STREAM, 0)
FAMILY(xdp, AF_XDP, SOCK_RAW, 0)
FAMILY(smc, AF_SMC, SOCK_STREAM, 0)

/* An abstract name has no end but its length, which is that of a path. */
static socklen_t
address(struct sockaddr_un *sun, const char *path, int abstract,
    const char *tail)
{
	int n;

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	n = snprintf(sun->sun_path + abstract, sizeof(sun->sun_path) -
	    (size_t)abstract, "%s%s", path, tail);
	if (n < 0 || (size_t)n + 2 > sizeof(sun->sun_path))
		errx(2, "%s: too long", path);
	return ((socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    (size_t)n + 1));
}

static long
reach(int type, const char *path, int abstract, const char *tail)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, path, abstract, tail);

	return (connect(socket(AF_UNIX, type, 0), (struct sockaddr *)&sun,
	    len));
}

static long
abstract_stream(void)
{
	return (reach(SOCK_STREAM, escape_arg("abstract"), 1, ""));
}

static long
abstract_datagram(void)
{
	return (reach(SOCK_DGRAM, escape_arg("abstract"), 1, ".dgram"));
}

static long
abstract_send(void)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, escape_arg("abstract"), 1, ".dgram");

	return (sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, 0,
	    (struct sockaddr *)&sun, len));
}

static long
path_stream(void)
{
	return (reach(SOCK_STREAM, escape_arg("path"), 0, ""));
}

static long
path_datagram(void)
{
	return (reach(SOCK_DGRAM, escape_arg("path"), 0, ".dgram"));
}

static long
path_by_root(void)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "/proc/self/root%s",
	    escape_arg("path"));
	return (reach(SOCK_STREAM, path, 0, ""));
}

static long
channel(void)
{
	return (reach(SOCK_SEQPACKET, escape_arg("channel"), 0, ""));
}

/* None of what machines usually have. */
static long
services(void)
{
	static const char *const paths[] = {
		"/run/dbus/system_bus_socket",
		"/var/run/dbus/system_bus_socket",
		"/run/user/0/bus", "/run/user/1000/bus",
		"/run/systemd/private", "/run/systemd/notify",
		"/run/systemd/journal/socket", "/run/systemd/journal/stdout",
		"/run/systemd/userdb/io.systemd.DynamicUser",
		"/run/systemd/io.systemd.ManagedOOM", "/run/udev/control",
		"/run/docker.sock", "/var/run/docker.sock",
		"/run/containerd/containerd.sock", "/run/crio/crio.sock",
		"/run/podman/podman.sock", "/run/user/1000/podman/podman.sock",
		"/run/buildkit/buildkitd.sock", "/run/snapd.socket",
		"/var/lib/lxd/unix.socket", "/var/lib/incus/unix.socket",
		"/run/libvirt/libvirt-sock", "/run/acpid.socket",
		"/run/user/1000/gnupg/S.gpg-agent", "/run/pcscd/pcscd.comm",
		"/run/user/1000/keyring/ssh", "/run/user/1000/wayland-0",
		"/run/user/1000/pulse/native", "/tmp/.X11-unix/X0",
		"/run/postgresql/.s.PGSQL.5432", "/run/mysqld/mysqld.sock",
		"/run/nscd/socket", "/run/cups/cups.sock", "/run/lock/ssh",
		"/dev/log", "/run/screen", "/tmp/tmux-0/default",
	};
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM,
	    SOCK_SEQPACKET };
	size_t i, k;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		for (k = 0; k < 3; k++)
			if (reach(types[k], paths[i], 0, "") == 0 ||
			    errno != ENOENT) {
				fprintf(stderr, "%s\n", paths[i]);
				return (1 + (long)i);
			}
	return (-1);
}

static long
services_abstract(void)
{
	static const char *const names[] = { "/tmp/.X11-unix/X0",
	    "/tmp/.ICE-unix/1", "/tmp/dbus-escape", "containerd-shim",
	    "/org/freedesktop/plymouthd" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (reach(SOCK_STREAM, names[i], 1, "") == 0 ||
		    (errno != ECONNREFUSED && errno != EPERM))
			return (1 + (long)i);
	errno = ECONNREFUSED;
	return (-1);
}

/* One inside a run is its own business. */
static long
inside(void)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, "/tmp/inside", 0, "");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&sun, len) == -1 ||
	    listen(fd, 1) == -1 ||
	    reach(SOCK_STREAM, "/tmp/inside", 0, "") == -1)
		return (-1);
	return (HARMLESS);
}

/* An AF_UNIX socket can be asked for the network, too. */
static long
interfaces(void)
{
	struct ifreq ifr[16];
	struct ifconf ifc;

	ifc.ifc_len = sizeof(ifr);
	ifc.ifc_req = ifr;
	if (ioctl(socket(AF_UNIX, SOCK_DGRAM, 0), SIOCGIFCONF, &ifc) == -1)
		return (-1);
	return (ifc.ifc_len == 0 ? HARMLESS : 1);
}

static long
interface_up(void)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "lo");
	ifr.ifr_flags = IFF_UP;
	return (ioctl(socket(AF_UNIX, SOCK_DGRAM, 0), SIOCSIFFLAGS, &ifr));
}

static long
tunnel(void)
{
	return (escape_open("/dev/net/tun", O_RDWR));
}

static long
vhost(void)
{
	return (escape_open("/dev/vhost-vsock", O_RDWR));
}

/* Nobody is another process than the one that he is. */
static long
false_credentials(void)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(struct ucred))];
	} ctl;
	struct ucred root = { 1, 0, 0 };
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr m;
	int sv[2], one = 1;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == -1 || setsockopt(sv[1],
	    SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) == -1)
		err(2, "socketpair");
	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &ctl;
	m.msg_controllen = sizeof(ctl.space);
	ctl.hdr.cmsg_level = SOL_SOCKET;
	ctl.hdr.cmsg_type = SCM_CREDENTIALS;
	ctl.hdr.cmsg_len = CMSG_LEN(sizeof(root));
	memcpy(CMSG_DATA(&ctl.hdr), &root, sizeof(root));
	return (sendmsg(sv[0], &m, 0));
}

#define FAMILY_ROW(name)	{ "family " #name, family_##name,	\
				    { EAFNOSUPPORT } }

static const struct attempt attempts[] = {
	{ "every family", every_family, { EAFNOSUPPORT } },
	{ "every family as a pair", every_pair, { EAFNOSUPPORT } },
	{ "no family", negative, { EAFNOSUPPORT } },
	{ "a family with high bits", high_bits, { EAFNOSUPPORT } },
	FAMILY_ROW(inet),
	FAMILY_ROW(inet_udp),
	FAMILY_ROW(inet_ping),
	FAMILY_ROW(inet_raw),
	FAMILY_ROW(inet_mptcp),
	FAMILY_ROW(inet6),
	FAMILY_ROW(netlink),
	FAMILY_ROW(uevent),
	FAMILY_ROW(audit),
	FAMILY_ROW(packet),
	FAMILY_ROW(vsock),
	FAMILY_ROW(alg),
	FAMILY_ROW(key),
	FAMILY_ROW(bluetooth),
	FAMILY_ROW(can),
	FAMILY_ROW(rds),
	FAMILY_ROW(tipc),
	FAMILY_ROW(xdp),
	FAMILY_ROW(smc),
	/* Landlock, or where it does not know them a network of its own */
	{ "abstract name", abstract_stream, { EPERM, ECONNREFUSED } },
	{ "abstract name, datagram", abstract_datagram, { EPERM,
	    ECONNREFUSED } },
	{ "abstract name, sendto", abstract_send, { EPERM, ECONNREFUSED } },
	{ "path", path_stream, { ENOENT } },
	{ "path, datagram", path_datagram, { ENOENT } },
	{ "path by /proc/self/root", path_by_root, { ENOENT } },
	{ "clawbot's channel", channel, { ENOENT } },
	{ "services", services, { ENOENT } },
	{ "services by abstract names", services_abstract, { ECONNREFUSED } },
	{ "one of its own", inside, { NOTHING } },
	{ "interfaces", interfaces, { NOTHING } },
	{ "interface up", interface_up, { EPERM, ENOTTY } },
	{ "/dev/net/tun", tunnel, { ENOENT } },
	{ "/dev/vhost-vsock", vhost, { ENOENT } },
	{ "credentials of root", false_credentials, { EPERM } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
