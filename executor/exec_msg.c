/* SPDX-License-Identifier: ISC */
/*
 * What the supervisor says, checked once more: it holds the decision, but
 * nothing runs here on its word alone.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/payload.h"
#include "executor/asks.h"
#include "executor/exec_reload.h"
#include "executor/exam/doctor.h"
#include "executor/executor.h"
#include "executor/hostile.h"
#include "executor/pool.h"
#include "executor/printfile.h"
#include "executor/redact.h"
#include "executor/spool.h"
#include "executor/xexecs.h"
#include "executor/xrun.h"

/* Room for who asked and why, which go on with it to the auditor. */
#define ANSWER_MAX	(MSG_INTENT_MAX - 64U * 1024)

void
exec_breach(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("from the supervisor: %s", text);
	_exit(EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
}

void
exec_get(const struct ipc_msg *m, const struct shape *s, void *v)
{
	if (payload_get(m, s, v) == -1)
		exec_breach("malformed %s", msg_name(m->type));
}

void
exec_end(struct ipc *ipc, int how, void *arg)
{
	(void)arg;
	rolemain_end(ipc, how);
}

static void
answer(struct executor *x, unsigned type, uint64_t id, struct buf *b)
{
	if (b->bad || ipc_send(x->rm.ipc, type, id, b->data, b->len, NULL,
	    0) == -1)
		fatalx(EXIT_SYSTEM, "%s", b->bad ? "answer too large" :
		    ipc_error(x->rm.ipc));
	buf_free(b);
}

/*
 * The text is as it is, with a mask for the log: who asked must not see what
 * of it is hidden there.
 */
static void
unresolved(struct executor *x, uint64_t id, const struct trouble *t,
    struct masks *ms)
{
	struct buf b;

	buf_init(&b, ANSWER_MAX);
	do {
		buf_reset(&b);
		buf_put_u16(&b, t->err);
		buf_put_str(&b, t->text);
		masks_put(&b, ms);
	} while (b.bad && redact_lessen(ms));
	answer(x, MSG_X_UNRESOLVED, id, &b);
}

/* p: what it was resolved to, or NULL. */
static void
mask_request(struct redact *r, const struct resolve *v, const struct plan *p,
    struct masks *ms)
{
	size_t i;

	redact_begin(r);
	redact_argv(r, ms, &v->req.argv);
	redact_mask(r, ms, MASK_CWD, 0, p != NULL ? p->cwd : v->req.cwd);
	redact_mask(r, ms, MASK_REASON, 0, v->req.reason);
	if (p == NULL)
		return;
	redact_env(r, ms, &p->env);
	redact_mask(r, ms, MASK_PATH, 0, p->exe.path);
	redact_mask(r, ms, MASK_PATH, 1, p->script.path);
	for (i = 0; i < p->nbound; i++)
		redact_mask(r, ms, MASK_PATH, MASK_PATH_BOUND + (uint32_t)i,
		    p->bound[i].file.path);
}

static void
not_found(struct executor *x, uint64_t id, const struct resolve *v,
    struct trouble *t)
{
	struct masks ms = { NULL, 0 };

	mask_request(x->redact, v, NULL, &ms);
	redact_mask(x->redact, &ms, MASK_ERROR, 0, t->text);
	unresolved(x, id, t, &ms);
	masks_free(&ms);
}

/* A place for it, and the answer; or no place. */
static int
keep_plan(struct executor *x, uint64_t id, struct skill *s,
    const struct resolve *v, const struct plan *p, struct resolved *res,
    struct trouble *t)
{
	struct profile profile;
	struct xrun *r;
	struct buf b;

	mask_request(x->redact, v, p, &res->masks);
	/* whether it is too large must not depend on what is hidden */
	buf_init(&b, ANSWER_MAX);
	do {
		buf_reset(&b);
		resolved_put(&b, res);
	} while (b.bad && redact_lessen(&res->masks));
	profile_of(&profile, p->uid, p->gid, &p->limits);
	if (b.bad)
		trouble_set(t, CBE_USAGE, "the command is too large");
	else if (redact_gave_up(x->redact))
		trouble_set(t, CBE_REFUSED, "it would not be in the log: "
		    "searching it for what logging.redact hides takes more "
		    "than may be; shorten it, or put it into a file");
	else if ((r = xrun_new(x, id, s, &profile, res,
	    x->xc.output != KEEP_DIGEST && p->rotates[0] == '\0')) == NULL)
		trouble_set(t, CBE_AGAIN, "too many runs at one time");
	else {
		r->detached = (v->req.flags & RUNREQ_DETACH) != 0;
		r->tty = (v->req.flags & RUNREQ_TTY) != 0;
		r->rows = v->req.rows;
		r->cols = v->req.cols;
		answer(x, MSG_X_PLAN, id, &b);
		return (0);
	}
	buf_free(&b);
	return (-1);
}

static void
found(struct executor *x, uint64_t id, struct skill *s,
    const struct resolve *v, struct resolved *res)
{
	struct trouble t;
	struct plan p;

	hostile_found(x, id, s, v, res);
	if (plan_get(res->plan, res->planlen, &p) == -1) {
		trouble_set(&t, CBE_INTERNAL, "malformed plan of a resolver");
		not_found(x, id, v, &t);
	} else if (keep_plan(x, id, s, v, &p, res, &t) == -1)
		not_found(x, id, v, &t);
	plan_free(&p);
}

const struct ask_end exec_asked = { found, not_found };

static struct skill *
usable_skill(const struct executor *x, const struct resolve *v,
    struct trouble *t)
{
	const char *lacks;
	struct skill *s;
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		if (strcmp(x->xc.skills[i].name, v->skill) == 0)
			break;
	if (i == x->xc.nskills) {
		trouble_set(t, CBE_REFUSED, "there is no such skill");
		return (NULL);
	}
	s = &x->skills[i];
	if (s->broken != NULL || s->moved != NULL)
		trouble_set(t, CBE_REFUSED, "skill %s: %.400s", v->skill,
		    s->broken != NULL ? s->broken : s->moved);
	else if ((lacks = cgroup_lacks(&x->cgroups, &v->limits)) != NULL)
		trouble_set(t, CBE_REFUSED, "limits.%s needs a cgroup with "
		    "that controller, which is missing here", lacks);
	else
		return (s);
	return (NULL);
}

static void
on_resolve(struct executor *x, struct ipc_msg *m)
{
	struct resolve v;
	struct trouble t;
	struct skill *s;

	if (m->id == 0 || (m->id & ~RUNID_MASK) != 0 ||
	    xrun_find(x, m->id) != NULL || asks_has(x, m->id))
		exec_breach("X_RESOLVE for a run that there is");
	exec_get(m, &resolve_shape, &v);
	if ((s = usable_skill(x, &v, &t)) != NULL) {
		asks_add(x, m->id, s, &v, m->data, m->len);
		return;
	}
	not_found(x, m->id, &v, &t);
	resolve_free(&v);
}

static struct xrun *
run_in(struct executor *x, struct ipc_msg *m, enum xrun_state state)
{
	struct xrun *r;

	if ((r = xrun_find(x, m->id)) == NULL || r->state != state)
		exec_breach("%s for a run that is not %s", msg_name(m->type),
		    state == XRUN_RESOLVED ? "resolved" : "built");
	return (r);
}

static void
on_build(struct executor *x, struct ipc_msg *m)
{
	struct xrun *r = run_in(x, m, XRUN_RESOLVED);
	int fds[MSG_MAXFDS + 1];	/* and what xrun_build adds */
	unsigned i, n = m->nfds, at = r->detached ? 3 : 0;

	if (at + n != 3 + r->nmore)
		exec_breach("X_BUILD with %u descriptors", n);
	for (i = 0; i < n; i++)
		fds[at + i] = ipc_take_fd(m, i);
	xrun_build(r, fds, at + n);
}

/*
 * Nothing of the ticket is looked at here: it is sealed for those who start
 * runs of this skill, and only they have the key.
 */
static void
on_go(struct executor *x, struct ipc_msg *m)
{
	struct xrun *r = run_in(x, m, XRUN_BUILT);
	struct msg_ticket v;

	exec_get(m, &msg_ticket_shape, &v);
	/* approved, perhaps, before its sandbox was found broken */
	if (r->skill->broken != NULL || r->skill->moved != NULL) {
		r->state = XRUN_GONE;
		xrun_error(r, OUTCOME_ERROR, CBE_REFUSED,
		    r->skill->broken != NULL ? r->skill->broken :
		    r->skill->moved);
		return;
	}
	hostile_ticket(r->id, v.ticket);
	xrun_go(r, v.ticket);
}

/* These may cross with the end of the run. */
static void
on_drop(struct executor *x, struct ipc_msg *m)
{
	struct xrun *r;

	if ((r = xrun_find(x, m->id)) == NULL)
		return;
	if (r->state == XRUN_GONE)
		exec_breach("X_DROP for a run that was started");
	if (r->detached)
		spool_forget(x, r->id);
	xrun_free(r);
}

static void
on_winsize(struct executor *x, struct ipc_msg *m)
{
	struct msg_window v;
	struct xrun *r;

	exec_get(m, &msg_window_shape, &v);
	if ((r = xrun_find(x, m->id)) != NULL)
		xrun_winsize(r, v.rows, v.cols);
}

static void
on_logs(struct executor *x, struct ipc_msg *m)
{
	struct msg_logs v;
	int fds[2];

	exec_get(m, &msg_logs_shape, &v);
	fds[0] = ipc_take_fd(m, 0);
	fds[1] = ipc_take_fd(m, 1);
	spool_read(x, m->id, v.run, v.follow, fds);
}

static void
on_kill(struct executor *x, struct ipc_msg *m)
{
	struct msg_kill v;
	struct xrun *r;

	exec_get(m, &msg_kill_shape, &v);
	if ((r = xrun_find(x, m->id)) != NULL)
		xrun_kill(r, (enum outcome)v.outcome, v.now);
}

/* Whether it is an answer, and to what, its runner knows. */
static void
on_execs(struct executor *x, struct ipc_msg *m, enum inside letter)
{
	struct xrun *r;

	if ((r = xrun_find(x, m->id)) != NULL && r->state == XRUN_GONE &&
	    xexecs_down(r, letter, m->data, m->len) == -1)
		xrun_kill(r, OUTCOME_KILLED, 0);
}

static void
on_prints(struct executor *x, struct ipc_msg *m)
{
	struct msg_prints v;

	exec_get(m, &msg_prints_shape, &v);
	redact_secrets(x->redact, &v, x->print_key);
	if (x->xc.output != KEEP_DIGEST) {
		(void)close(x->prints);
		x->prints = printfile_new(&v, x->print_key);
		if (x->prints == -1)
			fatal(EXIT_SYSTEM, "fingerprints of secrets");
	}
	shape_free(&msg_prints_shape, &v);
}

static void
on_hide(struct executor *x, struct ipc_msg *m)
{
	struct msg_reason v;
	char *masked;
	struct buf b;

	exec_get(m, &msg_reason_shape, &v);
	redact_begin(x->redact);
	if ((masked = redact_again(x->redact, v.text)) != NULL &&
	    strlen(masked) <= 2 * MSG_TEXT_MAX) {
		freezero(v.text, strlen(v.text));
		v.text = masked;
	} else if (masked != NULL) {
		freezero(masked, strlen(masked));
		freezero(v.text, strlen(v.text));
		v.text = xstrdup(MASK_MARK);
	}
	payload_put(&b, MSG_X_HIDDEN, &msg_reason_shape, &v);
	answer(x, MSG_X_HIDDEN, m->id, &b);
	freezero(v.text, strlen(v.text));
}

static void
on_doctor(struct executor *x, struct ipc_msg *m)
{
	if (x->doctor != NULL)
		exec_breach("X_DOCTOR while one is under way");
	doctor_start(x, m->id);
}

static void
on_reload(struct executor *x, struct ipc_msg *m)
{
	struct msg_xreload v;
	const char *wrong;

	exec_get(m, &msg_xreload_shape, &v);
	if ((wrong = exec_reload(x, &v)) != NULL)
		exec_breach("X_RELOAD: %s", wrong);
	shape_free(&msg_xreload_shape, &v);
	if (ipc_send(x->rm.ipc, MSG_X_RELOADED, m->id, NULL, 0, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(x->rm.ipc));
}

static void
on_shutdown(struct executor *x)
{
	struct xrun *all[XRUNS_MAX];
	size_t i, n = x->nruns;

	ipc_set_state(x->rm.ipc, MS_STOP);
	memcpy(all, x->runs, n * sizeof(all[0]));
	for (i = 0; i < n; i++)
		if (all[i]->state == XRUN_GONE)
			xrun_kill(all[i], OUTCOME_KILLED, 0);
		else
			xrun_free(all[i]);
	x->stopping = 1;
	asks_close(x);
	pool_close(x);
	doctor_stop(x);
	exec_maybe_stopped(x);
}

void
exec_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct executor *x = arg;

	if (ipc_pong(ipc, m))
		return;
	switch (m->type) {
	case MSG_X_RESOLVE:
		on_resolve(x, m);
		break;
	case MSG_X_BUILD:
		on_build(x, m);
		break;
	case MSG_X_GO:
		on_go(x, m);
		break;
	case MSG_X_DROP:
		on_drop(x, m);
		break;
	case MSG_X_KILL:
		on_kill(x, m);
		break;
	case MSG_X_EXECED:
		on_execs(x, m, INSIDE_EXECED);
		break;
	case MSG_X_ANSWER:
		on_execs(x, m, INSIDE_ANSWER);
		break;
	case MSG_X_PRINTS:
		on_prints(x, m);
		break;
	case MSG_X_HIDE:
		on_hide(x, m);
		break;
	case MSG_X_DOCTOR:
		on_doctor(x, m);
		break;
	case MSG_X_WINSIZE:
		on_winsize(x, m);
		break;
	case MSG_X_LOGS:
		on_logs(x, m);
		break;
	case MSG_X_RELOAD:
		on_reload(x, m);
		break;
	case MSG_X_FORGET:
		spool_forget(x, m->id);
		break;
	case MSG_SHUTDOWN:
		on_shutdown(x);
		break;
	default:
		exec_breach("%s is not handled", msg_name(m->type));
	}
}
