/* SPDX-License-Identifier: ISC */
/*
 * The actions of the table of runs: each does its work and names the state
 * that follows.  The supervisor holds no secret and no key here: what it
 * passes on are descriptors and tickets that others made.
 */
#include "config.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "common/record/kind.h"
#include "common/xconf.h"
#include "supervisor/client/door.h"
#include "supervisor/run/question.h"
#include "supervisor/run/refusal.h"
#include "supervisor/run/runaction.h"
#include "supervisor/run/standrun.h"

enum run_state
act_drop(struct run *r, const struct run_input *in)
{
	run_drop(r);
	run_set_end(r, OUTCOME_KILLED, CBE_AGAIN, "%s",
	    in->reason != NULL ? in->reason : "cancelled");
	run_finish(r);
	return (RUN_DONE);
}

/* A detached run has no caller to have the other ends of streams. */
static size_t
nstreams(const struct run *r)
{
	return (run_detached(r) ? 0 : 3);
}

/* Errors go where output goes, for a caller who gets both as one. */
static int
joined(const struct run *r)
{
	return (nstreams(r) != 0 &&
	    (r->asked.req.flags & RUNREQ_JOIN) != 0);
}

/* One pipe, or the end of the one before once more; the executor's in *fd. */
static int
make_pipe(struct run *r, size_t i, size_t streams, int *fd)
{
	int p[2];

	if (i == 2 && joined(r)) {
		*fd = fcntl(fd[-1], F_DUPFD_CLOEXEC, 0);
		return (*fd == -1 ? -1 : 0);
	}
	if (pipe2(p, O_CLOEXEC) == -1)
		return (-1);
	/* output flows the other way */
	*fd = i < streams && i != 0 ? p[1] : p[0];
	if (i < streams)
		r->streams[i] = i == 0 ? p[1] : p[0];
	else
		r->secrets[i - streams] = p[1];
	return (0);
}

/* Pipes for streams and secrets; the executor's *nfds ends in fds. */
static int
make_pipes(struct run *r, int *fds, unsigned *nfds)
{
	size_t i, streams = nstreams(r), n = streams + r->plan.secrets.n;

	*nfds = (unsigned)n;
	for (i = 0; i < n; i++)
		if (make_pipe(r, i, streams, &fds[i]) == -1)
			break;
	if (i == n)
		return (0);
	log_warn("pipes of a run");
	while (i-- > 0)
		(void)close(fds[i]);
	run_close_pipes(r);
	return (-1);
}

/* Where it may ask for runs itself: its socket, behind all the others. */
static int
make_door(struct run *r, int *fds, unsigned *nfds)
{
	struct door_of of;

	if (r->plan.inner_channel[0] == '\0')
		return (0);
	of.run = r->id;
	of.line = r->line;
	of.uid = r->uid;
	of.gid = r->gid;
	of.account = r->plan.uid;
	of.channel = r->plan.inner_channel;
	if ((r->door = door_new(r->d, &of, &fds[*nfds])) == NULL)
		return (-1);
	(*nfds)++;
	return (0);
}

/* For what is stored of its output: from its runner to the auditor. */
static int
make_store(struct run *r, int *fds, unsigned *nfds)
{
	int p[2];

	if (r->d->conf->output == KEEP_DIGEST || r->plan.rotates[0] != '\0')
		return (0);
	if (pipe2(p, O_CLOEXEC) == -1)
		return (-1);
	r->stored = p[0];
	fds[(*nfds)++] = p[1];
	return (0);
}

static int
make_descriptors(struct run *r, int *fds, unsigned *nfds)
{
	if (make_pipes(r, fds, nfds) == -1)
		return (-1);
	if (make_door(r, fds, nfds) == 0 && make_store(r, fds, nfds) == 0)
		return (0);
	while (*nfds > 0)
		(void)close(fds[--*nfds]);
	run_close_pipes(r);
	run_close_door(r);
	return (-1);
}

/* The quota said no at the last moment. */
static enum run_state
over_quota(struct run *r, const struct quota_no *no)
{
	struct refusal p;

	memset(&p, 0, sizeof(p));
	p.kind = RECORD_QUOTA;
	p.cause = no->kind;
	p.channel = r->ch->name;
	p.uid = r->uid;
	p.pid = r->pid;
	p.line = &r->line;
	p.from = &r->from;
	p.argc = r->plan.argv.n;
	p.reason = no->reason;
	refusal_record(r->d, &p);
	run_drop(r);
	r->advice = ADVICE_LATER;
	r->retry_ms = no->retry_ms;
	run_set_end(r, OUTCOME_DENIED, CBE_AGAIN, "%s", no->reason);
	run_finish(r);
	return (RUN_DONE);
}

/*
 * The run that makes a new value of the same secret, or NULL: of two that do,
 * the value that is stored last need not be the one that its provider takes.
 */
static const struct run *
rotated_by(const struct run *r)
{
	const struct daemon *d = r->d;
	const struct run *o;
	size_t i;

	for (i = 0; i < d->nruns && r->asked.req.rotates[0] != '\0'; i++) {
		o = d->runs[i];
		if (o != r && o->state >= RUN_DECIDED &&
		    o->state <= RUN_EXITED && strcmp(o->asked.req.rotates,
		    r->asked.req.rotates) == 0)
			return (o);
	}
	return (NULL);
}

static enum run_state
refuse_second(struct run *r, const struct run *first)
{
	char text[RUNID_TEXT];

	runid_text(text, first->id);
	run_drop(r);
	r->advice = ADVICE_LATER;
	run_set_end(r, OUTCOME_DENIED, CBE_AGAIN, "%s is being rotated by %s: "
	    "wait until that has ended, or end it with clawbot kill",
	    r->asked.req.rotates, text);
	return (run_refuse_run(r));
}

enum run_state
act_launch(struct run *r, const struct run_input *in)
{
	int fds[MSG_MAXFDS];
	const struct run *first;
	struct breaker_key key;
	struct quota_no no;
	struct buf b;
	unsigned i, nfds;

	(void)in;
	if ((first = rotated_by(r)) != NULL)
		return (refuse_second(r, first));
	run_breaker_key(&key, r);
	if (quota_take(r->d->quota, &key, now_ms(), &r->hold, &no) == -1)
		return (over_quota(r, &no));
	if (make_descriptors(r, fds, &nfds) == -1) {
		run_drop(r);
		quota_release(r->d->quota, &r->hold, 0, now_ms());
		run_set_end(r, OUTCOME_ERROR, CBE_AGAIN,
		    "out of descriptors");
		return (run_refuse_run(r));
	}
	for (i = 0; i < r->plan.secrets.n; i++)
		r->given[i] = secretver_of(&r->d->versions,
		    r->plan.secrets.v[i]);
	/* the disk takes longest: it is asked first */
	if (rec_intent(&b, r) == 0 &&
	    role_send(&r->d->procs[PROC_AUDIT], MSG_A_INTENT, r->id, &b, NULL,
	    0) == 0) {
		if (r->stored != -1)
			(void)role_send(&r->d->procs[PROC_AUDIT],
			    MSG_A_OUTPUT, r->id, NULL, &r->stored, 1);
		r->stored = -1;
		(void)role_send(&r->d->procs[PROC_EXEC], MSG_X_BUILD, r->id,
		    NULL, fds, nfds);
		return (RUN_DECIDED);
	}
	run_drop(r);
	quota_release(r->d->quota, &r->hold, 0, now_ms());
	for (i = 0; i < nfds; i++)
		(void)close(fds[i]);
	run_close_pipes(r);
	run_close_door(r);
	run_set_end(r, OUTCOME_DENIED, CBE_USAGE, "too large to be recorded");
	return (run_refuse_run(r));
}

/* One V_RELEASE for each secret, with the ticket that was made for it. */
static void
release_secrets(struct run *r, const uint8_t *tickets)
{
	struct msg_release v;
	size_t i;

	for (i = 0; i < r->plan.secrets.n; i++) {
		memcpy(v.ticket, tickets + i * MSG_TICKET, MSG_TICKET);
		v.name = r->plan.secrets.v[i];
		v.version = r->given[i];
		v.oldest = r->sk->releases[i].min_version;
		(void)role_put(&r->d->procs[PROC_VAULT], MSG_V_RELEASE, r->id,
		    &msg_release_shape, &v, &r->secrets[i], 1);
		r->secrets[i] = -1;
		r->unreleased++;
		lastuse_note(&r->d->uses, v.name, strlen(v.name),
		    (uint64_t)time(NULL));
	}
}

/* The caller hears that it starts, and has its streams. */
static void
say_started(struct run *r, uint64_t record)
{
	char text[RUNID_TEXT];
	struct buf b;

	runid_text(text, r->id);
	buf_init(&b, MSG_STARTED_MAX);
	field_str(&b, "run", text);
	field_u64(&b, "record", record);
	rec_cwd(&b, r);
	field_u64(&b, "timeout_s", r->plan.limits.timeout_s);
	client_send(r->cl, MSG_STARTED, &b, r->streams,
	    (unsigned)nstreams(r) - (unsigned)joined(r));
	r->streams[0] = r->streams[1] = r->streams[2] = -1;
	if (run_detached(r))
		run_leave(r);
}

enum run_state
act_go(struct run *r, const struct run_input *in)
{
	const struct msg_tickets *v = payload_as(in->p, &msg_tickets_shape);
	struct msg_ticket go;

	if (v->secretslen != r->plan.secrets.n * MSG_TICKET)
		daemon_breach(r->d, in->from, "A_TICKET for other secrets");
	standrun_used(r);
	/* what takes longest comes first, and who only listens last */
	release_secrets(r, v->secrets);
	memcpy(go.ticket, v->ticket, sizeof(go.ticket));
	(void)role_put(&r->d->procs[PROC_EXEC], MSG_X_GO, r->id,
	    &msg_ticket_shape, &go, NULL, 0);
	if (r->cl != NULL)
		say_started(r, v->record);
	return (RUN_RECORDED);
}

static void
end_refused(struct run *r, const struct run_input *in)
{
	const struct msg_reason *v = payload_as(in->p, &msg_refused_shape);

	run_set_end(r, OUTCOME_ERROR, v->code, "%s", v->text);
}

enum run_state
act_no_intent(struct run *r, const struct run_input *in)
{
	run_drop(r);
	end_refused(r, in);
	/* a full log says nothing about the skill */
	quota_release(r->d->quota, &r->hold, 0, now_ms());
	run_finish(r);
	return (RUN_DONE);
}

static void
take_result(struct run *r, const struct run_input *in)
{
	struct runresult *v = payload_as(in->p, &runresult_shape);

	runresult_free(&r->result);
	r->result = *v;
	memset(v, 0, sizeof(*v));
	r->have_result = 1;
	/* it may hide of it what it likes, and change nothing */
	if (mask_check(r->result.reason, r->result.logged) == -1)
		daemon_breach(r->d, in->from, "X_RESULT with another reason");
	r->outcome = r->result.outcome;
	if (r->outcome != OUTCOME_ERROR)
		r->err = CBE_OK;
	else if (r->err == CBE_OK)
		r->err = r->result.err != CBE_OK ? r->result.err :
		    CBE_INTERNAL;
	/*
	 * It may have ended by itself before it was killed; in order, because
	 * it was told to, and the executor says so.
	 */
	if (r->reason != NULL && (r->outcome == OUTCOME_KILLED ||
	    r->outcome == OUTCOME_ERROR ||
	    (r->outcome == OUTCOME_EXITED && r->result.reason[0] != '\0')))
		return;
	free(r->reason);
	r->reason = xstrdup(r->result.reason);
	if (strcmp(r->result.logged, r->reason) != 0)
		masks_add(&r->res.masks, MASK_ERROR, 0, r->result.logged);
}

static void
close_run(struct run *r, unsigned how)
{
	struct msg_batch batches[MSG_BATCHES_MAX];
	struct msg_close v;
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	rec_close(&b, r);
	assert(!b.bad);
	v.how = (uint8_t)how;
	v.batches = batches;
	v.n = execrows_along(&r->execs, batches);
	v.fields = b.data;
	v.len = b.len;
	(void)role_put(&r->d->procs[PROC_AUDIT], MSG_A_CLOSE, r->id,
	    &msg_close_shape, &v, NULL, 0);
	buf_free(&b);
}

/* Nobody hears of the end before all that it started is on disk. */
enum run_state
run_settle(struct run *r)
{
	if (!execrows_fit(&r->execs)) {
		execrows_send(&r->execs, &r->d->procs[PROC_AUDIT], r->id,
		    now_ms());
		return (RUN_SETTLING);
	}
	close_run(r, r->outcome == OUTCOME_LOST ? CLOSE_LOST :
	    r->ran ? CLOSE_RESULT : CLOSE_ABORT);
	return (RUN_EXITED);
}

/* The intent is under way and cannot be called back. */
enum run_state
act_build_failed(struct run *r, const struct run_input *in)
{
	take_result(r, in);
	if (r->outcome != OUTCOME_ERROR && r->outcome != OUTCOME_KILLED)
		daemon_breach(r->d, in->from, "X_RESULT before X_GO");
	run_close_pipes(r);
	run_close_door(r);
	return (RUN_ABORTING);
}

enum run_state
act_abort(struct run *r, const struct run_input *in)
{
	run_drop(r);
	run_close_pipes(r);
	run_close_door(r);
	run_set_end(r, OUTCOME_KILLED, CBE_AGAIN, "%s",
	    in->reason != NULL ? in->reason : "cancelled");
	return (RUN_ABORTING);
}

enum run_state
act_close_abort(struct run *r, const struct run_input *in)
{
	(void)in;
	/* its intent is on disk, and names it */
	standrun_used(r);
	close_run(r, CLOSE_ABORT);
	return (RUN_EXITED);
}

enum run_state
act_started(struct run *r, const struct run_input *in)
{
	(void)in;
	r->ran = 1;
	/* its socket has a name since its runner had the plan */
	if (r->door != NULL && door_listen(r->door) == -1)
		log_warn("socket of a run's channel");
	/* nothing keeps its caller waiting now but the command itself */
	if (r->cl != NULL)
		r->cl->roles &= ROLE_BIT(ROLE_EXECUTOR);
	return (RUN_RUNNING);
}

static void
kill_run(struct run *r, unsigned outcome)
{
	struct msg_kill v;

	/* asked to end before, it still has to end at once */
	if (r->killed > r->at_once)
		return;
	r->killed = 1 + r->at_once;
	v.outcome = (uint8_t)outcome;
	v.now = r->at_once != 0;
	(void)role_put(&r->d->procs[PROC_EXEC], MSG_X_KILL, r->id,
	    &msg_kill_shape, &v, NULL, 0);
}

/* A run that does not get a secret it was to have does not run. */
enum run_state
act_secret(struct run *r, const struct run_input *in)
{
	const struct msg_reason *v = payload_as(in->p, &msg_reason_shape);

	if (r->unreleased == 0)
		daemon_breach(r->d, in->from, "V_DONE of no secret");
	r->unreleased--;
	/* nobody reads the pipe: its result says why, or it is about to */
	if (v->code == CBE_IO && states_of_run(r->state)->going)
		kill_run(r, OUTCOME_ERROR);
	else if (v->code != CBE_OK && !r->killed &&
	    states_of_run(r->state)->going) {
		/* "no such" would read like the command's own status */
		r->blameless = 1;
		run_set_end(r, OUTCOME_ERROR,
		    v->code == CBE_NOENT ? CBE_REFUSED : v->code, "%s",
		    v->text);
		kill_run(r, OUTCOME_ERROR);
	}
	return (r->state);
}

enum run_state
act_kill(struct run *r, const struct run_input *in)
{
	if (!r->killed)
		run_set_end(r, OUTCOME_KILLED, CBE_OK, "%s",
		    in->reason != NULL ? in->reason : "cancelled");
	kill_run(r, OUTCOME_KILLED);
	return (r->state);
}

enum run_state
act_winsize(struct run *r, const struct run_input *in)
{
	(void)role_put(&r->d->procs[PROC_EXEC], MSG_X_WINSIZE, r->id,
	    &msg_window_shape, payload_as(in->p, &msg_window_shape), NULL, 0);
	return (r->state);
}

enum run_state
act_result(struct run *r, const struct run_input *in)
{
	take_result(r, in);
	if (!r->ran && (r->outcome == OUTCOME_EXITED ||
	    r->outcome == OUTCOME_SIGNALED))
		daemon_breach(r->d, in->from, "X_RESULT before X_STARTED");
	run_close_pipes(r);
	run_close_door(r);
	/* it says that it told them all */
	if (r->ran && !r->killed && r->result.execs != r->execs.heard &&
	    (r->outcome == OUTCOME_EXITED || r->outcome == OUTCOME_SIGNALED))
		daemon_breach(r->d, in->from, "X_RESULT with other execs");
	if (r->ran && r->result.files != r->execs.files &&
	    (r->outcome == OUTCOME_EXITED || r->outcome == OUTCOME_SIGNALED))
		daemon_breach(r->d, in->from, "X_RESULT with other files");
	questions_withdraw(r, "the run has ended");
	return (run_settle(r));
}

enum run_state
act_finish(struct run *r, const struct run_input *in)
{
	const struct msg_done *v;

	if (in->event == MSG_A_DONE) {
		v = payload_as(in->p, &msg_done_shape);
		r->record = v->record;
	} else if (in->event == EV_LOGGED)
		r->record = in->record;
	run_finish(r);
	return (RUN_DONE);
}
