/* SPDX-License-Identifier: ISC */
/* Detached runs: room for them, what is kept of them, and LOGS and WAIT. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "supervisor/ask.h"
#include "supervisor/detach.h"
#include "supervisor/op.h"
#include "supervisor/run.h"

#define MB		(UINT64_C(1024) * 1024)
/* Readers of output at one time: of one account, of one run, together. */
#define READERS_UID	16
#define READERS_RUN	16
#define READERS_MAX	128

/* A run that is over. */
struct kept {
	TAILQ_ENTRY(kept) entry;
	uint64_t	 id;
	uid_t		 uid;
	int		 ran;		/* the executor has its output */
	uint64_t	 bytes;		/* of it */
	int64_t		 since;
	int64_t		 ended;
	struct buf	 result;	/* fields of RESULT */
	struct buf	 row;		/* of PS, but for times */
};

void
detach_forget(struct daemon *d, uint64_t id)
{
	/* while it stops it may be gone already, and all that with it */
	if (d->procs[PROC_EXEC].state == PROC_UP)
		(void)role_send(&d->procs[PROC_EXEC], MSG_X_FORGET, id, NULL,
		    NULL, 0);
}

static void
drop(struct daemon *d, struct kept *k)
{
	if (k->ran)
		detach_forget(d, k->id);
	TAILQ_REMOVE(&d->kept, k, entry);
	ids_let_go(&d->ids, k->id);
	buf_free(&k->result);
	buf_free(&k->row);
	free(k);
}

static struct kept *
find(const struct daemon *d, uint64_t id)
{
	struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		if (k->id == id)
			return (k);
	return (NULL);
}

void
detach_limits(const struct conf *c, struct limits *l)
{
	uint32_t mb = c->detached_output_mb < c->detached_mb ?
	    c->detached_output_mb : c->detached_mb;

	if (l->output_mb == 0 || l->output_mb > mb)
		l->output_mb = mb;
}

/* Those that are under way count with all that they may still print. */
static void
under_way(const struct daemon *d, size_t *n, uint64_t *bytes)
{
	size_t i;

	*n = 0;
	*bytes = 0;
	for (i = 0; i < d->nruns; i++) {
		if (!run_detached(d->runs[i]) ||
		    d->runs[i]->state == RUN_DONE)
			continue;
		(*n)++;
		*bytes += d->runs[i]->asked.limits.output_mb * MB;
	}
}

size_t
detach_count(const struct daemon *d)
{
	const struct kept *k;
	size_t n = 0;

	TAILQ_FOREACH(k, &d->kept, entry)
		n++;
	return (n);
}

int
detach_full(const struct daemon *d)
{
	uint64_t bytes;
	size_t n;

	under_way(d, &n, &bytes);
	return (n >= d->conf->detached_runs);
}

static uint64_t
kept_bytes(const struct daemon *d)
{
	const struct kept *k;
	uint64_t n = 0;

	TAILQ_FOREACH(k, &d->kept, entry)
		n += k->bytes;
	return (n);
}

uint64_t
detach_bytes(const struct daemon *d)
{
	uint64_t bytes;
	size_t n;

	under_way(d, &n, &bytes);
	return (bytes + kept_bytes(d));
}

/* Who makes way: the oldest one of this account, else of any. */
static struct kept *
oldest(const struct daemon *d, uid_t uid)
{
	struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		if (k->uid == uid)
			return (k);
	return (TAILQ_FIRST(&d->kept));
}

int
detach_room(struct client *cl, const struct conf_skill *sk, char *why,
    size_t len)
{
	struct daemon *d = cl->d;
	const struct conf *c = d->conf;
	uint64_t bytes, max = c->detached_mb * MB;
	struct limits l;
	size_t n;

	conf_limits(&l, sk, cl->ch, 0);
	detach_limits(c, &l);
	under_way(d, &n, &bytes);
	bytes += l.output_mb * MB;
	if (n >= c->detached_runs || bytes > max) {
		(void)snprintf(why, len, n >= c->detached_runs ?
		    "%zu detached runs are under way, and detached.maxRuns "
		    "is %u" : "%zu detached runs may still print so much "
		    "that detached.maxMB, %u, would be passed", n,
		    n >= c->detached_runs ? c->detached_runs :
		    c->detached_mb);
		return (-1);
	}
	while (n + detach_count(d) >= c->detached_runs ||
	    bytes + kept_bytes(d) > max)
		drop(d, oldest(d, cl->uid));
	return (0);
}

static void
keep(struct run *r, const struct buf *result)
{
	char text[RUNID_TEXT];
	struct kept *k;

	k = xcalloc(1, sizeof(*k));
	k->id = r->id;
	k->uid = r->uid;
	k->ran = r->ran;
	k->since = r->since;
	k->ended = now_ms();
	if (r->have_result)
		k->bytes = r->result.out_bytes + r->result.err_bytes;
	buf_init(&k->result, MSG_ROW_MAX);
	buf_put(&k->result, result->data, result->len);
	runid_text(text, r->id);
	buf_init(&k->row, MSG_ROW_MAX);
	field_str(&k->row, "run", text);
	field_str(&k->row, "state", "finished");
	field_str(&k->row, "outcome", outcome_name(r->outcome));
	field_str(&k->row, "channel", r->ch->name);
	field_str(&k->row, "skill", r->sk->name);
	field_u64(&k->row, "uid", r->uid);
	field_u64(&k->row, "pid", (uint64_t)r->pid);
	field_bool(&k->row, "detached", 1);
	rec_command(&k->row, r);
	TAILQ_INSERT_TAIL(&r->d->kept, k, entry);
	ids_hold(&r->d->ids, k->id);
}

static void
tell(struct client *cl, const struct buf *result)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	buf_put(&b, result->data, result->len);
	client_result(cl, &b);
}

void
detach_over(struct run *r, const struct buf *result)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &r->d->clients, entry)
		if (cl->dead)
			continue;
		else if (cl->waits == r->id)
			tell(cl, result);
		else if (cl->follows == r->id)
			client_end(cl, CBE_NOENT, "the run never started");
	if (!run_detached(r))
		return;
	/* a sandbox that was built for it has a place for its output */
	if (!r->ran)
		detach_forget(r->d, r->id);
	/* else its caller is told right now */
	if (r->cl == NULL)
		keep(r, result);
}

void
detach_tick(struct daemon *d)
{
	int64_t since = now_ms() - (int64_t)d->conf->detached_keep_s * 1000;
	struct kept *k;

	while ((k = TAILQ_FIRST(&d->kept)) != NULL && k->ended <= since)
		drop(d, k);
}

void
detach_ids(const struct daemon *d, uint64_t *ids)
{
	const struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		*ids++ = k->id;
}

int
detach_row(struct buf *b, const struct client *cl, uint64_t id)
{
	const struct kept *k = find(cl->d, id);

	if (k == NULL || !client_owns(cl, k->uid))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	buf_put(b, k->row.data, k->row.len);
	field_u64(b, "started_ago_ms", (uint64_t)(now_ms() - k->since));
	field_u64(b, "ended_ago_ms", (uint64_t)(now_ms() - k->ended));
	return (0);
}

/* Why there is nothing of this run to be read, or NULL; *err with it. */
static const char *
unreadable(const struct client *cl, uint64_t id, enum cberr *err)
{
	const struct run *r = run_find(cl->d, id);
	const struct kept *k = find(cl->d, id);

	*err = CBE_NOENT;
	/* somebody else's run is not even there */
	if (k != NULL && client_owns(cl, k->uid))
		return (k->ran ? NULL : "the run never started");
	if (r == NULL || r->state == RUN_DONE || !client_owns(cl, r->uid))
		return ("no such run");
	if (!run_detached(r))
		return ("the run is not detached: its caller gets what it "
		    "prints");
	if (r->state == RUN_RECORDED || r->state == RUN_RUNNING ||
	    r->state == RUN_EXITED)
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
		if (o->state != OP_LOGS)
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
start_logs(struct client *cl, uint64_t run, uint8_t follow)
{
	int in[2], out[2];
	struct op *o;
	struct buf b;

	if (too_many(cl, run)) {
		client_end(cl, CBE_AGAIN, "too many read the output of runs "
		    "at this time");
		return;
	}
	if ((o = op_new(cl->d, OP_LOGS, cl)) == NULL) {
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
		start_logs(cl, run, follow);
	else if (err == CBE_AGAIN && follow)
		cl->follows = run;
	else
		client_end(cl, err, "%s", why);
}

void
detach_begun(struct run *r)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &r->d->clients, entry)
		if (cl->follows == r->id && !cl->dead) {
			cl->follows = 0;
			start_logs(cl, r->id, 1);
		}
}

void
req_wait(struct client *cl, struct ipc_msg *m)
{
	const struct kept *k;
	const struct run *r;
	struct rd rd;
	uint64_t id;

	rd_init(&rd, m->data, m->len);
	id = rd_u64(&rd);
	k = find(cl->d, id);
	r = run_find(cl->d, id);
	if (rd_end(&rd) == -1)
		client_bad(cl, "malformed WAIT");
	else if (k != NULL && client_owns(cl, k->uid))
		tell(cl, &k->result);
	else if (r != NULL && r->state != RUN_DONE && client_owns(cl, r->uid))
		cl->waits = id;
	else
		client_end(cl, CBE_NOENT, "no such run");
}
