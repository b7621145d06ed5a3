/* SPDX-License-Identifier: ISC */
/*
 * refused_calls: makes every call that runs are refused, with several
 * arguments, and sockets of every family and type, and prints what each is
 * answered; so that two of them can be compared.
 *	refused_calls attach N	N times PTRACE_ATTACH
 *	refused_calls loud N	the same, while a signal with a handler comes
 *				every 100 microseconds
 *	refused_calls map N	maps N MB, as data and to be read alone, many
 *				times, while signals with a handler that lacks
 *				SA_RESTART come as often
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/refused.h"

static void
told(const char *what, long a, long b, long r)
{
	(void)printf("%s %ld %ld: %s\n", what, a, b, r == -1 ?
	    strerrorname_np(errno) : "done");
}

static void
try_tables(void)
{
	const struct refused *c;
	size_t i, k;

	for (i = 0; i < refused_ncalls; i++) {
		c = &refused_calls[i];
		for (k = 0; k < c->tries; k++)
			told(c->name, (long)k, 0, syscall(c->nr, c->args[k][0],
			    c->args[k][1], c->args[k][2], c->args[k][3],
			    c->args[k][4]));
	}
}

static void
try_sockets(void)
{
	static const int protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP,
	    IPPROTO_ICMP, 255, -1 };
	int family, type, sv[2];
	size_t i;
	long r;

	for (family = -1; family < 48; family++)
		for (type = 0; type < 12; type++) {
			for (i = 0; i < NELEM(protocols); i++) {
				r = socket(family, type, protocols[i]);
				told("socket", family * 100 + type,
				    protocols[i], r);
				if (r != -1)
					(void)close((int)r);
			}
			r = socketpair(family, type, 0, sv);
			told("socketpair", family, type, r);
			if (r != -1) {
				(void)close(sv[0]);
				(void)close(sv[1]);
			}
		}
}

/* A flag at a time; none of them makes a process where it is refused. */
static void
try_namespaces(void)
{
	unsigned bit;
	long r;

	for (bit = 0; bit < 32; bit++) {
		if (!((1U << bit) & REFUSED_NAMESPACES))
			continue;
		told("unshare", (long)bit, 0, unshare((int)(1U << bit)));
		r = syscall(SYS_clone, (1UL << bit) | SIGCHLD, NULL, NULL,
		    NULL, NULL);
		if (r == 0)
			_exit(0);
		told("clone", (long)bit, 0, r);
	}
	told("unshare", -1, 0, unshare(CLONE_FILES));
}

static void
try_trace(void)
{
	static char to[8], from[8];
	struct { void *p; size_t n; } here = { to, 8 }, there = { from, 8 };
	pid_t pid = fork();
	int request;

	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	for (request = 0; request < 34; request++)
		told("ptrace", request, 0, syscall(SYS_ptrace, request, pid, 0,
		    0));
	told("ptrace", PTRACE_SEIZE, 0, syscall(SYS_ptrace, PTRACE_SEIZE, pid,
	    0, 0));
	told("read", 0, 0, syscall(SYS_process_vm_readv, pid, &here, 1,
	    &there, 1, 0));
	told("write", 0, 0, syscall(SYS_process_vm_writev, pid, &here, 1,
	    &there, 1, 0));
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

/* Nobody has that number. */
static long
attach(void)
{
	return (syscall(SYS_ptrace, PTRACE_ATTACH, INT32_MAX, NULL, NULL));
}

static volatile sig_atomic_t signals;

static void
on_alarm(int sig)
{
	(void)sig;
	signals++;
}

static void
expect_alarms(int flags)
{
	const struct itimerval often = { { 0, 100 }, { 0, 100 } };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sa.sa_flags = flags;
	if (sigaction(SIGALRM, &sa, NULL) == -1 ||
	    setitimer(ITIMER_REAL, &often, NULL) == -1)
		err(1, "signals");
}

static long
map(size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return (1);
	(void)munmap(p, len);
	return (0);
}

/* mmap(2) is not one that a signal interrupts. */
static int
map_often(size_t len)
{
	long wrong = 0, n;

	expect_alarms(0);
	for (n = 2000; n > 0 || signals < 100; n--)
		wrong += map(len, PROT_READ | PROT_WRITE) +
		    map(16 * len, PROT_READ);
	(void)printf("%ld\n", wrong);
	return (0);
}

/* With SA_RESTART none of them may be told of a signal. */
static int
be_loud(long n)
{
	long wrong = 0;

	expect_alarms(SA_RESTART);
	for (; n > 0 || signals < 10; n--)
		wrong += attach() != -1 || errno != EPERM;
	(void)printf("%ld\n", wrong);
	return (0);
}

int
main(int argc, char **argv)
{
	long n;

	if (argc == 3 && strcmp(argv[1], "loud") == 0)
		return (be_loud(strtol(argv[2], NULL, 10)));
	if (argc == 3 && strcmp(argv[1], "map") == 0)
		return (map_often(strtoul(argv[2], NULL, 10) * MB));
	if (argc == 3 && strcmp(argv[1], "attach") == 0) {
		for (n = strtol(argv[2], NULL, 10); n > 0; n--)
			(void)attach();
		return (0);
	}
	if (argc != 1)
		errx(1, "usage: refused_calls [attach | loud | map N]");
	try_tables();
	try_sockets();
	try_namespaces();
	try_trace();
	return (fflush(stdout) == 0 ? 0 : 1);
}
