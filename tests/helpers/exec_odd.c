/* SPDX-License-Identifier: ISC */
/*
 * exec_odd MODE [ARGUMENT...]: executes as nobody does who means well.
 *	chain N PAD PROGRAM WORD...	itself, N times, and then that
 *	hidden N PROGRAM	that, N times, from two processes; it fails
 *	threads N PROGRAM	that, N times, from many threads at once
 *	parent PROGRAM WORD...	that, as a child of its own parent
 *	as PROGRAM WORD...	that, with arguments of which none is its name
 *	reaper PROGRAM WORD...	that, after it has become the parent of orphans
 *	asks N PROGRAM WORD...	that, N times, and is killed at once
 *	directory		nothing, in a process that shares its directory
 *	bytes FILE OLD NEW GO DONE
 *				that, in which it puts NEW in place of OLD by
 *				its memory, when there is a file GO, and then
 *				makes DONE
 *	mapped FILE GO DONE	that, whose memory it changes when there is a
 *				file GO, and then makes DONE
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS		8
#define PROCESSES	2

static pthread_barrier_t all_there;
static char own_name[] = "odd", *program = own_name;

static void __attribute__((__noreturn__))
run_chain(char **argv)
{
	static char left[16];
	int n = (int)strtol(argv[2], NULL, 10);

	if (n == 0) {
		(void)execv(argv[4], argv + 4);
		err(1, "%s", argv[4]);
	}
	(void)snprintf(left, sizeof(left), "%d", n - 1);
	argv[0] = program;
	argv[2] = left;
	(void)execv("/proc/self/exe", argv);
	err(1, "/proc/self/exe");
}

static int
run_hidden(int n, char **argv)
{
	int i, k;

	for (i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (k = 0; k < n; k++)
			if (execv(argv[0], argv) == 0 || errno != EACCES)
				_exit(1);
		_exit(0);
	}
	while (wait(&k) != -1)
		if (k != 0)
			return (1);
	return (0);
}

static void *
execute(void *arg)
{
	char *argv[] = { program, NULL };

	(void)pthread_barrier_wait(&all_there);
	(void)execv(program, argv);
	return (arg);
}

static int
run_threads(int n)
{
	pthread_t t;
	int i, status;

	for (; n > 0; n--) {
		if (fork() == 0) {
			(void)pthread_barrier_init(&all_there, NULL, THREADS);
			for (i = 1; i < THREADS; i++)
				if (pthread_create(&t, NULL, execute, NULL))
					_exit(9);
			(void)execute(NULL);
			_exit(8);
		}
		if (wait(&status) == -1 || status != 0)
			errx(1, "it ended with status %d", status);
	}
	return (0);
}

static int
by_parent(char **argv)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL,
	    NULL, NULL);

	if (pid == -1)
		err(1, "clone");
	if (pid == 0) {
		(void)execv(argv[0], argv);
		_exit(1);
	}
	sleep(1);
	return (0);
}

static int
as_reaper(char **argv)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
		err(1, "reaper");
	(void)execv(argv[0], argv);
	err(1, "%s", argv[0]);
}

/* Some of them have asked by then, and some not. */
static int
ask_and_go(int n, char **argv)
{
	pid_t pid;

	for (; n > 0; n--) {
		if ((pid = fork()) == -1)
			err(1, "fork");
		if (pid == 0) {
			(void)execv(argv[0], argv);
			_exit(1);
		}
		(void)usleep((useconds_t)(n % 16) * 100);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	return (0);
}

static int
share_directory(void)
{
	long pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL,
	    NULL);

	if (pid == -1)
		err(1, "clone");
	if (pid == 0)
		_exit(chdir("/") == -1);
	return (0);
}

/*
 * In a file system of memory, so that no times tell of it.  It is held while it
 * is written to, and nobody has it open any more when it goes on.
 */
static int
run_bytes(char **argv)
{
	struct stat st;
	char *p, *at;
	int fd = open(argv[0], O_RDWR | O_CLOEXEC), status;

	if (fd == -1 || fstat(fd, &st) == -1 || (p = mmap(NULL,
	    (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
	    MAP_FAILED)
		err(1, "%s", argv[0]);
	if ((at = memmem(p, (size_t)st.st_size, argv[1], strlen(argv[1]))) ==
	    NULL)
		errx(1, "%s: not in there", argv[1]);
	/* the page is written to from now on, and times have changed */
	memcpy(at, argv[1], strlen(argv[1]));
	(void)madvise(p, (size_t)st.st_size, MADV_DONTFORK);
	if (fork() == 0) {
		(void)close(fd);
		(void)execl(argv[0], argv[0], NULL);
		_exit(1);
	}
	while (access(argv[3], F_OK) == -1)
		(void)usleep(10000);
	memcpy(at, argv[2], strlen(argv[2]));
	(void)munmap(p, (size_t)st.st_size);
	(void)close(fd);
	(void)close(open(argv[4], O_CREAT | O_WRONLY, 0644));
	return (wait(&status) == -1 || status != 0);
}

/* The last byte of an executable is one of its section headers'. */
static int
run_mapped(char **argv)
{
	struct stat st;
	volatile char *p;
	int fd = open(argv[0], O_RDWR | O_CLOEXEC), status;

	if (fd == -1 || fstat(fd, &st) == -1 || (p = mmap(NULL,
	    (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
	    MAP_FAILED)
		err(1, "%s", argv[0]);
	p[st.st_size - 1] = 1;
	if (fork() == 0) {
		(void)execl(argv[0], argv[0], NULL);
		_exit(1);
	}
	while (access(argv[1], F_OK) == -1)
		(void)usleep(10000);
	p[st.st_size - 1] = 2;
	(void)munmap((void *)(uintptr_t)p, (size_t)st.st_size);
	(void)close(fd);
	(void)close(open(argv[2], O_CREAT | O_WRONLY, 0644));
	return (wait(&status) == -1 || status != 0);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "directory") == 0)
		return (share_directory());
	if (argc < 3)
		errx(2, "usage: exec_odd MODE ARGUMENT...");
	if (strcmp(argv[1], "chain") == 0)
		run_chain(argv);
	if (strcmp(argv[1], "hidden") == 0)
		return (run_hidden((int)strtol(argv[2], NULL, 10), argv + 3));
	if (strcmp(argv[1], "threads") == 0) {
		program = argv[3];
		return (run_threads((int)strtol(argv[2], NULL, 10)));
	}
	if (strcmp(argv[1], "parent") == 0)
		return (by_parent(argv + 2));
	if (strcmp(argv[1], "as") == 0) {
		(void)execv(argv[2], argv + 3);
		err(1, "%s", argv[2]);
	}
	if (strcmp(argv[1], "reaper") == 0)
		return (as_reaper(argv + 2));
	if (strcmp(argv[1], "asks") == 0 && argc > 3)
		return (ask_and_go((int)strtol(argv[2], NULL, 10), argv + 3));
	if (strcmp(argv[1], "bytes") == 0 && argc == 7)
		return (run_bytes(argv + 2));
	if (strcmp(argv[1], "mapped") == 0 && argc == 5)
		return (run_mapped(argv + 2));
	errx(2, "no such mode");
}
