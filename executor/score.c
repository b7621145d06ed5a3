/* SPDX-License-Identifier: ISC */
/* Scores; see score.h. */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/score.h"

#define NO_SCORE	(-1001)		/* less than any */

static int noted = NO_SCORE;

int
score_self(const char *name, const char *text)
{
	char path[64];
	ssize_t n;
	int fd, saved;

	(void)snprintf(path, sizeof(path), "/proc/self/%s", name);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = write(fd, text, strlen(text));
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (n == -1 ? -1 : 0);
}

int
score_now(void)
{
	char text[16];
	ssize_t n;
	int fd;

	if ((fd = open("/proc/self/oom_score_adj", O_RDONLY |
	    O_CLOEXEC)) == -1)
		return (NO_SCORE);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (NO_SCORE);
	text[n] = '\0';
	return ((int)strtol(text, NULL, 10));
}

int
score_set(int score)
{
	char text[16];

	if (score_now() >= score)
		return (0);
	(void)snprintf(text, sizeof(text), "%d", score);
	return (score_self("oom_score_adj", text));
}

void
score_note(void)
{
	noted = score_now();
}

int
score_open(void)
{
	int fd, saved;

	/* its files in /proc are root's otherwise */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return (-1);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	saved = errno;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1) {
		saved = errno;
		if (fd != -1)
			(void)close(fd);
		fd = -1;
	}
	errno = saved;
	return (fd);
}

int
score_put(int fd, int score)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", score > noted ? score :
	    noted);
	return (write(fd, text, strlen(text)) == -1 ? -1 : 0);
}
