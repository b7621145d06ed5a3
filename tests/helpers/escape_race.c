/* SPDX-License-Identifier: ISC */
/*
 * escape_race: exchanges a directory and a link that leads out, while
 * something else opens what is behind.
 *
 * escape_race swap ROUNDS DIR: DIR/d, a directory, and DIR/l, a link; at
 *	least ROUNDS times, and until DIR/stop is there
 * escape_race open ROUNDS DIR WORD: has the above done by a process of its
 *	own, and opens and reads DIR/d/secret meanwhile.  Whatever is read has
 *	to be WORD.  Exit status 0 if it was.
 */
#include "config.h"

#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void __attribute__((__noreturn__))
done(int status)
{
	(void)fflush(stdout);
	_exit(status);
}

static void
swap(int dir, long rounds)
{
	long i;

	for (i = 0; i < rounds; i++)
		if (renameat2(dir, "d", dir, "l", RENAME_EXCHANGE) == -1)
			err(2, "exchange");
}

/* 0: it is the word; 1 nothing was opened; exits where it is another. */
static int
look(int dir, const char *word)
{
	char buf[256];
	ssize_t n;
	int fd;

	if ((fd = openat(dir, "d/secret", O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno != ENOENT)
			err(2, "d/secret");
		return (1);
	}
	n = read(fd, buf, sizeof(buf) - 1);
	(void)close(fd);
	if (n < 0)
		err(2, "d/secret");
	buf[n] = '\0';
	if (strcmp(buf, word) == 0)
		return (0);
	printf("ESCAPED race: read \"%s\"\n", buf);
	done(1);
}

static void
race(int dir, long rounds, const char *word)
{
	long seen[2] = { 0, 0 };
	int status;
	pid_t pid;

	if ((pid = fork()) == -1)
		err(2, "race");
	if (pid == 0) {
		swap(dir, rounds);
		done(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		seen[look(dir, word)]++;
	printf("%ld rounds, %ld times the word, %ld times nothing\n",
	    rounds, seen[0], seen[1]);
	/* it was no race if one of the two was never seen */
	done(status == 0 && seen[0] > 0 && seen[1] > 0 ? 0 : 2);
}

int
main(int argc, char **argv)
{
	long rounds;
	int dir;

	if (argc < 4 || (rounds = strtol(argv[2], NULL, 10)) <= 0)
		errx(2, "usage: escape_race swap|open ROUNDS DIR [WORD]");
	if ((dir = open(argv[3], O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		err(2, "%s", argv[3]);
	if (strcmp(argv[1], "open") == 0 && argc == 5)
		race(dir, rounds, argv[4]);
	do {
		swap(dir, rounds);
	} while (faccessat(dir, "stop", F_OK, 0) == -1);
	done(0);
}
