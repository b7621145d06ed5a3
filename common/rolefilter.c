/* SPDX-License-Identifier: ISC */
/*
 * What each role may ask of the kernel.  A system call that is not here is a
 * bug or an attack.  The most frequent ones come first: the filter is a
 * list.  Calls that libraries try and do without get an error instead.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf.h"
#include "common/defs.h"
#include "common/log.h"
#include "common/refused.h"
#include "common/rolefilter.h"

static const long every_role[] = {
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
	SYS_epoll_pwait, SYS_recvmsg, SYS_sendmsg, SYS_read, SYS_write,
	SYS_epoll_ctl, SYS_close, SYS_clock_gettime, SYS_writev,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll, SYS_fcntl, SYS_munmap, SYS_mremap, SYS_brk, SYS_madvise,
	SYS_futex, SYS_getrandom, SYS_rt_sigreturn, SYS_rt_sigprocmask,
	SYS_rt_sigaction, SYS_timerfd_settime, SYS_readv, SYS_recvfrom,
	SYS_sendto, SYS_fstat, SYS_lseek, SYS_getpid, SYS_gettid,
	SYS_gettimeofday, SYS_sched_yield, SYS_nanosleep,
	SYS_clock_nanosleep, SYS_restart_syscall, SYS_sigaltstack,
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_epoll_pwait2
	SYS_epoll_pwait2,
#endif
	SYS_exit, SYS_exit_group,
#if CB_SANITIZE
	SYS_prlimit64, SYS_sched_getaffinity, SYS_getrusage, SYS_getuid,
	SYS_geteuid, SYS_readlinkat, SYS_sysinfo, SYS_set_robust_list,
#endif
};

static const long supervisor_calls[] = {
	SYS_accept4, SYS_getsockopt, SYS_pipe2, SYS_wait4, SYS_waitid,
	SYS_shutdown, SYS_fchmod,
};

/* Files in the directory that it is locked into. */
static const long file_calls[] = {
	SYS_openat, SYS_pwrite64, SYS_pread64, SYS_fdatasync, SYS_fsync,
	SYS_fallocate, SYS_ftruncate, SYS_renameat2, SYS_renameat,
	SYS_unlinkat, SYS_getdents64, SYS_newfstatat, SYS_statx, SYS_flock,
	SYS_fchmod, SYS_fstatfs, SYS_faccessat,
#ifdef SYS_rename
	SYS_open, SYS_rename, SYS_unlink, SYS_stat, SYS_lstat, SYS_access,
#endif
};

/* How much of a file is read, for the kernel to go ahead. */
static const long auditor_calls[] = {
	SYS_fadvise64,
};

static const long vault_calls[] = {
	SYS_mlock, SYS_munlock,
#ifdef SYS_memfd_secret
	SYS_memfd_secret,
#endif
	/* of a thread, as libc begins and ends it */
	SYS_set_robust_list, SYS_sched_getaffinity,
#ifdef SYS_rseq
	SYS_rseq,
#endif
};

/* What libc makes a thread with: no process, and no namespace. */
#define THREAD_FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES |		\
			CLONE_SYSVSEM | CLONE_SIGHAND | CLONE_THREAD |	\
			CLONE_SETTLS | CLONE_PARENT_SETTID |		\
			CLONE_CHILD_CLEARTID)

/* Argon2id is made beside the vault's loop. */
static void
allow_thread(struct bpf *b)
{
	/* some libraries set CLONE_DETACHED, which means nothing */
	bpf_sys_arg(b, SYS_clone, 0, ~(uint32_t)CLONE_DETACHED, THREAD_FLAGS,
	    BPF_ALLOW);
	/* its flags are in memory: libc falls back to clone */
	bpf_sys(b, SYS_clone3, BPF_ERRNO(ENOSYS));
}

/* Libraries try these and get on without: syslog(3) when its socket is
 * gone, localtime(3) for its zone file. */
static const long tried_calls[] = {
	SYS_socket, SYS_connect, SYS_openat, SYS_newfstatat, SYS_faccessat,
#ifdef SYS_open
	SYS_open, SYS_stat, SYS_access, SYS_readlink,
#endif
	SYS_uname,
};

/* The forwarder, which has a socket and a file. */
static const long forwarder_calls[] = {
	SYS_connect, SYS_getsockopt, SYS_shutdown, SYS_pread64, SYS_pwrite64,
	SYS_fdatasync,
};

/*
 * The executor, which has the directory of its control groups and nothing
 * else that has names.
 */
static const long executor_calls[] = {
	SYS_openat, SYS_newfstatat, SYS_pread64, SYS_sendfile, SYS_pipe2,
	SYS_memfd_create, SYS_wait4, SYS_mkdirat, SYS_unlinkat,
	SYS_faccessat,
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
};

/* Looking names up; Landlock keeps it from all but reading. */
static const long resolver_calls[] = {
	SYS_openat2, SYS_newfstatat, SYS_pread64, SYS_memfd_create,
	SYS_readlinkat,
#ifdef SYS_readlink
	SYS_readlink,
#endif
};

#if CB_TEST_HOOKS
static int
trap_mode(void)
{
	static int mode = -1;

	if (mode == -1)
		mode = getenv("CLAWBOT_TRAP") != NULL;
	return (mode);
}

static void
on_sigsys(int sig, siginfo_t *si, void *ctx)
{
	(void)sig;
	(void)ctx;
	fatalx(EXIT_SYSTEM, "system call %d is not in the filter",
	    si->si_syscall);
}
#endif

/* The answer to what a role may not do. */
static uint32_t
violation(void)
{
#if CB_TEST_HOOKS
	if (trap_mode())
		return (SECCOMP_RET_TRAP);
#endif
	return (SECCOMP_RET_KILL_PROCESS);
}

static void
list(struct bpf *b, const long *v, size_t n, uint32_t action)
{
	size_t i;

	for (i = 0; i < n; i++)
		bpf_sys(b, v[i], action);
}

static int local_sockets;

void
rolefilter_local_sockets(void)
{
	local_sockets = 1;
}

/* It makes no socket of a network any more, and asks them for nothing but how
 * much is on its way. */
static void
allow_forwarding(struct bpf *b)
{
	list(b, forwarder_calls, NELEM(forwarder_calls), BPF_ALLOW);
	bpf_sys_arg(b, SYS_ioctl, 1, ~0U, SIOCOUTQ, BPF_ALLOW);
	if (local_sockets)
		bpf_sys_arg(b, SYS_socket, 0, ~0U, AF_UNIX, BPF_ALLOW);
}

/* Memory, but none that can be executed; signals to nobody but itself. */
static void
allow_common(struct bpf *b)
{
	list(b, every_role, NELEM(every_role), BPF_ALLOW);
	bpf_sys_arg(b, SYS_mmap, 2, PROT_EXEC, 0, BPF_ALLOW);
	bpf_sys_arg(b, SYS_mprotect, 2, PROT_EXEC, 0, BPF_ALLOW);
	bpf_sys_arg(b, SYS_tgkill, 0, ~0U, (uint32_t)getpid(), BPF_ALLOW);
}

/* No test could show what holds elsewhere as well. */
static int
without_modes(void)
{
#if CB_TEST_HOOKS
	const char *w = getenv("CLAWBOT_WITHOUT");

	return (w != NULL && strncmp(w, "modes@", 6) == 0);
#else
	return (0);
#endif
}

/* Tests show what it keeps a role from. */
static int
without_filter(enum role r)
{
#if CB_TEST_HOOKS
	const char *w = getenv("CLAWBOT_WITHOUT");

	return (w != NULL && strncmp(w, "filter@", 7) == 0 &&
	    strcmp(w + 7, role_name(r)) == 0);
#else
	(void)r;
	return (0);
#endif
}

/* No mode that would count on the host. */
static void
refuse_modes(struct bpf *b, uint32_t action)
{
	const struct refused_mode *m;
	size_t i;

	for (i = 0; i < refused_nmodes && !without_modes(); i++) {
		m = &refused_modes[i];
		bpf_sys_bits(b, m->nr, m->flags, m->when, m->arg, m->bits,
		    action);
	}
}

static void
allow_list(struct bpf *b, enum role r)
{
	bpf_start(b);
	allow_common(b);
	refuse_modes(b, violation());
	if (r == ROLE_SUPERVISOR) {
		list(b, supervisor_calls, NELEM(supervisor_calls), BPF_ALLOW);
		/* it can neither give it a name nor connect it */
		bpf_sys_two(b, SYS_socket, 0, AF_UNIX, 1, SOCK_SEQPACKET |
		    SOCK_CLOEXEC | SOCK_NONBLOCK, BPF_ALLOW);
		bpf_sys_two(b, SYS_openat, 0, ROLEFILTER_PROC, 2,
		    ROLEFILTER_PROC_FLAGS, BPF_ALLOW);
	} else if (r == ROLE_FORWARDER)
		allow_forwarding(b);
	else
		list(b, file_calls, NELEM(file_calls), BPF_ALLOW);
	if (r == ROLE_AUDITOR)
		list(b, auditor_calls, NELEM(auditor_calls), BPF_ALLOW);
	if (r == ROLE_VAULT) {
		list(b, vault_calls, NELEM(vault_calls), BPF_ALLOW);
		allow_thread(b);
	}
	list(b, tried_calls, NELEM(tried_calls), BPF_ERRNO(EACCES));
	bpf_ret(b, violation());
}

int
rolefilter_confine(enum confined who)
{
	static struct bpf b;

	bpf_start(&b);
	allow_common(&b);
	if (who == CONFINED_EXECUTOR) {
		list(&b, executor_calls, NELEM(executor_calls), BPF_ALLOW);
		bpf_sys_arg(&b, SYS_socketpair, 0, ~0U, AF_UNIX, BPF_ALLOW);
	} else
		list(&b, resolver_calls, NELEM(resolver_calls), BPF_ALLOW);
	/* qsort(3) asks how much memory there is, before glibc 2.37 */
	bpf_sys(&b, SYS_sysinfo, BPF_ERRNO(EACCES));
	list(&b, tried_calls, NELEM(tried_calls), BPF_ERRNO(EACCES));
	bpf_ret(&b, violation());
	return (bpf_load(&b));
}

static int traces;

void
rolefilter_traces(void)
{
	traces = 1;
}

/* Unix ones, those of the internet, and what tells of its interfaces. */
static void
allow_sockets(struct bpf *b)
{
	bpf_sys_arg(b, SYS_socket, 0, ~0U, AF_UNIX, BPF_ALLOW);
	/* and AF_INET6, for runs that have network: rolefilter_no_network() */
	bpf_sys_arg(b, SYS_socket, 0, ~(uint32_t)(AF_INET6 & ~AF_INET),
	    AF_INET, BPF_ALLOW);
	/* what there is of links, addresses and routes */
	bpf_sys_two(b, SYS_socket, 0, AF_NETLINK, 2, NETLINK_ROUTE,
	    BPF_ALLOW);
	bpf_sys(b, SYS_socket, BPF_ERRNO(EAFNOSUPPORT));
}

static void
refuse_calls(struct bpf *b, unsigned by)
{
	size_t i;

	for (i = 0; i < refused_ncalls; i++)
		if (refused_calls[i].by & by)
			bpf_sys(b, refused_calls[i].nr,
			    BPF_ERRNO(refused_calls[i].error));
}

void
rolefilter_ceiling(struct bpf *b)
{
	size_t i;

	bpf_start(b);
	allow_sockets(b);
	/* for the init of a run; all others have filters of their own */
	for (i = 0; i < refused_nseizing; i++)
		bpf_sys_arg(b, SYS_ptrace, 0, ~0U, refused_seizing[i],
		    BPF_ALLOW);
	if (traces)
		bpf_sys(b, SYS_ptrace, BPF_ALLOW);
	/* a run's init enters that of its account; the run's filter has all */
	bpf_sys_arg(b, SYS_setns, 1, ~0U, CLONE_NEWUSER, BPF_ALLOW);
	refuse_calls(b, REFUSED_BY_CEILING);
	refuse_modes(b, BPF_ERRNO(EPERM));
	bpf_ret(b, BPF_ALLOW);
}

/* No namespace, in which it would have capabilities. */
static void
refuse_namespaces(struct bpf *b)
{
	/* its flags are in memory: libc falls back to clone */
	bpf_sys(b, SYS_clone3, BPF_ERRNO(ENOSYS));
	bpf_sys_bits(b, SYS_clone, -1, 0, 0, REFUSED_NAMESPACES,
	    BPF_ERRNO(EPERM));
	bpf_sys_bits(b, SYS_unshare, -1, 0, 0, REFUSED_NAMESPACES,
	    BPF_ERRNO(EPERM));
}

/* For a program of the host: what runs are refused in any case. */
static void
refuse_list(struct bpf *b)
{
	bpf_start(b);
	allow_sockets(b);
	refuse_namespaces(b);
	refuse_calls(b, REFUSED_BY_RUNS);
	refuse_modes(b, BPF_ERRNO(EPERM));
	bpf_ret(b, BPF_ALLOW);
}

int
rolefilter_enter(enum role r)
{
	static struct bpf b;

	if (r == ROLE_EXECUTOR)
		rolefilter_ceiling(&b);
	else if (r == ROLE_NOTIFIER)
		refuse_list(&b);
	else
		allow_list(&b, r);
	return (without_filter(r) ? 0 : bpf_load(&b));
}

int
rolefilter_no_network(void)
{
	static struct bpf b;

	bpf_start(&b);
	bpf_sys_arg(&b, SYS_socket, 0, ~0U, AF_UNIX, BPF_ALLOW);
	bpf_sys(&b, SYS_socket, BPF_ERRNO(EAFNOSUPPORT));
	bpf_ret(&b, BPF_ALLOW);
	return (bpf_load(&b));
}

void
rolefilter_trap_handler(void)
{
#if CB_TEST_HOOKS
	struct sigaction sa;

	if (!trap_mode())
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_sigsys;
	sa.sa_flags = SA_SIGINFO;
	(void)sigaction(SIGSYS, &sa, NULL);
#endif
}
