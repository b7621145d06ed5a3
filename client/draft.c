/* SPDX-License-Identifier: ISC */
/* Asking clawbotd(8) about a configuration; see draft.h. */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/draft.h"
#include "client/out.h"
#include "common/msg.h"
#include "common/role.h"
#include "common/xmalloc.h"

extern char **environ;

static char *
program(void)
{
	const char *dir = CB_SBINDIR;
	char *path;

#if CB_TEST_HOOKS
	if (getenv("CLAWBOT_SBIN") != NULL)
		dir = getenv("CLAWBOT_SBIN");
#endif
	xasprintf(&path, "%s/clawbotd", dir);
	return (path);
}

/* Its input from in, or nowhere (-1), its output into out; 0 or an error. */
static int
start(const char *path, const char *how, const char *file, int in, int out,
    pid_t *pid)
{
	char name[] = "clawbotd", f[] = "-f";
	char *c = xstrdup(how);
	char *operand = file != NULL ? xstrdup(file) : NULL;
	char *argv[] = { name, c, file != NULL ? f : NULL, operand, NULL };
	posix_spawn_file_actions_t fa;
	int e;

	if ((e = posix_spawn_file_actions_init(&fa)) != 0)
		goto done;
	e = in != -1 ? posix_spawn_file_actions_adddup2(&fa, in,
	    STDIN_FILENO) : posix_spawn_file_actions_addopen(&fa,
	    STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (e == 0 &&
	    (e = posix_spawn_file_actions_adddup2(&fa, out,
	    STDOUT_FILENO)) == 0)
		e = posix_spawn(pid, path, &fa, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&fa);
done:
	free(c);
	free(operand);
	return (e);
}

/* 1 and a row to be freed, 0 at the end, -1 if it is none. */
static int
next(FILE *fp, uint8_t **row, size_t *len)
{
	uint8_t head[4];
	struct rd r;
	size_t n;

	if ((n = fread(head, 1, sizeof(head), fp)) == 0 && feof(fp))
		return (0);
	if (n != sizeof(head))
		return (-1);
	rd_init(&r, head, sizeof(head));
	if ((*len = rd_u32(&r)) > MSG_ROW_MAX)
		return (-1);
	*row = xmalloc(*len + 1);
	if (fread(*row, 1, *len, fp) == *len && row_check(*row, *len) == 0)
		return (1);
	free(*row);
	return (-1);
}

static int
rows(FILE *fp, draft_row *fn, void *arg, struct fail *f)
{
	uint8_t *row;
	size_t len;
	int r, rc = 0;

	while (rc == 0 && (r = next(fp, &row, &len)) != 0) {
		if (r == -1) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from "
			    "clawbotd");
			return (-1);
		}
		rc = fn(row, len, arg, f);
		free(row);
	}
	return (rc);
}

/* What it ended with. */
static int
outcome(pid_t pid, struct fail *f)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR) {
			fail_set(f, EXIT_CLAWBOT, "waitpid: %s",
			    strerror(errno));
			return (-1);
		}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (1);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
		return (0);
	if (WIFEXITED(status))
		fail_set(f, EXIT_CLAWBOT, "clawbotd ended with status %d",
		    WEXITSTATUS(status));
	else
		fail_set(f, EXIT_CLAWBOT, "clawbotd was ended by signal "
		    "%d", WTERMSIG(status));
	return (-1);
}

/* Takes the reading end over. */
static int
answers(int fd, pid_t pid, draft_row *fn, void *arg, struct fail *f)
{
	FILE *fp;
	int rc = -1;

	if ((fp = fdopen(fd, "r")) != NULL) {
		rc = rows(fp, fn, arg, f);
		(void)fclose(fp);
	} else {
		fail_set(f, EXIT_CLAWBOT, "out of memory");
		(void)close(fd);
	}
	if (rc == 0)
		return (outcome(pid, f));
	/* one that has more to say ends by SIGPIPE */
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return (-1);
}

static int
ask(const char *how, const char *file, int in, draft_row *fn, void *arg,
    struct fail *f)
{
	char *path = program();
	int p[2], e, rc = -1;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1)
		fail_set(f, EXIT_CLAWBOT, "pipe: %s", strerror(errno));
	else {
		e = start(path, how, file, in, p[1], &pid);
		(void)close(p[1]);
		if (e == 0)
			rc = answers(p[0], pid, fn, arg, f);
		else {
			fail_set(f, EXIT_CLAWBOT, "%s, which reads "
			    "configurations: %s", path, strerror(e));
			(void)close(p[0]);
		}
	}
	free(path);
	return (rc);
}

int
draft_ask(const char *file, draft_row *fn, void *arg, struct fail *f)
{
	return (ask("-c", file, -1, fn, arg, f));
}

int
draft_try(const char *file, int in, draft_row *fn, void *arg, struct fail *f)
{
	return (ask("-q", file, in, fn, arg, f));
}

int
draft_layout(const char *file, draft_row *fn, void *arg, struct fail *f)
{
	return (ask("-L", file, -1, fn, arg, f));
}
