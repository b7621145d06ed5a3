/* SPDX-License-Identifier: ISC */
/* What attempts are made with: judging what was answered, and looking. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/role.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"

const struct refuser by_filter[] = {
	{ EPERM, "seccomp", "the runs' filter, before the kernel is asked" },
	{ 0, NULL, NULL },
};

const struct refuser by_absent[] = {
	{ ENOSYS, "seccomp", "the runs' filter: programs do without" },
	{ 0, NULL, NULL },
};

const struct refuser by_family[] = {
	{ EAFNOSUPPORT, "seccomp",
	    "the runs' filter, before the kernel is asked" },
	{ 0, NULL, NULL },
};

const struct refuser by_view[] = {
	{ ENOENT, "view", "it is not there" },
	{ ENOTDIR, "view", "what it would be in is not there" },
	{ EACCES, "account", "its mode, or Landlock where there is no rule" },
	{ EPERM, "capabilities", "it is root's" },
	{ EROFS, "mounts", "it is mounted read-only" },
	{ ENXIO, "kernel", "no device behind the name" },
	{ ENODEV, "kernel", "no device behind the name" },
	{ EIO, "kernel", "no device behind the name" },
	{ 0, NULL, NULL },
};

const struct refuser by_ids[] = {
	{ EPERM, "capabilities", "CAP_SETUID and CAP_SETGID are gone" },
	{ EINVAL, "account", "the user namespace has no such account" },
	{ 0, NULL, NULL },
};

/* How bad: what is known to be open outweighs everything. */
static int
weight(enum probe_verdict v)
{
	static const int w[] = {
		[PROBE_HELD] = 0, [PROBE_NOTED] = 1, [PROBE_MISSING] = 2,
		[PROBE_OPEN] = 3,
	};

	return (w[v]);
}

static void
conclude(struct trial *t, enum probe_verdict v, int err)
{
	if (weight(v) > weight(t->verdict)) {
		t->verdict = v;
		t->err = err;
	} else if (weight(v) == weight(t->verdict) && t->err == 0)
		t->err = err;
}

/* It was refused, by whomever. */
static void
refused(struct trial *t, int err)
{
	const struct refuser *by = t->a->answers;

	for (; by != NULL && by->err != 0; by++)
		if (by->err == err) {
			conclude(t, PROBE_HELD, err);
			return;
		}
	conclude(t, t->a->others == ONLY_THESE && err != ENOSYS ?
	    PROBE_OPEN : PROBE_NOTED, err);
}

void
try_call(struct trial *t, long r)
{
	if (r == -1)
		refused(t, errno);
	else
		conclude(t, PROBE_OPEN, 0);
}

void
try_returned(struct trial *t, long r)
{
	t->ret_err = errno;
	t->ret = r;
}

void
try_effect(struct trial *t, int effect)
{
	if (effect)
		conclude(t, PROBE_OPEN, 0);
	else if (t->ret == -1)
		refused(t, t->ret_err);
	else
		conclude(t, PROBE_NOTED, 0);
}

void
try_state(struct trial *t, int good)
{
	if (!good)
		conclude(t, PROBE_OPEN, 0);
}

void
try_missing(struct trial *t)
{
	conclude(t, PROBE_MISSING, 0);
}

void
try_noted(struct trial *t)
{
	conclude(t, PROBE_NOTED, errno);
}

void
try_open(struct trial *t, const char *path, int flags)
{
	int fd;

	fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	try_call(t, fd);
	if (fd != -1)
		(void)close(fd);
}

/* Is there one at the other end? */
static int
has_peer(int fd)
{
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);

	return (fd != -1 &&
	    getpeername(fd, (struct sockaddr *)&sun, &len) == 0);
}

void
try_connect(struct trial *t, const char *name, int abstract)
{
	struct sockaddr_un sun;
	size_t n = strlen(name);
	int fd, there;

	if (n == 0 || n >= sizeof(sun.sun_path)) {
		try_state(t, 0);
		return;
	}
	/* a NUL in front of it, or behind it */
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path + (abstract != 0), name, n);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	try_returned(t, fd == -1 ? -1 : connect(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1)));
	there = has_peer(fd);
	if (fd != -1)
		(void)close(fd);
	/*
	 * Of another type, but there: by its path the run has got to it.  Of
	 * an abstract one a kernel says so before it asks Landlock.
	 */
	if (!abstract && t->ret == -1 && t->ret_err == EPROTOTYPE)
		there = 1;
	try_effect(t, there);
}

void
try_paths(struct trial *t, const char *const *paths, size_t n, int flags)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!probe_granted(t->bx, paths[i]))
			try_open(t, paths[i], flags);
}

/* a is b, or in b */
static int
beneath(const char *a, const char *b)
{
	size_t n = strlen(b);

	while (n > 1 && b[n - 1] == '/')
		n--;
	return (strncmp(a, b, n) == 0 &&
	    (n == 1 || a[n] == '\0' || a[n] == '/'));
}

static int
in_list(const struct strv *grants, const char *path)
{
	size_t i;

	for (i = 0; i < grants->n; i++)
		if (beneath(path, grants->v[i]) || beneath(grants->v[i], path))
			return (1);
	return (0);
}

int
probe_granted(const struct box *bx, const char *path)
{
	return (in_list(&bx->plan->read, path) ||
	    in_list(&bx->plan->write, path) ||
	    in_list(&bx->plan->sockets, path) ||
	    (bx->plan->inner_channel[0] != '\0' && beneath(CB_RUNDIR, path)));
}

int
probe_child(int (*fn)(void *), void *arg)
{
	pid_t pid;
	int status;

	if ((pid = fork()) == -1)
		return (-1);
	if (pid == 0)
		_exit(fn(arg));
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return (-1);
	return (WIFSIGNALED(status) ? 256 + WTERMSIG(status) :
	    WEXITSTATUS(status));
}

void
try_child(struct trial *t, int (*fn)(void *), void *arg)
{
	int r = probe_child(fn, arg);

	if (r == -1)
		probe_untried();
	/* it was ended for what it did, or for lack of memory */
	if (r >= 256)
		conclude(t, PROBE_NOTED, 0);
	else {
		errno = r;
		try_call(t, r == 0 ? 0 : -1);
	}
}

int
probe_status(const char *key, char *val, size_t len)
{
	size_t n = strlen(key), end;
	char line[1024];
	int r = -1;
	FILE *fp;

	if ((fp = fopen("/proc/self/status", "re")) == NULL) {
		probe_passing();
		return (-1);
	}
	while (r == -1 && fgets(line, sizeof(line), fp) != NULL) {
		if (strncmp(line, key, n) != 0)
			continue;
		for (end = strlen(line); end > n &&
		    strchr(" \t\n", line[end - 1]) != NULL; end--)
			line[end - 1] = '\0';
		n += strspn(line + n, " \t");
		r = (size_t)snprintf(val, len, "%s", line + n) < len ? 0 : -1;
	}
	(void)fclose(fp);
	return (r);
}

void
probe_untried(void)
{
	_exit(EXIT_SYSTEM);
}

void
probe_passing(void)
{
	switch (errno) {
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN:
		probe_untried();
	}
}
