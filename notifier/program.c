/* SPDX-License-Identifier: ISC */
/*
 * The program; see program.h.  This process is the first one of its pid
 * namespace: nothing in there can signal it, and kill(-1) reaches all that the
 * program has started and nobody else.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/log.h"
#include "notifier/program.h"

#define PROGRAM_MS	15000
#define PROGRAM_CPU_S	10
#define PROGRAM_FILE	(16 * MB)
#define PROGRAM_MEMORY	(1024 * MB)
#define END_MS		1000	/* that what is killed may take to end */
#define END_TRIES	200
#define SAID_MAX	400		/* bytes of what it says */

static struct {
	pid_t		 pid;		/* 0: none, or it has ended */
	int		 status;	/* of that */
	int		 late;
	int		 out;		/* what it says, or -1 */
	int64_t		 end;
	char		 said[SAID_MAX + 1];
	size_t		 nsaid;
} child = { .out = -1 };

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static int
not_begun(struct msg_noticed *how, int error, const char *what)
{
	log_warnx("%s: %s", what, strerror(error));
	how->how = NOTICED_NOT;
	how->value = (uint32_t)error;
	return (-1);
}

/* As at the start: root's, and nobody else's to write. */
static int
is_sound(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return (0);
	errno = EPERM;
	return (S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0);
}

static int
limit(__rlimit_resource_t what, rlim_t v)
{
	struct rlimit rl = { v, v };

	return (setrlimit(what, &rl));
}

/* What begins here says what is wrong where what it says is read. */
static void __attribute__((__noreturn__))
become(const char *path, const struct strv *env, int in, int out)
{
	static const char msg[] = "cannot be executed";
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	char *envp[32];
	sigset_t none;
	size_t i;

	for (i = 0; i < env->n && i < NELEM(envp) - 1; i++)
		envp[i] = env->v[i];
	envp[i] = NULL;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	if (setsid() == -1 || dup2(in, 0) == -1 || dup2(out, 1) == -1 ||
	    dup2(out, 2) == -1 || close_range(3, ~0U, 0) == -1 ||
	    limit(RLIMIT_CPU, PROGRAM_CPU_S) == -1 ||
	    limit(RLIMIT_FSIZE, PROGRAM_FILE) == -1 ||
	    limit(RLIMIT_AS, PROGRAM_MEMORY) == -1)
		_exit(126);
	(void)umask(077);
	(void)execve(path, argv, envp);
	(void)!write(2, msg, sizeof(msg) - 1);
	_exit(126);
}

static void
begin(pid_t pid, int out)
{
	memset(&child, 0, sizeof(child));
	child.pid = pid;
	child.out = out;
	child.end = now() + PROGRAM_MS;
}

int
program_start(const char *path, const struct strv *env, const char *text,
    size_t len, struct msg_noticed *how)
{
	int in[2], out[2], error = 0;
	pid_t pid;

	if (!is_sound(path))
		return (not_begun(how, errno, path));
	if (pipe2(in, O_CLOEXEC) == -1)
		return (not_begun(how, errno, "pipe"));
	if (pipe2(out, O_CLOEXEC) == -1) {
		(void)close(in[0]);
		(void)close(in[1]);
		return (not_begun(how, errno, "pipe"));
	}
	/* a pipe takes it at once, whoever reads it */
	if (write(in[1], text, len) != (ssize_t)len ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) == -1)
		error = EIO;
	else if ((pid = fork()) == 0)
		become(path, env, in[0], out[1]);
	else if (pid == -1)
		error = errno;
	else
		begin(pid, out[0]);
	(void)close(in[0]);
	(void)close(in[1]);
	(void)close(out[1]);
	if (error == 0)
		return (0);
	(void)close(out[0]);
	return (not_begun(how, error, "fork"));
}

int
program_goes(void)
{
	return (child.end != 0);
}

int
program_says(void)
{
	return (child.out);
}

int
program_left(void)
{
	int64_t left = child.end - now();

	if (!program_goes())
		return (-1);
	return (left > 0 ? (int)left : 0);
}

/* The beginning of it is kept, the rest is nobody's. */
static void
hear(void)
{
	char more[4096];
	ssize_t n;
	size_t room;
	int i;

	/* bounded: what writes without end is ended when its time is up */
	for (i = 0; i < 16 && child.out != -1; i++) {
		n = read(child.out, more, sizeof(more));
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			return;
		if (n <= 0) {
			(void)close(child.out);
			child.out = -1;
			return;
		}
		room = SAID_MAX - child.nsaid;
		if ((size_t)n < room)
			room = (size_t)n;
		memcpy(child.said + child.nsaid, more, room);
		child.nsaid += room;
	}
}

/* All that has ended: orphans are ours. */
static void
reap(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == child.pid) {
			child.pid = 0;
			child.status = status;
		}
}

/*
 * What it has left behind, and itself if its time is up.  What a disk or a
 * server of files keeps from ending is left to end by itself.
 */
static void
end_all(void)
{
	const struct timespec tick = { 0, END_MS * 1000000 / END_TRIES };
	pid_t pid = 0;
	int i, status;

	for (i = 0; i < END_TRIES; i += pid == 0) {
		(void)kill(-1, SIGKILL);
		pid = waitpid(-1, &status, WNOHANG);
		if (pid == -1 && errno != EINTR)
			break;
		if (pid == 0)
			(void)nanosleep(&tick, NULL);
		else if (pid == child.pid)
			child.status = status;
	}
	child.pid = 0;
}

static void
tell(struct msg_noticed *how)
{
	if (child.late) {
		how->how = NOTICED_LATE;
		how->value = PROGRAM_MS / 1000;
	} else if (WIFSIGNALED(child.status)) {
		how->how = NOTICED_SIGNALED;
		how->value = (uint32_t)WTERMSIG(child.status);
	} else {
		how->value = (uint32_t)WEXITSTATUS(child.status);
		how->how = how->value == 0 ? NOTICED_OK : NOTICED_EXITED;
	}
	if (how->how != NOTICED_OK && child.nsaid != 0)
		log_warnx("it said: %.*s", (int)strcspn(child.said, "\n"),
		    child.said);
}

int
program_look(struct msg_noticed *how)
{
	if (!program_goes())
		return (0);
	hear();
	reap();
	if (child.pid != 0 && program_left() > 0)
		return (0);
	child.late = child.pid != 0;
	end_all();
	hear();
	tell(how);
	if (child.out != -1)
		(void)close(child.out);
	memset(&child, 0, sizeof(child));
	child.out = -1;
	return (1);
}
