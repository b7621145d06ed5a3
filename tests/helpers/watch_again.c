/* SPDX-License-Identifier: ISC */
/*
 * watch_again: makes names again and again, as one whom init knows by then, and
 * each time from where, by what or as what init has not seen it before; prints
 * what came of each, which is the same with init and without.
 * watch_again attack DIRECTORY: the same ways to names in there that are
 * protected; prints REACHED for each that could be made, and how many were
 * tried.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMES	8	/* more than it takes to be known */

static const char *self;
static int tried, reached;

/* Makes it, says how, and takes it away. */
static void
make_at(const char *how, int dirfd, const char *name)
{
	struct stat st;
	int fd;

	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0666);
	if (fd == -1) {
		printf("%s: %s\n", how, strerror(errno));
		return;
	}
	if (fstat(fd, &st) == -1)
		err(1, "fstat");
	printf("%s: %03o\n", how, (unsigned)st.st_mode & 0777);
	(void)close(fd);
	if (unlinkat(dirfd, name, 0) == -1)
		printf("%s: unlink: %s\n", how, strerror(errno));
}

static void
known(void)
{
	char name[16];
	int i, fd;

	for (i = 0; i < TIMES; i++) {
		(void)snprintf(name, sizeof(name), "k%d", i);
		if ((fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600)) == -1)
			err(1, "%s", name);
		(void)close(fd);
		if (unlink(name) == -1)
			err(1, "unlink");
	}
}

static int
open_dir(const char *name)
{
	int fd;

	if ((fd = open(name, O_RDONLY | O_DIRECTORY)) == -1)
		err(1, "%s", name);
	return (fd);
}

static void
wait_for(pid_t pid)
{
	int status;

	if (pid == -1 || waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "child");
}

static void
places(void)
{
	int a = open_dir("a"), b = open_dir("b"), c;

	make_at("a descriptor", a, "x");
	if (dup2(b, a) == -1 || mkdirat(b, "there", 0700) == -1)
		err(1, "dup2");
	make_at("another one there", a, "there/x");
	(void)close(b);
	(void)close(a);
	make_at("none", a, "x");
	if ((c = open("file", O_RDWR | O_CREAT, 0600)) == -1)
		err(1, "file");
	make_at("no directory", c, "x");
	if (fchmod(c, 0640) == -1 || futimens(c, NULL) == -1)
		printf("fchmod: %s\n", strerror(errno));
	(void)close(c);
	printf("closed: %s\n", fchmod(c, 0600) == -1 ? strerror(errno) : "");
	if ((c = open("file", O_PATH)) == -1)
		err(1, "file");
	printf("a path: %s\n", fchmod(c, 0600) == -1 ? strerror(errno) : "");
	printf("and times: %s\n", futimens(c, NULL) == -1 ? strerror(errno) :
	    "");
	(void)close(c);
	if (chdir("b/there") == -1)
		err(1, "b/there");
	make_at("elsewhere", AT_FDCWD, "x");
	if (chdir("../..") == -1 || unlinkat(AT_FDCWD, "b/there",
	    AT_REMOVEDIR) == -1 || unlink("file") == -1)
		err(1, "back");
}

static void *
other_umask(void *arg)
{
	(void)umask((mode_t)(uintptr_t)arg);
	return (NULL);
}

static void
by_thread(mode_t mask)
{
	pthread_t t;

	if (pthread_create(&t, NULL, other_umask,
	    (void *)(uintptr_t)mask) != 0 || pthread_join(t, NULL) != 0)
		errx(1, "thread");
}

static void
masks(void)
{
	pid_t pid;

	(void)umask(027);
	make_at("umask", AT_FDCWD, "x");
	make_at("again", AT_FDCWD, "x");
	(void)umask(077);
	make_at("another umask", AT_FDCWD, "x");
	by_thread(002);
	make_at("of a thread", AT_FDCWD, "x");
	by_thread(0);
	make_at("and again", AT_FDCWD, "x");
	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		make_at("of a child", AT_FDCWD, "x");
		(void)umask(0246);
		known();
		make_at("its own", AT_FDCWD, "x");
		(void)fflush(stdout);
		_exit(0);
	}
	wait_for(pid);
	make_at("as before", AT_FDCWD, "x");
	(void)umask(022);
}

/* A child in the same memory, which init knows before it has its own. */
static void
in_the_same_memory(void)
{
	char *argv[] = { (char *)(uintptr_t)self, (char *)"executed", NULL };
	pid_t pid;

	(void)fflush(stdout);
	if ((pid = vfork()) == 0) {
		known();
		(void)execv(self, argv);
		_exit(1);
	}
	wait_for(pid);
	make_at("after vfork", AT_FDCWD, "x");
}

static void
all_ways(void)
{
	if (mkdir("a", 0755) == -1 || mkdir("b", 0755) == -1)
		err(1, "mkdir");
	known();
	places();
	masks();
	in_the_same_memory();
	if (rmdir("a") == -1 || rmdir("b") == -1)
		err(1, "rmdir");
	(void)fflush(stdout);
}

/* None of these may go. */
static void
attempt(const char *how, int dirfd, const char *name)
{
	int fd;

	tried++;
	fd = openat(dirfd, name, O_WRONLY | O_CREAT, 0666);
	if (fd != -1 && write(fd, "PWNED\n", 6) == 6) {
		printf("REACHED %s: %s\n", how, name);
		reached++;
	}
	if (fd != -1)
		(void)close(fd);
	tried++;
	if (unlinkat(dirfd, name, 0) == 0) {
		printf("REACHED %s: unlink of %s\n", how, name);
		reached++;
	}
}

/* The number of a directory that was harmless, again and again. */
static void
by_number(const char *dir)
{
	int harmless = open_dir("."), bad = open_dir(dir), n, i;

	for (i = 0; i < TIMES; i++) {
		if ((n = dup(harmless)) == -1)
			err(1, "dup");
		(void)unlinkat(n, "config", 0);
		if (dup2(bad, n) == -1)
			err(1, "dup2");
		attempt("by a number", n, "config");
		attempt("by a number", n, "hooks/post-commit");
		(void)close(n);
	}
	(void)close(harmless);
	(void)close(bad);
}

static void
from_there(const char *dir)
{
	char here[4096];

	if (getcwd(here, sizeof(here)) == NULL || chdir(dir) == -1)
		err(1, "%s", dir);
	attempt("from there", AT_FDCWD, "config");
	attempt("from there", AT_FDCWD, "hooks/post-commit");
	if (chdir("hooks") == -1)
		err(1, "hooks");
	attempt("from there", AT_FDCWD, "post-commit");
	if (chdir(here) == -1)
		err(1, "%s", here);
}

/* Another process that has the numbers of one that is known. */
static void
as_child(const char *dir)
{
	pid_t pid;
	int i;

	for (i = 0; i < 200; i++) {
		if ((pid = fork()) == 0) {
			if (i % 2 == 0)
				known();
			else if (chdir(dir) == 0)
				attempt("as a child", AT_FDCWD, "config");
			_exit(reached != 0);
		}
		wait_for(pid);
	}
}

int
main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 3 && strcmp(argv[1], "attack") == 0) {
		known();
		by_number(argv[2]);
		from_there(argv[2]);
		as_child(argv[2]);
		printf("tried %d, reached %d\n", tried, reached);
		return (reached != 0);
	}
	if (argc == 2) {
		make_at(argv[1], AT_FDCWD, "x");
		known();
		(void)umask(0);
		make_at(argv[1], AT_FDCWD, "x");
		return (0);
	}
	all_ways();
	return (0);
}
