/* SPDX-License-Identifier: ISC */
/*
 * escape_sys: out of a run by system calls that lead elsewhere, other ways
 * to make one, and what can be executed out of memory.  -o who=PATH is
 * escape_who.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <sched.h>
#include <time.h>

#include "tests/helpers/escape.h"

#define X32	0x40000000L

/* A call with arguments that the kernel would look at, were it let through. */
#define CALL(name, ...)						\
	static long						\
	sys_##name(void)					\
	{							\
		return (syscall(SYS_##name, __VA_ARGS__));	\
	}

static char		scratch[4096];
static struct timex	tx;

CALL(bpf, 0, scratch, 64)
CALL(io_uring_setup, 1, scratch)
CALL(io_uring_enter, -1, 0, 0, 0, NULL, 0)
CALL(io_uring_register, -1, 0, NULL, 0)
CALL(userfaultfd, 1 /* of user mode only */)
CALL(perf_event_open, scratch, 0, -1, -1, 0)
CALL(keyctl, 0 /* GET_KEYRING_ID */, -3, 1)
CALL(add_key, "user", "escape", "x", 1, -3)
CALL(request_key, "user", "escape", NULL, -3)
CALL(kexec_load, 0, 0, NULL, 0)
CALL(kexec_file_load, -1, -1, 0, "", 0)
CALL(init_module, scratch, 0, "")
CALL(finit_module, -1, "", 0)
CALL(delete_module, "escape", 04000)
CALL(acct, NULL)
CALL(reboot, 0xfee1dead, 672274793, 0, NULL)
CALL(syslog, 3, scratch, 16)
CALL(settimeofday, NULL, scratch)
CALL(clock_settime, CLOCK_REALTIME, scratch)
CALL(adjtimex, &tx)
CALL(clock_adjtime, CLOCK_REALTIME, &tx)
CALL(vhangup, 0)
CALL(setdomainname, "escaped", 7)
CALL(swapon, "/tmp", 0)
CALL(swapoff, "/tmp")
CALL(quotactl, 0, NULL, 0, NULL)
CALL(ptrace, PTRACE_TRACEME, 0, NULL, NULL)

static long
keyring_of_session(void)
{
	return (syscall(SYS_keyctl, 1 /* JOIN_SESSION_KEYRING */, NULL));
}

/* The mounts of any namespace, by its number; in 6.8 and later. */
static long
mounts_of_others(void)
{
	struct { uint32_t size, fd; uint64_t id, param, ns; } req =
	    { sizeof(req), 0, UINT64_MAX, 0, 4026531832U };
	uint64_t ids[16];

	return (syscall(458, &req, ids, (size_t)16, 0U));
}

#if defined(__x86_64__)
CALL(iopl, 3)
CALL(ioperm, 0x80, 1, 1)
CALL(modify_ldt, 0, scratch, 16)
CALL(uselib, "/usr/lib")

static long
x32_getpid(void)
{
	return (syscall(X32 | SYS_getpid));
}

static long
x32_open(void)
{
	return (syscall(X32 | SYS_open, "/etc/passwd", O_RDONLY));
}

/* The numbers that only x32 has. */
static long
x32_own(void)
{
	return (syscall(X32 | 521 /* ptrace */, PTRACE_TRACEME, 0, 0, 0));
}

static long
int80(long nr, long arg)
{
	long r;

	__asm__ volatile ("int $0x80" : "=a" (r) : "a" (nr), "b" (arg) :
	    "memory", "r8", "r9", "r10", "r11");
	if (r < 0) {
		errno = (int)-r;
		return (-1);
	}
	return (r);
}

static long
i386_getpid(void)
{
	return (int80(20, 0));
}

static long
i386_unshare(void)
{
	return (int80(310, CLONE_NEWUSER));
}

/* One call that makes any other: the number is in a register. */
static long
i386_socket(void)
{
	return (int80(102 /* socketcall */, 1));
}
#endif

static long
persona(unsigned long p)
{
	return (personality(p));
}

static long
persona_layout(void)
{
	return (persona(ADDR_NO_RANDOMIZE));
}

static long
persona_exec(void)
{
	return (persona(READ_IMPLIES_EXEC));
}

static long
persona_zero(void)
{
	return (persona(MMAP_PAGE_ZERO));
}

static long
persona_32(void)
{
	return (persona(PER_LINUX32));
}

static long
persona_ask(void)
{
	return (persona(0xffffffff) == 0 ? HARMLESS : 1);
}

/* A filter that allows everything comes on top of ours, not in its place. */
static long
filter_again(void)
{
	static struct sock_filter all[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog prog = { 1, all };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == -1)
		return (1);
	return (ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

/* Nor can somebody outside of it go on in our place. */
static long
filter_notify(void)
{
	static struct sock_filter ask[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog prog = { 4, ask };

	/* where init listens already, there is no room for another */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog) == -1)
		return (-1);
	return (ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

/* Where no directory is, Landlock does not look: it may be executed. */
static long
in_memory(void)
{
	char buf[65536];
	ssize_t n;
	int in, fd;

	in = open(escape_arg("who"), O_RDONLY | O_CLOEXEC);
	if (in == -1 || (fd = memfd_create("escape", MFD_CLOEXEC)) == -1)
		err(2, "memory file");
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			err(2, "memory file");
	if (fchmod(fd, 0755) == -1)
		err(2, "memory file");
	return (fd);
}

/* It is what any program of the run is, and has what those have. */
static long
execute_memory(void)
{
	return (escape_exec((int)in_memory(), ""));
}

static long
execute_memory_by_proc(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%ld", in_memory());
	return (escape_exec(AT_FDCWD, path));
}

/* A copy of a program that the host has, in /tmp. */
static long
execute_copy(void)
{
	char buf[65536];
	ssize_t n;
	int in = (int)in_memory(), out;

	out = open("/tmp/who", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	(void)lseek(in, 0, SEEK_SET);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			err(2, "copy");
	(void)close(out);
	return (escape_exec(AT_FDCWD, "/tmp/who"));
}

#define REFUSED(name)	{ #name, sys_##name, { EPERM } }

static const struct attempt attempts[] = {
	REFUSED(bpf),
	REFUSED(io_uring_setup),
	REFUSED(io_uring_enter),
	REFUSED(io_uring_register),
	REFUSED(userfaultfd),
	REFUSED(perf_event_open),
	REFUSED(keyctl),
	{ "keyring of the session", keyring_of_session, { EPERM } },
	REFUSED(add_key),
	REFUSED(request_key),
	REFUSED(kexec_load),
	REFUSED(kexec_file_load),
	REFUSED(init_module),
	REFUSED(finit_module),
	REFUSED(delete_module),
	REFUSED(acct),
	REFUSED(reboot),
	REFUSED(syslog),
	REFUSED(settimeofday),
	REFUSED(clock_settime),
	REFUSED(adjtimex),
	REFUSED(clock_adjtime),
	REFUSED(vhangup),
	REFUSED(setdomainname),
	REFUSED(swapon),
	REFUSED(swapoff),
	REFUSED(quotactl),
	REFUSED(ptrace),
	{ "listmount of others", mounts_of_others, { ENOENT, EPERM, EINVAL,
	    ENOSYS } },
#if defined(__x86_64__)
	REFUSED(iopl),
	REFUSED(ioperm),
	REFUSED(modify_ldt),
	REFUSED(uselib),
	{ "x32 getpid", x32_getpid, { SIGNALLED + SIGSYS } },
	{ "x32 open", x32_open, { SIGNALLED + SIGSYS } },
	{ "x32 ptrace", x32_own, { SIGNALLED + SIGSYS } },
	/* SIGSEGV where the kernel was built or started without i386 */
	{ "i386 getpid", i386_getpid, { SIGNALLED + SIGSYS,
	    SIGNALLED + SIGSEGV } },
	{ "i386 unshare", i386_unshare, { SIGNALLED + SIGSYS,
	    SIGNALLED + SIGSEGV } },
	{ "i386 socketcall", i386_socket, { SIGNALLED + SIGSYS,
	    SIGNALLED + SIGSEGV } },
#endif
	{ "personality: no random layout", persona_layout, { EPERM } },
	{ "personality: what is read is executed", persona_exec, { EPERM } },
	{ "personality: page zero", persona_zero, { EPERM } },
	{ "personality: 32 bits", persona_32, { EPERM } },
	{ "personality: which", persona_ask, { NOTHING } },
	{ "filter over the filter", filter_again, { EPERM } },
	{ "filter that asks", filter_notify, { EPERM, EBUSY } },
	{ "execute a memory file", execute_memory, { NOTHING } },
	{ "execute a memory file by its name", execute_memory_by_proc,
	    { NOTHING } },
	{ "execute a copy", execute_copy, { NOTHING } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
