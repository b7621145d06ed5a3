/* SPDX-License-Identifier: ISC */
/*
 * Has one system call of a run fail, of its runner, its init, or what is
 * about to be the command: inject SPAWNER CALL ERRNO WHEN.  Of all that
 * SPAWNER starts from now on, the WHENth CALL (a number) before a command is
 * executed, whoever makes it, returns ERRNO and does nothing; of SPAWNER
 * itself, if "self" is the fifth argument.  With ERRNO 0 whoever is about to
 * make it is killed instead, and with ERRNO -1 its runner is.  Says "up" when
 * it watches and "done" when it was so.  It is to be killed, and the kernel
 * lets go of all that it watches.
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OPTIONS	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
		PTRACE_O_TRACESYSGOOD)

static pid_t spawner, runner, hit;
static long call;
static int error;
static unsigned when, seen;
static int self;

/* The call that is being entered becomes one that does nothing. */
static int
change(pid_t pid, int entering)
{
#if defined(__x86_64__)
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &r) == -1)
		return (-1);
	if (entering)
		r.orig_rax = SYS_getpid;
	else
		r.rax = (unsigned long long)-error;
	return ((int)ptrace(PTRACE_SETREGS, pid, NULL, &r));
#elif defined(__aarch64__)
	struct user_regs_struct r;
	struct iovec iov = { &r, sizeof(r) };
	int nr = SYS_getpid;
	struct iovec which = { &nr, sizeof(nr) };

	if (entering)
		return ((int)ptrace(PTRACE_SETREGSET, pid,
		    NT_ARM_SYSTEM_CALL, &which));
	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov) == -1)
		return (-1);
	r.regs[0] = (unsigned long long)-error;
	return ((int)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov));
#else
	(void)pid;
	(void)entering;
	return (-1);
#endif
}

static void
say(const char *word)
{
	(void)printf("%s\n", word);
	(void)fflush(stdout);
}

static void
on_call(pid_t pid)
{
	struct ptrace_syscall_info si;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(si), &si) <= 0)
		return;
	if (hit == pid && si.op == PTRACE_SYSCALL_INFO_EXIT) {
		(void)change(pid, 0);
		hit = 0;
		say("done");
	}
	if ((pid == spawner) != self || si.op != PTRACE_SYSCALL_INFO_ENTRY ||
	    (call != -1 && (long)si.entry.nr != call) || ++seen != when)
		return;
	if (error <= 0) {
		(void)kill(error == 0 ? pid : runner, SIGKILL);
		say("done");
	} else if (change(pid, 1) == 0)
		hit = pid;
}

static void
on_stop(pid_t pid, int status)
{
	int event = status >> 16, sig = WSTOPSIG(status);

	if (event == PTRACE_EVENT_EXEC) {
		(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
		return;
	}
	if (sig == (SIGTRAP | 0x80)) {
		on_call(pid);
		sig = 0;
	} else if (event != 0)
		sig = 0;
	if (event == PTRACE_EVENT_STOP && pid != spawner && runner == 0)
		runner = pid;		/* the first that it starts */
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, sig);
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc != 5 && argc != 6)
		errx(2, "usage: inject SPAWNER CALL ERRNO WHEN [self]");
	self = argc == 6;
	spawner = (pid_t)atol(argv[1]);
	call = atol(argv[2]);
	error = (int)atol(argv[3]);
	when = (unsigned)atol(argv[4]);
	if (ptrace(PTRACE_SEIZE, spawner, NULL, OPTIONS) == -1 ||
	    ptrace(PTRACE_INTERRUPT, spawner, NULL, NULL) == -1)
		err(1, "ptrace");
	say("up");
	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid == -1 && errno != EINTR)
			return (0);
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(pid, status);
	}
}
