/* SPDX-License-Identifier: ISC */
/* LOGS and WAIT: what a detached run prints, and how it ends. */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "supervisor/ask/ask.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/run.h"

/* Readers of output at one time: of one account, of one run, together. */
#define READERS_UID	16
#define READERS_RUN	16
#define READERS_MAX	128

static void
quit(struct daemon *d, struct op *o)
{
	detach_forget(d, o->id);
}

static const struct op_kind logs_kind = {
	.act = { [ACT_LOGGED] = op_answered },
	.quit = quit,
};

/* Why there is nothing of this run to be read, or NULL; *err with it. */
static const char *
unreadable(const struct client *cl, uint64_t id, enum cberr *err)
{
	const struct run *r = run_live(cl->d, id);
	int ran;

	*err = CBE_NOENT;
	/* somebody else's run is not even there */
	if (detach_kept(cl, id, &ran))
		return (ran ? NULL : "the run never started");
	if (r == NULL || !client_owns(cl, r->uid, &r->line))
		return ("no such run");
	if (!run_detached(r))
		return ("the run is not detached: its caller gets what it "
		    "prints");
	if (states_of_run(r->state)->printed)
		return (NULL);
	*err = CBE_AGAIN;
	return ("the run has not started yet");
}

static int
too_many(const struct client *cl, uint64_t run)
{
	size_t all = 0, uid = 0, same = 0;
	const struct op *o;

	TAILQ_FOREACH(o, &cl->d->ops, entry) {
		if (o->kind != &logs_kind)
			continue;
		all++;
		uid += o->uid == cl->uid;
		same += o->run == run;
	}
	return (all >= READERS_MAX || uid >= READERS_UID ||
	    same >= READERS_RUN);
}

/* Two pipes; in to the executor, out to the client. */
static int
two_pipes(int in[2], int out[2])
{
	int p[2], q[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		return (-1);
	if (pipe2(q, O_CLOEXEC) == -1) {
		(void)close(p[0]);
		(void)close(p[1]);
		return (-1);
	}
	out[0] = p[0];
	out[1] = q[0];
	in[0] = p[1];
	in[1] = q[1];
	return (0);
}

static void
start(struct client *cl, const struct msg_logs *v)
{
	int in[2], out[2];
	struct op *o;

	if (too_many(cl, v->run)) {
		client_end(cl, CBE_AGAIN, "too many read the output of runs "
		    "at this time");
		return;
	}
	if ((o = op_new(cl->d, &logs_kind, OP_LOGS, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	if (two_pipes(in, out) == -1) {
		op_free(cl->d, o);
		client_end(cl, CBE_AGAIN, "out of descriptors");
		return;
	}
	o->run = v->run;
	o->uid = cl->uid;
	(void)role_put(&cl->d->procs[PROC_EXEC], MSG_X_LOGS, o->id,
	    &msg_logs_shape, v, in, 2);
	client_send(cl, MSG_STREAMS, NULL, out, 2);
}

/* The run that it follows has a place for its output now. */
static void
begun(struct client *cl, uint64_t run)
{
	const struct msg_logs v = { .run = run, .follow = 1 };

	start(cl, &v);
}

void
req_logs(struct client *cl, struct payload *p)
{
	const struct msg_logs *v = payload_as(p, &msg_logs_shape);
	enum cberr err;
	const char *why;

	if ((why = unreadable(cl, v->run, &err)) == NULL)
		start(cl, v);
	else if (err == CBE_AGAIN && v->follow) {
		cl->follows = v->run;
		cl->follow = begun;
	} else
		client_end(cl, err, "%s", why);
}

/* It could not start now: then its approval is not spent on it. */
static int
not_now(struct client *cl, const struct run *r)
{
	struct breaker_key key;
	struct quota_no no;

	if (r->state != RUN_GRANTED)
		return (0);
	run_breaker_key(&key, r);
	if (quota_check(cl->d->quota, &key, now_ms(), &no) == 0)
		return (0);
	client_end(cl, CBE_AGAIN, "not now: %s", no.reason);
	return (1);
}

void
req_wait(struct client *cl, struct payload *p)
{
	const struct msg_ownrun *v = payload_as(p, &msg_ownrun_shape);
	const struct msg_runid id = { v->run };
	struct run *r = run_live(cl->d, v->run);

	if (detach_result(cl, v->run, v->own) == 0)
		return;
	if (r == NULL || !client_may(cl, v->own, r->uid, &r->line))
		client_end(cl, CBE_NOENT, "no such run");
	else if (!run_claimable(r, cl)) {
		cl->waits = v->run;
		client_put(cl, MSG_ACCEPTED, &msg_runid_shape, &id);
	} else if (!not_now(cl, r))
		run_claim(r, cl);
}
