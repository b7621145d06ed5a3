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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/user.h"
#include "common/decimal.h"
#include "common/xmalloc.h"

#define GETENT	"/usr/bin/getent"

/* What is known of an account. */
enum by { BY_NAME, BY_UID };

/*
 * The number of the first line with that name, or the name of the first with
 * that number; passwd(5).
 */
static char *
from_stream(FILE *fp, enum by by, const char *key)
{
	char *line = NULL, *p, *name, *id, *found = NULL;
	size_t size = 0;

	/* not fgetpwent(3): it refuses a pipe */
	while (found == NULL && getline(&line, &size, fp) != -1) {
		p = line;
		name = strsep(&p, ":");
		(void)strsep(&p, ":");
		id = strsep(&p, ":");
		if (*name != '\0' && p != NULL &&
		    strcmp(by == BY_UID ? id : name, key) == 0)
			found = xstrdup(by == BY_UID ? name : id);
	}
	free(line);
	return (found);
}

static char *
from_file(const char *file, enum by by, const char *key)
{
	char *found;
	FILE *fp;

	if ((fp = fopen(file, "re")) == NULL)
		return (NULL);
	found = from_stream(fp, by, key);
	(void)fclose(fp);
	return (found);
}

/* getent passwd KEY, its output into out; its pid or -1. */
static pid_t
start_getent(const char *key, int out)
{
	char path[] = "PATH=/usr/bin:/bin", *word = xstrdup(key);
	char *argv[] = { (char *)"getent", (char *)"passwd", (char *)"--",
	    word, NULL };
	char *env[] = { path, NULL };
	posix_spawn_file_actions_t fa;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&fa) != 0) {
		free(word);
		return (-1);
	}
	if (posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null",
	    O_WRONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO) != 0 ||
	    posix_spawn(&pid, GETENT, &fa, NULL, argv, env) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&fa);
	free(word);
	return (pid);
}

static char *
from_getent(enum by by, const char *key)
{
	char *found = NULL;
	int p[2];
	pid_t pid;
	FILE *fp;

	if (pipe2(p, O_CLOEXEC) == -1)
		return (NULL);
	pid = start_getent(key, p[1]);
	(void)close(p[1]);
	if ((fp = fdopen(p[0], "r")) == NULL)
		(void)close(p[0]);
	else {
		if (pid != -1)
			found = from_stream(fp, by, key);
		(void)fclose(fp);
	}
	while (pid != -1 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return (found);
}

static char *
look_up(const char *file, enum by by, const char *key)
{
	char *found;

	found = from_file(file, by, key);
	return (found != NULL ? found : from_getent(by, key));
}

char *
user_name(const char *file, uid_t uid)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", uid);
	return (look_up(file, BY_UID, number));
}

/* (uid_t)-1 is nobody's. */
static int
number(const char *s, uid_t *uid)
{
	uint64_t v;

	if (decimal(s, UINT32_MAX - 1, &v) == -1)
		return (-1);
	*uid = (uid_t)v;
	return (0);
}

char *
user_own(void)
{
	char *name = user_name(USER_FILE, getuid());

	if (name == NULL)
		xasprintf(&name, "%u", (unsigned)getuid());
	return (name);
}

int
user_uid(const char *file, const char *who, uid_t *uid)
{
	char *found;
	int r;

	if ((found = look_up(file, BY_NAME, who)) == NULL)
		return (number(who, uid));
	r = number(found, uid);
	free(found);
	return (r);
}
