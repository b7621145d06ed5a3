/* SPDX-License-Identifier: ISC */
/*
 * The BPF builder, run on an interpreter of the few instructions that it
 * emits, and the filters of the roles, loaded for real in children.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/netlink.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "common/bpf.h"
#include "common/rolefilter.h"
#include "tests/unit/bpf_run.h"

static struct bpf b;

static void
test_start(void **state)
{
	unsigned nr;

	(void)state;
	bpf_start(&b);
	assert_int_equal(ask(&b, HERE, 0, 0, 0), STUCK);
	bpf_ret(&b, ALLOW);
	for (nr = 0; nr < 1000; nr++) {
		assert_int_equal(ask(&b, HERE, nr, 0, 0), ALLOW);
		assert_int_equal(ask(&b, ELSEWHERE, nr, 0, 0), KILL);
		assert_int_equal(ask(&b, 0, nr, 0, 0), KILL);
#ifdef __x86_64__
		assert_int_equal(ask(&b, HERE, 0x40000000U | nr, 0, 0), KILL);
#endif
	}
#ifdef __x86_64__
	assert_int_equal(ask(&b, HERE, 0xffffffffU, 0, 0), KILL);
#endif
	/* starting again forgets */
	bpf_sys(&b, 7, FAIL(1));
	bpf_start(&b);
	bpf_ret(&b, ALLOW);
	assert_int_equal(ask(&b, HERE, 7, 0, 0), ALLOW);
}

static void
test_sys(void **state)
{
	unsigned nr;

	(void)state;
	bpf_start(&b);
	bpf_sys(&b, 5, FAIL(EPERM));
	bpf_sys(&b, 6, ALLOW);
	bpf_sys(&b, 5, ALLOW);		/* the first rule wins */
	bpf_ret(&b, KILL);
	for (nr = 0; nr < 400; nr++)
		assert_int_equal(ask(&b, HERE, nr, 0, 0), nr == 5 ?
		    FAIL(EPERM) : nr == 6 ? ALLOW : KILL);
	assert_int_equal(ask(&b, ELSEWHERE, 6, 0, 0), KILL);
}

static void
test_arg(void **state)
{
	unsigned arg;

	(void)state;
	for (arg = 0; arg < 6; arg++) {
		bpf_start(&b);
		bpf_sys_arg(&b, 9, arg, 0x0c, 0x04, FAIL(EPERM));
		bpf_sys_arg(&b, 9, arg, ~0U, 0x10, FAIL(EINVAL));
		bpf_sys(&b, 8, FAIL(ENOSYS));
		bpf_sys(&b, 9, ALLOW);
		bpf_ret(&b, KILL);
		assert_int_equal(ask(&b, HERE, 9, arg, 0x04), FAIL(EPERM));
		assert_int_equal(ask(&b, HERE, 9, arg, 0xf7), FAIL(EPERM));
		assert_int_equal(ask(&b, HERE, 9, arg, 0x0c), ALLOW);
		assert_int_equal(ask(&b, HERE, 9, arg, 0), ALLOW);
		assert_int_equal(ask(&b, HERE, 9, arg, 0x10), FAIL(EINVAL));
		assert_int_equal(ask(&b, HERE, 9, arg, 0x11), ALLOW);
		/* the low word counts: the kernel cuts ints there too */
		assert_int_equal(ask(&b, HERE, 9, arg,
		    UINT64_C(0x700000004)), FAIL(EPERM));
		/* another argument, another call */
		assert_int_equal(ask(&b, HERE, 9, (arg + 1) % 6, 0x04),
		    ALLOW);
		assert_int_equal(ask(&b, HERE, 8, arg, 0x04), FAIL(ENOSYS));
		assert_int_equal(ask(&b, HERE, 7, arg, 0x04), KILL);
	}
}

static void
test_two(void **state)
{
	unsigned arg, other, i;

	(void)state;
	for (i = 0; i < 36; i++) {
		if ((arg = i / 6) == (other = i % 6))
			continue;
		bpf_start(&b);
		bpf_sys_two(&b, 9, arg, 16, other, 0, FAIL(EPERM));
		bpf_sys_two(&b, 9, arg, 17, other, 0, FAIL(EINVAL));
		bpf_sys(&b, 8, FAIL(ENOSYS));
		bpf_sys(&b, 9, ALLOW);
		bpf_ret(&b, KILL);
		/* all other arguments are 0 */
		assert_int_equal(ask(&b, HERE, 9, arg, 16), FAIL(EPERM));
		assert_int_equal(ask(&b, HERE, 9, arg, 17), FAIL(EINVAL));
		assert_int_equal(ask(&b, HERE, 9, arg, 18), ALLOW);
		assert_int_equal(ask(&b, HERE, 9, other, 16), ALLOW);
		assert_int_equal(ask(&b, HERE, 9, arg,
		    UINT64_C(0x700000010)), FAIL(EPERM));
		assert_int_equal(ask(&b, HERE, 8, arg, 16), FAIL(ENOSYS));
		assert_int_equal(ask(&b, HERE, 7, arg, 16), KILL);
	}
	/* both have to be as they are said to be */
	bpf_start(&b);
	bpf_sys_two(&b, 9, 0, 0, 2, 7, FAIL(EPERM));
	bpf_ret(&b, ALLOW);
	assert_int_equal(ask(&b, HERE, 9, 2, 7), FAIL(EPERM));
	assert_int_equal(ask(&b, HERE, 9, 2, 8), ALLOW);
	assert_int_equal(ask(&b, HERE, 9, 0, 1), ALLOW);
}

static void
test_overflow(void **state)
{
	unsigned i;

	(void)state;
	bpf_start(&b);
	for (i = 0; i < BPF_MAXLEN; i++)
		bpf_sys(&b, (long)i, ALLOW);
	assert_true(b.n <= BPF_MAXLEN);
	assert_int_equal(b.bad, 1);
	errno = 0;
	assert_int_equal(bpf_load(&b), -1);
	assert_int_equal(errno, E2BIG);
	memset(&b, 0, sizeof(b));
	assert_int_equal(bpf_load(&b), -1);
}

/* The roles: one system call under one filter. */
struct attempt {
	enum role	 role;
	const char	*name;
	long		(*call)(void);
	int		 want;		/* 0: allowed; errno; DEAD */
};
#define DEAD	(-1)

static long c_getpid(void) { return (syscall(SYS_getpid)); }
static long c_socket(void) { return (socket(AF_UNIX, SOCK_STREAM, 0)); }
static long c_inet(void) { return (socket(AF_INET, SOCK_STREAM, 0)); }
static long c_packet(void) { return (socket(AF_PACKET, SOCK_RAW, 0)); }
static long c_netlink(void) { return (socket(AF_NETLINK, SOCK_RAW, 0)); }
static long c_netfilter(void) { return (socket(AF_NETLINK, SOCK_RAW,
    NETLINK_NETFILTER)); }
static long c_vsock(void) { return (socket(AF_VSOCK, SOCK_STREAM, 0)); }
static long c_alg(void) { return (socket(AF_ALG, SOCK_SEQPACKET, 0)); }
static long c_accept(void) { return (accept4(-1, NULL, NULL, 0)); }
static long c_open(void) { return (open("/", O_RDONLY | O_DIRECTORY)); }
static long c_fsync(void) { return (fdatasync(-1)); }
static long c_fork(void) { return (fork()); }
static long c_kill(void) { return (kill(getpid(), 0)); }
static long c_kill1(void) { return (kill(1, 0)); }
static long c_ptrace(void) { return (syscall(SYS_ptrace, 0, 0, 0, 0)); }
static long c_setuid(void) { return (setuid(0)); }
static long c_prctl(void) { return (prctl(PR_GET_DUMPABLE)); }
static long c_setns(void) { return (syscall(SYS_setns, -1, 0)); }
static long c_unshare(void) { return (syscall(SYS_unshare, 0)); }
static long c_userns(void) { return (syscall(SYS_unshare,
    CLONE_NEWUSER)); }
static long c_clone3(void) { return (syscall(SYS_clone3, NULL, 0)); }
static long c_mount(void) { return (syscall(SYS_mount, 0, 0, 0, 0, 0)); }
static long c_bpf(void) { return (syscall(SYS_bpf, 0, 0, 0)); }
static long c_keyctl(void) { return (syscall(SYS_keyctl, 0, 0, 0)); }
static long c_perf(void) { return (syscall(SYS_perf_event_open, 0)); }
static long c_uring(void) { return (syscall(SYS_io_uring_setup, 1, 0)); }
static long c_uffd(void) { return (syscall(SYS_userfaultfd, 0)); }
static long c_reboot(void) { return (syscall(SYS_reboot, 0, 0, 0, 0)); }
static long c_module(void) { return (syscall(SYS_finit_module, -1, 0, 0)); }
static long c_readv(void) { return (syscall(SYS_process_vm_readv, 1, 0, 0,
    0, 0, 0)); }
static long c_writev(void) { return (syscall(SYS_process_vm_writev, 1, 0, 0,
    0, 0, 0)); }
static long c_handle(void) { return (syscall(SYS_open_by_handle_at, -1, 0,
    0)); }
static long c_bind(void) { return (bind(-1, NULL, 0)); }
static long c_sockpair(void) { int sv[2]; return (socketpair(AF_UNIX,
    SOCK_STREAM, 0, sv)); }
static long c_mlock(void) { static char p[1]; return (syscall(SYS_mlock, p,
    1)); }
static long c_self(void) { return (syscall(SYS_tgkill, getpid(), gettid(),
    0)); }
static long c_other(void) { return (syscall(SYS_tgkill, 1, 1, 0)); }
static long c_chroot(void) { return (chroot("/")); }
static long c_memfd(void) { return (memfd_create("x", 0)); }

static long c_fchmod(void) { return (fchmod(-1, 0700)); }
static long c_suid(void) { return (fchmod(-1, 04700)); }
static long c_open_suid(void) { return (open("/dev/null/x",
    O_WRONLY | O_CREAT, 02700)); }
/* without a flag that makes a file there is no mode, whatever is there */
static long c_open_any(void) { return (syscall(SYS_openat, AT_FDCWD,
    "/dev/null", O_RDONLY, 06777)); }

static long
c_exec(void)
{
	char *argv[] = { NULL }, *envp[] = { NULL };

	return (execve("/", argv, envp));
}

static long
map(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return (p == MAP_FAILED ? -1 : 0);
}

static long c_mmap(void) { return (map(PROT_READ | PROT_WRITE)); }
static long c_mmapx(void) { return (map(PROT_READ | PROT_EXEC)); }

static long
c_mprotx(void)
{
	static char page[8192] __attribute__((__aligned__(4096)));

	return (mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

#ifdef __x86_64__
static long c_x32(void) { return (syscall(0x40000000 | SYS_getpid)); }

static long
c_i386(void)
{
	long r;

	/* getpid of the i386 table */
	__asm__ volatile ("int $0x80" : "=a" (r) : "a" (20L) :
	    "memory", "r8", "r9", "r10", "r11");
	return (r);
}
#endif

#define S	ROLE_SUPERVISOR
#define X	ROLE_EXECUTOR
#define A	ROLE_AUDITOR
#define V	ROLE_VAULT
#define N	ROLE_NOTIFIER
#define F	ROLE_FORWARDER

static const struct attempt attempts[] = {
	{ S, "getpid", c_getpid, 0 }, { X, "getpid", c_getpid, 0 },
	{ A, "getpid", c_getpid, 0 }, { V, "getpid", c_getpid, 0 },
#ifdef __x86_64__
	{ S, "x32", c_x32, DEAD }, { X, "x32", c_x32, DEAD },
	{ A, "x32", c_x32, DEAD }, { V, "x32", c_x32, DEAD },
	{ S, "i386", c_i386, DEAD }, { X, "i386", c_i386, DEAD },
	{ A, "i386", c_i386, DEAD }, { V, "i386", c_i386, DEAD },
#endif
	{ S, "socket", c_socket, EACCES }, { X, "socket", c_socket, 0 },
	{ A, "socket", c_socket, EACCES }, { V, "socket", c_socket, EACCES },
	{ S, "inet", c_inet, EACCES }, { X, "inet", c_inet, 0 },
	{ A, "inet", c_inet, EACCES }, { V, "inet", c_inet, EACCES },
	{ X, "packet", c_packet, EAFNOSUPPORT },
	{ X, "routes", c_netlink, 0 },
	{ X, "netfilter", c_netfilter, EAFNOSUPPORT },
	{ X, "vsock", c_vsock, EAFNOSUPPORT },
	{ X, "alg", c_alg, EAFNOSUPPORT },
	{ S, "accept4", c_accept, EBADF }, { A, "accept4", c_accept, DEAD },
	{ V, "accept4", c_accept, DEAD },
	{ S, "open", c_open, EACCES }, { A, "open", c_open, 0 },
	{ V, "open", c_open, 0 },
	{ S, "fdatasync", c_fsync, DEAD }, { A, "fdatasync", c_fsync, EBADF },
	{ S, "fchmod", c_fchmod, EBADF }, { A, "fchmod", c_fchmod, EBADF },
	{ V, "fchmod", c_fchmod, EBADF }, { X, "fchmod", c_fchmod, EBADF },
	{ S, "fchmod u+s", c_suid, DEAD }, { A, "fchmod u+s", c_suid, DEAD },
	{ V, "fchmod u+s", c_suid, DEAD }, { X, "fchmod u+s", c_suid, EPERM },
	{ S, "open g+s", c_open_suid, DEAD },
	{ A, "open g+s", c_open_suid, DEAD },
	{ V, "open g+s", c_open_suid, DEAD },
	{ X, "open g+s", c_open_suid, EPERM },
	{ S, "open", c_open_any, EACCES }, { A, "open", c_open_any, 0 },
	{ V, "open", c_open_any, 0 }, { X, "open", c_open_any, 0 },
	{ S, "execve", c_exec, DEAD }, { A, "execve", c_exec, DEAD },
	{ V, "execve", c_exec, DEAD }, { X, "execve", c_exec, EACCES },
	{ S, "fork", c_fork, DEAD }, { A, "fork", c_fork, DEAD },
	{ V, "fork", c_fork, DEAD },
	{ S, "kill", c_kill, DEAD }, { A, "kill", c_kill, DEAD },
	{ V, "kill", c_kill, DEAD }, { S, "kill 1", c_kill1, DEAD },
	{ S, "tgkill self", c_self, 0 }, { A, "tgkill self", c_self, 0 },
	{ S, "tgkill", c_other, DEAD }, { V, "tgkill", c_other, DEAD },
	{ S, "ptrace", c_ptrace, DEAD }, { A, "ptrace", c_ptrace, DEAD },
	{ V, "ptrace", c_ptrace, DEAD }, { X, "ptrace", c_ptrace, EPERM },
	{ S, "setuid", c_setuid, DEAD }, { A, "setuid", c_setuid, DEAD },
	{ V, "setuid", c_setuid, DEAD },
	{ S, "prctl", c_prctl, DEAD }, { A, "prctl", c_prctl, DEAD },
	{ V, "prctl", c_prctl, DEAD },
	{ S, "mmap", c_mmap, 0 }, { S, "mmap exec", c_mmapx, DEAD },
	{ A, "mmap exec", c_mmapx, DEAD }, { V, "mmap exec", c_mmapx, DEAD },
	{ S, "mprotect exec", c_mprotx, DEAD },
	{ A, "mprotect exec", c_mprotx, DEAD },
	{ V, "mprotect exec", c_mprotx, DEAD },
	{ S, "bind", c_bind, DEAD }, { A, "bind", c_bind, DEAD },
	{ V, "bind", c_bind, DEAD },
	{ S, "socketpair", c_sockpair, DEAD },
	{ V, "socketpair", c_sockpair, DEAD },
	{ V, "mlock", c_mlock, 0 }, { S, "mlock", c_mlock, DEAD },
	{ A, "mlock", c_mlock, DEAD },
	{ S, "chroot", c_chroot, DEAD }, { A, "chroot", c_chroot, DEAD },
	{ V, "chroot", c_chroot, DEAD },
	{ S, "unshare", c_unshare, DEAD }, { A, "unshare", c_unshare, DEAD },
	{ V, "unshare", c_unshare, DEAD },
	{ S, "mount", c_mount, DEAD }, { V, "mount", c_mount, DEAD },
	{ S, "memfd_create", c_memfd, DEAD },
	{ V, "memfd_create", c_memfd, DEAD },
	{ X, "setns", c_setns, EPERM }, { S, "setns", c_setns, DEAD },
	{ X, "bpf", c_bpf, EPERM }, { X, "keyctl", c_keyctl, EPERM },
	{ X, "perf_event_open", c_perf, EPERM },
	{ X, "io_uring_setup", c_uring, EPERM },
	{ X, "userfaultfd", c_uffd, EPERM },
	{ X, "reboot", c_reboot, EPERM },
	{ X, "finit_module", c_module, EPERM },
	{ X, "process_vm_readv", c_readv, 0 },	/* as init reads arguments */
	{ X, "process_vm_writev", c_writev, 0 },	/* and answers */
	{ X, "open_by_handle_at", c_handle, EPERM },
	{ F, "getpid", c_getpid, 0 }, { F, "socket", c_socket, EACCES },
	{ F, "inet", c_inet, EACCES }, { F, "accept4", c_accept, DEAD },
	{ F, "bind", c_bind, DEAD }, { F, "open", c_open, EACCES },
	{ F, "open g+s", c_open_suid, DEAD },
	{ F, "fdatasync", c_fsync, EBADF }, { F, "fchmod", c_fchmod, DEAD },
	{ F, "execve", c_exec, DEAD }, { F, "fork", c_fork, DEAD },
	{ F, "kill", c_kill, DEAD }, { F, "ptrace", c_ptrace, DEAD },
	{ F, "setuid", c_setuid, DEAD }, { F, "prctl", c_prctl, DEAD },
	{ F, "mmap exec", c_mmapx, DEAD }, { F, "chroot", c_chroot, DEAD },
	{ F, "unshare", c_unshare, DEAD }, { F, "setns", c_setns, DEAD },
	{ N, "getpid", c_getpid, 0 },
#ifdef __x86_64__
	{ N, "x32", c_x32, DEAD }, { N, "i386", c_i386, DEAD },
#endif
	{ N, "socket", c_socket, 0 }, { N, "inet", c_inet, 0 },
	{ N, "packet", c_packet, EAFNOSUPPORT },
	{ N, "netfilter", c_netfilter, EAFNOSUPPORT },
	{ N, "vsock", c_vsock, EAFNOSUPPORT },
	{ N, "alg", c_alg, EAFNOSUPPORT },
	{ N, "execve", c_exec, EACCES },
	{ N, "fchmod u+s", c_suid, EPERM },
	{ N, "open g+s", c_open_suid, EPERM },
	{ N, "ptrace", c_ptrace, EPERM },
	{ N, "chroot", c_chroot, EPERM }, { N, "mount", c_mount, EPERM },
	{ N, "unshare", c_unshare, 0 }, { N, "userns", c_userns, EPERM },
	{ N, "clone3", c_clone3, ENOSYS }, { N, "setns", c_setns, EPERM },
	{ N, "bpf", c_bpf, EPERM }, { N, "keyctl", c_keyctl, EPERM },
	{ N, "perf_event_open", c_perf, EPERM },
	{ N, "io_uring_setup", c_uring, EPERM },
	{ N, "userfaultfd", c_uffd, EPERM },
	{ N, "process_vm_readv", c_readv, EPERM },
	{ N, "process_vm_writev", c_writev, EPERM },
	{ N, "open_by_handle_at", c_handle, EPERM },
};

static int
run_attempt(void *arg)
{
	const struct attempt *a = arg;
	struct rlimit rl = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &rl) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    rolefilter_enter(a->role) == -1)
		return (250);
	errno = 0;
	if (a->call() >= 0)
		return (0);
	return (errno);
}

static void
test_roles(void **state)
{
	const struct attempt *a;
	size_t i;
	int st;

	(void)state;
	for (i = 0; i < NELEM(attempts); i++) {
		a = &attempts[i];
		st = in_child(run_attempt, (void *)(uintptr_t)a);
		if (a->want == DEAD) {
			/* a kernel without i386 has no such gate at all */
			if (!WIFSIGNALED(st) || (WTERMSIG(st) != SIGSYS &&
			    !(WTERMSIG(st) == SIGSEGV &&
			    strcmp(a->name, "i386") == 0)))
				fail_msg("%s of the %s: status 0x%x", a->name,
				    role_name(a->role), st);
		} else if (!WIFEXITED(st) || WEXITSTATUS(st) != a->want)
			fail_msg("%s of the %s: status 0x%x, not %d", a->name,
			    role_name(a->role), st, a->want);
	}
}

/* What the executor adds once it has left the host's network. */
static int
run_no_network(void *arg)
{
	(void)arg;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    rolefilter_enter(ROLE_EXECUTOR) == -1 ||
	    rolefilter_no_network() == -1)
		return (250);
	if (socket(AF_UNIX, SOCK_STREAM, 0) == -1)
		return (249);
	return (c_inet() != -1 ? 0 : errno);
}

static void
test_no_network(void **state)
{
	int st;

	(void)state;
	st = in_child(run_no_network, NULL);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), EAFNOSUPPORT);
}

#if CB_TEST_HOOKS
/* The filter says what was missing, and still nothing goes on. */
static int
run_trap(void *arg)
{
	if (setenv("CLAWBOT_TRAP", "1", 1) == -1)
		return (250);
	rolefilter_trap_handler();
	(void)dup2(*(int *)arg, STDERR_FILENO);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    rolefilter_enter(ROLE_VAULT) == -1)
		return (250);
	(void)c_setuid();
	return (0);
}

static void
test_trap(void **state)
{
	char text[256], want[64];
	int p[2], st;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(p), 0);
	st = in_child(run_trap, &p[1]);
	assert_true(WIFEXITED(st) && WEXITSTATUS(st) == EXIT_SYSTEM);
	n = read(p[0], text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	(void)snprintf(want, sizeof(want), "system call %d ", SYS_setuid);
	assert_non_null(strstr(text, want));
	(void)close(p[0]);
	(void)close(p[1]);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_sys),
		cmocka_unit_test(test_arg),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_no_network),
#if CB_TEST_HOOKS
		cmocka_unit_test(test_trap),
#endif
	};

	return (cmocka_run_group_tests_name("bpf", tests, NULL, NULL));
}
