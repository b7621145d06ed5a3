/* SPDX-License-Identifier: ISC */
/*
 * Names of accounts.  getpwuid(3) loads modules of the name service, which a
 * program that is linked statically cannot; so getent(1) does it for us, and
 * only for accounts that are not in the file.
 */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/user.h"
#include "common/xmalloc.h"

#define GETENT	"/usr/bin/getent"

/* The name in the first line of that uid; passwd(5). */
static char *
from_stream(FILE *fp, uid_t uid)
{
	char number[16], *line = NULL, *p, *name, *id, *found = NULL;
	size_t size = 0;

	(void)snprintf(number, sizeof(number), "%u", uid);
	/* not fgetpwent(3): it refuses a pipe */
	while (found == NULL && getline(&line, &size, fp) != -1) {
		p = line;
		name = strsep(&p, ":");
		(void)strsep(&p, ":");
		id = strsep(&p, ":");
		if (*name != '\0' && p != NULL && strcmp(id, number) == 0)
			found = xstrdup(name);
	}
	free(line);
	return (found);
}

static char *
from_file(const char *file, uid_t uid)
{
	char *name;
	FILE *fp;

	if ((fp = fopen(file, "re")) == NULL)
		return (NULL);
	name = from_stream(fp, uid);
	(void)fclose(fp);
	return (name);
}

/* getent passwd UID, its output into out; its pid or -1. */
static pid_t
start_getent(uid_t uid, int out)
{
	char number[16], path[] = "PATH=/usr/bin:/bin";
	char *argv[] = { (char *)"getent", (char *)"passwd", number, NULL };
	char *env[] = { path, NULL };
	posix_spawn_file_actions_t fa;
	pid_t pid = -1;

	(void)snprintf(number, sizeof(number), "%u", uid);
	if (posix_spawn_file_actions_init(&fa) != 0)
		return (-1);
	if (posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null",
	    O_WRONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO) != 0 ||
	    posix_spawn(&pid, GETENT, &fa, NULL, argv, env) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&fa);
	return (pid);
}

static char *
from_getent(uid_t uid)
{
	char *name = NULL;
	int p[2];
	pid_t pid;
	FILE *fp;

	if (pipe2(p, O_CLOEXEC) == -1)
		return (NULL);
	pid = start_getent(uid, p[1]);
	(void)close(p[1]);
	if ((fp = fdopen(p[0], "r")) == NULL)
		(void)close(p[0]);
	else {
		if (pid != -1)
			name = from_stream(fp, uid);
		(void)fclose(fp);
	}
	while (pid != -1 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return (name);
}

char *
user_name(const char *file, uid_t uid)
{
	char *name;

	name = from_file(file, uid);
	return (name != NULL ? name : from_getent(uid));
}
