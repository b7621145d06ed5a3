/* SPDX-License-Identifier: ISC */
/*
 * In place of a command: everything that no run may do is tried, in vain.
 * This process has come the whole way that a command comes, and what would
 * be executed next is this.  Every attempt is made, whatever became of those
 * before it.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/role.h"
#include "executor/jail.h"
#include "executor/probe.h"

enum probe_verdict
probe_is(int good)
{
	return (good ? PROBE_HELD : PROBE_OPEN);
}

enum probe_verdict
probe_refused(long r)
{
	return (probe_is(r == -1));
}

enum probe_verdict
probe_refused_by(long r, int err)
{
	return (probe_is(r == -1 && errno == err));
}

enum probe_verdict
probe_opens(const char *path, int flags)
{
	int fd;

	if ((fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0600)) == -1)
		return (PROBE_HELD);
	(void)close(fd);
	errno = 0;
	return (PROBE_OPEN);
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
probe_granted(const struct jail *j, const char *path)
{
	return (in_list(&j->plan->read, path) ||
	    in_list(&j->plan->write, path));
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

static void
send_report(const struct buf *b)
{
	size_t off;
	ssize_t n;

	for (off = 0; off < b->len; off += (size_t)n)
		if ((n = write(STDOUT_FILENO, b->data + off,
		    b->len - off)) <= 0)
			_exit(EXIT_SYSTEM);
}

void
probe_main(const struct jail *j)
{
	struct probe_result r[PROBE_ATTEMPTS_MAX];
	const struct attempt *a;
	struct buf b;
	size_t n;

	/* as execve(2) leaves it; else much would be refused for that alone */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		_exit(EXIT_SYSTEM);
	for (n = 0; n < PROBE_ATTEMPTS_MAX && (a = probe_at(n)) != NULL;
	    n++) {
		errno = 0;
		r[n].verdict = (uint8_t)a->fn(j);
		r[n].err = errno;
	}
	buf_init(&b, PROBE_REPORT_MAX);
	probe_put(&b, r, n);
	send_report(&b);
	_exit(b.bad ? EXIT_SYSTEM : 0);
}

#if CB_TEST_HOOKS
static char hook[256];
static const char *hook_path;

void
hook_skill(const char *name)
{
	const char *env = getenv("CLAWBOT_WITHOUT");
	char *at, *path;

	if (env == NULL || strlen(env) >= sizeof(hook))
		return;
	memcpy(hook, env, strlen(env) + 1);
	if ((at = strchr(hook, '@')) == NULL)
		return;
	*at++ = '\0';
	if ((path = strchr(at, '@')) != NULL)
		*path++ = '\0';
	hook_path = path;
	if (strcmp(at, name) != 0)
		hook[0] = '\0';
}

int
hook_without(const char *layer)
{
	return (strcmp(hook, layer) == 0 &&
	    (hook_path == NULL || access(hook_path, F_OK) == 0));
}
#endif
