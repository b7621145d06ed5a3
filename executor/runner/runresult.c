/* SPDX-License-Identifier: ISC */
/* The end of a run: what it came to, which the executor is told. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "executor/runner/runner_priv.h"

void
runner_send(const struct runner *r, const void *p, size_t len)
{
	ssize_t n;

	do {
		n = send(r->ctl, p, len, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	if (n == -1)		/* the executor is gone */
		_exit(0);
}

/* The last thing that a runner does. */
static void __attribute__((__noreturn__))
send_result(struct runner *r)
{
	struct buf b;

	if (r->res.limit == NULL)
		r->res.limit = xstrdup("");
	if (r->res.reason == NULL)
		r->res.reason = xstrdup("");
	buf_init(&b, INSIDE_RESULT_MAX);
	buf_put_u8(&b, INSIDE_RESULT);
	buf_put_u8(&b, r->ran != 0);
	runresult_put(&b, &r->res);
	runner_send(r, b.data, b.len);
	if (r->reported)
		while (waitpid(r->init, NULL, 0) == -1 && errno == EINTR)
			;
	_exit(0);
}

void
runner_fail(struct runner *r, const struct trouble *t)
{
	r->res.outcome = OUTCOME_ERROR;
	r->res.err = t->err;
	r->res.reason = xstrdup(t->text);
	send_result(r);
}

void
runner_errno(struct runner *r, const char *what)
{
	struct trouble t;

	trouble_set(&t, CBE_INTERNAL, "%s: %s", what, strerror(errno));
	runner_fail(r, &t);
}

/* How a run ended that was not ended by us. */
static void
judge(struct runner *r)
{
	struct runresult *v = &r->res;
	uint64_t cpu = v->user_us + v->sys_us;
	int sig;

	if (WIFEXITED(r->report.status)) {
		v->code = WEXITSTATUS(r->report.status);
		if (v->outcome == 0)
			v->outcome = OUTCOME_EXITED;
		return;
	}
	v->code = sig = WTERMSIG(r->report.status);
	if (v->outcome != 0)
		return;
	v->outcome = OUTCOME_LIMITED;
	if (sig == SIGXCPU || (sig == SIGKILL && r->plan.limits.cpu_s != 0 &&
	    cpu / 1000000 >= r->plan.limits.cpu_s))
		v->limit = xstrdup("cpu");
	else if (sig == SIGXFSZ)
		v->limit = xstrdup("file");
	else if (sig == SIGPIPE && r->cut)
		v->limit = xstrdup("output");
	else if (sig == SIGKILL && r->group.oom_kill != 0)
		v->limit = xstrdup("memory");
	else
		v->outcome = OUTCOME_SIGNALED;
	/* calls of another architecture; or it sent that to itself */
	if (sig == SIGSYS && v->reason == NULL)
		v->reason = xstrdup("killed by the system call filter");
}

/* The command's own end, and no good one. */
static int
failed(const struct runresult *v)
{
	return (v->outcome == OUTCOME_SIGNALED ||
	    (v->outcome == OUTCOME_EXITED && v->code != 0));
}

/* Limits that it met and went on, or did not name when it gave up. */
static void
name_limit(struct runner *r)
{
	struct runresult *v = &r->res;

	if (v->limit != NULL)
		return;
	if (r->cut)
		v->limit = xstrdup("output");
	else if (r->group.pids_max != 0)
		v->limit = xstrdup("processes");
	else if (failed(v) && rlimits_memory_met(&r->plan.limits,
	    r->memory ? &r->group : NULL, r->report.maxrss_kb,
	    v->outcome == OUTCOME_SIGNALED))
		v->limit = xstrdup("memory");
}

void
runner_finish(struct runner *r)
{
	uint8_t both[2][32];
	size_t i;

	if (r->why.err != 0)
		runner_fail(r, &r->why);
	r->res.wall_us = r->started == 0 ? 0 :
	    (uint64_t)(r->ended - r->started);
	runner_usage(r);
	r->res.refused = r->report.refused;
	r->res.in_bytes = r->in.bytes;
	r->res.out_bytes = r->out[0].bytes;
	r->res.err_bytes = r->out[1].bytes;
	for (i = 0; i < 2; i++) {
		if (r->out[i].hs != NULL)
			r->res.masked += masker_count(r->out[i].hs);
		output_close(&r->out[i], both[i]);
	}
	(void)crypto_generichash(r->res.digest, sizeof(r->res.digest),
	    both[0], sizeof(both), NULL, 0);
	/* somebody of the same account may end it before it is executed */
	if (r->reported && r->ran)
		judge(r);
	else if (r->res.outcome == 0 && r->ran && r->group.oom_kill != 0) {
		/* all of it, init too: memory.oom.group */
		r->res.outcome = OUTCOME_LIMITED;
		r->res.limit = xstrdup("memory");
		r->res.code = SIGKILL;
	} else if (r->res.outcome == 0 && r->ran) {
		r->res.outcome = OUTCOME_SIGNALED;
		r->res.code = SIGKILL;
		r->res.reason = xstrdup("the sandbox was killed from outside");
	} else if (r->res.outcome == 0) {
		r->res.outcome = OUTCOME_ERROR;
		r->res.err = CBE_INTERNAL;
		r->res.reason = xstrdup("the sandbox ended before the command "
		    "was executed");
	} else
		r->res.code = SIGKILL;
	name_limit(r);
	if (r->res.outcome == OUTCOME_ERROR && r->res.err == 0)
		r->res.err = CBE_INTERNAL;
	send_result(r);
}
