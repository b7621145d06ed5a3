/* SPDX-License-Identifier: ISC */
/* One run, from its sandbox to its result. */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/runner/gate.h"
#include "executor/runner/arbiter.h"
#include "executor/runner/hostile_runner.h"
#include "executor/runner/match.h"
#include "executor/runner/runner_priv.h"

#define KILL_GRACE_MS	2000	/* from TERM to KILL */
#define READER_MS	600000	/* for the client to take what is left */
#define TELL_MS		10	/* shorter runs are told of by their result */
#define ASKED_MS	1000	/* for an answer, until it is asked again */
#define AT_ONCE		256	/* words of init, before others have a turn */
#define CPU_MS		500	/* from one look at its time to the next */

/* Slots of the poll set. */
enum { P_CTL, P_INIT, P_TROUBLE, P_GO, P_IN, P_ROOM, P_OUT, P_ERR, P_KEEP,
    P_SECRETS, P_MAX = P_SECRETS + PLAN_MAXSECRETS };

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void
kill_now(struct runner *r)
{
	(void)syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0);
	r->kill_at = INT64_MAX;
}

/* The run has to end for this reason; the first one counts. */
static void
end_run(struct runner *r, enum outcome why, const char *limit)
{
	static const uint8_t term = INSIDE_TERM;

	if (r->phase == PH_OVER)	/* only its output is left */
		r->deadline = runner_now();
	if (r->kill_at != 0)
		return;
	r->res.outcome = (uint8_t)why;
	if (limit != NULL)
		r->res.limit = xstrdup(limit);
	if (r->phase < PH_EXEC) {
		kill_now(r);
		return;
	}
	/* what is killed at once cannot say whether it was executed */
	r->kill_at = runner_now() + KILL_GRACE_MS * 1000;
	if (send(r->box, &term, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
		kill_now(r);
}

/* An emergency: no word to it, and nobody waits for who reads its output. */
static void
end_now(struct runner *r, enum outcome why)
{
	r->at_once = 1;
	if (r->phase == PH_OVER) {
		r->deadline = runner_now();
		return;
	}
	if (r->kill_at == 0)
		r->res.outcome = (uint8_t)why;
	kill_now(r);
}

/* It is not going to run. */
static void
never_ran(struct runner *r, const struct trouble *t)
{
	if (r->why.err == 0 && r->res.outcome == 0)
		r->why = *t;
	r->passed = 0;
	kill_now(r);
}

/* All that the command needs, and the word to execute behind it. */
static void
pass_secrets(struct runner *r)
{
	struct trouble t;
	int how;

	if ((how = secrets_pass(&r->secrets, r->go)) == 0)
		return;
	if (how == 1) {
		r->phase = PH_EXEC;
		r->passed = 1;
	} else if (errno != EPIPE && errno != ECONNRESET) {
		trouble_set(&t, lack_err(errno, CBE_INTERNAL),
		    "word to a command: %s", strerror(errno));
		never_ran(r, &t);
	}
	/* that it is gone shows elsewhere, and how */
	r->passing = 0;
	close_fd(&r->go);
}

static void
check_secrets(struct runner *r)
{
	struct trouble t;

	/* one that is about to be killed gets no word */
	if (r->phase != PH_SECRETS || r->kill_at != 0 || r->go == -1 ||
	    secrets_wait(&r->secrets) || term_awaited(&r->term))
		return;
	if (r->passing) {
		pass_secrets(r);
		return;
	}
	if (secrets_check(&r->secrets, &r->plan, &t) == -1) {
		never_ran(r, &t);
		return;
	}
	secrets_hide(&r->secrets, r->masker);
	if (r->plain != NULL)
		secrets_hide_others(&r->secrets, &r->plan.secrets,
		    r->plan.rotates, r->plain);
	if (masker_build(r->masker) == -1 ||
	    (r->plain != NULL && masker_build(r->plain) == -1)) {
		trouble_set(&t, lack_err(errno, CBE_INTERNAL),
		    "memory to hide secrets with: %s", strerror(errno));
		never_ran(r, &t);
		return;
	}
	output_mask(&r->out[0], r->plain != NULL ? r->plain : r->masker);
	output_mask(&r->out[1], r->masker);
	r->passing = 1;
	pass_secrets(r);
}

static void
go(struct runner *r)
{
	hostile_runner_go(r);
	/* what handles a command's output has no key but that of answers */
	gate_answers(r->answers, r->id);
	gate_shut();
	r->phase = PH_SECRETS;
	r->started = runner_now();
	keep_begin(r->keep, r->started);
	r->deadline = r->started +
	    (int64_t)r->plan.limits.timeout_s * 1000000;
	check_secrets(r);
}

/* The one place where something is allowed to run. */
static void
on_go(struct runner *r, const uint8_t *m, size_t len)
{
	struct trouble t;
	const char *why;

	if (r->phase != PH_WAIT || r->kill_at != 0)
		return;
	if (gate_pass(go_ticket(m, len), r->id, r->digest, &why) == 0) {
		go(r);
		return;
	}
	gate_shut();
	/* nobody lied: it has only taken too long to come here */
	trouble_set(&t, why == ticket_expired ? CBE_AGAIN : CBE_REFUSED, "%s",
	    why);
	never_ran(r, &t);
}

/* The battery executes nothing. */
static void
on_try(struct runner *r)
{
	if (r->phase == PH_WAIT && r->job->profile.probe)
		go(r);
}

static void
on_plan(struct runner *r, const uint8_t *m, size_t len, const int *fds,
    unsigned nfds)
{
	struct rd plan;
	uint64_t id;

	if (plan_run_get(m, len, &id, &plan) == 0)
		runner_plan(r, id, &plan, fds, nfds);
	if (hostile_runner_early(r))
		go(r);
}

static void
on_size(struct runner *r, const uint8_t *m, size_t len)
{
	uint16_t height, width;

	if (winsize_get(m, len, &height, &width) == -1)
		return;
	term_size(&r->term, height, width);
	keep_size(r->keep, height, width);
}

static void
on_kill(struct runner *r, const uint8_t *m, size_t len)
{
	unsigned outcome, now;

	if (kill_get(m, len, &outcome, &now) == -1)
		return;
	if (now)
		end_now(r, (enum outcome)outcome);
	else
		end_run(r, (enum outcome)outcome, NULL);
}

/* One message of the executor; poll(2) tells if there is another one. */
static void
on_ctl(struct runner *r)
{
	int fds[INSIDE_PLAN_FDS];
	unsigned nfds = INSIDE_PLAN_FDS;
	static uint8_t m[INSIDE_PLAN_MAX + 1];	/* the longest */
	ssize_t n;

	n = fds_recv(r->ctl, m, sizeof(m), fds, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1)
		runner_errno(r, "a word of the executor");
	if (n <= 0)
		_exit(0);
	switch (inside_type(IN_CONTROL, IW_EXECUTOR, m, (size_t)n, nfds)) {
	case INSIDE_PLAN:
		on_plan(r, m, (size_t)n, fds, nfds);
		break;
	case INSIDE_GO:
		on_go(r, m, (size_t)n);
		break;
	case INSIDE_TRY:
		on_try(r);
		break;
	case INSIDE_KILL:
		on_kill(r, m, (size_t)n);
		break;
	case INSIDE_WINSIZE:
		on_size(r, m, (size_t)n);
		break;
	case INSIDE_ANSWER:
		arbiter_answer(r, m, (size_t)n);
		break;
	case INSIDE_EXECED:
		arbiter_execed(r, m, (size_t)n);
		break;
	default:
		errno = EPROTO;
		runner_errno(r, "a word of the executor");
	}
}

/*
 * A report, or the end of file when the command was executed.  Or when it
 * ended before: which of them it was, init knows.
 */
static void
on_trouble(struct runner *r)
{
	uint8_t m[INSIDE_TROUBLE_MAX + 1];
	struct trouble t;
	ssize_t n;

	n = read(r->trouble, m, sizeof(m));
	if (n == -1 && errno == EINTR)
		return;
	close_fd(&r->trouble);
	if (n > 0) {
		if (trouble_get(m, (size_t)n, &t) == -1)
			trouble_set(&t, CBE_INTERNAL, "malformed report of a "
			    "sandbox");
		never_ran(r, &t);
	} else if (r->phase == PH_EXEC) {
		r->phase = PH_RUN;
		r->tell_at = runner_now() + TELL_MS * 1000;
		if (r->plan.limits.cpu_s != 0)
			r->cpu_at = runner_now() + CPU_MS * 1000;
	}
}

/* Init was killed: what it cost itself is in the numbers too. */
static void
bury(struct runner *r)
{
	struct rusage ru;
	int status;
	pid_t pid;

	kill_now(r);
	while ((pid = wait4(r->init, &status, 0, &ru)) == -1 &&
	    errno == EINTR)
		;
	if (pid == -1)
		return;
	runner_buried(r, status, &ru);
}

/*
 * Init has nobody left in there, or is gone itself.  After its report it
 * only ends, and nobody has to wait for the kernel to take its namespaces
 * down.
 */
static void
sandbox_over(struct runner *r, const uint8_t *m, size_t n)
{
	r->reported = n > 0 && ended_get(m, n, &r->report) == 0;
	if (!r->reported)
		memset(&r->report, 0, sizeof(r->report));
	else if (r->report.executed)
		r->ran = 1;
	r->ended = runner_now();
	close_fd(&r->box);
	r->kill_at = INT64_MAX;
	if (!r->reported)
		bury(r);
	/* told before it ended, but not looked at yet */
	if (r->trouble != -1)
		on_trouble(r);
	r->phase = PH_OVER;
	r->tell_at = 0;
	input_close(&r->in);
	term_end(&r->term);
	r->deadline = r->ended + (r->at_once ? 1 :
	    (int64_t)READER_MS * 1000);
}

/* One message of init; is there another one? */
static int
on_jail(struct runner *r)
{
	static uint8_t m[INSIDE_HELD_MAX + 1];
	int fds[INSIDE_HELD_FDS];
	unsigned nfds = INSIDE_HELD_FDS;
	ssize_t n;

	n = fds_recv(r->box, m, sizeof(m), fds, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EINTR || lack_is(errno)))
		return (0);
	switch (n <= 0 ? INSIDE_NONE : inside_type(IN_INIT, IW_INIT, m,
	    (size_t)n, nfds)) {
	case INSIDE_EXECUTED:
		r->ran = 1;
		return (1);
	case INSIDE_HELD:
		arbiter_held(r, m, (size_t)n, fds, nfds);
		return (1);
	case INSIDE_SHOWN:
		arbiter_shown(r, m, (size_t)n, fds, nfds);
		return (1);
	case INSIDE_FATE:
		arbiter_fate(r, m, (size_t)n);
		return (1);
	case INSIDE_REPEATED:
		arbiter_repeated(r, m, (size_t)n);
		return (1);
	case INSIDE_CHANGES:
		runner_changed(r, m, (size_t)n);
		return (1);
	default:
		sandbox_over(r, m, n > 0 ? (size_t)n : 0);
		return (0);
	}
}

/* The kernel limits each process; this is about all of them together. */
static void
check_cpu(struct runner *r, int64_t now)
{
	if (r->phase != PH_RUN || r->kill_at != 0) {
		r->cpu_at = 0;
		return;
	}
	r->cpu_at = now + CPU_MS * 1000;
	if (runner_cpu(r) >= (uint64_t)r->plan.limits.cpu_s * 1000000)
		end_run(r, OUTCOME_LIMITED, "cpu");
}

/*
 * It has not ended at once.  That it was executed is asked of init, and what
 * cannot be said now is said later.
 */
static void
tell_later(struct runner *r, int64_t now)
{
	static const uint8_t ask = INSIDE_ASK;

	r->tell_at = now + TELL_MS * 1000;
	if (r->ran) {
		if (runner_tell(r) == 0)
			r->tell_at = 0;
	} else if (send(r->box, &ask, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != -1) {
		r->asked = 1;
		r->tell_at = now + ASKED_MS * 1000;
	}
}

static void
on_time(struct runner *r)
{
	int64_t now = runner_now();

	arbiter_step(r, now);
	runclock_step(r, now);
	if (r->cpu_at != 0 && r->cpu_at <= now)
		check_cpu(r, now);
	if (r->kill_at != 0 && r->kill_at <= now)
		kill_now(r);
	if (r->tell_at != 0 && (r->tell_at <= now || (r->ran && r->asked)))
		tell_later(r, now);
	if (r->deadline == 0 || r->deadline > now)
		return;
	if (r->phase != PH_OVER) {
		end_run(r, OUTCOME_TIMEOUT, NULL);
		return;
	}
	/* nobody reads what the command has printed */
	close_fd(&r->out[0].dst);
	close_fd(&r->out[1].dst);
	output_cut(&r->out[0]);
	output_cut(&r->out[1]);
	buf_reset(&r->out[0].out);
	buf_reset(&r->out[1].out);
}

static int
poll_timeout(const struct runner *r)
{
	int64_t next = runclock_at(r), now = runner_now();

	if (r->tell_at != 0 && r->tell_at < next)
		next = r->tell_at;
	if (r->cpu_at != 0 && r->cpu_at < next)
		next = r->cpu_at;
	if (arbiter_time(r) < next)
		next = arbiter_time(r);
	if (next == INT64_MAX)
		return (-1);
	if (next <= now)
		return (0);
	next = (next - now) / 1000 + 1;
	return (next > 60000 ? 60000 : (int)next);
}

/* How many there are to wait for. */
static nfds_t
poll_set(const struct runner *r, struct pollfd *p)
{
	size_t i;

	for (i = 0; i < P_SECRETS + r->secrets.n; i++) {
		p[i].fd = -1;
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	p[P_CTL].fd = r->ctl;
	p[P_INIT].fd = r->box;
	p[P_TROUBLE].fd = r->trouble;
	if (term_awaited(&r->term) || r->passing)
		p[P_GO].fd = r->go;
	if (r->passing)
		p[P_GO].events = POLLOUT;
	if (r->phase >= PH_EXEC && r->out[0].hs != NULL) {
		if (r->plan.tty)
			term_poll(&r->term, &p[P_IN]);
		else
			input_poll(&r->in, &p[P_IN]);
		keep_poll(r->keep, &p[P_KEEP]);
		if (!keep_waits(r->keep)) {
			output_poll(&r->out[0], &p[P_OUT]);
			output_poll(&r->out[1], &p[P_ERR]);
		}
	}
	if (r->phase == PH_SECRETS)
		for (i = 0; i < r->secrets.n; i++)
			p[P_SECRETS + i].fd = r->secrets.s[i].fd;
	return (P_SECRETS + r->secrets.n);
}

static void
move_streams(struct runner *r, const struct pollfd *p)
{
	if (r->plan.tty) {
		term_step(&r->term, &p[P_IN]);
		r->in.bytes = r->term.bytes;
	} else
		input_step(&r->in, &p[P_IN]);
	keep_step(r->keep, &p[P_KEEP]);
	output_step(&r->out[0], &p[P_OUT], &r->budget);
	output_step(&r->out[1], &p[P_ERR], &r->budget);
	/*
	 * Nobody reads it any more: the terminal hangs up.  That the command
	 * has closed it is no reason to: it may still be about to end.
	 */
	if (r->plan.tty && r->phase >= PH_EXEC && r->out[0].dst == -1)
		term_end(&r->term);
}

static void
handle(struct runner *r, struct pollfd *p, nfds_t n)
{
	struct trouble t;
	size_t i;
	int turns;

	if (p[P_CTL].revents != 0)
		on_ctl(r);
	if (p[P_TROUBLE].revents != 0 && r->trouble != -1)
		on_trouble(r);
	/* fewer were waited for than there are, if the plan came now */
	for (i = 0; P_SECRETS + i < n; i++)
		if (p[P_SECRETS + i].revents != 0 && secrets_read(&r->secrets,
		    i, r->plan.secrets.v[i], &t) == -1)
			never_ran(r, &t);
	if (p[P_GO].revents != 0 && term_awaited(&r->term))
		runner_terminal(r);
	check_secrets(r);
	move_streams(r, p);
	runner_budget(r);
	if (p[P_INIT].revents != 0 && r->box != -1)
		for (turns = 0; turns < AT_ONCE && on_jail(r); turns++)
			;
	on_time(r);
}

/* What is told beside its result, or in it. */
static void
at_end(struct runner *r)
{
	arbiter_end(r);
	runner_changes(r);
}

/* 0, or -1: nothing was looked at, but time has passed. */
static int
wait_for(struct pollfd *p, nfds_t n, int timeout)
{
	const struct timespec tick = { 0, LACK_NS };

	if (poll(p, n, timeout) != -1)
		return (0);
	if (errno != EINTR)
		(void)nanosleep(&tick, NULL);
	return (-1);
}

void
runner_main(const struct job *job)
{
	static struct runner r;
	struct pollfd p[P_MAX];
	struct trouble t;
	nfds_t n;

	runner_setup(&r, job);
	r.at_end = at_end;
	if (match_profile(job, &t) == -1)
		runner_fail(&r, &t);
	runner_start(&r);
	while (r.phase != PH_OVER || (r.out[0].hs != NULL &&
	    (!output_done(&r.out[0]) || !output_done(&r.out[1])))) {
		n = poll_set(&r, p);
		if (wait_for(p, n, poll_timeout(&r)) == 0)
			handle(&r, p, n);
		else
			on_time(&r);
	}
	runner_finish(&r);
}
