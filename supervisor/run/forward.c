/* SPDX-License-Identifier: ISC */
/* Forwarding; see forward.h. */
#include "config.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/record/kind.h"
#include "common/waitstatus.h"
#include "supervisor/heartbeat.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/recording.h"

#define RECORDED_MS	5000	/* between records of how it goes */

struct forwarding {
	int		 stalled;
	uint64_t	 done;
	uint32_t	 waiting;
	uint64_t	 oldest_us;
	char		 why[FORWARD_WHY + 1];	/* the last failure, or "" */
	time_t		 why_at;
	/* what people were told */
	int		 said;		/* that it is stalled */
	int64_t		 said_at;
	/* what the log has of it */
	int		 recorded;	/* that it is stalled */
	int64_t		 recorded_at;
	int64_t		 stalled_at;
	uint64_t	 gap_first;	/* not recorded yet; 0: none */
	uint64_t	 gap_last;
	/* the log's lines */
	uint64_t	 from;		/* where those begin that it gets */
	uint64_t	 query;		/* operation that sends them; 0: none */
	uint64_t	 want;		/* it waits for these; 0: for none */
	int		 another;	/* the log ends before its place */
	char		 source[256];	/* why there are none, or "" */
	char		 lost[256];	/* why there is no forwarder, or "" */
};

struct forwarding *
forwarding_new(void)
{
	return (xcalloc(1, sizeof(struct forwarding)));
}

static void __attribute__((__format__ (printf, 2, 3)))
lose(struct daemon *d, const char *fmt, ...)
{
	struct forwarding *q = d->forwarding;
	const int again = q->lost[0] != '\0';
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(q->lost, sizeof(q->lost), fmt, ap);
	va_end(ap);
	log_warnx("forwarder %s%s", q->lost, again ? "" : ": nothing is "
	    "forwarded until the next start, which goes on from there");
	if (d->forwarder.ipc != NULL)
		proc_close(&d->forwarder);
	d->forwarder.state = PROC_NONE;
}

void
forward_ended(struct daemon *d, int status)
{
	char how[128];

	d->forwarder.pid = 0;
	if (d->stop != STOP_NO)
		return;
	relay_pump(&d->forwarder.log);
	waitstatus_text(status, how, sizeof(how));
	lose(d, "%s", how);
}

static void
on_end(struct ipc *ipc, int how, void *arg)
{
	struct daemon *d = arg;

	if (d->stop == STOP_NO)
		lose(d, "%s", how == -1 ? ipc_error(ipc) :
		    "closed its connection");
	else
		proc_close(&d->forwarder);
}

/* The auditor has no more lines for the pipe. */
static enum op_state
queried(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_queried *v = payload_as(in, &msg_queried_shape);
	struct forwarding *q = d->forwarding;

	(void)p;
	if (q->query == o->id)
		q->query = 0;
	if (v->code == CBE_OK || d->stop != STOP_NO)
		return (OP_DONE);
	if (v->code == CBE_NOENT)
		q->another = 1;
	if (strcmp(q->source, v->text) != 0)
		log_warnx("logging.forward: %s%s", v->text, q->another ?
		    ": it is another log, and forwarded from its beginning" :
		    "");
	(void)snprintf(q->source, sizeof(q->source), "%s", v->text);
	return (OP_DONE);
}

static const struct op_kind forward_kind = {
	.act = { [ACT_QUERIED] = queried },
};

/*
 * It wants the log from a record on.  It gets one pipe, and another when the
 * auditor has let go of that: no more of them wait for one that does not take
 * them.
 */
static void
give_source(struct daemon *d)
{
	struct forwarding *q = d->forwarding;
	struct msg_from from = { q->another ? 1 : q->want };
	struct msg_query ask = { QUERY_FORWARD, from.record, 0, UINT32_MAX };
	struct op *o;
	int p[2];

	if (q->want == 0 || q->query != 0 || d->forwarder.state != PROC_UP ||
	    (o = op_new(d, &forward_kind, OP_QUERY, NULL)) == NULL)
		return;
	if (pipe2(p, O_CLOEXEC) == -1) {
		op_free(d, o);
		lose(d, "got no pipe");
		return;
	}
	q->another = 0;
	q->want = 0;
	q->from = from.record;
	q->query = o->id;
	(void)role_put(&d->procs[PROC_AUDIT], MSG_A_QUERY, o->id,
	    &msg_query_shape, &ask, &p[1], 1);
	(void)role_put(&d->forwarder, MSG_F_SOURCE, 0, &msg_from_shape, &from,
	    &p[0], 1);
}

static void
wants(struct daemon *d, const struct msg_from *v)
{
	struct forwarding *q = d->forwarding;

	if (q->want != 0 || v->record == 0) {
		lose(d, "broke the protocol: F_WANT");
		return;
	}
	q->want = v->record;
	give_source(d);
}

/* What it says of a failure goes to people, by forward_tick(). */
static void
note_state(struct daemon *d, const struct msg_forward *v)
{
	struct forwarding *q = d->forwarding;
	size_t i;

	if (v->stalled && !q->stalled)
		q->stalled_at = now_ms();
	q->stalled = v->stalled;
	q->done = v->done;
	q->waiting = v->waiting;
	q->oldest_us = v->oldest_us;
	/* there were lines again */
	if (q->query != 0 && q->done >= q->from)
		q->source[0] = '\0';
	if (v->why[0] == '\0')
		return;
	for (i = 0; i < sizeof(q->why) - 1 && v->why[i] != '\0'; i++)
		q->why[i] = v->why[i] >= ' ' && v->why[i] < 0x7f ?
		    v->why[i] : '?';
	q->why[i] = '\0';
	q->why_at = time(NULL);
}

/* People are told of the first one of those that one record will have. */
static void
note_gap(struct daemon *d, const struct msg_gap *v)
{
	struct forwarding *q = d->forwarding;

	if (q->gap_first == 0)
		log_warnx("logging.forward: records %llu to %llu were gone "
		    "before they were forwarded",
		    (unsigned long long)v->first,
		    (unsigned long long)v->last);
	if (q->gap_first == 0 || v->first < q->gap_first)
		q->gap_first = v->first;
	if (v->last > q->gap_last)
		q->gap_last = v->last;
}

static void
on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct daemon *d = arg;
	struct payload in;

	(void)ipc;
	if (payload_open(&in, m) == -1) {
		payload_close(&in);
		lose(d, "broke the protocol: malformed %s", msg_name(m->type));
		return;
	}
	if (m->type == MSG_F_WANT) {
		if (d->stop == STOP_NO)
			wants(d, payload_as(&in, &msg_from_shape));
	} else if (m->type == MSG_F_STATE)
		note_state(d, payload_as(&in, &msg_forward_shape));
	else if (m->type == MSG_F_GAP)
		note_gap(d, payload_as(&in, &msg_gap_shape));
	else if (m->type == MSG_STOPPED)
		d->forwarder.state = PROC_STOPPED;
	else if (m->type != MSG_PONG)
		lose(d, "broke the protocol: %s", msg_name(m->type));
	else if (heartbeat_pong(d, &d->forwarder) == -1)
		lose(d, "broke the protocol: PONG");
	payload_close(&in);
}

int
forward_attach(struct daemon *d)
{
	struct proc *p = &d->forwarder;

	if (d->forwarding == NULL)
		return (0);
	d->forwarding->done = field_get_u64(p->ready, p->readylen, "record",
	    0);
	d->forwarding->want = d->forwarding->done + 1;
	if (relay_attach(&p->log, d->base) == -1)
		return (-1);
	if (ipc_ev_attach(p->ipc, d->base, on_msg, on_end, d) == -1)
		return (-1);
	give_source(d);
	return (0);
}

static void
begin_record(struct buf *b, const struct daemon *d, const char *ev)
{
	buf_init(b, 8192);
	field_str(b, "ev", ev);
	field_str(b, "to", d->conf->forward);
}

/* Changes that last; how it flickers is nobody's to read. */
static void
record_state(struct daemon *d, int64_t now)
{
	struct forwarding *q = d->forwarding;
	struct buf b;

	begin_record(&b, d, q->stalled ? "stalled" : "resumed");
	field_u64(&b, "done", q->done);
	if (q->stalled)
		field_str(&b, "reason", q->why);
	else
		field_u64(&b, "late_s", (uint64_t)(now - q->stalled_at) /
		    1000);
	if (recording_put(d, RECORD_FORWARD, &b, NULL, NULL) == -1)
		return;
	q->recorded = q->stalled;
	q->recorded_at = now;
}

static void
record_gap(struct daemon *d, int64_t now)
{
	struct forwarding *q = d->forwarding;
	struct buf b;

	begin_record(&b, d, "gap");
	field_u64(&b, "first", q->gap_first);
	field_u64(&b, "last", q->gap_last);
	if (recording_put(d, RECORD_FORWARD, &b, NULL, NULL) == -1)
		return;
	q->gap_first = q->gap_last = 0;
	q->recorded_at = now;
}

static void
say_state(struct daemon *d, int64_t now)
{
	struct forwarding *q = d->forwarding;

	if (q->said_at != 0 && now - q->said_at < RECORDED_MS)
		return;
	if (q->stalled)
		log_warnx("logging.forward: %s: stalled: %s",
		    d->conf->forward, q->why);
	else
		log_info("logging.forward: %s: goes on", d->conf->forward);
	q->said = q->stalled;
	q->said_at = now;
}

void
forward_tick(struct daemon *d)
{
	struct forwarding *q = d->forwarding;
	const int64_t now = now_ms();

	if (q == NULL)
		return;
	if (d->stop == STOP_NO)
		give_source(d);
	if (q->stalled != q->said)
		say_state(d, now);
	if (q->recorded_at != 0 && now - q->recorded_at < RECORDED_MS)
		return;
	if (q->gap_first != 0)
		record_gap(d, now);
	else if (q->stalled != q->recorded)
		record_state(d, now);
}

void
forward_stop(struct daemon *d)
{
	struct proc *p = &d->forwarder;

	if (p->state != PROC_UP)
		return;
	(void)role_send(p, MSG_SHUTDOWN, 0, NULL, NULL, 0);
	ipc_set_state(p->ipc, MS_STOP);
	p->state = PROC_STOPPING;
}

static const char *
state_of(const struct daemon *d)
{
	const struct forwarding *q = d->forwarding;

	if (q->lost[0] != '\0')
		return ("gone");
	if (heartbeat_late(&d->forwarder) != 0)
		return ("silent");
	return (q->stalled ? "stalled" : "works");
}

static void __attribute__((__format__ (printf, 2, 3)))
add(struct forward_show *s, const char *fmt, ...)
{
	const size_t n = strlen(s->detail);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(s->detail + n, sizeof(s->detail) - n, fmt, ap);
	va_end(ap);
}

void
forward_show(const struct daemon *d, struct forward_show *s)
{
	const struct forwarding *q = d->forwarding;
	char when[CIVIL_TEXT];

	s->state = state_of(d);
	s->detail[0] = '\0';
	if (q->lost[0] != '\0') {
		add(s, "the forwarder %.200s; ", q->lost);
	}
	add(s, "it has the records up to %llu", (unsigned long long)q->done);
	if (q->oldest_us != 0 && q->stalled) {
		civil_text(when, q->oldest_us / 1000000);
		add(s, ", and waits for those since %s", when);
	}
	if (q->source[0] != '\0')
		add(s, "; the log: %s", q->source);
	if (q->why[0] == '\0')
		return;
	civil_text(when, (uint64_t)q->why_at);
	add(s, "; last failure at %s: %s", when, q->why);
}
