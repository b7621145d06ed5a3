/* SPDX-License-Identifier: ISC */
/*
 * What the programs have in common that try, as the command of a run, to get
 * out of it (escape_*.c).
 *
 * Each has a table of attempts.  An attempt returns -1 with what the kernel
 * answered in errno, HARMLESS with errno 0 where the call works and leads
 * nowhere, or anything else, which is an escape.  A line each:
 *	held NAME: ANSWER		as the table says
 *	WRONG NAME: ANSWER, not ...	refused, but not as the table says
 *	ESCAPED NAME: ...
 *	missing NAME: ...		this machine has no such thing
 *
 * PROGRAM -l lists the names, PROGRAM [-o WHAT=VALUE] [NAME ...] tries those
 * that are named, or all.
 */
#ifndef TESTS_ESCAPE_H
#define TESTS_ESCAPE_H

#include <sys/stat.h>
#include <sys/types.h>
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

#define HARMLESS	(-2)
#define MISSING		(-3)
#define MAXWANT		6
#define SIGNALLED	1000	/* in an attempt's answers: ended by signal */
#define NOTHING		2000	/* in an attempt's answers: HARMLESS */

struct attempt {
	const char	*name;
	long		(*try)(void);
	int		 want[MAXWANT];		/* answers, 0: no more */
};

static char		**escape_opts;
static int		  escape_nopts;
static pid_t		  escape_kid;	/* ends with the attempt */

/* From "-o NAME=VALUE"; exits where it was not given. */
static inline const char *
escape_arg(const char *name)
{
	size_t n = strlen(name);
	int i;

	for (i = 0; i < escape_nopts; i++)
		if (strncmp(escape_opts[i], name, n) == 0 &&
		    escape_opts[i][n] == '=')
			return (escape_opts[i] + n + 1);
	errx(2, "no -o %s=", name);
}

static inline const char *
escape_answer(int e, char *buf, size_t len)
{
	const char *s;

	if (e == NOTHING)
		return ("works, and leads nowhere");
	if (e >= SIGNALLED) {
		s = sigabbrev_np(e - SIGNALLED);
		(void)snprintf(buf, len, "SIG%s", s != NULL ? s : "?");
	} else {
		s = strerrorname_np(e);
		(void)snprintf(buf, len, "%s", s != NULL ? s : "no errno");
	}
	return (buf);
}

static inline int
escape_wanted(const struct attempt *a, int e)
{
	size_t i;

	for (i = 0; i < MAXWANT && a->want[i] != 0; i++)
		if (a->want[i] == e)
			return (1);
	return (0);
}

/* Whatever is opened may have been opened for nothing. */
static inline long
escape_open(const char *path, int flags)
{
	return (open(path, flags | O_CLOEXEC | O_NONBLOCK, 0666));
}

/* A path that is put together of two. */
static inline const char *
escape_path(const char *dir, const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return (path);
}

/* Executes escape_who in the way given by fd or path; see there. */
static inline long
escape_exec(int fd, const char *path)
{
	char *argv[] = { (char *)(uintptr_t)"escape_who", NULL }, *envp[] = {
	    NULL };
	int status, p[2], e = 0;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		err(2, "%s", path);
	if (pid == 0) {
		(void)dup2(2, 1);
		(void)execveat(fd, path, argv, envp, AT_EMPTY_PATH);
		(void)!write(p[1], &errno, sizeof(errno));
		_exit(1);
	}
	(void)close(p[1]);
	(void)!read(p[0], &e, sizeof(e));
	(void)close(p[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	errno = e;
	return (e != 0 ? -1 : status == 0 ? HARMLESS : 1 + status);
}

/*
 * In a process of its own, so that what it changes or what kills it is not
 * ours.
 */
static inline void
escape_one(const struct attempt *a)
{
	struct { long r; int e; } m = { 0, 0 };
	char name[32];
	int p[2], status, e;
	size_t i;
	pid_t pid;

	(void)fflush(stdout);
	if (pipe(p) == -1 || (pid = fork()) == -1)
		err(2, "%s", a->name);
	if (pid == 0) {
		(void)close(p[0]);
		errno = 0;
		m.r = a->try();
		m.e = errno;
		/* no number of it is left for those that guess */
		if (escape_kid > 0 && kill(escape_kid, SIGKILL) == 0)
			(void)waitpid(escape_kid, NULL, 0);
		_exit(write(p[1], &m, sizeof(m)) != sizeof(m));
	}
	(void)close(p[1]);
	while (read(p[0], &m, sizeof(m)) == -1 && errno == EINTR)
		;
	(void)close(p[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (m.r == MISSING) {
		printf("missing %s: not on this machine\n", a->name);
		return;
	}
	e = WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) :
	    m.r == HARMLESS ? NOTHING : m.e;
	if (!WIFSIGNALED(status) && m.r != -1 && m.r != HARMLESS) {
		printf("ESCAPED %s: returned %ld\n", a->name, m.r);
		return;
	}
	if (escape_wanted(a, e)) {
		printf("held %s: %s\n", a->name,
		    escape_answer(e, name, sizeof(name)));
		return;
	}
	printf("WRONG %s: %s, not", a->name,
	    escape_answer(e, name, sizeof(name)));
	for (i = 0; i < MAXWANT && a->want[i] != 0; i++)
		printf(" %s", escape_answer(a->want[i], name, sizeof(name)));
	printf("\n");
}

static inline int
escape_named(const char *name, char **names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (1);
	return (n == 0);
}

/* Ends by _exit: what sanitizers do at an end is refused in a run. */
static inline void __attribute__((__noreturn__))
escape_main(int argc, char **argv, const struct attempt *a, size_t n)
{
	int c, list = 0;
	size_t i;

	if ((escape_opts = calloc((size_t)argc, sizeof(char *))) == NULL)
		err(2, NULL);
	while ((c = getopt(argc, argv, "lo:")) != -1) {
		if (c == 'l')
			list = 1;
		else if (c == 'o')
			escape_opts[escape_nopts++] = optarg;
		else
			errx(2, "usage: [-l] [-o WHAT=VALUE] [NAME ...]");
	}
	for (i = 0; i < n; i++) {
		if (list)
			printf("%s\n", a[i].name);
		else if (escape_named(a[i].name, argv + optind,
		    argc - optind))
			escape_one(&a[i]);
	}
	(void)fflush(stdout);
	_exit(0);
}

#endif /* TESTS_ESCAPE_H */
