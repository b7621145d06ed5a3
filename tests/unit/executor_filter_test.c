/* SPDX-License-Identifier: ISC */
/*
 * The filters of runs, loaded for real in children: each socket that a run
 * may have or not, by whether it has network and whether Landlock has scopes,
 * and what is the same in all.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netlink.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "common/plan.h"
#include "executor/box/filter.h"

#define NONE		0	/* no network */
#define HOST		1	/* the host's, and Landlock has scopes */
#define UNSCOPED	2	/* the host's, and it has none */
#define LOOPBACK	3	/* one of its own, and Landlock has none */
#define KINDS		4
#define DEAD		251

struct attempt {
	const char	*name;
	int		 family;
	int		 type;
	int		 protocol;
	int		 want[KINDS];	/* errno, 0: a socket */
};

#define REFUSED	{ EAFNOSUPPORT, EAFNOSUPPORT, EAFNOSUPPORT, EAFNOSUPPORT }
#define INET(e)	{ EAFNOSUPPORT, e, e, e }

static const struct attempt attempts[] = {
	{ "unix", AF_UNIX, SOCK_STREAM, 0, { 0, 0, EAFNOSUPPORT, 0 } },
	{ "unix datagram", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
	    { 0, 0, EAFNOSUPPORT, 0 } },
	{ "tcp", AF_INET, SOCK_STREAM, 0, INET(0) },
	{ "tcp by number", AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP,
	    INET(0) },
	{ "tcp6", AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0, INET(0) },
	{ "udp", AF_INET, SOCK_DGRAM, 0, INET(0) },
	{ "udp6", AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    IPPROTO_UDP, INET(0) },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_ICMP, INET(EPERM) },
	{ "raw6", AF_INET6, SOCK_RAW | SOCK_CLOEXEC, 58, INET(EPERM) },
	{ "rdm", AF_INET, SOCK_RDM, 0, INET(EPERM) },
	{ "seqpacket", AF_INET, SOCK_SEQPACKET, 132, INET(EPERM) },
	{ "packet type", AF_INET, 10, 0, INET(EPERM) },
	{ "unknown flag", AF_INET, SOCK_STREAM | 0x100, 0, INET(EPERM) },
	{ "icmp", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, INET(EPROTONOSUPPORT) },
	{ "mptcp", AF_INET, SOCK_STREAM, 262, INET(EPROTONOSUPPORT) },
	{ "sctp", AF_INET, SOCK_STREAM, 132, INET(EPROTONOSUPPORT) },
	{ "negative protocol", AF_INET, SOCK_STREAM, -1,
	    INET(EPROTONOSUPPORT) },
	{ "unspecified", AF_UNSPEC, SOCK_STREAM, 0, REFUSED },
	{ "routes", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, INET(0) },
	{ "routes, datagrams", AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, 0,
	    INET(0) },
	{ "netfilter", AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, REFUSED },
	{ "sock_diag", AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, REFUSED },
	{ "uevent", AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT, REFUSED },
	{ "generic netlink", AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, REFUSED },
	{ "xfrm", AF_NETLINK, SOCK_RAW, NETLINK_XFRM, REFUSED },
	{ "negative netlink", AF_NETLINK, SOCK_RAW, -1, REFUSED },
	{ "packet", AF_PACKET, SOCK_RAW, 0, REFUSED },
	{ "negative family", -1, SOCK_STREAM, 0, REFUSED },
};

static const unsigned networks[KINDS] = { PLAN_NET_NONE, PLAN_NET_HOST,
    PLAN_NET_HOST, PLAN_NET_LOOPBACK };

static int
enter(const int *how)
{
	struct rlimit rl = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &rl);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    filter_build(networks[*how], *how != UNSCOPED && *how != LOOPBACK,
	    0) == -1 || filter_enter() == -1)
		return (-1);
	return (0);
}

/* All that differ from what is wanted, by number; 0 if none does. */
static int
run_sockets(void *arg)
{
	const int *how = arg;
	const struct attempt *a;
	size_t i;
	int got, fam;

	if (enter(how) == -1)
		return (250);
	for (i = 0; i < NELEM(attempts); i++) {
		a = &attempts[i];
		got = socket(a->family, a->type, a->protocol) == -1 ? errno :
		    0;
		if (got != a->want[*how]) {
			(void)fprintf(stderr, "%s: %s\n", a->name,
			    strerror(got));
			return ((int)i + 1);
		}
	}
	for (fam = 0; fam < 64; fam++)
		if (fam != AF_UNIX && fam != AF_INET && fam != AF_INET6 &&
		    fam != AF_NETLINK &&
		    (socket(fam, SOCK_STREAM, 0) != -1 ||
		    errno != EAFNOSUPPORT))
			return (200);
	return (0);
}

static int
run_pairs(void *arg)
{
	const int *how = arg;
	int sv[2], want = *how == UNSCOPED ? EPERM : 0, r;

	if (enter(how) == -1)
		return (250);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (1);
	r = socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == -1 ? errno : 0;
	if (r != want)
		return (2);
	r = socketpair(AF_UNIX, SOCK_RAW | SOCK_CLOEXEC, 0, sv) == -1 ?
	    errno : 0;
	if (r != want)
		return (3);
	if (socketpair(AF_TIPC, SOCK_STREAM, 0, sv) != -1 ||
	    errno != EAFNOSUPPORT)
		return (4);
	return (0);
}

static int
refuses(long r, int want)
{
	return (r == -1 && errno == want);
}

/* One number of each kind of rule, and what is next to them. */
static int
run_others(void *arg)
{
	char c = 'x';
	int fd;

	if (enter(arg) == -1)
		return (250);
	if ((fd = open("/dev/null", O_RDWR)) == -1 || getppid() < 0)
		return (1);
	if (!refuses(syscall(SYS_ptrace, 0, 0, 0, 0), EPERM) ||
	    !refuses(syscall(SYS_keyctl, 0, 0, 0, 0), EPERM) ||
	    !refuses(syscall(SYS_add_key, 0, 0, 0, 0, 0), EPERM) ||
	    !refuses(syscall(SYS_request_key, 0, 0, 0, 0), EPERM) ||
	    !refuses(syscall(SYS_clone3, 0, 0), ENOSYS) ||
	    !refuses(syscall(SYS_unshare, CLONE_NEWNET), EPERM) ||
	    !refuses(syscall(SYS_setns, 0, 0), EPERM))
		return (2);
	if (!refuses(ioctl(fd, TIOCSTI, &c), EPERM) ||
	    !refuses(ioctl(fd, TIOCLINUX, &c), EPERM) ||
	    !refuses(ioctl(fd, TIOCSETD, &c), EPERM) ||
	    !refuses(ioctl(fd, TIOCGWINSZ, &c), ENOTTY))
		return (3);
	/* the upper half of an argument does not hide the lower one */
	if (!refuses(syscall(SYS_ioctl, fd, UINT64_C(0x100000000) | TIOCSTI,
	    &c), EPERM))
		return (4);
	if (syscall(SYS_personality, 0xffffffffUL) == -1 ||
	    !refuses(syscall(SYS_personality, 0x0040000UL), EPERM))
		return (5);
	if (!refuses(syscall(SYS_socket, AF_PACKET | UINT64_C(0x100000000),
	    SOCK_RAW, 0), EAFNOSUPPORT) || !refuses(syscall(SYS_socket,
	    AF_NETLINK | UINT64_C(0x100000000), SOCK_RAW,
	    NETLINK_GENERIC | UINT64_C(0x100000000)), EAFNOSUPPORT))
		return (6);
	if (!refuses(syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, NULL, NULL),
	    EPERM) ||
	    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, NULL) == -1 ||
	    syscall(SYS_prlimit64, getpid(), RLIMIT_NOFILE, NULL, NULL) == -1)
		return (7);
	if (!refuses(setpriority(PRIO_PROCESS, 1, 19), EPERM) ||
	    !refuses(setpriority(PRIO_USER, 0, 19), EPERM) ||
	    !refuses(syscall(SYS_sched_setaffinity, 1, 0, NULL), EPERM) ||
	    !refuses(syscall(SYS_sched_setattr, 1, NULL, 0), EPERM) ||
	    !refuses(syscall(SYS_sched_setparam, 1, NULL), EPERM) ||
	    !refuses(syscall(SYS_sched_setscheduler, 1, 0, NULL), EPERM) ||
	    setpriority(PRIO_PROCESS, 0, 19) == -1 ||
	    !refuses(syscall(SYS_sched_setparam, 0, NULL), EINVAL))
		return (8);
	return (0);
}

static void
all_kinds(int (*fn)(void *))
{
	int how, st;

	for (how = NONE; how < KINDS; how++) {
		st = in_child(fn, &how);
		if (!WIFEXITED(st) || WEXITSTATUS(st) != 0)
			fail_msg("filter %d: status 0x%x", how, st);
	}
}

static void
test_sockets(void **state)
{
	(void)state;
	all_kinds(run_sockets);
}

static void
test_pairs(void **state)
{
	(void)state;
	all_kinds(run_pairs);
}

static void
test_others(void **state)
{
	(void)state;
	all_kinds(run_others);
}

#ifdef __x86_64__
/* Calls of another architecture: killed, not refused. */
static int
run_x32(void *arg)
{
	if (enter(arg) == -1)
		return (250);
	(void)syscall(0x40000000L | SYS_getpid);
	return (0);
}

static int
run_i386(void *arg)
{
	long r;

	if (enter(arg) == -1)
		return (250);
	/* getpid */
	__asm__ volatile ("int $0x80" : "=a" (r) : "a" (20L) : "memory");
	return (0);
}

static void
test_foreign(void **state)
{
	int how, st;

	(void)state;
	for (how = NONE; how < KINDS; how++) {
		st = in_child(run_x32, &how);
		assert_true(WIFSIGNALED(st) && WTERMSIG(st) == SIGSYS);
		st = in_child(run_i386, &how);
		/* a kernel without i386 has no such gate at all */
		assert_true(WIFSIGNALED(st) && (WTERMSIG(st) == SIGSYS ||
		    WTERMSIG(st) == SIGSEGV));
	}
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_others),
#ifdef __x86_64__
		cmocka_unit_test(test_foreign),
#endif
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
