/* SPDX-License-Identifier: ISC */
/*
 * escape_survive end|stay: starts processes in every way that might let them
 * outlive their run, prints how many, and ends or stays.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int	up[2];		/* a byte for each that is set up */

static void
deaf(void)
{
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_IGN);
}

static void
ready(void)
{
	(void)!write(up[1], "x", 1);
	(void)close(up[1]);
}

static void __attribute__((__noreturn__))
stay(void)
{
	for (;;)
		(void)pause();
}

static void __attribute__((__noreturn__))
stay_ready(void)
{
	ready();
	stay();
}

static void
child(void)
{
	stay_ready();
}

static void
ignores(void)
{
	deaf();
	stay_ready();
}

static void
blocks(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	stay_ready();
}

static void
session(void)
{
	(void)setsid();
	stay_ready();
}

static void
twice(void)
{
	(void)setsid();
	if (fork() != 0)
		_exit(0);
	deaf();
	stay_ready();
}

/* As nohup(1) does, with nothing of ours left open. */
static void
nohup(void)
{
	int fd;

	(void)signal(SIGHUP, SIG_IGN);
	(void)setpgid(0, 0);
	ready();
	for (fd = 0; fd < 64; fd++)
		(void)close(fd);
	stay();
}

static void
stopped(void)
{
	ready();
	for (;;)
		(void)raise(SIGSTOP);
}

static void
stopped_orphan(void)
{
	(void)setsid();
	if (fork() != 0)
		_exit(0);
	stopped();
}

static void *
thread(void *arg)
{
	(void)arg;
	stay_ready();
}

/* The process is a zombie with a living thread. */
static void
no_leader(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread, NULL) != 0)
		_exit(1);
	pthread_exit(NULL);
}

/* Waits in the kernel, where only SIGKILL is heard. */
static void
in_vfork(void)
{
	if (vfork() == 0) {
		(void)!write(up[1], "x", 1);
		for (;;)
			(void)pause();
	}
	_exit(0);
}

/* Its parent is ours, or there is none: that is refused. */
static void
sibling(void)
{
	long r;

	r = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (r > 0)
		_exit(0);
	deaf();
	stay_ready();
}

/* Takes the orphans that would be init's. */
static void
reaper(void)
{
	deaf();
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (fork() == 0) {
		if (fork() == 0)
			stay_ready();
		_exit(0);
	}
	stay();
}

/* Is another process each time that one looks. */
static void
hydra(void)
{
	static const struct timespec ms = { 0, 1000000 };

	deaf();
	ready();
	for (;;) {
		if (fork() > 0)
			_exit(0);
		(void)nanosleep(&ms, NULL);
	}
}

int
main(int argc, char **argv)
{
	static void (*const ways[])(void) = { child, ignores, blocks, session,
	    twice, nohup, stopped, stopped_orphan, no_leader, in_vfork,
	    sibling, reaper, hydra };
	const size_t n = sizeof(ways) / sizeof(ways[0]);
	size_t i;
	char c;

	if (argc != 2)
		errx(2, "usage: escape_survive end|stay");
	if (pipe(up) == -1)
		err(2, "pipe");
	for (i = 0; i < n; i++) {
		if (fork() == 0) {
			(void)close(up[0]);
			ways[i]();
		}
	}
	(void)close(up[1]);
	for (i = 0; i < n; i++)
		if (read(up[0], &c, 1) != 1)
			errx(2, "only %zu of %zu are up", i, n);
	printf("%zu\n", n);
	(void)fflush(stdout);
	if (strcmp(argv[1], "stay") == 0) {
		deaf();
		stay();
	}
	_exit(0);
}
