/* SPDX-License-Identifier: ISC */
/* logs: what a detached run has printed. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/list.h"
#include "client/out.h"
#include "client/stream.h"
#include "common/role.h"

struct logs {
	const struct cli *cli;
	const char	*run;
	struct conn	*conn;
	struct stream	 out;
	struct stream	 err;
	struct capture	 capout;	/* --json */
	struct capture	 caperr;
	int		 open;		/* STREAMS came */
	int		 ended;		/* END came, or will not */
	struct fail	 fail;
};

static int
wrong(struct fail *f, unsigned type)
{
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: %s",
	    msg_name(type));
	return (-1);
}

static void
open_streams(struct logs *l, struct ipc_msg *m)
{
	int out = ipc_take_fd(m, 0), err = ipc_take_fd(m, 1);

	l->open = 1;
	if (l->cli->json) {
		stream_capture(&l->out, out, &l->capout);
		stream_capture(&l->err, err, &l->caperr);
		return;
	}
	stream_open(&l->out, out, STDOUT_FILENO, STREAM_FROM);
	stream_open(&l->err, err, STDERR_FILENO, STREAM_FROM);
}

/* 0, or -1 once it has gone wrong. */
static int
read_daemon(struct logs *l)
{
	struct ipc_msg m;
	int n, r = 0;

	memset(&m, 0, sizeof(m));
	while (!l->ended && r == 0 &&
	    (n = conn_recv(l->conn, &m, 0, &l->fail)) != 0) {
		if (n == -1)
			r = -1;
		else if (m.type == MSG_STREAMS && !l->open)
			open_streams(l, &m);
		else if (m.type == MSG_END) {
			r = conn_end(&m, &l->fail);
			l->ended = 1;
		} else
			r = wrong(&l->fail, m.type);
	}
	ipc_msg_done(&m);
	if (r == -1)
		l->ended = 1;
	return (r);
}

/* Until all of it is here.  The end of one stream is not that of the other. */
static int
pass_on(struct logs *l)
{
	struct pollfd p[5];
	int n, r = 0;

	while (!l->ended || !stream_done(&l->out) || !stream_done(&l->err)) {
		p[0].fd = l->ended ? -1 : conn_fd(l->conn);
		p[0].events = POLLIN;
		p[0].revents = 0;
		stream_poll(&l->out, p + 1);
		stream_poll(&l->err, p + 3);
		n = poll(p, 5, l->ended ? -1 : conn_patience(l->conn));
		if (n == -1)
			continue;
		if (n == 0)
			conn_overdue(l->conn);
		stream_move(&l->out, p + 1);
		stream_move(&l->err, p + 3);
		if (p[0].revents != 0 && read_daemon(l) == -1)
			r = -1;
		/* whoever reads standard output has had enough */
		if (l->out.err != 0)
			break;
	}
	return (r);
}

static void
print_json(struct logs *l)
{
	struct buf b;

	buf_init(&b, 16U * CAPTURE_MAX);
	buf_printf(&b, "{\"run\":\"%s\",\"stdout\":", l->run);
	capture_json(&b, &l->capout);
	buf_printf(&b, ",\"stderr\":");
	capture_json(&b, &l->caperr);
	buf_printf(&b, ",\"truncated\":%s}\n",
	    l->capout.truncated || l->caperr.truncated ? "true" : "false");
	out_buf(stdout, &b);
}

static int
show(struct logs *l, uint64_t id, int follow)
{
	struct buf b;
	int r;

	if ((l->conn = conn_open(l->cli, &l->fail)) == NULL)
		return (-1);
	buf_init(&b, 16);
	buf_put_u64(&b, id);
	buf_put_u8(&b, (uint8_t)follow);
	r = conn_ask(l->conn, MSG_LOGS, b.data, b.len, &l->fail);
	buf_free(&b);
	return (r == -1 ? -1 : pass_on(l));
}

int
cmd_logs(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct logs l;	/* its buffers are too much for a stack */
	int ch, follow = 0, status = 0;
	uint64_t id;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'f')
			follow = 1;
	id = run_operand(cli, cmd, argc, argv);
	l.cli = cli;
	l.run = argv[optind];
	stream_init(&l.out);
	stream_init(&l.err);
	capture_init(&l.capout);
	capture_init(&l.caperr);
	(void)signal(SIGPIPE, SIG_IGN);
	if (show(&l, id, follow) == -1)
		status = fail_print(&l.fail);
	else if (l.out.err != 0 && l.out.err != EPIPE) {
		complain("standard output: %s", strerror(l.out.err));
		status = EXIT_IO;
	} else if (cli->json)
		print_json(&l);
	conn_free(l.conn);
	capture_free(&l.capout);
	capture_free(&l.caperr);
	return (status);
}
