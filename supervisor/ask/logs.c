/* SPDX-License-Identifier: ISC */
/* LOGS and WAIT: what a detached run prints, and how it ends. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "supervisor/ask/ask.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/run.h"

/* Readers of output at one time: of one account, of one run, together. */
#define READERS_UID	16
#define READERS_RUN	16
#define READERS_MAX	128

static enum op_state
logged(struct daemon *d, struct op *o, const struct proc *p,
    struct ipc_msg *m)
{
	unsigned code;
	char *reason;
	struct rd rd;

	op_answer(d, p, m, &rd, &code, &reason);
	if (rd_end(&rd) == -1)
		daemon_breach(d, p, "malformed X_LOGGED");
	if (o->cl != NULL)
		client_end(o->cl, code, "%s", reason);
	free(reason);
	return (OP_DONE);
}

static void
quit(struct daemon *d, struct op *o)
{
	detach_forget(d, o->id);
}

static const struct op_kind logs_kind = {
	.act = { [ACT_LOGGED] = logged },
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
	if (r == NULL || !client_owns(cl, r->uid))
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
start(struct client *cl, uint64_t run, uint8_t follow)
{
	int in[2], out[2];
	struct op *o;
	struct buf b;

	if (too_many(cl, run)) {
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
	o->run = run;
	o->uid = cl->uid;
	buf_init(&b, 9);
	buf_put_u64(&b, run);
	buf_put_u8(&b, follow);
	(void)role_send(&cl->d->procs[PROC_EXEC], MSG_X_LOGS, o->id, &b, in, 2);
	client_send(cl, MSG_STREAMS, NULL, out, 2);
}

/* The run that it follows has a place for its output now. */
static void
begun(struct client *cl, uint64_t run)
{
	start(cl, run, 1);
}

void
req_logs(struct client *cl, struct ipc_msg *m)
{
	enum cberr err;
	const char *why;
	uint8_t follow;
	uint64_t run;
	struct rd rd;

	rd_init(&rd, m->data, m->len);
	run = rd_u64(&rd);
	follow = rd_u8(&rd);
	if (rd_end(&rd) == -1 || follow > 1)
		client_bad(cl, "malformed LOGS");
	else if ((why = unreadable(cl, run, &err)) == NULL)
		start(cl, run, follow);
	else if (err == CBE_AGAIN && follow) {
		cl->follows = run;
		cl->follow = begun;
	} else
		client_end(cl, err, "%s", why);
}

void
req_wait(struct client *cl, struct ipc_msg *m)
{
	const struct run *r;
	struct rd rd;
	uint64_t id;

	rd_init(&rd, m->data, m->len);
	id = rd_u64(&rd);
	r = run_live(cl->d, id);
	if (rd_end(&rd) == -1)
		client_bad(cl, "malformed WAIT");
	else if (detach_result(cl, id) == 0)
		return;
	else if (r != NULL && client_owns(cl, r->uid))
		cl->waits = id;
	else
		client_end(cl, CBE_NOENT, "no such run");
}
