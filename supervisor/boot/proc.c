/* SPDX-License-Identifier: ISC */
/*
 * Starting a role: fork and exec, so that it has an address layout and a
 * heap of its own, with an empty environment and five descriptors.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/hostlack.h"
#include "common/xmalloc.h"
#include "supervisor/boot/proc.h"

/* Above every descriptor that the child is to have. */
#define FD_ASIDE	10
#define MAXARGV		16
#define MAXENV		16

struct child {
	char	 path[4096];
	char	*argv[MAXARGV];
	char	*envp[MAXENV];
	char	 num[3][24];
	char	 env[MAXENV][4200];
	int	 ipc;
	int	 log;
};

/* What to end with. */
static int __attribute__((__format__ (printf, 3, 4)))
fail(char *err, size_t errlen, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	n = strlen(err);
	(void)snprintf(err + n, errlen - n, ": %s", strerror(saved));
	return (hostlack_exit(saved));
}

static const char *
libexec_dir(void)
{
#if CB_TEST_HOOKS
	const char *dir;

	if ((dir = getenv("CLAWBOT_LIBEXEC")) != NULL)
		return (dir);
#endif
	return (CB_LIBEXECDIR);
}

static void
program_of(const struct proc *p, char *path, size_t len)
{
	(void)snprintf(path, len, "%s/%s", libexec_dir(), p->row->prog);
}

int
proc_look(const struct proc *p, char *err, size_t errlen)
{
	char path[4096];

	program_of(p, path, sizeof(path));
	if (access(path, X_OK) == 0)
		return (0);
	(void)snprintf(err, errlen, "cannot execute %s: %s", path,
	    strerror(errno));
	return (-1);
}

/* The little that a role may find in its environment. */
static void
child_env(struct child *c)
{
	static const char *const pass[] = {
		"PATH",
#if CB_TEST_HOOKS
		"CLAWBOT_TRAP", "CLAWBOT_PRESSURE", "CLAWBOT_WITHOUT",
		"CLAWBOT_CHANGED", "CLAWBOT_HOSTILE", "CLAWBOT_YAMA",
		"CLAWBOT_APPARMOR", "CLAWBOT_CORE_SOCKET",
#endif
#if CB_SANITIZE
		"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
#endif
	};
	const char *v;
	size_t i, n = 0;

	for (i = 0; i < sizeof(pass) / sizeof(pass[0]); i++) {
		if (i == 0)
			v = "/usr/sbin:/usr/bin:/sbin:/bin";
		else if ((v = getenv(pass[i])) == NULL)
			continue;
		(void)snprintf(c->env[n], sizeof(c->env[n]), "%s=%s",
		    pass[i], v);
		c->envp[n] = c->env[n];
		n++;
	}
	c->envp[n] = NULL;
}

static void
child_args(struct child *c, const struct proc *p, const struct proc_opts *o)
{
	int n = 0;

	program_of(p, c->path, sizeof(c->path));
	(void)snprintf(c->num[0], sizeof(c->num[0]), "%u", p->uid);
	(void)snprintf(c->num[1], sizeof(c->num[1]), "%u", p->gid);
	/* out of another pid namespace the parent cannot be seen */
	(void)snprintf(c->num[2], sizeof(c->num[2]), "%d",
	    p->row->pidns ? 0 : (int)getpid());
	c->argv[n++] = (char *)(uintptr_t)p->row->prog;
	c->argv[n++] = (char *)(uintptr_t)"-u";
	c->argv[n++] = c->num[0];
	c->argv[n++] = (char *)(uintptr_t)"-g";
	c->argv[n++] = c->num[1];
	c->argv[n++] = (char *)(uintptr_t)"-r";
	c->argv[n++] = (char *)(uintptr_t)o->root;
	c->argv[n++] = (char *)(uintptr_t)"-p";
	c->argv[n++] = c->num[2];
	c->argv[n++] = (char *)(uintptr_t)"-b";
	c->argv[n++] = (char *)(uintptr_t)o->build;
	if (o->accept_no_landlock)
		c->argv[n++] = (char *)(uintptr_t)"-L";
	if (o->accept_no_memlock)
		c->argv[n++] = (char *)(uintptr_t)"-M";
	if (o->verbose)
		c->argv[n++] = (char *)(uintptr_t)"-v";
	c->argv[n] = NULL;
}

/*
 * In the child.  Nothing but system calls: after a raw clone the C library
 * does not know that it is another process.
 */
static void __attribute__((__noreturn__))
child_exec(struct child *c)
{
	static const char msg[] = "3cannot be executed\n";
	sigset_t none;
	int nul, ipc, log;

	(void)setsid();		/* the terminal's signals are not for it */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	ipc = fcntl(c->ipc, F_DUPFD, FD_ASIDE);
	log = fcntl(c->log, F_DUPFD, FD_ASIDE);
	nul = open("/dev/null", O_RDWR);
	if (ipc == -1 || log == -1 || nul == -1 || dup2(nul, 0) == -1 ||
	    dup2(nul, 1) == -1 || dup2(nul, 2) == -1 ||
	    dup2(ipc, ROLE_FD_IPC) == -1 || dup2(log, ROLE_FD_LOG) == -1 ||
	    close_range(ROLE_FD_LOG + 1, ~0U, 0) == -1)
		_exit(EXIT_SYSTEM);
	(void)execve(c->path, c->argv, c->envp);
	(void)!write(ROLE_FD_LOG, msg, sizeof(msg) - 1);
	_exit(EXIT_SYSTEM);
}

static pid_t
child_clone(int pidns)
{
	if (!pidns)
		return (fork());
	return ((pid_t)syscall(SYS_clone,
	    (unsigned long)(CLONE_NEWPID | SIGCHLD), NULL, NULL, NULL, 0UL));
}

static int
not_started(const struct proc *p, char *err, size_t errlen)
{
	char hint[80];
	int error = errno, status;

	if (!p->row->pidns)
		return (fail(err, errlen, "cannot start %s", p->row->prog));
	status = hostlack_ns(error, "pid", hint, sizeof(hint));
	errno = error;
	(void)fail(err, errlen, "cannot start %s in a pid namespace%s",
	    p->row->prog, error == EINVAL ? " (kernel feature CONFIG_PID_NS)" :
	    hint);
	return (status);
}

int
proc_start(struct proc *p, const struct proc_opts *o, char *err,
    size_t errlen)
{
	struct child *c;
	int sv[2], lp[2], status = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (fail(err, errlen, "socketpair"));
	if (pipe2(lp, O_CLOEXEC | O_NONBLOCK) == -1) {
		status = fail(err, errlen, "pipe");
		(void)close(sv[0]);
		(void)close(sv[1]);
		return (status);
	}
	c = xcalloc(1, sizeof(*c));
	child_args(c, p, o);
	child_env(c);
	c->ipc = sv[1];
	c->log = lp[1];
	if ((p->pid = child_clone(p->row->pidns)) == 0)
		child_exec(c);
	if (p->pid == -1)
		status = not_started(p, err, errlen);
	(void)close(sv[1]);
	(void)close(lp[1]);
	free(c);
	p->log.fd = lp[0];
	p->log.name = role_name(p->role);
	p->state = PROC_BOOT;
	if ((p->ipc = ipc_new(sv[0], ROLE_SUPERVISOR, p->role,
	    MS_BOOT)) == NULL) {
		(void)close(sv[0]);
		return (fail(err, errlen, "socket of %s", p->row->prog));
	}
	return (status);
}

static int
write_map(pid_t pid, const char *file, const struct buf *b, char *err,
    size_t errlen)
{
	char path[64];
	ssize_t n;
	int fd, status = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (fail(err, errlen, "cannot open %s", path));
	n = write(fd, b->data, b->len);
	if (n == -1 || (size_t)n != b->len)
		status = fail(err, errlen, "cannot write %s of the executor",
		    file);
	(void)close(fd);
	return (status);
}

int
proc_map_ids(const struct proc *p, const uid_t *uids, size_t nuids,
    const gid_t *gids, size_t ngids, char *err, size_t errlen)
{
	struct buf u, g;
	size_t i;
	int status = EXIT_SYSTEM;

	buf_init(&u, 4096);
	buf_init(&g, 4096);
	buf_printf(&u, "0 %u 1\n", p->uid);
	buf_printf(&g, "0 %u 1\n", p->gid);
	for (i = 0; i < nuids; i++)
		buf_printf(&u, "%u %u 1\n", uids[i], uids[i]);
	for (i = 0; i < ngids; i++)
		buf_printf(&g, "%u %u 1\n", gids[i], gids[i]);
	if (u.bad || g.bad)
		(void)snprintf(err, errlen, "too many accounts for runs");
	else if ((status = write_map(p->pid, "uid_map", &u, err,
	    errlen)) == 0)
		status = write_map(p->pid, "gid_map", &g, err, errlen);
	buf_free(&u);
	buf_free(&g);
	return (status);
}

int
proc_same_score(const struct proc *p, char *err, size_t errlen)
{
	char path[64], score[16];
	ssize_t n;
	int fd, status = 0;

	if ((fd = open("/proc/self/oom_score_adj", O_RDONLY |
	    O_CLOEXEC)) == -1)
		return (fail(err, errlen, "cannot open oom_score_adj"));
	n = read(fd, score, sizeof(score));
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "/proc/%d/oom_score_adj",
	    (int)p->pid);
	if (n <= 0 || (fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (fail(err, errlen, "cannot open %s", path));
	if (write(fd, score, (size_t)n) != n)
		status = fail(err, errlen, "cannot write oom_score_adj of "
		    "the executor");
	(void)close(fd);
	return (status);
}
