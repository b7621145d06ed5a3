/* SPDX-License-Identifier: ISC */
/* Notices; see notice.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/civil.h"
#include "common/log.h"
#include "common/text.h"
#include "common/waitstatus.h"
#include "supervisor/heartbeat.h"
#include "supervisor/run/notice.h"
#include "supervisor/run/noticeq.h"
#include "supervisor/run/question.h"
#include "supervisor/run/run.h"

struct notices {
	uint64_t	 busy;		/* the notifier is at it; 0: none */
	uint64_t	 told;
	uint64_t	 failed;
	int		 fails;		/* the newest one has */
	char		 newest[128];	/* how it went */
	time_t		 when;
	struct {
		uint64_t	 record;	/* to be told; 0: nothing */
		unsigned	 about;		/* NOTICE_* */
		char		 text[NOTICE_COMMAND];
	}		 log[NOTICE_LOG_MAX];	/* of the log itself */
	char		 lost[256];	/* why there is no notifier, or "" */
};

struct notices *
notices_new(void)
{
	return (xcalloc(1, sizeof(struct notices)));
}

/* The decisions go on, and nobody is told of what waits. */
static void __attribute__((__format__ (printf, 2, 3)))
lose(struct daemon *d, const char *fmt, ...)
{
	struct notices *q = d->notices;
	const int again = q->lost[0] != '\0';
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(q->lost, sizeof(q->lost), fmt, ap);
	va_end(ap);
	log_warnx("notifier %s%s", q->lost, again ? "" : ": nobody is told of "
	    "what waits until the next start");
	d->noticeq->n = 0;
	q->busy = 0;
	if (d->notifier.ipc != NULL)
		proc_close(&d->notifier);
	d->notifier.state = PROC_NONE;
}

void
notice_ended(struct daemon *d, int status)
{
	char how[128];

	d->notifier.pid = 0;
	if (d->stop != STOP_NO)
		return;
	relay_pump(&d->notifier.log);
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
		proc_close(&d->notifier);
}

static void
how_text(char *to, size_t size, const struct msg_noticed *v)
{
	switch (v->how) {
	case NOTICED_OK:
		(void)snprintf(to, size, "done");
		break;
	case NOTICED_EXITED:
		(void)snprintf(to, size, "exited with status %u", v->value);
		break;
	case NOTICED_SIGNALED:
		(void)snprintf(to, size, "was ended by signal %u", v->value);
		break;
	case NOTICED_LATE:
		(void)snprintf(to, size, "was ended after %u s", v->value);
		break;
	default:
		(void)snprintf(to, size, "could not be started: %s",
		    strerror((int)v->value));
	}
}

/* Said when it changes: a program that fails does so each time. */
static void
note_done(struct notices *q, const char *program, const struct msg_noticed *v)
{
	const int fails = v->how != NOTICED_OK;
	char was[sizeof(q->newest)];

	memcpy(was, q->newest, sizeof(was));
	how_text(q->newest, sizeof(q->newest), v);
	q->when = time(NULL);
	q->told++;
	q->failed += fails != 0;
	if (fails && strcmp(was, q->newest) != 0)
		log_warnx("approvals.notify: %s %s", program, q->newest);
	else if (!fails && q->fails)
		log_info("approvals.notify: %s works again", program);
	q->fails = fails;
}

static void	send_next(struct daemon *);

static void
done(struct daemon *d, const struct ipc_msg *m)
{
	struct notices *q = d->notices;
	struct msg_noticed v;
	int bad;

	bad = payload_get(m, &msg_noticed_shape, &v) == -1 ||
	    q->busy == 0 || m->id != q->busy;
	if (bad) {
		lose(d, "broke the protocol: N_DONE");
		return;
	}
	q->busy = 0;
	note_done(q, d->conf->notify, &v);
	send_next(d);
}

static void
on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct daemon *d = arg;

	(void)ipc;
	if (m->type == MSG_N_DONE)
		done(d, m);
	else if (m->type == MSG_PONG) {
		if (heartbeat_pong(d, &d->notifier) == -1)
			lose(d, "broke the protocol: PONG");
	} else if (m->type == MSG_STOPPED)
		d->notifier.state = PROC_STOPPED;
	else
		lose(d, "broke the protocol: %s", msg_name(m->type));
}

int
notice_attach(struct daemon *d)
{
	struct proc *p = &d->notifier;

	if (d->notices == NULL)
		return (0);
	if (relay_attach(&p->log, d->base) == -1)
		return (-1);
	return (ipc_ev_attach(p->ipc, d->base, on_msg, on_end, d));
}

/*
 * What a mail or a terminal would take for something else is not told, and
 * what is too long ends in dots.
 */
static char *
plain(const void *text, size_t n, size_t max)
{
	const uint8_t *p = text;
	char *to = xmalloc(max + 1);
	size_t at = 0, k;
	uint32_t c;

	for (; n != 0; p += k, n -= k) {
		k = text_char(p, n, &c);
		if (at + k + 3 > max) {
			(void)snprintf(to + at, max + 1 - at, "...");
			return (to);
		}
		if (k != 0 && !text_deceives(c)) {
			memcpy(to + at, p, k);
			at += k;
			continue;
		}
		to[at++] = '?';
		k = k == 0 ? 1 : k;
	}
	to[at] = '\0';
	return (to);
}

static void
notify(struct daemon *d, const struct run *r, const struct question *ask,
    struct buf *line)
{
	struct notices *q = d->notices;
	const int64_t left = (ask != NULL ? ask->expires : r->expires) -
	    now_ms();
	const char *reason = rec_reason(r);
	struct msg_notice v;

	memset(&v, 0, sizeof(v));
	v.about = ask != NULL ? NOTICE_HELD : NOTICE_REQUEST;
	v.uid = r->uid;
	v.expires_s = left > 0 ? (uint32_t)(left / 1000) : 0;
	v.waiting = (uint32_t)run_waiting(d, NULL);
	v.missed = d->noticeq->missed;
	v.channel = plain(r->ch->name, strlen(r->ch->name), PLAN_MAXNAME);
	v.skill = plain(r->sk->name, strlen(r->sk->name), PLAN_MAXNAME);
	v.command = plain(line->data, line->len, NOTICE_COMMAND);
	v.reason = plain(reason, strlen(reason), NOTICE_REASON);
	q->busy = ask != NULL ? ask->id : r->id;
	if (role_put(&d->notifier, MSG_N_NOTICE, q->busy, &msg_notice_shape,
	    &v, NULL, 0) == -1)
		q->busy = 0;
	else
		d->noticeq->missed = 0;
	shape_free(&msg_notice_shape, &v);
}

/*
 * Of a held program only its name is told, and in what: its words are in no
 * text yet that redaction has left.
 */
static void
put_held(struct buf *line, const struct question *ask)
{
	const char *path = ask->ask.row.path, *base = strrchr(path, '/');

	buf_printf(line, "%.64s inside of: ", base != NULL ? base + 1 : path);
}

/* If it still waits.  1: the notifier is told. */
static int
send_one(struct daemon *d, uint64_t id)
{
	struct question *ask = NULL;
	struct run *r;
	struct buf line;

	if ((r = run_live(d, id)) != NULL) {
		if (!states_of_run(r->state)->open)
			return (0);
	} else if ((ask = question_find(d, id, &r)) == NULL ||
	    ask->state != ASKED_OPEN)
		return (0);
	buf_init(&line, 8 * NOTICE_COMMAND);
	if (ask != NULL)
		put_held(&line, ask);
	rec_line(&line, r, NOTICE_COMMAND);
	notify(d, r, ask, &line);
	buf_free(&line);
	return (d->notices->busy != 0);
}

/*
 * Of the log itself.  By the number of the record, which no request has for a
 * name.
 */
static void
send_log(struct daemon *d)
{
	struct notices *q = d->notices;
	struct msg_notice v;
	size_t i = 0;

	while (q->log[i].record == 0)
		if (++i == NOTICE_LOG_MAX)
			return;
	memset(&v, 0, sizeof(v));
	v.about = (uint8_t)q->log[i].about;
	v.channel = v.skill = v.reason = xstrdup("");
	v.command = plain(q->log[i].text, strlen(q->log[i].text),
	    NOTICE_COMMAND);
	if (role_put(&d->notifier, MSG_N_NOTICE, q->log[i].record,
	    &msg_notice_shape, &v, NULL, 0) == 0)
		q->busy = q->log[i].record;
	q->log[i].record = 0;
	free(v.command);
	free(v.reason);
}

static void
send_next(struct daemon *d)
{
	struct notices *q = d->notices;
	struct notice_wait w;

	if (q->busy == 0 && d->notifier.state == PROC_UP)
		send_log(d);
	while (q->busy == 0 && d->notifier.state == PROC_UP &&
	    noticeq_take(d->noticeq, now_ms(), &w))
		if (send_one(d, w.id))
			noticeq_told(d->noticeq, now_ms(), w.uid);
}

void
notice_log(struct daemon *d, enum notice_of_log of, unsigned about,
    uint64_t record, const char *text)
{
	struct notices *q = d->notices;

	if (q == NULL || q->lost[0] != '\0')
		return;
	q->log[of].about = about;
	q->log[of].record = record;
	(void)snprintf(q->log[of].text, sizeof(q->log[of].text), "%s", text);
	send_next(d);
}

void
notice_tick(struct daemon *d)
{
	if (d->notices != NULL)
		send_next(d);
}

void
notice_stop(struct daemon *d)
{
	struct proc *p = &d->notifier;

	if (p->state != PROC_UP)
		return;
	(void)role_send(p, MSG_SHUTDOWN, 0, NULL, NULL, 0);
	ipc_set_state(p->ipc, MS_STOP);
	p->state = PROC_STOPPING;
}

static const char *
state_of(const struct daemon *d)
{
	const struct notices *q = d->notices;

	if (q->lost[0] != '\0')
		return ("gone");
	if (heartbeat_late(&d->notifier) != 0)
		return ("silent");
	return (q->fails ? "fails" : "works");
}

void
notice_show(const struct daemon *d, struct notice_show *s)
{
	const struct notices *q = d->notices;
	char when[CIVIL_TEXT];
	int n;

	s->state = state_of(d);
	if (q->lost[0] != '\0') {
		(void)snprintf(s->detail, sizeof(s->detail), "the notifier "
		    "%.200s: nobody is told of what waits", q->lost);
		return;
	}
	n = snprintf(s->detail, sizeof(s->detail), "%llu notices, %llu "
	    "failed, %u left out since the last", (unsigned long long)q->told,
	    (unsigned long long)q->failed, d->noticeq->missed);
	if (q->told == 0)
		return;
	civil_text(when, (uint64_t)q->when);
	(void)snprintf(s->detail + n, sizeof(s->detail) - (size_t)n,
	    "; the newest at %s: %s", when, q->newest);
}
