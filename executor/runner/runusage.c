/* SPDX-License-Identifier: ISC */
/* What a run uses, while it lasts and in the end. */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <time.h>

#include "common/proctree.h"
#include "executor/runner/runner_priv.h"

int64_t
runner_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static uint64_t
usec(const struct timeval *tv)
{
	return ((uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec);
}

void
runner_buried(struct runner *r, int status, const struct rusage *ru)
{
	r->outside = WIFSIGNALED(status);
	r->report.status = status;
	r->report.user_us = usec(&ru->ru_utime);
	r->report.sys_us = usec(&ru->ru_stime);
	r->report.maxrss_kb = (uint64_t)ru->ru_maxrss;
}

uint64_t
runner_cpu(const struct runner *r)
{
	struct proctree_sum sum;
	struct cgroup_stat st;
	struct proctree t;

	if (r->job->cgroup != -1 && cgroup_stat(r->job->cgroup, &st) == 0)
		return (st.user_us + st.sys_us);
	proctree_read(&t, "/proc");
	proctree_sum(&t, r->init, &sum);
	proctree_free(&t);
	return (sum.cpu_us);
}

/*
 * Init knows of whom somebody has waited for; a control group knows of
 * everybody, and of all memory instead of the largest process.
 */
void
runner_usage(struct runner *r)
{
	struct runresult *v = &r->res;

	v->user_us = r->report.user_us;
	v->sys_us = r->report.sys_us;
	v->maxrss_kb = r->report.maxrss_kb;
	v->processes = r->report.processes;
	if (r->job->cgroup == -1 ||
	    cgroup_stat(r->job->cgroup, &r->group) == -1)
		return;
	v->user_us = r->group.user_us;
	v->sys_us = r->group.sys_us;
	if (r->group.peak_kb != 0)
		v->maxrss_kb = r->group.peak_kb;
	/* an init that was killed did not count; it is one of them itself */
	if (v->processes == 0 && r->group.pids_peak > 1)
		v->processes = r->group.pids_peak - 1;
}

/*
 * More than it may print.  Its pipes break, which ends most programs, or
 * what it prints goes nowhere; how it ends is its own affair.  A terminal
 * hangs up: as long as a descriptor of its other side is open whoever writes
 * would wait for ever.
 */
void
runner_budget(struct runner *r)
{
	/* behind what was printed; on a terminal all of that is one stream */
	struct output *s = &r->out[r->plan.tty ? 0 : 1];
	const char *end = r->plan.tty ? "\r\n" : "\n";
	char note[128];
	int i;

	if (!r->budget.over || r->budget.left == UINT64_MAX)
		return;
	(void)snprintf(note, sizeof(note), "%sclawbot: output cut off at the "
	    "limit of %u MB%s", end, r->plan.limits.output_mb, end);
	for (i = 0; i < 2; i++) {
		if (r->plan.limits.excess == LIMITS_EXCESS_DISCARD)
			output_discard(&r->out[i]);
		else
			output_cut(&r->out[i]);
	}
	if (r->plan.tty && r->plan.limits.excess != LIMITS_EXCESS_DISCARD)
		term_end(&r->term);
	output_note(s, note);
	r->budget.left = UINT64_MAX;
	r->cut = 1;
}
