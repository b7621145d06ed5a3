/* SPDX-License-Identifier: ISC */
/*
 * prober [-u UID -g GID] PID ...: tries everything that one process can do
 * to another, as that uid, against each PID; prober -f PATH ...: tries to
 * open, list and change each PATH.  One line an attempt; the exit status is
 * 1 if any succeeded.  With -u it drops without a filter, so what is shown
 * is what the accounts alone are good for.
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int reached;

static void
result(const char *what, const char *whom, int ok)
{
	int e = errno;

	printf("%s %s: %s\n", what, whom, ok ? "REACHED" : strerror(e));
	reached |= ok;
}

static void
try_open(const char *path, int flags, const char *what)
{
	char c[1];
	int fd, ok = 0;

	if ((fd = open(path, flags | O_CLOEXEC | O_NONBLOCK)) != -1) {
		ok = (flags & O_ACCMODE) != O_RDONLY ||
		    (flags & O_DIRECTORY) != 0 ||
		    pread(fd, c, 1, 0) >= 0;
		(void)close(fd);
	}
	result(what, path, ok);
}

static void
try_link(const char *path)
{
	char to[4096];

	result("readlink", path, readlink(path, to, sizeof(to)) >= 0);
}

static void
try_proc(const char *pid)
{
	static const char *const files[] = {
		"environ", "auxv", "maps", "smaps", "io", "stack", "syscall",
		"pagemap", "personality", "fdinfo/3", "map_files",
		"timers", "clear_refs", "wchan",
	};
	static const char *const links[] = {
		"exe", "cwd", "root", "fd/3", "fd/4", "ns/user", "ns/mnt",
	};
	static const char *const changes[] = {
		"mem", "oom_score_adj", "uid_map", "coredump_filter",
		"setgroups",
	};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid,
		    files[i]);
		/* 0 is what a stranger reads there: no information */
		if (strcmp(files[i], "wchan") != 0)
			try_open(path, O_RDONLY, "read");
	}
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid,
		    links[i]);
		try_link(path);
	}
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid,
		    changes[i]);
		try_open(path, O_RDWR, "write");
	}
	(void)snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	try_open(path, O_RDONLY | O_DIRECTORY, "list");
	(void)snprintf(path, sizeof(path), "/proc/%s/root/", pid);
	try_open(path, O_RDONLY | O_DIRECTORY, "list");
}

static void
try_pid(const char *arg)
{
	pid_t pid = (pid_t)strtol(arg, NULL, 10);
	struct iovec lo, re;
	struct rlimit rl;
	char c;
	long r, fd;

	if (pid <= 0)
		errx(2, "pid %s", arg);
	result("ptrace attach", arg,
	    ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0);
	result("ptrace seize", arg,
	    ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0);
	result("kill", arg, kill(pid, 0) == 0);
	result("tgkill", arg, syscall(SYS_tgkill, pid, pid, 0) == 0);
	lo.iov_base = &c;
	lo.iov_len = 1;
	re.iov_base = &reached;
	re.iov_len = 1;
	r = syscall(SYS_process_vm_readv, pid, &lo, 1, &re, 1, 0);
	result("process_vm_readv", arg, r == 1 || (r == -1 &&
	    errno == EFAULT));
	r = syscall(SYS_kcmp, getpid(), pid, 0, 0, 0);
	result("kcmp", arg, r >= 0);
	result("prlimit", arg, syscall(SYS_prlimit64, pid, RLIMIT_NOFILE,
	    NULL, &rl) == 0);
	r = syscall(SYS_setpriority, PRIO_PROCESS, pid, 19);
	result("setpriority", arg, r == 0);
	/* opening one is for everybody, using it is not */
	if ((fd = syscall(SYS_pidfd_open, pid, 0)) >= 0) {
		result("pidfd signal", arg,
		    syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0);
		result("pidfd getfd", arg,
		    syscall(SYS_pidfd_getfd, fd, 3, 0) >= 0);
		(void)close((int)fd);
	}
	try_proc(arg);
}

static void
try_path(const char *path)
{
	struct stat st;
	char new[4096];
	int fd;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		try_open(path, O_RDONLY | O_DIRECTORY, "list");
		(void)snprintf(new, sizeof(new), "%s/probe", path);
		fd = open(new, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		result("create", new, fd != -1);
		if (fd != -1)
			(void)close(fd);
		return;
	}
	try_open(path, O_RDONLY, "read");
	try_open(path, O_WRONLY, "write");
	result("unlink", path, unlink(path) == 0);
	(void)snprintf(new, sizeof(new), "%s.probe", path);
	result("rename", path, rename(path, new) == 0);
}

static void
drop(uid_t uid, gid_t gid)
{
	if (setgroups(0, NULL) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		err(2, "cannot become %u", uid);
}

int
main(int argc, char **argv)
{
	uid_t uid = (uid_t)-1;
	gid_t gid = (gid_t)-1;
	int c, files = 0;

	while ((c = getopt(argc, argv, "u:g:f")) != -1) {
		switch (c) {
		case 'u':
			uid = (uid_t)strtoul(optarg, NULL, 10);
			break;
		case 'g':
			gid = (gid_t)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			files = 1;
			break;
		default:
			errx(2, "usage: prober [-u UID -g GID] [-f] WHAT ...");
		}
	}
	if (uid != (uid_t)-1)
		drop(uid, gid);
	if (optind == argc)
		errx(2, "nothing to try");
	for (; optind < argc; optind++)
		if (files)
			try_path(argv[optind]);
		else
			try_pid(argv[optind]);
	printf("%d\n", reached);
	return (reached);
}
