/* SPDX-License-Identifier: ISC */
/* One examination of one skill. */
#include "config.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "executor/exam/exam.h"
#include "executor/pool.h"
#include "executor/runnerctl.h"
#include "executor/spawner/spawner.h"
#include "executor/watch/watch.h"

/* So low that no skill has less, and still enough for the battery. */
#define PROBE_CPU_S	(EXAM_S - 1)
#define PROBE_FILE_MB	16
#define PROBE_FILES	256
#define YAMA_ANCESTOR	1	/* init is one */

/* An abstract socket that no run may reach. */
static void
set_lure(struct executor *x)
{
	struct sockaddr_un sun;
	uint8_t id[12];
	size_t i;

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		fatal(EXIT_SYSTEM, "getrandom");
	for (i = 0; i < sizeof(id); i++)
		(void)snprintf(x->lure_name + 2 * i, 3, "%02x", id[i]);
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path + 1, x->lure_name, 2 * sizeof(id));
	x->lure = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (x->lure == -1 || bind(x->lure, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    2 * sizeof(id))) == -1 || listen(x->lure, 64) == -1)
		fatal(EXIT_SYSTEM, "socket of the self-check");
}

/* What the battery is told, as the executor's namespaces are in the end. */
static void
set_words(struct executor *x)
{
	static const char *const names[] = PROBE_NAMESPACES;
	char path[64], to[64];
	ssize_t n;
	size_t i;

	strv_add(&x->battery, "self-check");
	strv_add(&x->battery, x->lure_name);
	strv_add(&x->battery, x->host_net);
	for (i = 0; i < PROBE_NNAMESPACES; i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s",
		    names[i]);
		if ((n = readlink(path, to, sizeof(to) - 1)) == -1)
			fatal(EXIT_SYSTEM, "%s", path);
		to[n] = '\0';
		strv_add(&x->battery, to);
	}
}

void
exam_prepare(struct executor *x)
{
	if ((x->null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		fatal(EXIT_SYSTEM, "/dev/null");
	/* not there where the kernel has no such rule */
	x->yama = open("/proc/sys/kernel/yama/ptrace_scope",
	    O_RDONLY | O_CLOEXEC);
	set_lure(x);
	set_words(x);
}

int
exam_possible(const struct skill *s)
{
	return (s->spawner != -1);
}

/* A plan that a run of this skill could have, but for the command. */
static void
probe_plan(const struct executor *x, const struct xskill *s, struct plan *p)
{
	size_t i;

	memset(p, 0, sizeof(*p));
	p->channel = xstrdup("self-check");
	p->skill = xstrdup(s->name);
	p->uid = s->run_as_caller ? x->xc.ids[0].uid : s->uid;
	p->gid = s->run_as_caller ? x->xc.ids[0].gid : s->gid;
	p->umask = PLAN_UMASK;
	p->account = xstrdup(s->account);
	p->cwd = xstrdup("/tmp");
	for (i = 0; i < x->battery.n; i++)
		strv_add(&p->argv, x->battery.v[i]);
	p->exe.path = xstrdup("/");
	p->script.path = xstrdup("");
	p->interp_arg = xstrdup("");
	p->rotates = xstrdup("");
	terms_copy(&p->terms, &s->terms);
	strv_free(&p->secrets);
	limits_none(&p->limits);
	p->limits.timeout_s = EXAM_S;
	p->limits.cpu_s = PROBE_CPU_S;
	p->limits.file_mb = PROBE_FILE_MB;
	p->limits.open_files = PROBE_FILES;
}

/* Standard input and error are nothing; the report comes by the output. */
static int
probe_streams(struct exam *e, int fds[3])
{
	int p[2];

	fds[0] = fds[1] = fds[2] = -1;
	if (pipe2(p, O_CLOEXEC | O_NONBLOCK) == -1)
		return (-1);
	e->out = p[0];
	fds[1] = p[1];
	fds[0] = fcntl(e->x->null, F_DUPFD_CLOEXEC, 0);
	fds[2] = fcntl(e->x->null, F_DUPFD_CLOEXEC, 0);
	if (fds[0] != -1 && fds[2] != -1)
		return (0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	(void)close(fds[2]);
	return (-1);
}

static int
start(struct exam *e)
{
	struct profile profile;
	struct plan p;
	struct buf b;
	int fds[3], r = -1;

	probe_plan(e->x, e->skill->x, &p);
	profile_of(&profile, p.uid, p.gid, &p.limits);
	profile.probe = 1;
	buf_init(&b, MSG_PLAN_MAX);
	plan_put(&b, &p);
	plan_free(&p);
	if (!b.bad && probe_streams(e, fds) == 0) {
		e->ctl = spawner_ask(e->skill, &profile);
		if (e->ctl != -1 &&
		    runnerctl_plan(e->ctl, 0, b.data, b.len, fds, 3) == 0 &&
		    runnerctl_try(e->ctl) == 0)
			r = 0;
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)close(fds[2]);
	}
	buf_free(&b);
	return (r);
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void __attribute__((__format__ (printf, 2, 3)))
fail(struct exam *e, const char *fmt, ...)
{
	va_list ap;

	if (e->why[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

/*
 * Who may look into whose memory: 0 one's own, 1 an ancestor, 2 nobody
 * without a capability, 3 nobody.  0 where the kernel has no such rule.
 */
static int
yama_scope(const struct executor *x)
{
	char text[16];
	ssize_t n;

#if CB_TEST_HOOKS
	if (getenv("CLAWBOT_YAMA") != NULL)
		return (getenv("CLAWBOT_YAMA")[0] - '0');
#endif
	if (x->yama == -1)
		return (0);
	n = pread(x->yama, text, sizeof(text) - 1, 0);
	return (n > 0 && text[0] >= '0' && text[0] <= '9' ?
	    text[0] - '0' : 0);
}

/* What is known before anything is tried, and can be set otherwise. */
static int
setting_refuses(struct exam *e)
{
	const struct xskill *s = e->skill->x;
	const int names = watch_wanted(&s->write, &s->protect);
	const int execs = s->execs != EXECS_OFF;
	int scope;

	if ((!names && !execs) || (scope = yama_scope(e->x)) <= YAMA_ANCESTOR)
		return (0);
	fail(e, "kernel.yama.ptrace_scope is %d, so that nobody could see "
	    "%s: set it to %d with sysctl(8)%s, or skills.%s.%s%s", scope,
	    names ? "whether a run touches protected names" :
	    "what a run executes", YAMA_ANCESTOR,
	    scope > 2 ? " at the next boot" : "", s->name,
	    names ? "protect to []" : "execs to off",
	    names && execs ? " and execs to off" : "");
	return (1);
}

void
exam_start(struct executor *x, struct skill *s, struct exam *e)
{
	memset(e, 0, sizeof(*e));
	e->x = x;
	e->skill = s;
	e->ctl = e->out = -1;
	s->setting = setting_refuses(e);
	if (s->setting)
		return;
	if (x->xc.nids == 0)
		fail(e, "no account for runs");
	else if (start(e) == -1) {
		fail(e, "cannot be started: %s", strerror(errno));
		exam_drop(e);
	}
}

void
exam_out(struct exam *e)
{
	ssize_t n;

	n = read(e->out, e->data + e->len, sizeof(e->data) - e->len);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		e->len += (size_t)n;
	/* one byte more than a report can have is enough to know */
	if (n <= 0 || e->len == sizeof(e->data))
		close_fd(&e->out);
}

/* A probe is a run that ends well. */
static void
on_result(struct exam *e, const uint8_t *p, size_t len)
{
	struct runresult v;

	memset(&v, 0, sizeof(v));
	if (runresult_get(p, len, &v) == -1)
		fail(e, "malformed report of a run");
	else if (v.outcome == OUTCOME_EXITED && v.code == 0)
		;
	else if (v.reason[0] != '\0')
		fail(e, "%.200s", v.reason);
	else
		fail(e, "%s %d", outcome_name(v.outcome), (int)v.code);
	runresult_free(&v);
}

void
exam_ctl(struct exam *e)
{
	static struct heard h;

	switch (runnerctl_hear(e->ctl, &h)) {
	case HEARD_NOTHING:
	case HEARD_STARTED:
		return;
	case HEARD_RESULT:
		on_result(e, h.p, h.len);
		break;
	case HEARD_EXECS:	/* the battery executes nothing */
	case HEARD_FILES:
	case HEARD_ASK:
	case HEARD_ASKED:
	case HEARD_END:
		fail(e, "the runner ended without a report");
		break;
	}
	close_fd(&e->ctl);
}

int
exam_over(const struct exam *e)
{
	return (e->ctl == -1 && e->out == -1);
}

void
exam_drop(struct exam *e)
{
	close_fd(&e->ctl);
	close_fd(&e->out);
}

int
exam_fault(const struct executor *x, const struct skill *s, size_t i)
{
	if (s->found[i].verdict == PROBE_OPEN)
		return (1);
	return (s->found[i].verdict == PROBE_MISSING &&
	    !(probe_at(i)->layer == PL_LANDLOCK &&
	    (x->xc.accept_missing & XCONF_ACCEPT_LANDLOCK) != 0));
}

unsigned
exam_faults(const struct executor *x, const struct skill *s)
{
	size_t i, n = probe_count();
	unsigned faults = 0;

	for (i = 0; s->found != NULL && i < n; i++)
		faults += exam_fault(x, s, i) != 0;
	return (faults);
}

/* The first attempt that went through gives the reason. */
static void
judge(struct exam *e)
{
	struct skill *s = e->skill;
	const struct attempt *a;
	unsigned faults;
	size_t i = 0;

	if ((faults = exam_faults(e->x, s)) == 0)
		return;
	while (!exam_fault(e->x, s, i))
		i++;
	a = probe_at(i);
	fail(e, "%s: %s%s", probe_layer_name(a->layer), a->name,
	    s->found[i].verdict == PROBE_MISSING ?
	    ": not offered by this kernel" : ": went through");
	if (faults > 1)
		(void)snprintf(e->why + strlen(e->why),
		    sizeof(e->why) - strlen(e->why), " (and %u more)",
		    faults - 1);
}

void
exam_end(struct exam *e)
{
	struct skill *s = e->skill;
	size_t n = probe_count();

	if (!exam_over(e))
		fail(e, "no answer within %d s", EXAM_S);
	exam_drop(e);
	free(s->found);
	s->found = xcalloc(n, sizeof(*s->found));
	if (e->why[0] == '\0' && probe_get(e->data, e->len, s->found,
	    n) == -1)
		fail(e, "malformed report of the battery");
	if (e->why[0] == '\0')
		judge(e);
	else {
		free(s->found);
		s->found = NULL;
	}
	free(s->broken);
	s->broken = NULL;
	if (e->why[0] == '\0')
		return;
	(void)xasprintf(&s->broken, "sandbox: %s", e->why);
	/* those that wait are no better */
	pool_drop(s);
}
