/* SPDX-License-Identifier: ISC */
/*
 * faultat -p PID [-d DEPTH] FAULT N
 * faultat -s PID FAULT N
 * faultat -r NAME [-d DEPTH] FAULT N COMMAND...
 *
 * The Nth system call of a process of somebody else's goes wrong.  The first
 * form takes hold of a process that runs.  The second means all that this one
 * starts from now on, and what they start, together, each of them until it
 * executes something.  The third executes COMMAND in its own place, watched
 * by a child that is nobody's, and means the processes in it that execute a
 * program of this NAME (15 bytes of it, as in comm).  DEPTH 1 means the
 * children of those instead of themselves, 2 the children of these, and so
 * on.
 *
 * FAULT is "kill": SIGKILL, with N counting beginnings and ends of calls, so
 * that what the call does has happened or has not.  Or it is CLASS:ERRNO:
 * the Nth call of a class (the table below) is not made and its result is
 * this error.  In place of both there may be numbers, of a call and of an
 * error; call -1 is any, and for errors 0 and -1 whoever is about to make it
 * is killed, or the first that PID started.  Then it stays, and prints
 * "executed" where something is executed, before that or in spite of it.
 *
 * It prints "ready" when it has hold of the process, and then a line that
 * begins with "fired", "unreached" (SIGTERM came first) or "ended" (there is
 * no such process any more); the second form appends both to the file that
 * FAULTAT_LOG names, since nobody waits for it.
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <linux/elf.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
typedef struct user_regs_struct regs_t;
#define RESULT(r)	((r)->rax)
#define NUMBER(r)	((r)->orig_rax)
static unsigned long long *
argument(regs_t *r, int i)
{
	unsigned long long *of[] = { (void *)&r->rdi, (void *)&r->rsi,
	    (void *)&r->rdx, (void *)&r->r10 };

	return (of[i]);
}
#elif defined(__aarch64__)
typedef struct user_regs_struct regs_t;
#define RESULT(r)	((r)->regs[0])
static unsigned long long *
argument(regs_t *r, int i)
{
	return (&r->regs[i]);
}
#else
#error "registers of this architecture"
#endif

/*
 * Calls by class, and the argument with which the kernel refuses each of them
 * without any effect.  Leaving a call out altogether would ask a filter about
 * number -1, for which it kills.
 */
#define FLAGS_OF_CLONE	((unsigned long long)CLONE_SIGHAND)
#define NO_CALL		(-1)	/* one that does nothing in its place */
static const struct call {
	const char		*class;
	long			 nr;
	int			 arg;
	unsigned long long	 value;
} calls[] = {
	{ "write", SYS_write, 0, ULLONG_MAX },
	{ "write", SYS_writev, 0, ULLONG_MAX },
	{ "write", SYS_pwrite64, 0, ULLONG_MAX },
	{ "write", SYS_pwritev, 0, ULLONG_MAX },
	{ "read", SYS_read, 0, ULLONG_MAX },
	{ "read", SYS_readv, 0, ULLONG_MAX },
	{ "read", SYS_pread64, 0, ULLONG_MAX },
	{ "read", SYS_getdents64, 0, ULLONG_MAX },
	{ "sync", SYS_fsync, 0, ULLONG_MAX },
	{ "sync", SYS_fdatasync, 0, ULLONG_MAX },
	{ "sync", SYS_fallocate, 0, ULLONG_MAX },
	{ "sync", SYS_ftruncate, 0, ULLONG_MAX },
	{ "send", SYS_sendmsg, 0, ULLONG_MAX },
	{ "send", SYS_sendto, 0, ULLONG_MAX },
	{ "recv", SYS_recvmsg, 0, ULLONG_MAX },
	{ "recv", SYS_recvfrom, 0, ULLONG_MAX },
	{ "open", SYS_openat, 1, 0 },
	{ "open", SYS_openat2, 1, 0 },
#ifdef SYS_open
	{ "open", SYS_open, 0, 0 },
#endif
	{ "open", SYS_memfd_create, 0, 0 },
	{ "open", SYS_accept4, 0, ULLONG_MAX },
	{ "open", SYS_pipe2, 0, 0 },
	{ "open", SYS_socketpair, 3, 0 },
	{ "name", SYS_renameat2, 1, 0 },
	{ "name", SYS_unlinkat, 1, 0 },
	{ "name", SYS_mkdirat, 1, 0 },
#ifdef SYS_rename
	{ "name", SYS_rename, 0, 0 },
	{ "name", SYS_unlink, 0, 0 },
	{ "name", SYS_mkdir, 0, 0 },
#endif
#ifdef SYS_renameat
	{ "name", SYS_renameat, 1, 0 },
#endif
	{ "memory", SYS_mmap, 1, 0 },
	{ "memory", SYS_mremap, 2, 0 },
	{ "fork", SYS_clone, 0, FLAGS_OF_CLONE },
	{ "fork", SYS_clone3, 0, 0 },
	{ "wait", SYS_epoll_pwait, 0, ULLONG_MAX },
#ifdef SYS_epoll_wait
	{ "wait", SYS_epoll_wait, 0, ULLONG_MAX },
#endif
	{ "wait", SYS_ppoll, 1, ULLONG_MAX },
#ifdef SYS_poll
	{ "wait", SYS_poll, 1, ULLONG_MAX },
#endif
	{ "random", SYS_getrandom, 0, 0 },
};

static const struct {
	const char	*name;
	int		 value;
} errors[] = {
	{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "ENOMEM", ENOMEM },
	{ "EINTR", EINTR }, { "EMFILE", EMFILE }, { "EAGAIN", EAGAIN },
	{ "ENOBUFS", ENOBUFS },
};

/* A process that is held; its depth is below zero where it is not meant. */
#define NOT_MEANT	(-1000)
#define HELD_MAX	1024
static struct held {
	pid_t	pid;
	int	depth;
	int	waits;		/* stopped before its parent told of it */
} held[HELD_MAX];
static size_t nheld;

static const char *fault, *program;
static char class[16];
static struct call numbered = { .class = "", .nr = -1, .arg = NO_CALL };
static int error, depth, ending;	/* ending: of whoever makes the call */
static int ended;			/* it has been done */
static pid_t starter, first;		/* -s, and what that started first */
static unsigned long nth, count;
static pid_t failing;		/* in the call that is to fail */
static long failed_nr;
static FILE *out;
static volatile sig_atomic_t stopped;

static void
on_term(int sig)
{
	(void)sig;
	stopped = 1;
}

static void
say_fired(long nr, const char *where, pid_t pid)
{
	(void)fprintf(out, "fired %s at %lu: call %ld, %s, pid %d\n", fault,
	    count, nr, where, (int)pid);
	(void)fflush(out);
}

/* What is held goes on by itself when its tracer is gone. */
static void __attribute__((noreturn))
end(const char *what, long nr, const char *where, pid_t pid)
{
	if (strcmp(what, "fired") == 0)
		say_fired(nr, where, pid);
	else
		(void)fprintf(out, "%s %s after %lu\n", what, fault, count);
	(void)fflush(out);
	_exit(0);
}

static struct held *
find(pid_t pid)
{
	size_t i;

	for (i = 0; i < nheld; i++)
		if (held[i].pid == pid)
			return (&held[i]);
	return (NULL);
}

static struct held *
add(pid_t pid, int of)
{
	if (nheld == HELD_MAX)
		errx(2, "too many processes");
	held[nheld] = (struct held){ .pid = pid, .depth = of };
	return (&held[nheld++]);
}

static void
forget(pid_t pid)
{
	struct held *h;

	if ((h = find(pid)) != NULL)
		*h = held[--nheld];
	if (nheld == 0)
		end("ended", 0, NULL, 0);
}

static int
seize(pid_t pid, int of)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
	    PTRACE_O_TRACEEXEC) == -1 ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == -1)
		return (-1);
	(void)add(pid, of);
	return (0);
}

/* Those that a process has already, as deep as is asked for. */
static void
seize_children(pid_t pid, int of)
{
	char path[64];
	FILE *f;
	int child;

	if (of > depth)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)pid, (int)pid);
	if ((f = fopen(path, "re")) == NULL)
		return;
	while (fscanf(f, "%d", &child) == 1) {
		if (seize(child, of) == 0)
			seize_children(child, of + 1);
	}
	(void)fclose(f);
}

static void
resume(const struct held *h, int sig)
{
	/* that it was killed meanwhile is told by waitpid */
	(void)ptrace(h->depth == depth ? PTRACE_SYSCALL : PTRACE_CONT, h->pid,
	    NULL, (void *)(intptr_t)sig);
}

static const struct call *
classified(uint64_t nr)
{
	size_t i;

	if (class[0] == '\0')
		return (numbered.nr == -1 || (uint64_t)numbered.nr == nr ?
		    &numbered : NULL);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if ((uint64_t)calls[i].nr == nr &&
		    strcmp(calls[i].class, class) == 0)
			return (&calls[i]);
	return (NULL);
}

/* Fails if somebody has killed it meanwhile. */
static int
registers(pid_t pid, regs_t *r, int set)
{
	struct iovec iov = { .iov_base = r, .iov_len = sizeof(*r) };

	return (ptrace(set ? PTRACE_SETREGSET : PTRACE_GETREGSET, pid,
	    (void *)(intptr_t)NT_PRSTATUS, &iov) == -1 ? -1 : 0);
}

/* A call that every filter lets pass, and that has no effect. */
static int
renumber(pid_t pid, regs_t *r)
{
#ifdef NUMBER
	(void)pid;
	NUMBER(r) = SYS_getpid;
	return (0);
#else
	int nr = SYS_getpid;
	struct iovec iov = { .iov_base = &nr, .iov_len = sizeof(nr) };

	(void)r;
	return (ptrace(PTRACE_SETREGSET, pid,
	    (void *)(intptr_t)NT_ARM_SYSTEM_CALL, &iov) == -1 ? -1 : 0);
#endif
}

static void
spoil(pid_t pid, const struct call *c)
{
	regs_t r;

	if (registers(pid, &r, 0) == -1)
		return;
	if (c->arg == NO_CALL) {
		if (renumber(pid, &r) == -1)
			return;
	} else if (c->value == FLAGS_OF_CLONE)
		*argument(&r, c->arg) = (*argument(&r, c->arg) |
		    CLONE_SIGHAND) & ~(unsigned long long)CLONE_VM;
	else
		*argument(&r, c->arg) = c->value;
	if (registers(pid, &r, 1) == -1)
		return;
	failing = pid;
	failed_nr = c->nr;
}

static void
answer(pid_t pid)
{
	regs_t r;

	if (registers(pid, &r, 0) == -1)
		return;
	RESULT(&r) = (unsigned long long)(long long)-error;
	if (registers(pid, &r, 1) == 0)
		end("fired", failed_nr, "instead", pid);
}

static void
at_one(pid_t pid, const struct call *c, long nr)
{
	if (!ending) {
		spoil(pid, c);
		return;
	}
	/* never 0, which would be this program's group */
	(void)kill(ending == 1 || first == 0 ? pid : first, SIGKILL);
	say_fired(nr, "before", pid);
	ended = 1;
}

/* At the beginning or the end of a call of who is meant. */
static void
at_call(pid_t pid)
{
	struct ptrace_syscall_info info;
	const struct call *c;
	int entry;

	if (ended || ptrace(PTRACE_GET_SYSCALL_INFO, pid,
	    (void *)sizeof(info), &info) <= 0)
		return;
	entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	if (error == 0 && !ending && ++count == nth) {
		(void)kill(pid, SIGKILL);
		end("fired", entry ? (long)info.entry.nr : -1,
		    entry ? "before" : "after", pid);
	}
	if (error == 0 && !ending)
		return;
	if (failing == pid && !entry)
		answer(pid);
	if (failing == 0 && entry && (c = classified(info.entry.nr)) != NULL &&
	    ++count == nth)
		at_one(pid, c, (long)info.entry.nr);
}

/* A program was executed: is it the one? */
static void
at_exec(struct held *h)
{
	char path[64], comm[32] = "";
	FILE *f;

	if (program == NULL)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)h->pid);
	if ((f = fopen(path, "re")) == NULL)
		return;
	(void)!fgets(comm, sizeof(comm), f);
	(void)fclose(f);
	comm[strcspn(comm, "\n")] = '\0';
	h->depth = strncmp(comm, program, 15) == 0 ? 0 : NOT_MEANT;
}

static void
at_fork(const struct held *parent)
{
	int of = starter != 0 ? 1 : parent->depth + 1;
	struct held *h;
	unsigned long child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &child) == -1)
		return;
	if (first == 0)
		first = (pid_t)child;
	if ((h = find((pid_t)child)) == NULL)
		(void)add((pid_t)child, of);
	else if (h->waits) {
		h->waits = 0;
		h->depth = of;
		resume(h, 0);
	}
}

static void
at_stop(pid_t pid, int status)
{
	struct held *h;
	int event = status >> 16, sig = WSTOPSIG(status);

	if ((h = find(pid)) == NULL) {
		add(pid, NOT_MEANT)->waits = 1;
		return;
	}
	if (sig == (SIGTRAP | 0x80)) {
		at_call(pid);
		sig = 0;
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	    event == PTRACE_EVENT_CLONE) {
		at_fork(h);
		sig = 0;
	} else if (event == PTRACE_EVENT_EXEC && starter != 0) {
		(void)fprintf(out, "executed by %d\n", (int)pid);
		(void)fflush(out);
		(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
		forget(pid);
		return;
	} else if (event == PTRACE_EVENT_EXEC) {
		at_exec(h);
		sig = 0;
	} else if (event == PTRACE_EVENT_STOP) {
		if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
		    sig == SIGTTOU) {
			(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
			return;
		}
		sig = 0;
	} else if (event != 0)
		sig = 0;
	resume(find(pid), sig);
}

static void __attribute__((noreturn))
watch(void)
{
	pid_t pid;
	int status;

	(void)fprintf(out, "ready\n");
	(void)fflush(out);
	for (;;) {
		if (stopped)
			end("unreached", 0, NULL, 0);
		if ((pid = waitpid(-1, &status, __WALL)) == -1) {
			if (errno == EINTR)
				continue;
			end("ended", 0, NULL, 0);
		}
		if (WIFSTOPPED(status))
			at_stop(pid, status);
		else
			forget(pid);
	}
}

/* Leaves a tracer of ourselves behind, and executes. */
static void __attribute__((noreturn))
command(char **argv)
{
	const char *path;
	pid_t self = getpid(), child;
	int p[2], i;
	char c;

	if ((path = getenv("FAULTAT_LOG")) == NULL ||
	    (out = fopen(path, "ae")) == NULL)
		err(2, "FAULTAT_LOG");
	if (pipe2(p, O_CLOEXEC) == -1 || (child = fork()) == -1)
		err(2, "fork");
	if (child != 0) {
		(void)close(p[1]);
		(void)waitpid(child, NULL, 0);
		if (read(p[0], &c, 1) != 1)
			errx(2, "no tracer");
		(void)execvp(argv[0], argv);
		err(2, "%s", argv[0]);
	}
	if ((child = fork()) != 0)
		_exit(child == -1);
	if (setsid() == -1 || (i = open("/dev/null", O_RDWR)) == -1 ||
	    dup2(i, 0) == -1 || dup2(i, 1) == -1 || dup2(i, 2) == -1)
		_exit(1);
	if (seize(self, NOT_MEANT) == -1 || write(p[1], "", 1) != 1)
		_exit(1);
	(void)close(p[0]);
	(void)close(p[1]);
	watch();
}

/* NUMBER:NUMBER, or 0: it is none of these. */
static int
read_numbers(void)
{
	int n = 0;

	if (sscanf(fault, "%ld:%d%n", &numbered.nr, &error, &n) != 2 ||
	    fault[n] != '\0')
		return (0);
	if (error <= 0) {
		ending = error == 0 ? 1 : 2;
		error = 0;
	}
	return (1);
}

static void
read_fault(void)
{
	const char *colon;
	size_t i;

	if (strcmp(fault, "kill") == 0 || read_numbers())
		return;
	if ((colon = strchr(fault, ':')) == NULL ||
	    (size_t)(colon - fault) >= sizeof(class))
		errx(2, "%s: no such fault", fault);
	(void)memcpy(class, fault, (size_t)(colon - fault));
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, colon + 1) == 0)
			error = errors[i].value;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (error != 0 && strcmp(calls[i].class, class) == 0)
			return;
	errx(2, "%s: no such fault", fault);
}

int
main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_term };
	pid_t pid = 0;
	int c;

	while ((c = getopt(argc, argv, "+p:s:r:d:")) != -1) {
		if (c == 'p')
			pid = (pid_t)strtol(optarg, NULL, 10);
		else if (c == 's') {
			starter = pid = (pid_t)strtol(optarg, NULL, 10);
			depth = 1;
		} else if (c == 'r')
			program = optarg;
		else if (c == 'd')
			depth = (int)strtol(optarg, NULL, 10);
		else
			return (2);
	}
	argv += optind;
	argc -= optind;
	if (argc < 2 || (pid > 0) == (program != NULL) ||
	    (argc == 2) != (program == NULL) || depth < 0)
		errx(2, "usage: faultat -p PID | -s PID | -r NAME [-d DEPTH] "
		    "FAULT N [COMMAND...]");
	fault = argv[0];
	read_fault();
	if ((nth = strtoul(argv[1], NULL, 10)) == 0)
		errx(2, "%s: counts from 1", argv[1]);
	if (sigaction(SIGTERM, &sa, NULL) == -1)
		err(2, "sigaction");
	if (program != NULL)
		command(argv + 2);
	out = stdout;
	if (seize(pid, 0) == -1)
		err(1, "%d", (int)pid);
	if (starter == 0)
		seize_children(pid, 1);
	watch();
}
