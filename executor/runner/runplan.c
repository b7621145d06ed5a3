/* SPDX-License-Identifier: ISC */
/* A runner gets its plan: what it needs of it here, and on to the command. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/fds.h"
#include "executor/planfile.h"
#include "executor/printfile.h"
#include "executor/runner/rundoor.h"
#include "executor/runner/match.h"
#include "executor/runner/runner_priv.h"

/* The battery asks nobody for anything. */
static int
has_door(const struct runner *r)
{
	return (r->plan.inner_channel[0] != '\0' && !r->job->profile.probe);
}

/* Nor is what it prints stored; and what becomes a secret is in the vault. */
static int
is_kept(const struct runner *r)
{
	return (r->job->keepconf != NULL && !r->job->profile.probe &&
	    r->plan.rotates[0] == '\0');
}

/*
 * Does its group have the limit that the command is not given otherwise, and
 * are all its descriptors there?
 */
static int
fits(const struct runner *r, unsigned nfds)
{
	return ((!r->memory || cgroup_holds(r->job->cgroup,
	    r->plan.limits.memory_mb)) &&
	    nfds == PLAN_SECRETS + r->plan.secrets.n + (has_door(r) != 0) +
	    (is_kept(r) ? 2 : 0));
}

/* Behind the secrets; whoever has it could take what is said to it. */
static void
open_door(struct runner *r, int fd)
{
	if (rundoor_open(r->door, fd, r->plan.inner_channel) == -1)
		runner_errno(r, "socket of a channel");
	(void)close(fd);
	(void)close(r->door);
	r->door = -1;
}

/* The plan and its digest, by the bytes or what is in the memory. */
static int
read_plan(struct runner *r, const struct rd *plan, int memory)
{
	if (memory != -1)
		return (planfile_read(memory, &r->plan, r->digest));
	if (plan_get(plan->p, plan->left, &r->plan) == -1) {
		errno = EINVAL;
		return (-1);
	}
	plan_digest(r->digest, plan->p, plan->left);
	return (0);
}

/* The same bytes, or the same memory, on to the command. */
static int
pass_plan(const struct runner *r, const struct rd *plan, int memory)
{
	static const uint8_t word = INSIDE_TAKE;
	static uint8_t m[INSIDE_GIVEN_MAX];
	struct buf b;
	ssize_t n;

	if (memory != -1)
		return (fds_send(r->go, &word, 1, &memory, 1));
	inside_begin(&b, m, sizeof(m), INSIDE_GIVEN);
	buf_put_u32(&b, (uint32_t)plan->left);
	buf_put(&b, plan->p, plan->left);
	/* nothing was sent before: there is room for all of it */
	n = send(r->go, m, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n != -1 && (size_t)n < b.len)
		errno = EMSGSIZE;
	return (n == (ssize_t)b.len ? 0 : -1);
}

/*
 * By the plan, which is none of those that the skill's configuration refuses,
 * and by nobody else: the executor reaches no group.  This one is new, so
 * that only what is limited is written.
 */
static int
limit_group(const struct runner *r)
{
	struct cgroups cs;
	struct cgroup cg;

	memset(&cs, 0, sizeof(cs));
	memset(&cg, 0, sizeof(cg));
	cs.has = r->job->layers->cgroup;
	cg.dir = r->job->cgroup;
	return (cgroup_set(&cs, &cg, &r->plan.limits));
}

/* The command's pipes are not used; what is in place of them comes later. */
static void
expect_terminal(struct runner *r, const int *fds)
{
	input_close(&r->in);
	(void)close(r->pipe[0]);
	term_expect(&r->term, fds[PLAN_STDIN], fds[PLAN_STDOUT]);
}

/* Who gets one pipe for both streams wants them in the order of writing. */
static int
same_pipe(int a, int b)
{
	struct stat x, y;

	return (fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static void
open_streams(struct runner *r, const int *fds)
{
	r->secrets.joined = !r->plan.tty && same_pipe(fds[PLAN_STDOUT],
	    fds[PLAN_STDERR]);
	if (output_open(&r->out[1], r->pipe[1], fds[PLAN_STDERR]) == -1)
		runner_errno(r, "output pipe");
	if (r->plan.tty)
		expect_terminal(r, fds);
	else if (output_open(&r->out[0], r->pipe[0], fds[PLAN_STDOUT]) == -1)
		runner_errno(r, "output pipe");
	else
		r->in.src = fds[PLAN_STDIN];
	r->budget.left = r->plan.limits.output_mb == 0 ? UINT64_MAX :
	    r->plan.limits.output_mb * MB;
}

/* Behind all others: the pipe, and by what secrets are known. */
static void
open_keep(struct runner *r, const int fds[2])
{
	struct fingerprints *secrets;

	if ((secrets = printfile_read(fds[1])) == NULL)
		runner_errno(r, "fingerprints of secrets");
	(void)close(fds[1]);
	r->keep = keep_new(r->job->keepconf, secrets, fds[0]);
	output_keep(&r->out[0], r->keep,
	    r->plan.tty ? OUTFILE_TTY : OUTFILE_OUT);
	output_keep(&r->out[1], r->keep, OUTFILE_ERR);
	if (r->plan.tty)
		keep_size(r->keep, r->term.rows, r->term.cols);
}

void
runner_terminal(struct runner *r)
{
	unsigned nfds = 1;
	uint8_t word = 0;
	ssize_t n;
	int fd;

	n = fds_recv(r->go, &word, 1, &fd, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 0) {		/* it could not: the report says why */
		(void)close(r->go);
		r->go = -1;
		return;
	}
	if (n == -1 || inside_type(IN_START, IW_COMMAND, &word, 1,
	    nfds) != INSIDE_TTY ||
	    term_open(&r->term, fd) == -1 ||
	    output_open(&r->out[0], fd, r->term.dst) == -1)
		runner_errno(r, "terminal of a command");
}

/*
 * So one who looks at the host's processes sees which run it is of, and
 * clawbot(1) finds its processes.
 */
static void
name_it(const struct runner *r)
{
	char text[RUNID_TEXT];

	if (r->job->profile.probe)
		return;
	runid_text(text, r->id);
	(void)prctl(PR_SET_NAME, text, 0, 0, 0);
}

void
runner_plan(struct runner *r, uint64_t id, const struct rd *plan,
    const int *fds, unsigned nfds)
{
	struct trouble t;
	int memory = plan->left == 0 ? fds[--nfds] : -1;

	if (r->phase != PH_BUILD) {
		errno = EINVAL;
		runner_errno(r, "descriptors of a plan");
	}
	if (read_plan(r, plan, memory) == -1)
		runner_errno(r, "plan");
	r->id = id;
	name_it(r);
	if (match_plan(r->job, &r->plan, &t) == -1)
		runner_fail(r, &t);
	/* the limits of its group first: with the plan it could begin */
	if (limit_group(r) == -1)
		runner_errno(r, "limits of a control group");
	if (!fits(r, nfds)) {
		errno = EINVAL;
		runner_errno(r, "plan for another sandbox");
	}
	if (secrets_open(&r->secrets, fds + PLAN_SECRETS, r->plan.secrets.n,
	    &t) == -1)
		runner_fail(r, &t);
	if (has_door(r))
		open_door(r, fds[PLAN_SECRETS + r->plan.secrets.n]);
	open_streams(r, fds);
	/* a new value may have what the one before has, as the first line of
	   a key has: with marks in it, it would be lost; but no other secret
	   is shown to who has asked for it */
	if (r->plan.rotates[0] != '\0')
		r->plain = masker_new();
	if (is_kept(r))
		open_keep(r, fds + nfds - 2);
	/* that it is gone already shows elsewhere */
	if (pass_plan(r, plan, memory) == -1 &&
	    errno != EPIPE && errno != ECONNRESET)
		runner_errno(r, "plan for a command");
	if (memory != -1)
		(void)close(memory);
	r->phase = PH_WAIT;
}
