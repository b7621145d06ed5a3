/* SPDX-License-Identifier: ISC */
/*
 * Another /etc; see etcnew.h.  The child is in our mount namespace, and sends a
 * mount that is nowhere yet: to put it in place takes a few calls, between two
 * sandboxes, so that none is built without one.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/log.h"
#include "common/priv.h"
#include "common/role.h"
#include "executor/fds.h"
#include "executor/hook.h"
#include "executor/inside.h"
#include "executor/runner/gate.h"
#include "executor/spawner/etcnew.h"
#include "executor/spawner/groups.h"
#include "executor/spawner/spawner.h"
#include "executor/view/view.h"

static struct {
	int	changed;	/* and nobody has begun with it */
	int	fd;		/* of the child at work, or -1 */
	pid_t	pid;		/* of the last one */
} etc = { 0, -1, 0 };

static void
stays(const struct xconf *xc)
{
	log_warn("skill %s: /etc stays as it was", xc->skills[0].name);
}

/* What is ready; -1: it is not. */
static int
replace(const struct xconf *xc, int mnt)
{
	int r = mnt == -1 ? -1 : etc_replace(mnt);

	if (r == -1)
		stays(xc);
	else if (r != 0)
		fatal(EXIT_SYSTEM, "/etc of skill %s", xc->skills[0].name);
	return (r);
}

/* It has no key, and nothing that we are asked over. */
static void __attribute__((__noreturn__))
prepare(const struct xconf *xc, int sock)
{
	const int keep[] = { sock, SPAWNER_FD_ETC, ROLE_FD_LOG };
	int32_t error = 0;
	int mnt;

	groups_child();
	gate_shut();
	priv_closebut(keep, NELEM(keep));
	(void)signal(SIGCHLD, SIG_DFL);
	(void)prctl(PR_SET_NAME, "clawbot-etc", 0, 0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		_exit(0);
	hook_wait(SPAWNER_FD_ETC, "etc/cbt-wait");
	if ((mnt = etc_prepare(SPAWNER_FD_ETC, xc)) == -1)
		error = errno;
	(void)fds_send(sock, &error, sizeof(error), &mnt, mnt != -1);
	_exit(0);
}

/* If there can be no child, it is made when a sandbox is built. */
static void
begin(const struct xconf *xc)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return;
	if ((etc.pid = fork()) == 0)
		prepare(xc, sv[1]);
	(void)close(sv[1]);
	if (etc.pid == -1) {
		(void)close(sv[0]);
		return;
	}
	etc.fd = sv[0];
	etc.changed = 0;
}

void
etcnew_heard(const struct xconf *xc, int at_once)
{
	if (etc_stays(xc))
		return;
	etc.changed = 1;
	if (at_once && etc.fd == -1)
		begin(xc);
}

void
etcnew_due(const struct xconf *xc)
{
	if (!etc.changed || etc.fd != -1)
		return;
	etc.changed = 0;
	(void)replace(xc, etc_prepare(SPAWNER_FD_ETC, xc));
}

int
etcnew_fd(void)
{
	return (etc.fd);
}

void
etcnew_take(const struct xconf *xc, int sock)
{
	static const uint8_t m = INSIDE_ETC_NEW;
	unsigned nfds = 1;
	int32_t error = 0;
	int mnt = -1;
	ssize_t n;

	n = fds_recv(etc.fd, &error, sizeof(error), &mnt, &nfds,
	    MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	(void)close(etc.fd);
	etc.fd = -1;
	if (n != (ssize_t)sizeof(error) || nfds != 1) {
		errno = n == (ssize_t)sizeof(error) ? error : ECHILD;
		mnt = -1;
	}
	/* the executor keeps none that was built before */
	if (replace(xc, mnt) == 0 && fds_send(sock, &m, 1, NULL, 0) == -1)
		log_warn("skill %s: waiting sandboxes have an old /etc",
		    xc->skills[0].name);
	if (etc.changed)
		begin(xc);
}

int
etcnew_is(pid_t pid)
{
	return (pid == etc.pid);
}
