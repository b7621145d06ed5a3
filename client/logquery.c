/* SPDX-License-Identifier: ISC */
/* Reading the log through the daemon. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/logquery.h"
#include "client/out.h"
#include "common/role.h"
#include "common/xmalloc.h"

struct logquery {
	struct conn	*c;
	int		 fd;		/* the pipe; -1: not yet, or ended */
	int		 piped;		/* it has come */
	query_cb	 cb;
	conn_row_cb	 row;
	void		*arg;
};

static int
send_ask(struct conn *c, const struct query_ask *ask, struct fail *f)
{
	struct buf b;
	int r;

	buf_init(&b, 64);
	buf_put_u8(&b, (uint8_t)ask->query);
	buf_put_u64(&b, ask->count);
	buf_put_u64(&b, ask->run);
	r = conn_ask(c, MSG_AUDIT, b.data, b.len, f);
	buf_free(&b);
	return (r);
}

struct logquery *
query_begin(const struct cli *cli, const struct query_ask *ask, query_cb cb,
    conn_row_cb row, void *arg, struct fail *f)
{
	struct logquery *q;
	struct conn *c;

	if ((c = conn_open(cli, f)) == NULL)
		return (NULL);
	if (send_ask(c, ask, f) == -1) {
		conn_free(c);
		return (NULL);
	}
	q = xcalloc(1, sizeof(*q));
	q->c = c;
	q->fd = -1;
	q->cb = cb;
	q->row = row;
	q->arg = arg;
	return (q);
}

int
query_again(struct logquery *q, const struct query_ask *ask, void *arg,
    struct fail *f)
{
	q->arg = arg;
	q->piped = 0;
	return (send_ask(q->c, ask, f));
}

void
query_free(struct logquery *q)
{
	if (q == NULL)
		return;
	if (q->fd != -1)
		(void)close(q->fd);
	conn_free(q->c);
	free(q);
}

int
query_fd(const struct logquery *q)
{
	return (q->fd != -1 ? q->fd : conn_fd(q->c));
}

/* A piece of what is in the pipe; 0, or -1. */
static int
read_piece(struct logquery *q, struct fail *f)
{
	static uint8_t piece[65536];
	ssize_t n;

	n = read(q->fd, piece, sizeof(piece));
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return (0);
	if (n == -1) {
		fail_set(f, EXIT_IO, "the log's pipe: %s", strerror(errno));
		return (-1);
	}
	if (n > 0)
		return (q->cb(piece, (size_t)n, q->arg, f));
	(void)close(q->fd);
	q->fd = -1;
	return (0);
}

static int
take_pipe(struct logquery *q, struct ipc_msg *m, struct fail *f)
{
	int fl;

	q->piped = 1;
	q->fd = ipc_take_fd(m, 0);
	/* our end alone */
	if ((fl = fcntl(q->fd, F_GETFL)) != -1 &&
	    fcntl(q->fd, F_SETFL, fl | O_NONBLOCK) != -1)
		return (0);
	fail_set(f, EXIT_IO, "the log's pipe: %s", strerror(errno));
	return (-1);
}

static int
wrong(struct fail *f, const char *what)
{
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: %s", what);
	return (-1);
}

/* As query_step. */
static int
take(struct logquery *q, struct ipc_msg *m, struct fail *f)
{
	if (m->type == MSG_END)
		return (conn_end(m, f) == 0 ? 1 : -1);
	if (m->type == MSG_PIPE && !q->piped)
		return (take_pipe(q, m, f));
	if (m->type == MSG_ROW && row_check(m->data, m->len) == 0)
		return (q->row == NULL ? 0 : q->row(m->data, m->len, q->arg,
		    f));
	return (wrong(f, msg_name(m->type)));
}

int
query_step(struct logquery *q, int ms, struct fail *f)
{
	struct ipc_msg m;
	int r;

	/* what comes behind it waits until it is read */
	if (q->fd != -1)
		return (read_piece(q, f));
	memset(&m, 0, sizeof(m));
	if ((r = conn_recv(q->c, &m, ms, f)) == 1)
		r = take(q, &m, f);
	ipc_msg_done(&m);
	return (r);
}

/*
 * Waits for records.  Who follows them writes to standard output, and would
 * else not know before the next one that nobody reads that any more: then it
 * ends as if it had written.
 */
static int
wait_piece(const struct logquery *q, int follows, struct fail *f)
{
	struct pollfd p[2] = { { q->fd, POLLIN, 0 }, { -1, 0, 0 } };

	if (follows)
		p[1].fd = STDOUT_FILENO;
	if (poll(p, 2, -1) == -1 || (p[1].revents & POLLERR) == 0)
		return (0);
	(void)raise(SIGPIPE);
	fail_set(f, EXIT_IO, "standard output: %s", strerror(EPIPE));
	return (-1);
}

static int
step_to_end(struct logquery *q, int follows, struct fail *f)
{
	int r;

	do {
		/* the connection is waited for by who tells of delays */
		r = q->fd == -1 ? 0 : wait_piece(q, follows, f);
		if (r == 0)
			r = query_step(q, -1, f);
	} while (r == 0);
	return (r == 1 ? 0 : -1);
}

int
query_rest(struct logquery *q, struct fail *f)
{
	return (step_to_end(q, 0, f));
}

int
query_log(const struct cli *cli, unsigned query, uint64_t count,
    uint64_t run, query_cb cb, conn_row_cb row, void *arg, struct fail *f)
{
	const struct query_ask ask = { query, count, run };
	struct logquery *q;
	int r;

	if ((q = query_begin(cli, &ask, cb, row, arg, f)) == NULL)
		return (-1);
	r = step_to_end(q, query == QUERY_FOLLOW, f);
	query_free(q);
	return (r);
}
