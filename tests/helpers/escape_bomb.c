/* SPDX-License-Identifier: ISC */
/*
 * escape_bomb WHAT DIR: uses up what it can until it is killed.  DIR/hit is
 * made once a limit is hit, or where there is none, after a good deal.
 */
#include "config.h"

#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK	(1024 * 1024)
#define MUCH	20000

static const char *dir;

static void
hit(void)
{
	static int done;
	char path[4096];
	int fd;

	if (done++)
		return;
	(void)snprintf(path, sizeof(path), "%s/hit", dir);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) == -1)
		err(2, "%s", path);
	(void)close(fd);
}

static void
bomb_fork(void)
{
	for (;;)
		if (fork() == -1)
			hit();
}

/* Every process up to its own limit, and all the time anew. */
static void
bomb_memory(void)
{
	void *p[4096];
	size_t n, i;

	for (i = 0; i < 4; i++)
		(void)fork();
	for (;;) {
		for (n = 0; n < 4096; n++) {
			if ((p[n] = malloc(CHUNK)) == NULL)
				break;
			memset(p[n], 0x5a, CHUNK);
		}
		hit();
		while (n > 0)
			free(p[--n]);
	}
}

static void
bomb_disk(void)
{
	static char buf[CHUNK];
	char path[64];
	unsigned i;
	int fd;

	memset(buf, 0x5a, sizeof(buf));
	for (i = 0;; i++) {
		(void)snprintf(path, sizeof(path), "/tmp/%u", i % 8);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
		while (fd != -1 && write(fd, buf, sizeof(buf)) > 0)
			;
		if (errno == ENOSPC)
			hit();
		(void)close(fd);
	}
}

static void
bomb_inodes(void)
{
	char path[64];
	unsigned long i;
	int fd;

	for (i = 0;; i++) {
		(void)snprintf(path, sizeof(path), "/tmp/%lu", i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd == -1 && errno == ENOSPC)
			hit();
		(void)close(fd);
	}
}

static void
bomb_output(void)
{
	static char buf[65536];
	size_t n = 0;

	memset(buf, 'x', sizeof(buf));
	for (;; n++) {
		(void)!write((int)(n % 2) + 1, buf, sizeof(buf));
		if (n == 1000)
			hit();
	}
}

/* To init, to all, and as many as can wait to a process that blocks them. */
static void
bomb_signals(void)
{
	union sigval v = { .sival_int = 0 };
	unsigned long n;
	sigset_t all;
	pid_t pid;

	(void)signal(SIGUSR1, SIG_IGN);
	if ((pid = fork()) == -1)
		err(2, "fork");
	if (pid == 0) {
		(void)sigfillset(&all);
		(void)sigprocmask(SIG_BLOCK, &all, NULL);
		for (;;)
			(void)pause();
	}
	for (n = 0;; n++) {
		(void)kill(1, SIGCHLD);
		(void)kill(1, SIGTERM);
		(void)kill(-1, SIGUSR1);
		(void)sigqueue(pid, SIGRTMIN + (int)(n % 30), v);
		if (n == MUCH)
			hit();
	}
}

/* Nobody waits for the first half; the others are init's, at once. */
static void
bomb_zombies(void)
{
	unsigned long n;
	pid_t pid;

	for (n = 0;; n++) {
		if ((pid = fork()) == -1) {
			hit();
			/* room for the other kind */
			for (n = 0; n < 16; n++)
				(void)waitpid(-1, NULL, WNOHANG);
		}
		if (pid == 0 && n % 2 == 1)
			(void)!fork();
		if (pid == 0)
			_exit(0);
	}
}

int
main(int argc, char **argv)
{
	static const struct { const char *name; void (*go)(void); } bombs[] = {
		{ "fork", bomb_fork }, { "memory", bomb_memory },
		{ "disk", bomb_disk }, { "inodes", bomb_inodes },
		{ "output", bomb_output }, { "signals", bomb_signals },
		{ "zombies", bomb_zombies },
	};
	size_t i;

	if (argc != 3)
		errx(2, "usage: escape_bomb WHAT DIR");
	dir = argv[2];
	for (i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++)
		if (strcmp(bombs[i].name, argv[1]) == 0)
			bombs[i].go();
	errx(2, "no bomb %s", argv[1]);
}
