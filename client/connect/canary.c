/* SPDX-License-Identifier: ISC */
/* Programs that settings name, tried; see canary.h. */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/connect/canary.h"
#include "common/io.h"
#include "common/xmalloc.h"

#define CANARY_MS	60000

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void __attribute__((__noreturn__))
child(char *const *argv, int in, int out)
{
	int null = open("/dev/null", O_WRONLY);

	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	if (null == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1)
		_exit(126);
	(void)execv(argv[0], argv);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Until it has closed its output, or time is up. */
static void
listen_to(struct canary *c, int fd, int64_t until)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char rest[4096];
	size_t n = 0;
	ssize_t got;
	int64_t left;

	while ((left = until - clock_ms()) > 0) {
		if (poll(&p, 1, (int)left) != 1)
			continue;
		got = n < CANARY_OUTPUT ? read(fd, c->out + n,
		    CANARY_OUTPUT - n) : read(fd, rest, sizeof(rest));
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (n < CANARY_OUTPUT)
			n += (size_t)got;
	}
	c->out[n] = '\0';
}

/* One that does not end by itself is ended, and all that it has started. */
static int
end_of(pid_t pid, int64_t until)
{
	const struct timespec nap = { 0, 10000000 };
	int status;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) == 0 &&
	    clock_ms() < until)
		(void)nanosleep(&nap, NULL);
	if (r == 0) {
		(void)kill(-pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return (-1);
	}
	return (r == pid ? WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status) : -1);
}

int
canary_fly(struct canary *c, char *const *argv, const char *input)
{
	const int64_t until = clock_ms() + CANARY_MS;
	int in[2], out[2];
	pid_t pid;

	memset(c, 0, sizeof(*c));
	if (pipe2(in, O_CLOEXEC) == -1)
		return (-1);
	if (pipe2(out, O_CLOEXEC) == -1) {
		(void)close(in[0]);
		(void)close(in[1]);
		return (-1);
	}
	/* it is less than a pipe holds; nobody may be there to read it */
	(void)signal(SIGPIPE, SIG_IGN);
	if ((pid = fork()) == 0)
		child(argv, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	if (pid != -1)
		(void)io_write(in[1], input, strlen(input));
	(void)close(in[1]);
	if (pid != -1) {
		listen_to(c, out[0], until);
		c->status = end_of(pid, until);
	}
	(void)close(out[0]);
	return (pid == -1 ? -1 : 0);
}

char *
canary_quoted(const char *text, int (*fits)(const char *))
{
	const char *end;
	char *s;

	while ((text = strchr(text, '"')) != NULL) {
		if ((end = strpbrk(text + 1, "\"\n")) == NULL)
			return (NULL);
		s = xstrndup(text + 1, (size_t)(end - text) - 1);
		if (*end == '"' && fits(s))
			return (s);
		free(s);
		/* the end of one may be the beginning of another */
		text = end;
	}
	return (NULL);
}
