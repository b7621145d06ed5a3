/* SPDX-License-Identifier: ISC */
/*
 * The view of what waits: it hears the daemon on one connection, the keyboard
 * and signals, and leaves the terminal as it was, however it ends.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/desk.h"
#include "client/out.h"
#include "client/screen.h"
#include "client/signals.h"
#include "common/msg.h"
#include "common/payload.h"
#include "common/role.h"

#define TICK_MS		1000

enum { POLL_KEYS, POLL_DAEMON, POLL_ANSWER, POLL_LOOK, POLL_SIGNALS,
    POLL_N };

/* How it ends. */
struct desk_end {
	int		status;
	int		sig;		/* which ended it, or 0 */
	struct fail	f;		/* with a status */
};

static void
stop(struct desk *d)
{
	screen_end();
	signals_stop();
	(void)screen_begin();
	d->titled = 0;
}

/* Signals; 1 if it ends. */
static int
heard(struct desk *d, struct desk_end *end)
{
	struct signals s;

	if (signals_take(&s) == 0)
		return (0);
	if (s.ends != 0) {
		end->sig = s.last;
		return (1);
	}
	if (s.suspended)
		stop(d);
	else if (s.resumed)
		(void)screen_begin();
	desk_refresh(d);
	return (0);
}

/* Rows, as many as there are; 1 if it ends. */
static int
told(struct desk *d, struct conn *c, struct desk_end *end)
{
	struct ipc_msg m;
	int r;

	memset(&m, 0, sizeof(m));
	while ((r = conn_recv(c, &m, 0, &end->f)) == 1) {
		if (m.type == MSG_ROW)
			r = inbox_row(&d->in, m.data, m.len, &end->f);
		else if (m.type != MSG_END)
			fail_set(&end->f, EXIT_CLAWBOT, "wrong answer from "
			    "the daemon: %s", msg_name(m.type));
		else if (conn_end(&m, &end->f) == 0)
			fail_set(&end->f, EXIT_NODAEMON, "the daemon ends");
		if (m.type != MSG_ROW || r == -1)
			break;
	}
	ipc_msg_done(&m);
	if (r == 0) {
		desk_refresh(d);
		return (0);
	}
	end->status = end->f.status;
	return (1);
}

/* One key; 1 if what came with it is dropped. */
static int
pressed(struct desk *d, int key, struct desk_end *end)
{
	int drop;

	switch (key) {
	case KEY_NONE:
		return (0);
	case 'L' & 0x1f:
		return (0);
	case 'Z' & 0x1f:
		stop(d);
		return (1);
	case 'C' & 0x1f:
	case '\\' & 0x1f:
		if (d->edit == EDIT_NONE) {
			end->sig = key == '\\' ? SIGQUIT : SIGINT;
			d->quit = 1;
			return (1);
		}
		break;
	}
	drop = desk_key(d, key);
	/* what is drawn next may be read, and answered, from then on */
	if (!d->quit)
		desk_draw(d);
	return (drop);
}

/* Keys; 1 if it ends. */
static int
typed(struct desk *d, struct desk_end *end)
{
	uint8_t bytes[256];
	ssize_t i, n;

	n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return (0);
	if (n <= 0) {
		fail_set(&end->f, EXIT_IO, "the terminal is gone");
		end->status = end->f.status;
		return (1);
	}
	for (i = 0; i < n && !d->quit; i++)
		if (pressed(d, keyseq_put(&d->keys, bytes[i]), end)) {
			(void)tcflush(STDIN_FILENO, TCIFLUSH);
			d->keys.n = 0;
			break;
		}
	return (d->quit);
}

/* What was found may be asked about: 1, and what was typed is no answer. */
static int
found(struct desk *d)
{
	if (d->look == NULL)
		return (0);
	desk_looked(d);
	if (d->look != NULL)
		return (0);
	desk_draw(d);
	(void)tcflush(STDIN_FILENO, TCIFLUSH);
	d->keys.n = 0;
	return (1);
}

static int
patience(const struct desk *d)
{
	if (d->keys.n != 0)
		return (KEYSEQ_MS);
	return (d->in.waiting != 0 ? TICK_MS : -1);
}

static void
serve(struct desk *d, struct conn *c, int signals, struct desk_end *end)
{
	struct pollfd p[POLL_N];
	int n, over = 0;

	while (!over) {
		desk_draw(d);
		memset(p, 0, sizeof(p));
		p[POLL_KEYS].fd = STDIN_FILENO;
		p[POLL_DAEMON].fd = conn_fd(c);
		p[POLL_ANSWER].fd = d->answer != NULL ? conn_fd(d->answer) :
		    -1;
		p[POLL_LOOK].fd = d->look != NULL ? lasting_look_fd(d->look) :
		    -1;
		p[POLL_SIGNALS].fd = signals;
		for (n = 0; n < POLL_N; n++)
			p[n].events = POLLIN;
		n = poll(p, POLL_N, patience(d));
		if (n == 0 && d->keys.n != 0)
			(void)pressed(d, keyseq_flush(&d->keys), end);
		if (n <= 0)
			memset(p, 0, sizeof(p));
		over = heard(d, end) ||
		    (p[POLL_DAEMON].revents != 0 && told(d, c, end));
		if (!over && p[POLL_ANSWER].revents != 0)
			desk_answered(d);
		if (!over && p[POLL_LOOK].revents != 0 && found(d))
			p[POLL_KEYS].revents = 0;
		if (!over && p[POLL_KEYS].revents != 0)
			over = typed(d, end);
		over |= d->quit;
	}
}

/* What waits, from now on. */
static struct conn *
begin(const struct cli *cli, struct fail *f)
{
	struct msg_watch v = { WATCH_ON | WATCH_OVER };
	struct conn *c;
	struct buf b;
	int r;

	if ((c = conn_open(cli, f)) == NULL)
		return (NULL);
	payload_put(&b, MSG_APPROVALS, &msg_watch_shape, &v);
	r = conn_hello(c, f);
	if (r == 0)
		r = conn_ask(c, MSG_APPROVALS, b.data, b.len, f);
	buf_free(&b);
	if (r == 0)
		return (c);
	conn_free(c);
	return (NULL);
}

static int
finish(struct desk *d, struct desk_end *end)
{
	char text[RUNID_TEXT];

	screen_end();
	if (d->answer != NULL) {
		runid_text(text, d->answered);
		complain("the answer to %s is not on disk yet; clawbot "
		    "approvals tells whether it still waits", text);
	}
	conn_free(d->answer);
	desk_look_end(d);
	inbox_free(&d->in);
	perusal_free(&d->read);
	strv_free(&d->text);
	if (end->sig != 0)
		signals_die(end->sig);
	return (end->status != 0 ? fail_print(&end->f) : 0);
}

int
desk_run(const struct cli *cli)
{
	struct desk_end end;
	struct desk d;
	struct conn *c;
	int signals;

	memset(&end, 0, sizeof(end));
	memset(&d, 0, sizeof(d));
	d.cli = cli;
	inbox_init(&d.in);
	if ((c = begin(cli, &end.f)) == NULL)
		return (fail_print(&end.f));
	signals = signals_catch(1);
	if (screen_begin() == -1) {
		conn_free(c);
		complain("the terminal: %s", strerror(errno));
		return (EXIT_IO);
	}
	serve(&d, c, signals, &end);
	conn_free(c);
	return (finish(&d, &end));
}
