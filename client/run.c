/* SPDX-License-Identifier: ISC */
/*
 * run: asks for a command, passes its streams on, and ends as it ended.
 * One poll loop over the daemon, the three streams and signals.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/outcome.h"
#include "client/request.h"
#include "client/signals.h"
#include "client/stream.h"
#include "client/tty.h"
#include "common/payload.h"
#include "common/plan.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* How long output may be silent after the result without having ended. */
#define OUTPUT_GRACE_MS	5000

struct session {
	const struct cli *cli;
	struct conn	*conn;
	struct stream	 in;
	struct stream	 out;
	struct stream	 err;
	struct capture	 capout;	/* --json */
	struct capture	 caperr;
	char		 id[RUNID_TEXT];
	int		 tty;		/* -t */
	int		 raw;		/* its keys are the run's now */
	struct tty_keys	 keys;
	uint16_t	 rows;		/* as the daemon knows them */
	uint16_t	 cols;
	int		 detach;	/* -d */
	const char	*left;		/* it goes on by itself: "running" */
	int		 started;
	int		 finished;	/* RESULT, or there will be none */
	int		 moved_told;
	int		 cancelled;
	int		 interrupted;	/* by this signal */
	int		 wake;		/* signals have come */
	int		 no_input;	/* -n */
	int		 joined;	/* both outputs go to one file */
	uint8_t		*result;
	size_t		 resultlen;
	struct fail	 fail;
};

static void
send_size(struct session *r)
{
	uint16_t rows, cols;

	tty_size(&rows, &cols);
	if (!r->raw || (rows == r->rows && cols == r->cols))
		return;
	r->rows = rows;
	r->cols = cols;
	conn_winsize(r->conn, rows, cols);
}

static void
go_raw(struct session *r)
{
	r->raw = 1;
	if (tty_raw() == -1)
		complain("the terminal: %s", strerror(errno));
	send_size(r);
}

/* The terminal is for who comes then. */
static void
suspend(struct session *r)
{
	tty_restore();
	signals_stop();
	if (r->raw)
		go_raw(r);
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
	if (came.resized)
		send_size(r);
	if (came.ends == 0)
		return;
	r->interrupted = came.last;
	if (came.ends == 1 && cancel(r))
		return;
	tty_restore();
	signals_die(came.last);
}

/* What is typed, on its way to the run. */
static void
on_keys(void *arg, uint8_t *buf, size_t *n)
{
	struct session *r = arg;

	if (tty_keys(&r->keys, buf, n) == TTY_GO_ON || cancel(r))
		return;
	tty_restore();
	complain("left before the end of %s was known", r->id);
	exit(EXIT_CLAWBOT);
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

	if (payload_get(m, &msg_runid_shape, &v) == -1 || v.run == 0 ||
	    (v.run & ~RUNID_MASK) != 0 || r->id[0] != '\0') {
		wrong(r, "ACCEPTED");
		return;
	}
	runid_text(r->id, v.run);
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

	buf_init(&b, 4U * MSG_ROW_MAX);
	row_show(&b, m->data, m->len, "argv");
	buf_printf(&b, " waits for approval ");
	row_show(&b, m->data, m->len, "question");
	buf_printf(&b, " (rule ");
	row_show(&b, m->data, m->len, "rule");
	buf_printf(&b, "); an approver lets it go: clawbot approve ");
	row_show(&b, m->data, m->len, "question");
	buf_put_u8(&b, 0);
	complain("%s", b.bad ? "a program of the run waits for an approval" :
	    (const char *)b.data);
	buf_free(&b);
}

static void
on_waiting(struct session *r, const struct ipc_msg *m)
{
	int held = row_has(m->data, m->len, "question");
	char *rule;

	if (row_check(m->data, m->len) == -1 || r->started != held ||
	    r->id[0] == '\0') {
		wrong(r, "WAITING");
		return;
	}
	if (held) {
		tell_held(m);
		return;
	}
	tell_cwd(r, m);
	rule = field_get_str(m->data, m->len, "rule");
	complain("waiting for approval %s (rule %s); an approver lets it go: "
	    "clawbot approve %s", r->id, *rule != '\0' ? rule : "-", r->id);
	free(rule);
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
	tell_cwd(r, m);
	if (r->detach) {
		r->left = "running";
		return;
	}
	if (r->tty)
		go_raw(r);
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
	if (r->cli->json) {
		stream_capture(&r->out, out, &r->capout);
		stream_capture(&r->err, err, &r->caperr);
		return;
	}
	stream_open(&r->out, out, STDOUT_FILENO, STREAM_FROM);
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
		if (conn_end(m, &r->fail) == 0) {
			if (r->left == NULL)
				wrong(r, "END");
		} else
			r->left = NULL;
		finish(r);
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
		fail_hint(&r->fail, "clawbot audit show %s tells what was "
		    "recorded", r->id);
	}
	finish(r);
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
		ms = conn_patience(r->conn);
	if ((n = poll(p, 8, ms)) == -1)
		return;		/* EINTR: wake is readable now */
	if (n == 0 && !r->finished)
		conn_overdue(r->conn);
	else if (n == 0) {
		tty_restore();
		complain("the command's output did not end with it");
		stream_close(&r->out);
		stream_close(&r->err);
		return;
	}
	if (p[1].revents != 0)
		handle_signal(r);
	stream_move(&r->in, p + 2);
	stream_move(&r->out, p + 4);
	stream_move(&r->err, p + 6);
	if (p[0].revents != 0)
		read_daemon(r);
}

/* It goes on by itself; this is how it is found again. */
static int
report_left(const struct session *r)
{
	if (r->cli->json)
		printf("{\"run\":\"%s\",\"state\":\"%s\",\"detached\":true}\n",
		    r->id, r->left);
	else
		printf("%s\n", r->id);
	return (0);
}

/*
 * What could not be written is an error, unless its reader had enough.  The
 * command may have died of that.
 */
static int
output_status(const struct session *r, int status)
{
	static const char *const names[] = { "output", "error" };
	const struct stream *const s[] = { &r->out, &r->err };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (s[i]->err == 0 || s[i]->err == EPIPE)
			continue;
		complain("standard %s: %s", names[i], strerror(s[i]->err));
		if (status == 0 || status == 128 + SIGPIPE)
			status = EXIT_IO;
	}
	return (status);
}

static int
report(struct session *r)
{
	struct outcome_in in;
	int status;

	if (r->left != NULL)
		return (report_left(r));
	memset(&in, 0, sizeof(in));
	in.result = r->result;
	in.len = r->resultlen;
	in.fail = &r->fail;
	in.run = r->id;
	in.lost = r->started;
	in.interrupted = r->interrupted;
	if (!r->detach) {
		in.out = &r->capout;
		in.err = &r->caperr;
	}
	status = outcome_status(&in);
	if (!r->cli->json)
		outcome_tell(&in);
	else if (outcome_json(&in) == -1) {
		complain("the result does not fit in a document");
		return (EXIT_CLAWBOT);
	}
	return (output_status(r, status));
}

/* Are standard output and error the same pipe, file or terminal? */
static int
one_file(void)
{
	struct stat out, err;

	return (fstat(STDOUT_FILENO, &out) == 0 &&
	    fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino);
}

static void
parse(struct session *r, struct cli *cli, const struct command *cmd,
    struct runreq *req, int argc, char **argv)
{
	int ch;

	request_init(req);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		switch (ch) {
		case 's':
			request_text(&req->skill, "-s", optarg, PLAN_MAXNAME);
			break;
		case 'C':
			request_cwd(req, optarg);
			break;
		case 'e':
			request_env(req, optarg);
			break;
		case 'r':
			request_text(&req->reason, "-r", optarg,
			    PLAN_MAXREASON);
			break;
		case 't':
			r->tty = 1;
			break;
		case 'n':
			r->no_input = 1;
			break;
		case 'd':
			r->detach = 1;
			req->flags |= RUNREQ_DETACH;
			break;
		case OPT_SHELL:
			request_shell(req, optarg);
			break;
		case OPT_NO_WAIT:
			req->flags |= RUNREQ_NO_WAIT;
			break;
		case OPT_TIMEOUT:
			req->timeout_s = request_seconds(optarg);
			break;
		}
	}
	if (r->tty && (r->detach || cli->json || r->no_input))
		usage_error("run: -t does not go with %s", r->detach ? "-d" :
		    r->no_input ? "-n" : "--json");
	if (r->tty)
		request_tty(req);
	r->joined = !r->tty && !r->detach && !cli->json && one_file();
	if (r->joined)
		req->flags |= RUNREQ_JOIN;
	r->rows = req->rows;
	r->cols = req->cols;
	request_finish(req, argc - optind, argv + optind);
}

int
cmd_run(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct session r;	/* too large for a stack */
	struct runreq req;
	struct buf b;
	int status;

	parse(&r, cli, cmd, &req, argc, argv);
	request_put(&b, &runreq_shape, &req);
	r.cli = cli;
	stream_init(&r.in);
	stream_init(&r.out);
	stream_init(&r.err);
	capture_init(&r.capout);
	capture_init(&r.caperr);
	tty_keys_init(&r.keys);
	if ((r.conn = conn_open(cli, &r.fail)) == NULL ||
	    conn_ask(r.conn, MSG_RUN, b.data, b.len, &r.fail) == -1)
		finish(&r);
	/* a signal before this ends us, and with us the request */
	r.wake = signals_catch(r.tty);
	while (!r.finished || !stream_done(&r.out) || !stream_done(&r.err))
		turn(&r);
	tty_restore();
	status = report(&r);
	conn_free(r.conn);
	free(r.result);
	capture_free(&r.capout);
	capture_free(&r.caperr);
	runreq_free(&req);
	buf_free(&b);
	if (r.interrupted != 0)
		signals_die(r.interrupted);
	return (status);
}
