/* SPDX-License-Identifier: ISC */
/*
 * many N: becomes N processes, in turn in a session of their own whose parent
 * has ended, stopped, and in a chain one beneath the other; prints a line
 * when all are there, and none of them ends by itself.
 * many -g NAME COMMAND...: runs the command, and prints how many processes of
 * that name there were, and how many milliseconds after its start the last of
 * them had ended and the command had.
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int	up[2];		/* a byte for each process */

static void __attribute__((__noreturn__))
stay(int stopped)
{
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (write(up[1], "x", 1) != 1)
		_exit(1);
	if (stopped)
		(void)raise(SIGSTOP);
	for (;;)
		(void)pause();
}

/* One whose parent is init. */
static void
orphan(void)
{
	pid_t pid;

	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)setsid();
		if (fork() == 0)
			stay(0);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}

static void
chain(int n)
{
	pid_t pid;

	if (n == 0 || (pid = fork()) > 0)
		return;
	if (pid == -1)
		err(1, "fork");
	chain(n - 1);
	stay(0);
}

static void
become(int n)
{
	char byte[256];
	ssize_t got;
	int i, links = n / 3, left;

	if (pipe(up) == -1)
		err(1, "pipe");
	chain(links);
	for (i = links; i < n; i++)
		if (i % 2 == 0)
			orphan();
		else if (fork() == 0)
			stay(1);
	for (left = n; left > 0; left -= (int)got)
		if ((got = read(up[0], byte, sizeof(byte))) <= 0)
			err(1, "read");
	(void)printf("up\n");
	(void)fflush(stdout);
	for (;;)
		(void)pause();
}

static int
is_called(const char *pid, const char *name)
{
	char path[300], comm[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, comm, sizeof(comm) - 1);
	(void)close(fd);
	if (n <= 0)
		return (0);
	comm[n - 1] = '\0';
	return (strcmp(comm, name) == 0);
}

/* All others of that name, each a descriptor in the set; how many. */
static unsigned
find(int ep, const char *name)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct dirent *de;
	unsigned n = 0;
	DIR *d;

	if ((d = opendir("/proc")) == NULL)
		err(1, "/proc");
	while ((de = readdir(d)) != NULL) {
		if (strspn(de->d_name, "0123456789") != strlen(de->d_name) ||
		    strtol(de->d_name, NULL, 10) == getpid() ||
		    !is_called(de->d_name, name))
			continue;
		ev.data.fd = (int)syscall(SYS_pidfd_open,
		    (pid_t)strtol(de->d_name, NULL, 10), 0);
		if (ev.data.fd == -1 && errno == ESRCH)
			continue;
		if (ev.data.fd == -1 ||
		    epoll_ctl(ep, EPOLL_CTL_ADD, ev.data.fd, &ev) == -1)
			err(1, "process %s", de->d_name);
		n++;
	}
	(void)closedir(d);
	return (n);
}

static double
ms_since(const struct timespec *t)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((double)(now.tv_sec - t->tv_sec) * 1e3 +
	    (double)(now.tv_nsec - t->tv_nsec) / 1e6);
}

static void
wait_all(int ep, unsigned n)
{
	struct epoll_event ev[64];
	int i, got;

	while (n > 0) {
		got = epoll_wait(ep, ev, 64, 30000);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			errx(1, "%u processes do not end", n);
		for (i = 0; i < got; i++) {
			(void)close(ev[i].data.fd);
			n--;
		}
	}
}

static int
measure(const char *name, char **argv)
{
	struct rlimit rl = { 65536, 65536 };
	struct timespec start;
	double gone;
	unsigned n;
	int ep, status;
	pid_t pid;

	(void)setrlimit(RLIMIT_NOFILE, &rl);
	if ((ep = epoll_create1(EPOLL_CLOEXEC)) == -1)
		err(1, "epoll");
	n = find(ep, name);
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	if ((pid = fork()) == 0) {
		(void)close(STDOUT_FILENO);
		(void)open("/dev/null", O_WRONLY);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	wait_all(ep, n);
	gone = ms_since(&start);
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		err(1, "%s", argv[0]);
	(void)printf("%u %.1f %.1f\n", n, gone, ms_since(&start));
	return (WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int
main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "-g") == 0)
		return (measure(argv[2], argv + 3));
	if (argc != 2 || strtol(argv[1], NULL, 10) < 1)
		errx(2, "usage: many N | many -g NAME COMMAND...");
	become((int)strtol(argv[1], NULL, 10));
	return (0);
}
