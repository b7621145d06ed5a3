/* SPDX-License-Identifier: ISC */
/*
 * A run and its caller: passes its streams on, and ends as it ended.  One
 * poll loop over the daemon, the three streams and signals.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/out.h"
#include "client/session.h"
#include "client/signals.h"
#include "client/still.h"
#include "client/tty.h"
#include "common/payload.h"
#include "common/plan.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* How long output may be silent after the result without having ended. */
#define OUTPUT_GRACE_MS	5000

static void
go_raw(struct session *r)
{
	r->raw = 1;
	if (tty_raw() == -1)
		complain("the terminal: %s", strerror(errno));
	termsize_send(&r->size, r->conn);
}

/* As it was, whatever the command has left it in. */
static void
leave_tty(struct session *r)
{
	ttymode_put(&r->modes, ttymode_off);
	memset(&r->modes, 0, sizeof(r->modes));
	tty_restore();
}

/* The terminal is for who comes then. */
static void
suspend(struct session *r)
{
	ttymode_put(&r->modes, ttymode_off);
	tty_restore();
	signals_stop();
	if (!r->raw)
		return;
	go_raw(r);
	ttymode_put(&r->modes, ttymode_on);
	if (r->stops)
		termsize_redraw(&r->size, r->conn);
}

/* Asks the daemon to end the run; 0 if that was done before. */
static int
cancel(struct session *r)
{
	if (r->cancelled || r->finished)
		return (0);
	r->cancelled = 1;
	conn_cancel(r->conn);
	return (1);
}

/*
 * Who only looks on leaves; so does who is terminated while nothing runs, for
 * that is what becomes of programs whose callers wait no longer.  A person who
 * interrupts does not want it any more.
 */
static int
leaves(const struct session *r, int sig)
{
	if (r->started || r->tty || r->cancelled || r->into != NULL)
		return (0);
	return (r->waiting != NULL ? sig != SIGINT : r->claims);
}

/* The first asks the daemon to end the run, the second one leaves. */
static void
handle_signal(struct session *r)
{
	struct signals came;

	if (!signals_take(&came))
		return;
	if (came.suspended)
		suspend(r);
	if (came.resumed && r->raw)
		go_raw(r);
	if (came.resized && r->raw)
		termsize_send(&r->size, r->conn);
	if (came.ends == 0)
		return;
	if (leaves(r, came.last)) {
		complain("%s goes on waiting; clawbot wait %s comes back to "
		    "it", r->id, r->id);
		signals_die(came.last);
	}
	r->interrupted = came.last;
	if (came.ends == 1 && cancel(r))
		return;
	leave_tty(r);
	signals_die(came.last);
}

/* What is typed, on its way to the run. */
static void
on_keys(void *arg, uint8_t *buf, size_t *n)
{
	struct session *r = arg;
	enum tty_key key;

	if (r->stops && tty_is_stop(buf, *n)) {
		r->stopping = 1;
		*n = 0;
		return;
	}
	key = tty_keys(&r->keys, buf, n);
	r->stopping |= key == TTY_STOP;
	if (key != TTY_LEAVE || cancel(r))
		return;
	leave_tty(r);
	complain("left before the end of %s was known", r->id);
	exit(EXIT_CLAWBOT);
}

/* What the run draws. */
static void
on_screen(void *arg, uint8_t *buf, size_t *n)
{
	struct session *r = arg;

	ttymode_see(&r->modes, buf, *n);
	termsize_drawn(&r->size);
}

static void
finish(struct session *r)
{
	r->finished = 1;
	stream_close(&r->in);
}

static void
wrong(struct session *r, const char *what)
{
	fail_set(&r->fail, EXIT_CLAWBOT, "wrong answer from the daemon: "
	    "bad %s", what);
	finish(r);
}

static void
on_accepted(struct session *r, const struct ipc_msg *m)
{
	struct msg_runid v;
	char id[RUNID_TEXT];

	if (payload_get(m, &msg_runid_shape, &v) == -1 || v.run == 0 ||
	    (v.run & ~RUNID_MASK) != 0) {
		wrong(r, "ACCEPTED");
		return;
	}
	runid_text(id, v.run);
	/* of one that is waited for it is known */
	if (r->id[0] != '\0' && (!r->claims || strcmp(r->id, id) != 0)) {
		wrong(r, "ACCEPTED");
		return;
	}
	memcpy(r->id, id, sizeof(r->id));
}

/* An implicit working directory that the run cannot see is worth a word. */
static void
tell_cwd(struct session *r, const struct ipc_msg *m)
{
	uint64_t moved;
	char *cwd;

	if (r->moved_told || !row_num(m->data, m->len, "cwd_moved", &moved) ||
	    !moved)
		return;
	r->moved_told = 1;
	cwd = row_str(m->data, m->len, "cwd");
	complain("the directory you are in is not in the view of the run; it "
	    "works in %s", cwd != NULL ? cwd : "/tmp");
	free(cwd);
}

/* A program of the run is held: whoever started it may know whom to ask. */
static void
tell_held(const struct ipc_msg *m)
{
	struct buf b;
	uint64_t s;

	buf_init(&b, 4U * MSG_ROW_MAX);
	row_show(&b, m->data, m->len, "argv");
	buf_printf(&b, " waits for approval ");
	row_show(&b, m->data, m->len, "question");
	buf_printf(&b, " (rule ");
	row_show(&b, m->data, m->len, "rule");
	buf_printf(&b, "); an approver lets it go: clawbot approve ");
	row_show(&b, m->data, m->len, "question");
	if (row_num(m->data, m->len, "expires_s", &s) && s < UINT32_MAX) {
		buf_printf(&b, " (within ");
		out_age(&b, s * 1000);
		buf_printf(&b, ")");
	}
	buf_put_u8(&b, 0);
	complain("%s", b.bad ? "a program of the run waits for an approval" :
	    (const char *)b.data);
	buf_free(&b);
}

/* How long it is waited for, which nobody but a program is told to bound. */
static void
set_patience(struct session *r)
{
	uint64_t s = r->wait_s;

	if (r->wait_s == WAIT_AS_TOLD) {
		if (r->tty || isatty(STDIN_FILENO) || isatty(STDERR_FILENO) ||
		    !row_num(r->waiting, r->waitinglen, "wait_s", &s) ||
		    s == 0 || s > UINT32_MAX)
			return;
	}
	r->leave_at = timeword_now() + (int64_t)s * 1000;
}

static void
begin_waiting(struct session *r, const struct ipc_msg *m)
{
	char *rule, *who;

	free(r->waiting);
	r->waiting = xmalloc(m->len + 1);
	r->waitinglen = m->len;
	if (m->len != 0)
		memcpy(r->waiting, m->data, m->len);
	rule = field_get_str(m->data, m->len, "rule");
	who = still_approvers(m->data, m->len);
	complain("waiting for approval %s (rule %s); an approver%s lets it "
	    "go: clawbot approve %s", r->id, *rule != '\0' ? rule : "-", who,
	    r->id);
	free(rule);
	free(who);
	if (!r->detach)
		set_patience(r);
}

static void
on_waiting(struct session *r, const struct ipc_msg *m)
{
	int held = row_has(m->data, m->len, "question");

	if (row_check(m->data, m->len) == -1 || r->started != held ||
	    r->id[0] == '\0') {
		wrong(r, "WAITING");
		return;
	}
	if (held) {
		r->word.later = 1;
		tell_held(m);
		return;
	}
	tell_cwd(r, m);
	begin_waiting(r, m);
	r->left = r->detach ? "waiting" : NULL;
}

static void
on_started(struct session *r, struct ipc_msg *m)
{
	int in, out, err;

	if (row_check(m->data, m->len) == -1 || r->started ||
	    m->nfds != (r->detach ? 0U : r->joined ? 2U : 3U)) {
		wrong(r, "STARTED");
		return;
	}
	r->started = 1;
	r->leave_at = 0;
	tell_cwd(r, m);
	if (r->detach) {
		r->left = "running";
		return;
	}
	if (r->tty) {
		timeword_set(&r->word, m->data, m->len);
		go_raw(r);
	}
	in = ipc_take_fd(m, 0);
	out = ipc_take_fd(m, 1);
	err = r->joined ? -1 : ipc_take_fd(m, 2);
	if (r->no_input)
		(void)close(in);
	else
		stream_open(&r->in, STDIN_FILENO, in, STREAM_TO);
	if (r->tty) {
		r->in.filter = on_keys;
		r->in.arg = r;
	}
	if (r->cli->json && r->into == NULL) {
		stream_capture(&r->out, out, &r->capout);
		stream_capture(&r->err, err, &r->caperr);
		return;
	}
	if (r->into != NULL)
		stream_into(&r->out, out, r->into);
	else
		stream_open(&r->out, out, STDOUT_FILENO, STREAM_FROM);
	if (r->tty) {
		r->out.filter = on_screen;
		r->out.arg = r;
	}
	if (!r->joined)
		stream_open(&r->err, err, STDERR_FILENO, STREAM_FROM);
}

static void
on_result(struct session *r, const struct ipc_msg *m)
{
	if (row_check(m->data, m->len) == -1) {
		wrong(r, "RESULT");
		return;
	}
	r->result = xmalloc(m->len);
	r->resultlen = m->len;
	if (m->len != 0)
		memcpy(r->result, m->data, m->len);
	finish(r);
}

/* Of a run that goes on by itself, or waits without us. */
static void
on_end(struct session *r, const struct ipc_msg *m)
{
	if (conn_end(m, &r->fail) == -1)
		r->left = NULL;
	else if (r->leaving && !r->started)
		r->gave_up = 1;
	else if (r->left == NULL)
		wrong(r, "END");
	finish(r);
}

static void
dispatch(struct session *r, struct ipc_msg *m)
{
	switch (m->type) {
	case MSG_ACCEPTED:
		on_accepted(r, m);
		break;
	case MSG_WAITING:
		on_waiting(r, m);
		break;
	case MSG_STARTED:
		on_started(r, m);
		break;
	case MSG_RESULT:
		on_result(r, m);
		break;
	case MSG_END:
		on_end(r, m);
		break;
	default:
		wrong(r, msg_name(m->type));
	}
}

static void
read_daemon(struct session *r)
{
	struct ipc_msg m;
	int n = 0;

	memset(&m, 0, sizeof(m));
	while (!r->finished && (n = conn_recv(r->conn, &m, 0, &r->fail)) == 1)
		dispatch(r, &m);
	ipc_msg_done(&m);
	if (n != -1)
		return;
	r->left = NULL;
	if (r->started) {
		fail_set(&r->fail, EXIT_CLAWBOT, "lost: the daemon ended "
		    "before the result of %s was known", r->id);
		fail_hint(&r->fail, "once it runs again, clawbot audit show "
		    "%s tells what was recorded", r->id);
	}
	finish(r);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return (a == 0 || (b != 0 && b < a) ? b : a);
}

/* In ms, or -1. */
static int
patience(const struct session *r)
{
	int64_t at, left;

	at = sooner(r->leaving ? 0 : r->leave_at, sooner(r->word.at,
	    r->size.at));
	if (at == 0)
		return (conn_patience(r->conn));
	left = at - timeword_now();
	return (left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
}

/* An approval may cross with it: then the daemon does not answer. */
static void
overdue(struct session *r)
{
	if (r->leave_at == 0 || r->leaving) {
		conn_overdue(r->conn);
		return;
	}
	if (timeword_now() < r->leave_at)
		return;
	r->leaving = 1;
	if (r->into == NULL)
		conn_leave(r->conn);
	else if (cancel(r))
		complain("nobody has approved it in time, and what it prints "
		    "would be for nobody later: it is withdrawn");
}

/*
 * One round.  A run whose result is there has ended, so its output has an
 * end too; the time limit is for a daemon that kept a descriptor.
 */
static void
turn(struct session *r)
{
	struct pollfd p[8];
	int n, ms = -1;

	p[0].fd = r->finished ? -1 : conn_fd(r->conn);
	p[1].fd = r->wake;
	p[0].events = p[1].events = POLLIN;
	p[0].revents = p[1].revents = 0;
	stream_poll(&r->in, p + 2);
	stream_poll(&r->out, p + 4);
	stream_poll(&r->err, p + 6);
	if (r->finished && (stream_done(&r->out) || stream_hungry(&r->out)) &&
	    (stream_done(&r->err) || stream_hungry(&r->err)))
		ms = OUTPUT_GRACE_MS;
	else if (!r->finished)
		ms = patience(r);
	if ((n = poll(p, 8, ms)) == -1)
		return;		/* EINTR: wake is readable now */
	if (!r->finished) {
		timeword_say(&r->word, r->id);
		termsize_turn(&r->size, r->conn);
	}
	if (n == 0 && !r->finished)
		overdue(r);
	else if (n == 0) {
		leave_tty(r);
		complain("the command's output did not end with it");
		r->endless = 1;
		stream_close(&r->out);
		stream_close(&r->err);
		return;
	}
	if (p[1].revents != 0)
		handle_signal(r);
	stream_move(&r->in, p + 2);
	if (r->stopping) {
		r->stopping = 0;
		suspend(r);
	}
	stream_move(&r->out, p + 4);
	stream_move(&r->err, p + 6);
	if (p[0].revents != 0)
		read_daemon(r);
}

void
session_init(struct session *r, const struct cli *cli)
{
	r->cli = cli;
	r->wait_s = WAIT_AS_TOLD;
	stream_init(&r->in);
	stream_init(&r->out);
	stream_init(&r->err);
	capture_init(&r->capout);
	capture_init(&r->caperr);
	tty_keys_init(&r->keys);
}

void
session_streams(struct session *r, struct runreq *req)
{
	r->joined = !r->tty && !r->detach && !r->cli->json &&
	    r->into == NULL && stream_one_file();
	if (r->joined)
		req->flags |= RUNREQ_JOIN;
	r->size.rows = req->rows;
	r->size.cols = req->cols;
}

int
session_go(struct session *r, unsigned type, const void *req, size_t len)
{
	int status;

	if ((r->conn = conn_open(r->cli, &r->fail)) == NULL ||
	    claim_say(r->conn, &r->said, &r->fail) == -1 ||
	    conn_ask(r->conn, type, req, len, &r->fail) == -1)
		finish(r);
	/* a signal before this ends us, and with us the request */
	r->wake = signals_catch(r->tty);
	while (!r->finished || !stream_done(&r->out) || !stream_done(&r->err))
		turn(r);
	leave_tty(r);
	status = session_report(r);
	conn_free(r->conn);
	free(r->result);
	free(r->waiting);
	capture_free(&r->capout);
	capture_free(&r->caperr);
	/* who has its output forgets that first */
	if (r->interrupted != 0 && r->into == NULL)
		signals_die(r->interrupted);
	return (status);
}
