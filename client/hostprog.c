/* SPDX-License-Identifier: ISC */
/* Programs of the caller's, and what they print. */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/hostprog.h"
#include "common/defs.h"
#include "common/plan.h"

#define LINE_MAXLEN	512
#define SCRIPT_HEAD	256

static int
is_program(const char *path)
{
	struct stat st;

	return (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0);
}

/* The file in the first of these directories that has one, or NULL. */
static char *
find_in(const char *dirs, const char *name)
{
	const char *d, *end;
	char *path;

	for (d = dirs; *d != '\0'; d = *end == ':' ? end + 1 : end) {
		end = d + strcspn(d, ":");
		/* an empty one is where we are, and nothing is taken there */
		if (*d != '/')
			continue;
		xasprintf(&path, "%.*s/%s", (int)(end - d), d, name);
		if (is_program(path))
			return (path);
		free(path);
	}
	return (NULL);
}

static char *
find(const char *name)
{
	const char *path = getenv("PATH");

	return (find_in(path != NULL ? path : RUN_PATH, name));
}

/* The name that env(1) looks for in the first line of a script, or "". */
static void
env_name(const char *file, char *name, size_t size)
{
	char head[SCRIPT_HEAD + 1], word[SCRIPT_HEAD + 1];
	ssize_t n;
	int fd;

	name[0] = '\0';
	if ((fd = open(file, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = read(fd, head, SCRIPT_HEAD);
	(void)close(fd);
	head[n > 0 ? n : 0] = '\0';
	head[strcspn(head, "\n")] = '\0';
	if (sscanf(head, "#! /usr/bin/env -S %256s", word) == 1 ||
	    sscanf(head, "#! /usr/bin/env %256s", word) == 1)
		(void)snprintf(name, size, "%s", word);
}

int
hostprog_add(struct strv *argv, const char *name)
{
	char *found, *file, *same, *other, by[SCRIPT_HEAD + 1];

	if ((found = find(name)) == NULL)
		return (-1);
	file = realpath(found, NULL);
	free(found);
	if (file == NULL)
		return (-1);
	env_name(file, by, sizeof(by));
	same = by[0] != '\0' ? find_in(RUN_PATH, by) : NULL;
	other = by[0] != '\0' && strchr(by, '/') == NULL ? find(by) : NULL;
	if (other != NULL && (same == NULL || strcmp(same, other) != 0)) {
		found = realpath(other, NULL);
		if (found != NULL)
			strv_add(argv, found);
		free(found);
	}
	strv_add(argv, file);
	free(file);
	free(same);
	free(other);
	return (0);
}

static void __attribute__((__noreturn__))
be(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR);

	if (null == -1 || dup2(null, 0) == -1 || dup2(out, 1) == -1 ||
	    dup2(null, 2) == -1)
		_exit(127);
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* All of it, at most size - 1 bytes, as a string. */
static void
read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && ((n = read(fd, buf + len, size - 1 - len)) >
	    0 || (n == -1 && errno == EINTR)))
		len += n > 0 ? (size_t)n : 0;
	buf[len] = '\0';
}

char *
hostprog_line(const char *const *argv)
{
	char line[LINE_MAXLEN];
	int fd[2], status;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return (NULL);
	if ((pid = fork()) == 0)
		be(argv, fd[1]);
	(void)close(fd[1]);
	line[0] = '\0';
	if (pid != -1)
		read_all(fd[0], line, sizeof(line));
	(void)close(fd[0]);
	while (pid != -1 && waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			break;
	line[strcspn(line, "\n")] = '\0';
	return (line[0] != '\0' ? xstrdup(line) : NULL);
}
