/* SPDX-License-Identifier: ISC */
/*
 * Attempts: system calls, sockets, terminals.  Arguments are such that the
 * kernel itself, where it is asked at all, does nothing and mostly gives
 * another error than the filter does: then it is the filter that held, and
 * not its absence that was not noticed.  The calls that are always refused,
 * and what is tried with them, are in common/refused.c.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/perf_event.h>
#include <linux/sched.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/bpf.h"
#include "common/defs.h"
#include "common/refused.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/lastcalls.h"

#define FAMILIES	64		/* more than there are */

static void
try_refused(struct trial *t, enum refused_group group)
{
	const struct refused *c = refused_calls;
	const long *a;
	size_t i;
	long r;

	for (; c < refused_calls + refused_ncalls; c++)
		for (i = 0; c->group == group && i < c->tries; i++) {
			a = c->args[i];
			r = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], 0L);
			try_call(t, r);
			if (r > STDERR_FILENO)	/* may be a descriptor */
				(void)close((int)r);
		}
}

/* Those of one group of refused.h. */
#define CALLS(fn, group)						\
static void								\
fn(struct trial *t)							\
{									\
	try_refused(t, REFUSED_##group);				\
}

CALLS(process_vm, PROCESS_VM)
CALLS(pidfd_getfd_any, PIDFD_GETFD)
CALLS(kcmp_any, KCMP)
CALLS(setns_any, SETNS)
CALLS(bpf_any, BPF)
CALLS(io_uring, IO_URING)
CALLS(userfault, USERFAULTFD)
CALLS(perf_event, PERF)
CALLS(keys_use, KEYCTL)
CALLS(keys_add, KEYS)
CALLS(kexec, KEXEC)
CALLS(modules, MODULES)
CALLS(mounting, MOUNT)
CALLS(mount_api, MOUNT_API)
CALLS(handle_open, HANDLE_OPEN)
CALLS(handle_name, HANDLE_NAME)
CALLS(watch_files, WATCH)
CALLS(the_clock, CLOCK)
CALLS(the_machine, MACHINE)
CALLS(kernel_log, KERNEL_LOG)
CALLS(ioprio, IOPRIO)
CALLS(numa, NUMA)
CALLS(lsm, LSM)
CALLS(async_io, AIO)
CALLS(mount_list, MOUNT_LIST)
#ifdef SYS_modify_ldt
CALLS(x86_only, X86)
#endif

static int
has_network(const struct box *bx)
{
	return (bx->plan->network != PLAN_NET_NONE);
}

/*
 * That of the executor, that of runs, and one against the network where a
 * skill has none.
 */
static void
filters_in_force(struct trial *t)
{
	char mode[16], filters[16];

	if (probe_status("Seccomp:", mode, sizeof(mode)) == -1)
		mode[0] = '\0';
	try_state(t, strcmp(mode, "2") == 0);
	/* 5.10 */
	errno = 0;
	if (probe_status("Seccomp_filters:", filters, sizeof(filters)) == -1)
		try_noted(t);
	else
		try_state(t, strtol(filters, NULL, 10) >=
		    (has_network(t->bx) ? 2 : 3));
}

static int
trace_me(void *arg)
{
	(void)arg;
	return (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 ? errno : 0);
}

static void
ptrace_any(struct trial *t)
{
	/* where a run may, init is out of its reach all the same */
	if (t->bx->skill->trace) {
		try_call(t, ptrace(PTRACE_SEIZE, 1, NULL, NULL));
		return;
	}
	try_child(t, trace_me, NULL);
	try_refused(t, REFUSED_PTRACE);
}

/* In a child: where it goes through, this process is not the same after. */
static int
unshare_one(void *arg)
{
	const unsigned long *flag = arg;

	return (syscall(SYS_unshare, *flag) == -1 ? errno : 0);
}

static void
unshare_any(struct trial *t)
{
	static unsigned long flags[] = { CLONE_NEWUSER, CLONE_NEWNS,
	    CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
	    CLONE_NEWCGROUP, CLONE_NEWTIME };
	size_t i;

	for (i = 0; i < NELEM(flags); i++)
		try_child(t, unshare_one, &flags[i]);
}

static int
clone_one(void *arg)
{
	const unsigned long *flag = arg;
	long r;

	r = syscall(SYS_clone, *flag | SIGCHLD, 0L, 0L, 0L, 0L);
	return (r == -1 ? errno : 0);
}

static void
clone_any(struct trial *t)
{
	static unsigned long flags[] = { CLONE_NEWUSER,
	    CLONE_NEWUSER | CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
	    CLONE_PARENT, CLONE_UNTRACED, CLONE_FS };
	/* the last two are for who is followed */
	size_t i, n = NELEM(flags) - (t->bx->skill->trace ? 2 : 0);

	for (i = 0; i < n; i++)
		try_child(t, clone_one, &flags[i]);
}

/* Its flags are in memory, where no filter sees them. */
static void
clone3_any(struct trial *t)
{
	try_call(t, syscall(SYS_clone3, NULL, 0UL));
}

static void
set_personality(struct trial *t, unsigned long want)
{
	int was = personality(0xffffffff), effect;

	try_returned(t, personality(want));
	effect = personality(0xffffffff) != was;
	if (effect)
		(void)personality((unsigned long)was);
	try_effect(t, effect);
}

static void
personality_any(struct trial *t)
{
	set_personality(t, PER_LINUX32);
	set_personality(t, READ_IMPLIES_EXEC);
	set_personality(t, ADDR_NO_RANDOMIZE);
}

/* Whoever opens it on the host would wait for the run to let go. */
static void
leases(struct trial *t)
{
	static const char path[] = "/tmp/clawbot-probe-lease";
	uint64_t none = 0;	/* a struct delegation that asks for nothing */
	int fd;

	fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1) {
		probe_passing();
		probe_untried();
	}
	try_call(t, fcntl(fd, F_SETLEASE, F_WRLCK));
	try_call(t, fcntl(fd, F_SETLEASE, F_RDLCK));
	try_call(t, fcntl(fd, F_SETDELEG, &none));
	(void)close(fd);
	(void)unlink(path);
}

#ifdef __x86_64__
/*
 * It is to be killed, but no dump of it is to be written.  Otherwise: was it
 * served, as the call that it is?
 */
static int
call_x32(void *arg)
{
	(void)arg;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return (syscall(X32_BIT | SYS_getpid) == getpid());
}

static int
call_i386(void *arg)
{
	long r = 20;	/* getpid */

	(void)arg;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	__asm__ volatile("int $0x80" : "+a"(r) : :
	    "r8", "r9", "r10", "r11", "cc", "memory");
	return (r == getpid());
}

/*
 * The filter kills for both.  A kernel that has no such calls at all may end
 * whoever makes one by itself, or say that there is none.
 */
static void
other_abi(struct trial *t, int (*fn)(void *))
{
	int r = probe_child(fn, NULL);

	errno = 0;
	try_state(t, r != 1);
	if (r != 256 + SIGSYS && r != 256 + SIGSEGV)
		try_noted(t);
}

static void
x32_call(struct trial *t)
{
	other_abi(t, call_x32);
}

static void
i386_call(struct trial *t)
{
	other_abi(t, call_i386);
}
#endif

/* Sockets. */

static void
one_socket(struct trial *t, int af, int type, int proto)
{
	int fd = socket(af, type | SOCK_CLOEXEC, proto);

	try_call(t, fd);
	if (fd != -1)
		(void)close(fd);
}

static void
family(struct trial *t, int af)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
	    SOCK_SEQPACKET };
	size_t i;

	for (i = 0; i < NELEM(types); i++)
		one_socket(t, af, types[i], 0);
}

/* With a network those of TCP and UDP are granted. */
static void
inet_sockets(struct trial *t)
{
	if (has_network(t->bx)) {
		one_socket(t, AF_INET, SOCK_RAW, 1);
		one_socket(t, AF_INET6, SOCK_RAW, 58);
		one_socket(t, AF_INET, SOCK_DGRAM, 1);
		return;
	}
	family(t, AF_INET);
	family(t, AF_INET6);
}

static void
packet_sockets(struct trial *t)
{
	family(t, AF_PACKET);
}

static void
vsock_sockets(struct trial *t)
{
	family(t, AF_VSOCK);
}

static void
crypto_sockets(struct trial *t)
{
	family(t, AF_ALG);
}

static void
other_sockets(struct trial *t)
{
	int af;

	for (af = 0; af < FAMILIES; af++)
		if (af != AF_UNIX && af != AF_INET && af != AF_INET6 &&
		    af != AF_NETLINK)
			family(t, af);
}

static void
other_pairs(struct trial *t)
{
	int af, r, sv[2];

	for (af = 0; af < FAMILIES; af++) {
		if (af == AF_UNIX)
			continue;
		r = socketpair(af, SOCK_STREAM | SOCK_CLOEXEC, 0, sv);
		try_call(t, r);
		if (r == 0) {
			(void)close(sv[0]);
			(void)close(sv[1]);
		}
	}
}

static void
host_services(struct trial *t)
{
	static const char *const paths[] = { "/run/dbus/system_bus_socket",
	    "/run/systemd/private", "/run/systemd/journal/socket",
	    "/run/docker.sock", "/run/containerd/containerd.sock",
	    "/run/podman/podman.sock", "/run/libvirt/libvirt-sock",
	    "/dev/log", CB_RUNDIR "/channels/cli.sock" };
	size_t i;

	for (i = 0; i < NELEM(paths); i++)
		if (!probe_granted(t->bx, paths[i]))
			try_connect(t, paths[i], 0);
}

/* Terminals; the filter answers before the descriptor is looked at. */

static void
terminal_call(struct trial *t, unsigned long cmd)
{
	try_call(t, syscall(SYS_ioctl, -1L, cmd, NULL));
}

static void
type_ahead(struct trial *t)
{
	terminal_call(t, TIOCSTI);
}

/* The kernel looks at the lower half, and so must the filter. */
static void
type_ahead_high(struct trial *t)
{
	terminal_call(t, TIOCSTI | UINT64_C(1) << 32);
}

static void
console_paste(struct trial *t)
{
	terminal_call(t, TIOCLINUX);
}

static void
line_discipline(struct trial *t)
{
	terminal_call(t, TIOCSETD);
}

static const struct refuser by_clone3[] = {
	{ ENOSYS, "seccomp", "the runs' filter, so that libraries take clone" },
	{ 0, NULL, NULL },
};

/* With a network, there is a filter of types and protocols as well. */
static const struct refuser by_inet[] = {
	{ EAFNOSUPPORT, "seccomp",
	    "the runs' filter, before the kernel is asked" },
	{ EPERM, "seccomp", "the runs' filter refuses the type" },
	{ EPROTONOSUPPORT, "seccomp",
	    "the runs' filter refuses the protocol" },
	{ 0, NULL, NULL },
};

static const struct refuser by_services[] = {
	{ ENOENT, "view", "it is not there" },
	{ ENOTDIR, "view", "what it would be in is not there" },
	{ EACCES, "account", "its mode, or Landlock" },
	{ ECONNREFUSED, "kernel", "nobody listens" },
	{ EAFNOSUPPORT, "seccomp", "the run has no such sockets at all" },
	{ 0, NULL, NULL },
};

#define FILTER(what, fn)						\
	{ PL_SECCOMP, what, fn, by_filter, ONLY_THESE }
#define ABSENT(what, fn)						\
	{ PL_SECCOMP, what, fn, by_absent, ONLY_THESE }
#define FAMILY(what, fn)						\
	{ PL_SOCKETS, what, fn, by_family, ONLY_THESE }
#define TERMINAL(what, fn)						\
	{ PL_TERMINAL, what, fn, by_filter, ONLY_THESE }

const struct attempt probe_sys[] = {
	{ PL_SECCOMP, "running without the filters", filters_in_force,
	    NULL, 0 },
	FILTER("ptrace(2)", ptrace_any),
	FILTER("process_vm_readv(2), process_vm_writev(2) and "
	    "process_madvise(2)", process_vm),
	FILTER("pidfd_getfd(2)", pidfd_getfd_any),
	FILTER("kcmp(2)", kcmp_any),
	FILTER("setns(2)", setns_any),
	FILTER("unshare(2) of any namespace", unshare_any),
	FILTER("clone(2) into a namespace, untraced, for a parent or with a "
	    "directory in common", clone_any),
	{ PL_SECCOMP, "clone3(2)", clone3_any, by_clone3, ONLY_THESE },
	FILTER("bpf(2)", bpf_any),
	FILTER("io_uring_setup(2), _enter and _register", io_uring),
	FILTER("userfaultfd(2)", userfault),
	FILTER("perf_event_open(2)", perf_event),
	FILTER("keyctl(2)", keys_use),
	FILTER("add_key(2) and request_key(2)", keys_add),
	FILTER("kexec_load(2) and kexec_file_load(2)", kexec),
	FILTER("loading and unloading modules", modules),
	FILTER("mount(2), umount2(2), pivot_root(2) and chroot(2)", mounting),
	FILTER("fsopen(2), open_tree(2) and their like", mount_api),
	FILTER("open_by_handle_at(2)", handle_open),
	FILTER("name_to_handle_at(2)", handle_name),
	FILTER("fanotify_init(2)", watch_files),
	FILTER("setting the clock", the_clock),
	FILTER("reboot(2), acct(2), swapon(2) and their like", the_machine),
	FILTER("reading the kernel's log", kernel_log),
	FILTER("personality(2)", personality_any),
	FILTER("ioprio_set(2)", ioprio),
	FILTER("mbind(2), move_pages(2) and their like", numa),
	FILTER("leases and delegations", leases),
	ABSENT("asking security modules", lsm),
	ABSENT("statmount(2), listmount(2) and listns(2)", mount_list),
	ABSENT("io_setup(2), of which the machine has few", async_io),
#ifdef SYS_modify_ldt
	FILTER("modify_ldt(2), iopl(2) and their like", x86_only),
#endif
#ifdef __x86_64__
	{ PL_SECCOMP, "a system call of x32", x32_call, NULL, 0 },
	{ PL_SECCOMP, "a system call of i386", i386_call, NULL, 0 },
#endif
	{ PL_SOCKETS, "sockets of IPv4 and IPv6", inet_sockets, by_inet,
	    ONLY_THESE },
	FAMILY("packet sockets", packet_sockets),
	FAMILY("sockets to the hypervisor", vsock_sockets),
	FAMILY("sockets of the kernel's ciphers", crypto_sockets),
	FAMILY("sockets of any other family", other_sockets),
	FAMILY("pairs of other sockets than Unix ones", other_pairs),
	{ PL_SOCKETS, "sockets of services of the host", host_services,
	    by_services, 0 },
	TERMINAL("TIOCSTI", type_ahead),
	TERMINAL("TIOCSTI with bits in the upper half", type_ahead_high),
	TERMINAL("TIOCLINUX", console_paste),
	TERMINAL("TIOCSETD", line_discipline),
	{ PL_TERMINAL, NULL, NULL, NULL, 0 },
};
