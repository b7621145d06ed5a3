/* SPDX-License-Identifier: ISC */
/*
 * Attempts: system calls, sockets, terminals.  Arguments are such that the
 * kernel itself, where it is asked at all, mostly gives another error than
 * the filter does: then it is the filter that held, and not its absence that
 * was not noticed.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <linux/perf_event.h>
#include <linux/sched.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "executor/jail.h"
#include "executor/probe.h"

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define NR_mount_setattr	442	/* not in the oldest headers */
#define X32_BIT		0x40000000L
#define FAMILIES	64		/* more than there are */

struct call {
	long	nr;
	long	a[5];
};

/* Each is refused with EPERM. */
static enum probe_verdict
all_refused(const struct call *c, size_t n)
{
	size_t i;
	long r;

	for (i = 0; i < n; i++) {
		r = syscall(c[i].nr, c[i].a[0], c[i].a[1], c[i].a[2],
		    c[i].a[3], c[i].a[4], 0L);
		if (r == -1 && errno == EPERM)
			continue;
		if (r > STDERR_FILENO)	/* may be a descriptor */
			(void)close((int)r);
		return (PROBE_OPEN);
	}
	return (PROBE_HELD);
}

#define CALLS(fn, ...)							\
static enum probe_verdict						\
fn(const struct jail *j)						\
{									\
	static const struct call c[] = { __VA_ARGS__ };			\
									\
	(void)j;							\
	return (all_refused(c, NELEM(c)));				\
}

#define OPEN_TREE_HERE	{ SYS_open_tree, { AT_FDCWD, 0, 0 } }

CALLS(process_vm, { SYS_process_vm_readv, { 1 } },
    { SYS_process_vm_writev, { 1 } })
CALLS(pidfd_getfd_any, { SYS_pidfd_getfd, { -1, 0, 0 } })
CALLS(kcmp_any, { SYS_kcmp, { 0 } })
CALLS(setns_any, { SYS_setns, { -1, 0 } })
CALLS(bpf_any, { SYS_bpf, { -1, 0, 0 } }, { SYS_bpf, { 0, 0, 0 } })
CALLS(io_uring, { SYS_io_uring_setup, { 1, 0 } },
    { SYS_io_uring_enter, { -1 } }, { SYS_io_uring_register, { -1 } })
CALLS(userfault, { SYS_userfaultfd, { 1 } }, { SYS_userfaultfd, { -1 } })
CALLS(perf_event, { SYS_perf_event_open, { 0, 0, -1, -1, 0 } })
CALLS(keys_use, { SYS_keyctl, { 0, -3, 0 } }, { SYS_keyctl, { -1 } })
CALLS(keys_add, { SYS_add_key, { 0, 0, 0, 0, -3 } },
    { SYS_request_key, { 0, 0, 0, -3 } })
CALLS(kexec, { SYS_kexec_load, { 0, 0, 0, -1 } },
    { SYS_kexec_file_load, { -1, -1, 0, 0, -1 } })
CALLS(modules, { SYS_init_module, { 0, 0, 0 } },
    { SYS_finit_module, { -1, 0, -1 } }, { SYS_delete_module, { 0, 0 } })
CALLS(mount_calls, { SYS_fsopen, { 0, -1 } }, { SYS_fspick, { -1, 0, -1 } },
    { SYS_fsconfig, { -1, -1 } }, { SYS_fsmount, { -1, -1, -1 } },
    { SYS_move_mount, { -1, 0, -1, 0, -1 } }, OPEN_TREE_HERE,
    { NR_mount_setattr, { -1, 0, -1, 0, 0 } })
CALLS(handle_open, { SYS_open_by_handle_at, { -1, 0, -1 } })
CALLS(handle_name, { SYS_name_to_handle_at, { -1, 0, 0, 0, -1 } })
CALLS(watch_files, { SYS_fanotify_init, { -1, 0 } },
    { SYS_lookup_dcookie, { 0 } })
CALLS(the_clock, { SYS_settimeofday, { 1, 0 } },
    { SYS_clock_settime, { -1, 0 } }, { SYS_adjtimex, { 0 } },
    { SYS_clock_adjtime, { -1, 0 } })
CALLS(the_machine, { SYS_reboot, { 0, 0, 0 } }, { SYS_acct, { 1 } },
    { SYS_swapon, { 0, -1 } }, { SYS_swapoff, { 0 } },
    { SYS_quotactl, { -1 } }, { SYS_vhangup, { 0 } },
    { SYS_sethostname, { 0, -1 } }, { SYS_setdomainname, { 0, -1 } })
CALLS(kernel_log, { SYS_syslog, { 10, 0, 0 } }, { SYS_syslog, { -1 } })
#ifdef SYS_modify_ldt
CALLS(x86_only, { SYS_modify_ldt, { -1, 0, 0 } }, { SYS_iopl, { -1 } },
    { SYS_ioperm, { -1, -1, 1 } }, { SYS_uselib, { 0 } },
    { SYS_sysfs, { 3 } }, { SYS_ustat, { 0 } })
#endif

static int
has_network(const struct jail *j)
{
	return (j->plan->network != PLAN_NET_NONE);
}

/*
 * That of the executor, that of runs, and one against the network where a
 * skill has none.
 */
static enum probe_verdict
filters_in_force(const struct jail *j)
{
	char line[256];
	unsigned mode = 0, filters = 0;
	FILE *fp;

	if ((fp = fopen("/proc/self/status", "re")) == NULL)
		return (PROBE_OPEN);
	while (fgets(line, sizeof(line), fp) != NULL) {
		(void)sscanf(line, "Seccomp: %u", &mode);
		(void)sscanf(line, "Seccomp_filters: %u", &filters);
	}
	(void)fclose(fp);
	return (probe_is(mode == 2 && filters >= (has_network(j) ? 2U : 3U)));
}

static int
trace_me(void *arg)
{
	(void)arg;
	return (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 &&
	    errno == EPERM ? 0 : 1);
}

static enum probe_verdict
ptrace_any(const struct jail *j)
{
	(void)j;
	if (probe_child(trace_me, NULL) != 0)
		return (PROBE_OPEN);
	return (probe_refused_by(ptrace(PTRACE_ATTACH, 1, NULL, NULL),
	    EPERM));
}

/* In a child: where it goes through, this process is not the same after. */
static int
unshare_all(void *arg)
{
	static const unsigned long flags[] = { CLONE_NEWUSER, CLONE_NEWNS,
	    CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
	    CLONE_NEWCGROUP, CLONE_NEWTIME };
	size_t i;

	(void)arg;
	for (i = 0; i < NELEM(flags); i++)
		if (syscall(SYS_unshare, flags[i]) != -1 || errno != EPERM)
			return (1);
	return (0);
}

static enum probe_verdict
unshare_any(const struct jail *j)
{
	(void)j;
	return (probe_is(probe_child(unshare_all, NULL) == 0));
}

static int
clone_all(void *arg)
{
	static const unsigned long flags[] = { CLONE_NEWUSER,
	    CLONE_NEWUSER | CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
	    CLONE_UNTRACED };
	size_t i;
	long r;

	(void)arg;
	for (i = 0; i < NELEM(flags); i++) {
		r = syscall(SYS_clone, flags[i] | SIGCHLD, 0L, 0L, 0L, 0L);
		if (r == 0)
			_exit(1);
		if (r != -1 || errno != EPERM)
			return (1);
	}
	return (0);
}

static enum probe_verdict
clone_any(const struct jail *j)
{
	(void)j;
	return (probe_is(probe_child(clone_all, NULL) == 0));
}

/* Its flags are in memory, where no filter sees them. */
static enum probe_verdict
clone3_any(const struct jail *j)
{
	(void)j;
	return (probe_refused_by(syscall(SYS_clone3, NULL, 0UL), ENOSYS));
}

static enum probe_verdict
personality_any(const struct jail *j)
{
	int old = personality(0xffffffff);
	enum probe_verdict v;

	(void)j;
	v = probe_is(personality(PER_LINUX32) == -1 && errno == EPERM &&
	    personality(READ_IMPLIES_EXEC) == -1 && errno == EPERM &&
	    personality(ADDR_NO_RANDOMIZE) == -1 && errno == EPERM);
	if (v == PROBE_OPEN && old != -1)
		(void)personality((unsigned long)old);
	return (v);
}

#ifdef __x86_64__
/* It is to be killed, but no dump of it is to be written. */
static int
call_x32(void *arg)
{
	(void)arg;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)syscall(X32_BIT | SYS_getpid);
	return (0);
}

static int
call_i386(void *arg)
{
	long r = 20;	/* getpid */

	(void)arg;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	__asm__ volatile("int $0x80" : "+a"(r) : :
	    "r8", "r9", "r10", "r11", "cc", "memory");
	return (0);
}

static enum probe_verdict
x32_call(const struct jail *j)
{
	(void)j;
	errno = 0;
	return (probe_is(probe_child(call_x32, NULL) == 256 + SIGSYS));
}

/* A kernel without these calls ends whoever makes one by itself. */
static enum probe_verdict
i386_call(const struct jail *j)
{
	int r = probe_child(call_i386, NULL);

	(void)j;
	errno = 0;
	return (probe_is(r == 256 + SIGSYS || r == 256 + SIGSEGV));
}
#endif

/* Sockets. */

static enum probe_verdict
family(int af)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
	    SOCK_SEQPACKET };
	size_t i;
	int fd;

	for (i = 0; i < NELEM(types); i++) {
		fd = socket(af, types[i] | SOCK_CLOEXEC, 0);
		if (fd == -1 && errno == EAFNOSUPPORT)
			continue;
		if (fd != -1)
			(void)close(fd);
		return (PROBE_OPEN);
	}
	return (PROBE_HELD);
}

/* In the host's network those of TCP and UDP are granted. */
static enum probe_verdict
inet_sockets(const struct jail *j)
{
	if (has_network(j))
		return (probe_is(socket(AF_INET, SOCK_RAW, 1) == -1 &&
		    socket(AF_INET6, SOCK_RAW, 58) == -1 &&
		    socket(AF_INET, SOCK_DGRAM, 1) == -1));
	return (probe_is(family(AF_INET) == PROBE_HELD &&
	    family(AF_INET6) == PROBE_HELD));
}

static enum probe_verdict
netlink_sockets(const struct jail *j)
{
	(void)j;
	return (family(AF_NETLINK));
}

static enum probe_verdict
packet_sockets(const struct jail *j)
{
	(void)j;
	return (family(AF_PACKET));
}

static enum probe_verdict
vsock_sockets(const struct jail *j)
{
	(void)j;
	return (family(AF_VSOCK));
}

static enum probe_verdict
crypto_sockets(const struct jail *j)
{
	(void)j;
	return (family(AF_ALG));
}

static enum probe_verdict
other_sockets(const struct jail *j)
{
	int af;

	(void)j;
	for (af = 0; af < FAMILIES; af++)
		if (af != AF_UNIX && af != AF_INET && af != AF_INET6 &&
		    af != AF_NETLINK && family(af) == PROBE_OPEN)
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

static enum probe_verdict
other_pairs(const struct jail *j)
{
	int af, sv[2];

	(void)j;
	for (af = 0; af < FAMILIES; af++)
		if (af != AF_UNIX && (socketpair(af, SOCK_STREAM, 0,
		    sv) != -1 || errno != EAFNOSUPPORT))
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

static enum probe_verdict
host_services(const struct jail *j)
{
	static const char *const paths[] = { "/run/dbus/system_bus_socket",
	    "/run/systemd/private", "/run/systemd/journal/socket",
	    "/run/docker.sock", "/run/containerd/containerd.sock",
	    "/run/podman/podman.sock", "/run/libvirt/libvirt-sock",
	    "/dev/log", CB_RUNDIR "/channels/cli.sock" };
	struct sockaddr_un sun;
	size_t i;
	int fd, r;

	for (i = 0; i < NELEM(paths); i++) {
		memset(&sun, 0, sizeof(sun));
		sun.sun_family = AF_UNIX;
		memcpy(sun.sun_path, paths[i], strlen(paths[i]));
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd == -1)	/* not even these */
			return (PROBE_HELD);
		r = connect(fd, (struct sockaddr *)&sun, sizeof(sun));
		(void)close(fd);
		if (r == 0 && !probe_granted(j, paths[i]))
			return (PROBE_OPEN);
	}
	return (PROBE_HELD);
}

/* Terminals; the filter answers before the descriptor is looked at. */

static enum probe_verdict
terminal_call(unsigned long cmd)
{
	return (probe_refused_by(syscall(SYS_ioctl, -1L, cmd, NULL), EPERM));
}

static enum probe_verdict
type_ahead(const struct jail *j)
{
	(void)j;
	return (terminal_call(TIOCSTI));
}

/* The kernel looks at the lower half, and so must the filter. */
static enum probe_verdict
type_ahead_high(const struct jail *j)
{
	(void)j;
	return (terminal_call(TIOCSTI | UINT64_C(1) << 32));
}

static enum probe_verdict
console_paste(const struct jail *j)
{
	(void)j;
	return (terminal_call(TIOCLINUX));
}

static enum probe_verdict
line_discipline(const struct jail *j)
{
	(void)j;
	return (terminal_call(TIOCSETD));
}

const struct attempt probe_sys[] = {
	{ PL_SECCOMP, "running without the filters", filters_in_force },
	{ PL_SECCOMP, "ptrace(2)", ptrace_any },
	{ PL_SECCOMP, "process_vm_readv(2) and process_vm_writev(2)",
	    process_vm },
	{ PL_SECCOMP, "pidfd_getfd(2)", pidfd_getfd_any },
	{ PL_SECCOMP, "kcmp(2)", kcmp_any },
	{ PL_SECCOMP, "setns(2)", setns_any },
	{ PL_SECCOMP, "unshare(2) of any namespace", unshare_any },
	{ PL_SECCOMP, "clone(2) into a namespace or untraced", clone_any },
	{ PL_SECCOMP, "clone3(2)", clone3_any },
	{ PL_SECCOMP, "bpf(2)", bpf_any },
	{ PL_SECCOMP, "io_uring_setup(2), _enter and _register", io_uring },
	{ PL_SECCOMP, "userfaultfd(2)", userfault },
	{ PL_SECCOMP, "perf_event_open(2)", perf_event },
	{ PL_SECCOMP, "keyctl(2)", keys_use },
	{ PL_SECCOMP, "add_key(2) and request_key(2)", keys_add },
	{ PL_SECCOMP, "kexec_load(2) and kexec_file_load(2)", kexec },
	{ PL_SECCOMP, "loading and unloading modules", modules },
	{ PL_SECCOMP, "fsopen(2), open_tree(2) and their like",
	    mount_calls },
	{ PL_SECCOMP, "open_by_handle_at(2)", handle_open },
	{ PL_SECCOMP, "name_to_handle_at(2)", handle_name },
	{ PL_SECCOMP, "fanotify_init(2)", watch_files },
	{ PL_SECCOMP, "setting the clock", the_clock },
	{ PL_SECCOMP, "reboot(2), acct(2), swapon(2) and their like",
	    the_machine },
	{ PL_SECCOMP, "reading the kernel's log", kernel_log },
	{ PL_SECCOMP, "personality(2)", personality_any },
#ifdef SYS_modify_ldt
	{ PL_SECCOMP, "modify_ldt(2), iopl(2) and their like", x86_only },
#endif
#ifdef __x86_64__
	{ PL_SECCOMP, "a system call of x32", x32_call },
	{ PL_SECCOMP, "a system call of i386", i386_call },
#endif
	{ PL_SOCKETS, "sockets of IPv4 and IPv6", inet_sockets },
	{ PL_SOCKETS, "netlink sockets", netlink_sockets },
	{ PL_SOCKETS, "packet sockets", packet_sockets },
	{ PL_SOCKETS, "sockets to the hypervisor", vsock_sockets },
	{ PL_SOCKETS, "sockets of the kernel's ciphers", crypto_sockets },
	{ PL_SOCKETS, "sockets of any other family", other_sockets },
	{ PL_SOCKETS, "pairs of other sockets than Unix ones", other_pairs },
	{ PL_SOCKETS, "sockets of services of the host", host_services },
	{ PL_TERMINAL, "TIOCSTI", type_ahead },
	{ PL_TERMINAL, "TIOCSTI with bits in the upper half",
	    type_ahead_high },
	{ PL_TERMINAL, "TIOCLINUX", console_paste },
	{ PL_TERMINAL, "TIOCSETD", line_discipline },
	{ PL_TERMINAL, NULL, NULL },
};
