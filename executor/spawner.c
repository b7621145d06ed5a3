/* SPDX-License-Identifier: ISC */
/* Spawners: the template of a skill's sandboxes, and fork. */
#include "config.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/priv.h"
#include "executor/mnt.h"
#include "executor/runner.h"
#include "executor/spawner.h"

#define ASK_RUN		'r'
#define ASK_PROBE	'p'

/* Looked up anew: a descriptor stays in the namespace that it is of. */
static int
clone_path(const char *path)
{
	int fd, mnt;

	if ((fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	mnt = mnt_clone(fd);
	(void)close(fd);
	return (mnt);
}

/*
 * From the executor's view to that of the skill alone.  The mounts of the
 * view are locked to each other in a namespace of our own, so the skill's
 * tree is cloned as a whole.  The proc of the executor comes along: with it
 * in sight a run may mount one of its own, and then it is taken away.
 */
static int
enter_template(const struct skill *s)
{
	int root, proc;

	if (unshare(CLONE_NEWNS) == -1 ||
	    (proc = clone_path("/proc")) == -1 ||
	    (root = clone_path(s->prefix)) == -1)
		return (-1);
	if (mnt_attach(root, AT_FDCWD, "/v") == -1 || chdir("/v") == -1 ||
	    mnt_attach(proc, AT_FDCWD, "proc") == -1)
		return (-1);
	return (mnt_pivot());
}

/*
 * What every run would have to do for itself otherwise: nothing that it
 * executes can have a capability, and its signals are as they come.  SIGPIPE
 * stays ignored up to the command, SIGSYS may be a test's.
 */
static void
prepare_runs(void)
{
	struct sigaction sa;
	unsigned long cap;
	int sig;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1)
			fatal(EXIT_SYSTEM, "bounding set");
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	for (sig = 1; sig < NSIG; sig++)
		if (sig != SIGPIPE && sig != SIGSYS)
			(void)sigaction(sig, &sa, NULL);
	/* nobody waits for runners */
	(void)signal(SIGCHLD, SIG_IGN);
}

/* 1 and the job, 0 if it was none, -1 the executor is gone. */
static int
receive(int sock, struct job *job, char *what)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * JOB_MAXFDS)];
	} ctl;
	struct msghdr m;
	struct iovec iov;
	struct cmsghdr *c;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	iov.iov_base = what;
	iov.iov_len = 1;
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &ctl;
	m.msg_controllen = sizeof(ctl);
	n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	if (n == -1 && errno == EINTR)
		return (0);
	if (n <= 0)
		return (-1);
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS ||
	    (m.msg_flags & MSG_CTRUNC) != 0)
		return (-1);
	job->nfds = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(job->fds, CMSG_DATA(c), job->nfds * sizeof(int));
	return (job->nfds >= JOB_SECRETS ? 1 : -1);
}

static void __attribute__((__noreturn__))
serve(int sock, const struct layers *layers)
{
	struct job job;
	unsigned i;
	char what;
	int r;

	for (;;) {
		memset(&job, 0, sizeof(job));
		if ((r = receive(sock, &job, &what)) == -1)
			_exit(0);
		if (r == 0)
			continue;
		job.layers = layers;
		job.probe = what == ASK_PROBE;
		if (fork() == 0)
			runner_main(&job);
		/* where fork failed, the executor sees the end of JOB_CTL */
		for (i = 0; i < job.nfds; i++)
			(void)close(job.fds[i]);
	}
}

static void __attribute__((__noreturn__))
spawner_main(struct executor *x, const struct skill *s, int sock)
{
	const int keep[] = { sock, ROLE_FD_LOG };
	const struct layers layers = x->layers;

	/* neither the key nor what came over the socket is for runners */
	sodium_free(x->key);
	ipc_free(x->rm.ipc);
	if (enter_template(s) == -1)
		fatal(EXIT_SYSTEM, "view of skill %s", s->x->name);
	priv_closefrom(keep, 2);
	prepare_runs();
	serve(sock, &layers);
}

int
spawner_start(struct executor *x, struct skill *s)
{
	int sv[2], saved;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	if ((s->pid = fork()) == 0)
		spawner_main(x, s, sv[1]);
	saved = errno;
	(void)close(sv[1]);
	s->spawner = sv[0];
	errno = saved;
	return (s->pid == -1 ? -1 : 0);
}

int
spawner_ask(const struct skill *s, int probe, const int *fds, unsigned nfds)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * JOB_MAXFDS)];
	} ctl;
	struct msghdr m;
	struct iovec iov;
	struct cmsghdr *c;
	char what = probe ? ASK_PROBE : ASK_RUN;
	ssize_t n;
	unsigned i;

	memset(&m, 0, sizeof(m));
	memset(&ctl, 0, sizeof(ctl));
	iov.iov_base = &what;
	iov.iov_len = 1;
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &ctl;
	m.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	n = sendmsg(s->spawner, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	for (i = 0; i < nfds; i++)
		(void)close(fds[i]);
	return (n == -1 ? -1 : 0);
}
