/* SPDX-License-Identifier: ISC */
/*
 * Before READY: one sandbox of each skill, built and entered the way that
 * runs are, that tries what no run may do (probe.c).
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/pool.h"
#include "executor/run.h"
#include "executor/spawner.h"

#define CHECK_MS	20000

/* A plan that a run of this skill could have, but for the command. */
static int
probe_plan(const struct executor *x, const struct xskill *s, struct buf *b)
{
	struct plan p;
	size_t i;

	memset(&p, 0, sizeof(p));
	p.channel = xstrdup("self-check");
	p.skill = xstrdup(s->name);
	p.uid = s->run_as_caller ? x->xc.ids[0].uid : s->uid;
	p.gid = s->run_as_caller ? x->xc.ids[0].gid : s->gid;
	p.account = xstrdup(s->account);
	p.cwd = xstrdup("/tmp");
	strv_add(&p.argv, "self-check");
	p.exe.path = xstrdup("/");
	p.script.path = xstrdup("");
	p.interp_arg = xstrdup("");
	p.limits.timeout_s = CHECK_MS / 1000;
	p.network = s->network;
	for (i = 0; i < s->read.n; i++)
		strv_add(&p.read, s->read.v[i]);
	for (i = 0; i < s->write.n; i++)
		strv_add(&p.write, s->write.v[i]);
	for (i = 0; i < s->protect.n; i++)
		strv_add(&p.protect, s->protect.v[i]);
	plan_put(b, &p);
	plan_free(&p);
	return (b->bad ? -1 : 0);
}

static int
start_probe(const struct executor *x, const struct skill *s,
    const struct buf *plan)
{
	struct profile profile;
	struct plan p;
	int ctl, fds[3], i;

	if (plan_get(plan->data, plan->len, &p) == -1)
		return (-1);
	profile_of(x, &profile, p.uid, p.gid, &p.limits);
	profile.probe = 1;
	plan_free(&p);
	for (i = 0; i < 3; i++)
		if ((fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
			return (-1);
	ctl = spawner_ask(s, &profile);
	if (ctl != -1 && run_give(ctl, plan->data, plan->len, fds, 3) == -1) {
		(void)close(ctl);
		ctl = -1;
	}
	for (i = 0; i < 3; i++)
		(void)close(fds[i]);
	return (ctl);
}

/* A probe is a run that ends well, or says what it managed to do. */
static int
probe_result(int ctl, char *err, size_t errlen)
{
	static const uint8_t go = RUNNER_GO;
	uint8_t m[RUNNER_MSG_MAX];
	struct runresult v;
	struct pollfd p;
	ssize_t n;
	int r = -1;

	(void)send(ctl, &go, 1, MSG_NOSIGNAL);
	for (;;) {
		p.fd = ctl;
		p.events = POLLIN;
		if (poll(&p, 1, CHECK_MS) <= 0) {
			(void)snprintf(err, errlen, "no answer");
			return (-1);
		}
		n = recv(ctl, m, sizeof(m), 0);
		if (n == 1 && m[0] == RUNNER_STARTED)
			continue;
		break;
	}
	memset(&v, 0, sizeof(v));
	if (n < 3 || m[0] != RUNNER_RESULT ||
	    runresult_get(m + 2, (size_t)n - 2, &v) == -1)
		(void)snprintf(err, errlen, "the runner ended");
	else if (v.outcome == OUTCOME_EXITED && v.code == 0)
		r = 0;
	else if (v.reason[0] != '\0')
		(void)snprintf(err, errlen, "%.400s", v.reason);
	else
		(void)snprintf(err, errlen, "%s %d", outcome_name(v.outcome),
		    (int)v.code);
	runresult_free(&v);
	return (r);
}

static int
check_skill(const struct executor *x, const struct skill *s, char *err,
    size_t errlen)
{
	struct buf plan;
	int ctl, r;

	buf_init(&plan, MSG_PLAN_MAX);
	if (probe_plan(x, s->x, &plan) == -1 ||
	    (ctl = start_probe(x, s, &plan)) == -1) {
		(void)snprintf(err, errlen, "cannot be started: %s",
		    strerror(errno));
		buf_free(&plan);
		return (-1);
	}
	buf_free(&plan);
	r = probe_result(ctl, err, errlen);
	(void)close(ctl);
	return (r);
}

/*
 * A skill whose sandbox does not hold is not used.  If there is none that
 * does, it is not about grants, but about this host.
 */
int
selfcheck(struct executor *x, char *err, size_t errlen)
{
	struct skill *s;
	char why[512];
	size_t i, good = 0, bad = 0;

	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if (s->broken != NULL)
			continue;
		if (x->xc.nids == 0)
			(void)snprintf(why, sizeof(why),
			    "no account for runs");
		else if (check_skill(x, s, why, sizeof(why)) == 0) {
			good++;
			continue;
		}
		(void)xasprintf(&s->broken, "sandbox: %s", why);
		if (bad++ == 0)
			(void)snprintf(err, errlen, "sandbox of skill %s: %s",
			    x->xc.skills[i].name, why);
	}
	return (bad != 0 && good == 0 ? -1 : 0);
}
