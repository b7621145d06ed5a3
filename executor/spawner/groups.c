/* SPDX-License-Identifier: ISC */
/* The children of a spawner, and their control groups; see groups.h. */
#include "config.h"

#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/log.h"
#include "executor/spawner/groups.h"
#include "executor/spawner/spawner.h"

#define SWEEP_NS	50000000	/* from one try to the next */
#define GROUPS_END_TRIES	40
#define GROUPS_END_NS		5000000

/* Of a runner that lives, as far as is known. */
struct grouped {
	pid_t		pid;
	struct cgroup	cg;
};

static struct cgroups groups = { .dir = -1 };
static struct grouped *grouped;
static size_t ngrouped;
static sigset_t before;		/* what was blocked */
static void (*tell_end)(pid_t, int);

static void
on_child(int sig)
{
	(void)sig;		/* ends ppoll(2) */
}

void
groups_init(unsigned has, void (*ended)(pid_t, int))
{
	struct sigaction sa;
	sigset_t child;

	tell_end = ended;
	if (has != 0)
		groups.dir = SPAWNER_FD_CGROUP;
	groups.has = has;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_child;
	sa.sa_flags = SA_NOCLDSTOP;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, &before) == -1 ||
	    sigaction(SIGCHLD, &sa, NULL) == -1)
		fatal(EXIT_SYSTEM, "signals of a spawner");
	(void)sigdelset(&before, SIGCHLD);
}

void
groups_child(void)
{
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		fatal(EXIT_SYSTEM, "signals of a runner");
}

int
groups_new(struct cgroup *cg)
{
	return (cgroup_new(&groups, cg));
}

void
groups_born(struct cgroup *cg, pid_t pid)
{
	if (cg->dir == -1)
		return;
	if (pid == -1) {
		cgroup_drop(&groups, cg);
		return;
	}
	grouped = xrecallocarray(grouped, ngrouped, ngrouped + 1,
	    sizeof(*grouped));
	grouped[ngrouped].pid = pid;
	grouped[ngrouped++].cg = *cg;
}

/* The resolver is among those that end, and has no group. */
static void
reap(void (*ended)(pid_t, int))
{
	size_t i;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < ngrouped; i++)
			if (grouped[i].pid == pid) {
				cgroup_drop(&groups, &grouped[i].cg);
				grouped[i] = grouped[--ngrouped];
				break;
			}
		if (ended != NULL)
			ended(pid, status);
	}
}

int
groups_wait(int sock, int beside, int log)
{
	const struct timespec tick = { 0, SWEEP_NS };
	struct pollfd p[3] = { { .fd = sock, .events = POLLIN },
	    { .fd = beside, .events = POLLIN }, { .fd = log } };
	int idle;

	do {
		reap(tell_end);
		idle = groups.dir == -1 || cgroup_sweep(&groups) == 0;
	} while (ppoll(p, 3, idle ? NULL : &tick, &before) <= 0);
	if (p[2].revents != 0)
		return (-1);
	return ((p[0].revents != 0 ? GROUPS_SOCK : 0) |
	    (p[1].revents != 0 ? GROUPS_BESIDE : 0));
}

void
groups_kill(void)
{
	size_t i;

	for (i = 0; i < ngrouped; i++)
		(void)kill(grouped[i].pid, SIGKILL);
}

void
groups_end(void)
{
	const struct timespec tick = { 0, GROUPS_END_NS };
	int i;

	for (i = 0; groups.dir != -1 && i < GROUPS_END_TRIES; i++) {
		reap(NULL);
		if (cgroup_sweep(&groups) == 0 && ngrouped == 0)
			return;
		(void)nanosleep(&tick, NULL);
	}
}
