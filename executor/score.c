/* SPDX-License-Identifier: ISC */
/* Scores; see score.h. */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/score.h"

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
score_set(const char *score)
{
	int r, saved;

	/* its files in /proc are root's otherwise */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return (-1);
	r = score_self("oom_score_adj", score);
	saved = errno;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return (-1);
	errno = saved;
	return (r);
}
