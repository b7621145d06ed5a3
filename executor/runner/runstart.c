/* SPDX-License-Identifier: ISC */
/* The start of a run: its pipes and its sandbox. */
#include "config.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/sched.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/landlock.h"
#include "common/priv.h"
#include "executor/box/box.h"
#include "executor/digests.h"
#include "executor/hook.h"
#include "executor/runner/rundoor.h"
#include "executor/runner/gate.h"
#include "executor/runner/runner_priv.h"
#include "executor/score.h"
#include "executor/turns.h"

#define RUN_NAMESPACES	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | \
			    CLONE_NEWUTS)

void
runner_setup(struct runner *r, const struct job *job)
{
	memset(r, 0, sizeof(*r));
	r->job = job;
	r->ctl = job->ctl;
	r->box = r->go = r->door = r->trouble = r->pidfd = -1;
	input_init(&r->in);
	term_init(&r->term);
	output_init(&r->out[0]);
	output_init(&r->out[1]);
	/* the spawner ignores it; here and in the sandbox it is needed */
	(void)signal(SIGCHLD, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		runner_errno(r, "PDEATHSIG");
	if (gate_own() == -1)
		runner_errno(r, "memory of a key");
	r->masker = masker_new();
}

/*
 * A pipe of the command, and the end that stays here; the account may open
 * its own again by /dev/stdin and the like.
 */
static int
command_pipe(struct runner *r, int write, int *mine)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1 || fchown(p[write],
	    r->job->profile.uid, r->job->profile.gid) == -1)
		runner_errno(r, "pipe of a command");
	*mine = p[!write];
	return (p[write]);
}

/*
 * clone3 and not fork: namespaces and descriptor of the process in one step.
 * A network with nothing but lo is each run's own.  Where Landlock cannot keep
 * runs off each other's abstract sockets, a network namespace of its own does,
 * or, in the host's, the filter.
 */
static pid_t
clone_init(struct runner *r, const struct layers *l)
{
	struct clone_args a;

	memset(&a, 0, sizeof(a));
	a.flags = RUN_NAMESPACES | CLONE_PIDFD;
	if (r->job->cgroup != -1) {
		a.flags |= CLONE_INTO_CGROUP;
		a.cgroup = (uint64_t)r->job->cgroup;
	} else
		a.flags |= CLONE_NEWCGROUP;
	if (r->job->skill->network == PLAN_NET_LOOPBACK ||
	    (l->landlock < LL_ABI_SCOPES &&
	    r->job->skill->network == PLAN_NET_NONE))
		a.flags |= CLONE_NEWNET;
	if (hook_without("ipc"))
		a.flags &= ~(uint64_t)CLONE_NEWIPC;
	if (hook_without("cgroup"))
		a.flags &= ~(uint64_t)CLONE_NEWCGROUP;
	a.pidfd = (uint64_t)(uintptr_t)&r->pidfd;
	a.exit_signal = SIGCHLD;
	return ((pid_t)syscall(SYS_clone3, &a, sizeof(a)));
}

/* From here on this process looks at what the command prints. */
static void
keep_only_kill(struct runner *r)
{
	/* cap_set_proc() asks for the version each time */
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct own[_LINUX_CAPABILITY_U32S_3];

	memset(own, 0, sizeof(own));
	own[CAP_TO_INDEX(CAP_KILL)].permitted = CAP_TO_MASK(CAP_KILL);
	own[CAP_TO_INDEX(CAP_KILL)].effective = CAP_TO_MASK(CAP_KILL);
	if (capset(&h, own) == -1)
		runner_errno(r, "capabilities of a runner");
}

/* It begins with the score of a run, which is not ours. */
static void
clone_box(struct runner *r, const struct box *bx)
{
	int score;

	if ((score = score_open()) == -1 || score_put(score, SCORE_RUN) == -1)
		runner_errno(r, "oom_score_adj");
	if ((r->init = clone_init(r, bx->layers)) == 0)
		box_init(bx);
	if (r->init == -1)
		runner_errno(r, "clone3 with the namespaces of a sandbox");
	if (score_put(score, SCORE_RUNNER) == -1)
		runner_errno(r, "oom_score_adj");
}

/*
 * What else is open is the sandbox's, or the spawner's; the sandbox has closed
 * that for itself, first of all.
 */
static void
keep_own(const struct runner *r)
{
	const int keep[] = { r->ctl, digests_wishing(), r->job->cgroup,
	    r->box, r->go, r->trouble, r->in.dst, r->pipe[0], r->pipe[1],
	    r->pidfd, r->door };

	priv_closebut(keep, NELEM(keep));
}

static void
place_door(struct runner *r)
{
	if (r->job->skill->inner_channel[0] != '\0' &&
	    (r->door = rundoor_place()) == -1)
		runner_errno(r, "place of a channel's socket");
}

void
runner_start(struct runner *r)
{
	int sv[2], go[2], tr[2];
	struct box bx;

	memset(&bx, 0, sizeof(bx));
	bx.profile = &r->job->profile;
	bx.skill = r->job->skill;
	bx.layers = r->job->layers;
	bx.spare = r->job->spare;
	bx.idns = r->job->idns;
	bx.grouped = r->job->cgroup != -1;
	bx.memory = r->memory = bx.grouped && cgroup_holds(r->job->cgroup, 0);
	/*
	 * In an order in which ends of the same side are neighbours, to be
	 * closed together on the other one.
	 */
	bx.stdio[1] = command_pipe(r, 1, &r->pipe[0]);
	bx.stdio[0] = command_pipe(r, 0, &r->in.dst);
	if (fcntl(r->in.dst, F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
		runner_errno(r, "pipe of a command");
	bx.stdio[2] = command_pipe(r, 1, &r->pipe[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go) == -1 ||
	    pipe2(tr, O_CLOEXEC) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		runner_errno(r, "pipes of a sandbox");
	place_door(r);
	bx.door = r->door;
	bx.sock = sv[0];
	bx.go = go[0];
	bx.trouble = tr[1];
	r->box = sv[1];
	r->go = go[1];
	r->trouble = tr[0];
	clone_box(r, &bx);
	keep_own(r);
	keep_only_kill(r);
	/* in there they wait for our word */
	if (r->job->skill->execs != EXECS_OFF)
		turns_short();
}
