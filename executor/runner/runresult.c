/* SPDX-License-Identifier: ISC */
/* The end of a run: what it came to, which the executor is told. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/priv.h"
#include "common/role.h"
#include "executor/lack.h"
#include "executor/runner/runner_priv.h"

static int
send_to(int ctl, const void *p, size_t len)
{
	unsigned tries = 0;

	while (send(ctl, p, len, MSG_NOSIGNAL) == -1)
		if (!lack_again(&tries))
			return (-1);
	return (0);
}

void
runner_send(const struct runner *r, const void *p, size_t len)
{
	if (send_to(r->ctl, p, len) == -1)	/* the executor is gone */
		_exit(0);
}

int
runner_tell(const struct runner *r)
{
	static const uint8_t word = INSIDE_STARTED;
	ssize_t n;

	n = send(r->ctl, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	return (n == -1 && (errno == EINTR || lack_is(errno)) ? -1 : 0);
}

/* The message itself; *b is the caller's to free. */
static void
put_result(struct buf *b, int ran, struct runresult *v)
{
	if (v->limit == NULL)
		v->limit = xstrdup("");
	if (v->reason == NULL)
		v->reason = xstrdup("");
	v->logged = xstrdup("");
	buf_init(b, INSIDE_RESULT_MAX);
	buf_put_u8(b, INSIDE_RESULT);
	buf_put_u8(b, ran != 0);
	runresult_put(b, v);
}

void
runner_refuse(int ctl, const struct trouble *t)
{
	struct runresult v;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.outcome = OUTCOME_ERROR;
	v.err = t->err;
	v.reason = xstrdup(t->text);
	put_result(&b, 0, &v);
	(void)send_to(ctl, b.data, b.len);
	buf_free(&b);
	runresult_free(&v);
}

/* The last thing that a runner does. */
static void __attribute__((__noreturn__))
send_result(struct runner *r)
{
	struct buf b;

	if (r->at_end != NULL)
		r->at_end(r);
	keep_end(r->keep);
	put_result(&b, r->ran, &r->res);
	runner_send(r, b.data, b.len);
	/* its reader waits for the end, and init for the kernel */
	priv_closebut(NULL, 0);
	if (r->reported)
		while (waitpid(r->init, NULL, 0) == -1 && errno == EINTR)
			;
	_exit(0);
}

void
runner_fail(struct runner *r, const struct trouble *t)
{
	r->res.outcome = r->passed ? OUTCOME_LOST : OUTCOME_ERROR;
	r->res.err = t->err;
	r->res.reason = xstrdup(t->text);
	send_result(r);
}

void
runner_errno(struct runner *r, const char *what)
{
	struct trouble t;

	trouble_set(&t, lack_err(errno, CBE_INTERNAL), "%s: %s", what,
	    strerror(errno));
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
		if (v->outcome == OUTCOME_KILLED && v->reason == NULL)
			v->reason = xstrdup("it was told to stop");
		if (v->outcome == 0 || v->outcome == OUTCOME_KILLED)
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
	else if (failed(v) && ((r->report.counted[COUNTED_MEMORY] != 0 &&
	    v->outcome == OUTCOME_SIGNALED) ||
	    rlimits_memory_met(&r->plan.limits, r->memory ? &r->group : NULL,
	    r->report.maxrss_kb, v->outcome == OUTCOME_SIGNALED)))
		v->limit = xstrdup("memory");
}

/* With how the command ended, or init, if that is who ended. */
static const char *
how_ended(const struct runner *r)
{
	static char text[32];
	int status = r->report.status;

	if (WIFSIGNALED(status))
		(void)snprintf(text, sizeof(text), " (signal %d)",
		    WTERMSIG(status));
	else
		(void)snprintf(text, sizeof(text), " (status %d)",
		    WEXITSTATUS(status));
	return (text);
}

/* Its own end before it was executed, or that of its sandbox. */
static void
judge_early(struct runner *r)
{
	struct runresult *v = &r->res;

	if (v->outcome != 0 && v->outcome != OUTCOME_ERROR)
		return;
	v->outcome = OUTCOME_ERROR;
	/* a reason would have come, but for want of memory to send it */
	v->err = r->group.oom_kill != 0 || (r->reported &&
	    WIFEXITED(r->report.status)) ? CBE_AGAIN : CBE_INTERNAL;
	(void)xasprintf(&v->reason, "the sandbox ended before the command "
	    "was executed%s", how_ended(r));
}

/* Init was killed, or crashed; and with it, at the latest, the command was. */
static void
judge_killed(struct runner *r)
{
	struct runresult *v = &r->res;

	v->code = SIGKILL;
	if (v->outcome != 0)
		return;
	if (r->group.oom_kill != 0) {
		/* all of it, init too: memory.oom.group */
		v->outcome = OUTCOME_LIMITED;
		v->limit = xstrdup("memory");
		return;
	}
	v->outcome = OUTCOME_SIGNALED;
	if (WTERMSIG(r->report.status) == SIGKILL)
		v->reason = xstrdup("the sandbox was killed from outside");
	else
		(void)xasprintf(&v->reason, "the sandbox ended%s",
		    how_ended(r));
}

/* Nobody knows, and nobody guesses. */
static void
judge_lost(struct runner *r)
{
	struct runresult *v = &r->res;

	(void)xasprintf(&v->reason, "%s%s%s%s, and %s",
	    r->group.oom_kill != 0 ? "out of memory: " : "",
	    v->outcome != 0 ? outcome_name(v->outcome) : "the sandbox ended",
	    v->outcome != 0 ? "" : how_ended(r),
	    r->ran ? " after the command was executed" : "",
	    r->ran ? "its end is not known" :
	    "whether the command was executed is not known");
	v->outcome = OUTCOME_LOST;
}

static void
judge_all(struct runner *r)
{
	/* the battery stands where a command would be executed */
	if (r->reported && (r->ran || r->job->profile.probe))
		judge(r);
	else if (r->reported || !r->passed)
		judge_early(r);
	else if (r->ran && (r->outside || r->res.outcome != 0))
		judge_killed(r);
	else
		judge_lost(r);
	if (r->res.outcome == OUTCOME_ERROR && r->res.err == 0)
		r->res.err = CBE_INTERNAL;
	if (r->res.outcome != OUTCOME_ERROR && r->res.outcome != OUTCOME_LOST)
		name_limit(r);
}

/* The key that decides is the rule of a row; no program is in it. */
static void
add_change(struct runresult *v, uint32_t count, char *rule)
{
	struct run_denied *d;

	if (count == 0 || v->ndenied == RUN_MAXDENIED) {
		free(rule);
		return;
	}
	v->denied = xrecallocarray(v->denied, v->ndenied, v->ndenied + 1,
	    sizeof(*v->denied));
	d = &v->denied[v->ndenied++];
	d->program = xstrdup("");
	d->rule = rule;
	d->count = count;
}

/* What is about no name, by the key of the skill that allows it. */
static void
name_counted(struct runner *r)
{
	static const char *const keys[COUNTED_KINDS] = {
		[COUNTED_NETWORK] = "network",
		[COUNTED_TRACE] = "trace",
		[COUNTED_MEMORY] = "limits.memoryMB",
	};
	char *rule;
	size_t i;

	for (i = 0; i < COUNTED_KINDS; i++) {
		xasprintf(&rule, "skills.%s.%s", r->plan.skill, keys[i]);
		add_change(&r->res, r->report.counted[i], rule);
	}
}

/*
 * What init has counted for the names of the plan, and for names outside of
 * its grants, as rows behind those of programs.  Init may say what it likes,
 * so of the text none is its.
 */
static void
name_kept(struct runner *r)
{
	const struct strv *names = &r->plan.protect;
	char *rule;
	size_t i, n;

	for (i = 0; i < ENDED_KEPT; i++) {
		n = r->report.kept[i].name;
		if (n >= names->n)
			continue;
		xasprintf(&rule, "skills.%s.protect: %s", r->plan.skill,
		    names->v[n]);
		add_change(&r->res, r->report.kept[i].count, rule);
	}
	xasprintf(&rule, "skills.%s.write", r->plan.skill);
	add_change(&r->res, r->report.outside, rule);
	name_counted(r);
}

/* Attempts at what no run may do; what a limit or a key refuses is none. */
static uint32_t
count_refused(const struct ended *e)
{
	const uint64_t n = (uint64_t)e->refused + e->counted[COUNTED_TRACE];

	return (n < UINT32_MAX ? (uint32_t)n : UINT32_MAX);
}

/*
 * A new value of a secret is a short text: who reads the log could try texts by
 * an unkeyed digest of it, and its length is told by nobody else either.
 */
static void
name_output(struct runner *r)
{
	uint8_t both[2][32];
	size_t i;

	r->res.err_bytes = r->out[1].bytes;
	for (i = 0; i < 2; i++)
		output_digest(&r->out[i], both[i]);
	if (r->plan.rotates[0] == '\0') {
		r->res.out_bytes = r->out[0].bytes;
		(void)crypto_generichash(r->res.digest, sizeof(r->res.digest),
		    both[0], sizeof(both), NULL, 0);
	}
	sodium_memzero(both, sizeof(both));
}

void
runner_finish(struct runner *r)
{
	size_t i;

	if (r->why.err != 0)
		runner_fail(r, &r->why);
	r->res.wall_us = r->started == 0 ? 0 :
	    (uint64_t)(r->ended - r->started);
	runner_usage(r);
	r->res.refused = count_refused(&r->report);
	name_kept(r);
	r->res.in_bytes = r->in.bytes;
	/* what is typed at a terminal is short, and can be a password */
	if (!r->plan.tty && r->in.bytes != 0)
		input_digest(&r->in, r->res.in_digest);
	for (i = 0; i < 2; i++)
		if (r->out[i].hs != NULL)
			r->res.masked += masker_count(r->out[i].hs);
	name_output(r);
	judge_all(r);
	masker_free(r->masker);
	masker_free(r->plain);
	r->masker = r->plain = NULL;
	send_result(r);
}
