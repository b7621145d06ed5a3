/* SPDX-License-Identifier: ISC */
/* Files of /proc about a thread of the run, and what is in there. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/walk.h"

#define ASKED		16U	/* threads */
#define PROC_NAME	64

/* The status of a thread, open: it stays that one's when it has ended. */
static struct {
	pid_t	tid;		/* 0: none */
	int	fd;
} asked[ASKED];

static void
name_proc(const struct walk *w, const char *name, char path[PROC_NAME])
{
	(void)snprintf(path, PROC_NAME, "%d/%s", (int)w->tid, name);
}

int
walk_proc(const struct walk *w, const char *name, int flags)
{
	char path[PROC_NAME];
	int fd;

	name_proc(w, name, path);
	fd = openat(w->proc, path, flags | O_CLOEXEC);
	if (fd != -1)
		return (fd);
	/* it does not let itself be looked at, or it is gone */
	return (errno == EACCES ? -EPERM : -errno);
}

int
walk_stat(const struct walk *w, const char *name, struct stat *st)
{
	char path[PROC_NAME];

	name_proc(w, name, path);
	if (fstatat(w->proc, path, st, 0) == 0)
		return (0);
	return (errno == EACCES ? -EPERM : -errno);
}

int
walk_text(const struct walk *w, const char *file, char *text, size_t size)
{
	ssize_t n;
	int fd;

	if ((fd = walk_proc(w, file, O_RDONLY)) < 0)
		return (fd);
	n = read(fd, text, size - 1);
	(void)close(fd);
	if (n <= 0)
		return (-ESRCH);
	text[n] = '\0';
	return (0);
}

int
walk_number(const char *text, const char *key, int base, long *v)
{
	const char *p;

	/* names are escaped there: this is the line of the kernel */
	if ((p = strstr(text, key)) == NULL)
		return (-ESRCH);
	*v = strtol(p + strlen(key), NULL, base);
	return (0);
}

int
walk_status_text(const struct walk *w, char text[WALK_STATUS])
{
	unsigned i = (unsigned)w->tid % ASKED;
	ssize_t n = -1;
	int fd;

	if (asked[i].tid == w->tid)
		n = pread(asked[i].fd, text, WALK_STATUS - 1, 0);
	/* another one's, or it has ended, and its number was given anew */
	if (n <= 0) {
		if (asked[i].tid != 0)
			(void)close(asked[i].fd);
		asked[i].tid = 0;
		if ((fd = walk_proc(w, "status", O_RDONLY)) < 0)
			return (fd);
		asked[i].tid = w->tid;
		asked[i].fd = fd;
		n = pread(fd, text, WALK_STATUS - 1, 0);
	}
	if (n <= 0)
		return (-ESRCH);
	text[n] = '\0';
	return (0);
}

int
walk_status(const struct walk *w, const char *key, int base, long *v)
{
	char text[WALK_STATUS];
	int r;

	if ((r = walk_status_text(w, text)) < 0)
		return (r);
	return (walk_number(text, key, base, v));
}
