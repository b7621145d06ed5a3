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
#include "executor/fds.h"
#include "executor/spawner.h"

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
receive(int sock, struct job *job)
{
	unsigned nfds = 1;
	ssize_t n;

	n = fds_recv(sock, &job->profile, sizeof(job->profile), &job->ctl,
	    &nfds, 0);
	if (n == -1 && errno == EINTR)
		return (0);
	return (n == (ssize_t)sizeof(job->profile) && nfds == 1 ? 1 : -1);
}

static void __attribute__((__noreturn__))
serve(int sock, const struct xskill *skill, const struct layers *layers)
{
	struct job job;
	int r;

	memset(&job, 0, sizeof(job));
	job.layers = layers;
	job.skill = skill;
	for (;;) {
		if ((r = receive(sock, &job)) == -1)
			_exit(0);
		if (r == 0)
			continue;
		if (fork() == 0)
			runner_main(&job);
		/* where fork failed, the executor sees the end of it */
		(void)close(job.ctl);
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
	serve(sock, s->x, &layers);
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
spawner_ask(const struct skill *s, const struct profile *p)
{
	int sv[2], r, saved;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	r = fds_send(s->spawner, p, sizeof(*p), &sv[1], 1);
	saved = errno;
	(void)close(sv[1]);
	if (r == 0)
		return (sv[0]);
	(void)close(sv[0]);
	errno = saved;
	return (-1);
}
