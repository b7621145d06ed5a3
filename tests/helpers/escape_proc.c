/* SPDX-License-Identifier: ISC */
/*
 * escape_proc: out of a run by other processes, and to more privileges.
 * -o pids=PID[,PID...]: processes of the host and of other runs, by their
 * numbers there.
 */
#include "config.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <linux/securebits.h>

#include <grp.h>
#include <sched.h>

#include "tests/helpers/escape.h"

#define PID_LAST	4194304		/* the largest there can be */

/* Calls try for every process of the host; the first that is reached. */
static long
each(long (*try)(pid_t))
{
	const char *p = escape_arg("pids");
	char *end;
	long pid;

	for (; *p != '\0'; p = *end == ',' ? end + 1 : end) {
		if ((pid = strtol(p, &end, 10)) <= 1 || end == p)
			errx(2, "pids");
		if (try((pid_t)pid) != -1)
			return (pid);
	}
	return (-1);
}

/* A process of our own that waits. */
static pid_t
child(void)
{
	if ((escape_kid = fork()) == -1)
		err(2, "fork");
	if (escape_kid == 0)
		for (;;)
			(void)pause();
	return (escape_kid);
}

static long
trace_me(void)
{
	return (ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static long
trace_child(void)
{
	return (ptrace(PTRACE_ATTACH, child(), NULL, NULL));
}

static long
seize_init(void)
{
	return (ptrace(PTRACE_SEIZE, 1, NULL, NULL));
}

static long
attach_one(pid_t pid)
{
	return (ptrace(PTRACE_ATTACH, pid, NULL, NULL));
}

static long
trace_host(void)
{
	return (each(attach_one));
}

static long
copy(long nr, pid_t pid)
{
	static char from[8], to[8];
	struct iovec l = { from, sizeof(from) }, r = { to, sizeof(to) };

	return (syscall(nr, pid, &l, 1UL, &r, 1UL, 0UL));
}

static long
read_child(void)
{
	return (copy(SYS_process_vm_readv, child()));
}

static long
write_child(void)
{
	return (copy(SYS_process_vm_writev, child()));
}

static long
read_init(void)
{
	return (copy(SYS_process_vm_readv, 1));
}

static long
write_init(void)
{
	return (copy(SYS_process_vm_writev, 1));
}

static long
getfd_child(void)
{
	return (syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, child(), 0),
	    0, 0));
}

static long
getfd_init(void)
{
	return (syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, 1, 0), 3, 0));
}

static long
open_one(pid_t pid)
{
	return (syscall(SYS_pidfd_open, pid, 0));
}

static long
pidfd_host(void)
{
	return (each(open_one));
}

static long
compare(void)
{
	return (syscall(SYS_kcmp, getpid(), child(), 0, 0, 0));
}

static long
pages_init(void)
{
	void *page = &errno;
	int status;

	return (syscall(SYS_move_pages, 1, 1UL, &page, NULL, &status, 0));
}

static long
advise_init(void)
{
	struct iovec v = { NULL, 0 };

	return (syscall(SYS_process_madvise, syscall(SYS_pidfd_open, 1, 0),
	    &v, 1UL, 21 /* PAGEOUT */, 0));
}

static long
robust_init(void)
{
	void *head;
	size_t len;

	return (syscall(SYS_get_robust_list, 1, &head, &len));
}

static long
kill_one(pid_t pid)
{
	return (kill(pid, SIGKILL));
}

static long
kill_host(void)
{
	return (each(kill_one));
}

static long
queue_one(pid_t pid)
{
	union sigval v = { .sival_int = 1 };

	return (sigqueue(pid, SIGUSR1, v));
}

static long
queue_host(void)
{
	return (each(queue_one));
}

static long
thread_one(pid_t pid)
{
	return (syscall(SYS_tgkill, pid, pid, SIGKILL));
}

static long
thread_host(void)
{
	return (each(thread_one));
}

/* Every number that a process or a group can have. */
static long
guess(void)
{
	pid_t pid, own = getpid(), up = getppid();

	for (pid = 2; pid < PID_LAST; pid++)
		if (pid != own && pid != up && (kill(pid, 0) == 0 ||
		    errno != ESRCH))
			return (pid);
	return (-1);
}

static long
guess_group(void)
{
	pid_t pid, own = getpgrp();

	for (pid = 2; pid < PID_LAST; pid++)
		if (pid != own && (kill(-pid, 0) == 0 || errno != ESRCH))
			return (pid);
	return (-1);
}

/* All that there is, is this program; the script looks at the others. */
static long
kill_all(void)
{
	if (kill(-1, SIGUSR2) == -1)
		return (-1);
	return (HARMLESS);
}

/* Process 1 of a namespace hears nothing from inside. */
static long
kill_init(void)
{
	if (kill(1, SIGKILL) == -1 || kill(1, SIGSTOP) == -1 ||
	    syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, 1, 0),
	    SIGKILL, NULL, 0) == -1)
		return (-1);
	return (kill(1, 0) == 0 ? HARMLESS : 1);
}

/* Looked at by the script, too: init and other runs have that account. */
static long
slow_all(void)
{
	return (setpriority(PRIO_USER, getuid(), 19));
}

static long
slow_io_all(void)
{
	/* IOPRIO_WHO_USER, the idle class */
	if (syscall(SYS_ioprio_set, 3, getuid(), 3 << 13) == -1)
		return (-1);
	return (HARMLESS);
}

static long
nicer(void)
{
	return (setpriority(PRIO_PROCESS, 0, -1));
}

static long
real_time(void)
{
	struct sched_param sp = { .sched_priority = 1 };

	return (sched_setscheduler(0, SCHED_FIFO, &sp));
}

static long
real_time_io(void)
{
	return (syscall(SYS_ioprio_set, 1, 0, 1 << 13));
}

static long
oom_first_others(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	return (fd == -1 ? -1 : write(fd, "-1000", 5));
}

static long
raise_limit(__rlimit_resource_t what)
{
	struct rlimit rl;

	if (getrlimit(what, &rl) == -1 || rl.rlim_max == RLIM_INFINITY)
		return (MISSING);
	rl.rlim_cur = ++rl.rlim_max;
	return (setrlimit(what, &rl));
}

static long
raise_files(void)
{
	return (raise_limit(RLIMIT_NOFILE));
}

static long
raise_processes(void)
{
	return (raise_limit(RLIMIT_NPROC));
}

static long
raise_memory(void)
{
	return (raise_limit(RLIMIT_DATA));
}

static long
raise_size(void)
{
	return (raise_limit(RLIMIT_FSIZE));
}

static long
raise_time(void)
{
	return (raise_limit(RLIMIT_CPU));
}

static long
raise_core(void)
{
	return (raise_limit(RLIMIT_CORE));
}

static long
raise_by_prlimit(void)
{
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };

	return (prlimit(0, RLIMIT_CORE, &rl, NULL));
}

static long
raise_of_init(void)
{
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };

	return (prlimit(1, RLIMIT_CORE, &rl, NULL));
}

/* It polls: with no descriptors it would never hear of the command's end. */
static long
lower_of_init(void)
{
	struct rlimit rl = { 0, 0 };

	return (prlimit(1, RLIMIT_NOFILE, &rl, NULL));
}

static long
limit_one(pid_t pid)
{
	struct rlimit rl = { 0, 0 };

	return (prlimit(pid, RLIMIT_NOFILE, &rl, NULL));
}

static long
limit_host(void)
{
	return (each(limit_one));
}

static long
become_root(void)
{
	return (setresuid(0, 0, 0));
}

static long
become_root_group(void)
{
	return (setresgid(0, 0, 0));
}

static long
become_root_fs(void)
{
	/* answers with the one before, whether it did it or not */
	(void)syscall(SYS_setfsuid, 0);
	return (syscall(SYS_setfsuid, -1) == 0 ? 0 : HARMLESS);
}

static long
become_nobody(void)
{
	return (setresuid(65534, 65534, 65534));
}

static long
groups(void)
{
	gid_t g = 0;

	return (setgroups(1, &g));
}

static long
capabilities(void)
{
	static const cap_value_t all[] = { CAP_SYS_ADMIN, CAP_KILL };
	cap_t c = cap_init();

	if (c == NULL || cap_set_flag(c, CAP_PERMITTED, 2, all, CAP_SET))
		err(2, "capabilities");
	return (cap_set_proc(c));
}

static long
ambient(void)
{
	return (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
}

static long
securebits(void)
{
	return (prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
}

static long
new_privs(void)
{
	return (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static long
no_filter(void)
{
	return (prctl(PR_SET_SECCOMP, 0, NULL, 0, 0));
}

static long
program_name(void)
{
	return (prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0));
}

static const struct attempt attempts[] = {
	{ "ptrace me", trace_me, { EPERM } },
	{ "ptrace a child", trace_child, { EPERM } },
	{ "ptrace init", seize_init, { EPERM } },
	{ "ptrace the host's", trace_host, { EPERM } },
	{ "process_vm_readv of a child", read_child, { EPERM } },
	{ "process_vm_writev of a child", write_child, { EPERM } },
	{ "process_vm_readv of init", read_init, { EPERM } },
	{ "process_vm_writev of init", write_init, { EPERM } },
	{ "pidfd_getfd of a child", getfd_child, { EPERM } },
	{ "pidfd_getfd of init", getfd_init, { EPERM } },
	{ "pidfd_open the host's", pidfd_host, { ESRCH } },
	{ "kcmp", compare, { EPERM } },
	{ "move_pages of init", pages_init, { EPERM } },
	{ "process_madvise of init", advise_init, { EPERM, EACCES } },
	{ "get_robust_list of init", robust_init, { EPERM } },
	{ "kill the host's", kill_host, { ESRCH } },
	{ "sigqueue to the host's", queue_host, { ESRCH } },
	{ "tgkill the host's", thread_host, { ESRCH } },
	{ "kill by guess", guess, { ESRCH } },
	{ "kill groups by guess", guess_group, { ESRCH } },
	{ "kill all", kill_all, { NOTHING } },
	{ "kill init", kill_init, { NOTHING } },
	{ "nice for the whole account", slow_all, { EPERM } },
	{ "ionice for the whole account", slow_io_all, { EPERM } },
	{ "nice, the other way", nicer, { EACCES, EPERM } },
	{ "real time", real_time, { EPERM } },
	{ "real time of disks", real_time_io, { EPERM } },
	{ "oom_score_adj", oom_first_others, { EACCES, EROFS } },
	{ "raise open files", raise_files, { EPERM } },
	{ "raise processes", raise_processes, { EPERM } },
	{ "raise memory", raise_memory, { EPERM } },
	{ "raise file size", raise_size, { EPERM } },
	{ "raise processor time", raise_time, { EPERM } },
	{ "raise core size", raise_core, { EPERM } },
	{ "raise by prlimit", raise_by_prlimit, { EPERM } },
	{ "raise those of init", raise_of_init, { EPERM } },
	{ "lower those of init", lower_of_init, { EPERM } },
	{ "limits of the host's", limit_host, { ESRCH } },
	{ "setresuid root", become_root, { EPERM, EINVAL } },
	{ "setresgid root", become_root_group, { EPERM, EINVAL } },
	{ "setfsuid root", become_root_fs, { NOTHING } },
	{ "setresuid nobody", become_nobody, { EPERM, EINVAL } },
	{ "setgroups", groups, { EPERM } },
	{ "capset", capabilities, { EPERM } },
	{ "ambient capability", ambient, { EPERM } },
	{ "securebits", securebits, { EPERM } },
	{ "no_new_privs off", new_privs, { EINVAL } },
	{ "seccomp off", no_filter, { EINVAL } },
	{ "another /proc/self/exe", program_name, { EPERM } },
};

int
main(int argc, char **argv)
{
	/* "kill all" is for others */
	(void)signal(SIGUSR2, SIG_IGN);
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
