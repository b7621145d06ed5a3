/* SPDX-License-Identifier: ISC */
/* Reading the log through the daemon. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/logquery.h"
#include "client/out.h"
#include "common/role.h"

static int
read_pipe(int fd, query_cb cb, void *arg, struct fail *f)
{
	static uint8_t piece[65536];
	ssize_t n;
	int fl;

	/* our end alone: nobody else minds that it blocks */
	if ((fl = fcntl(fd, F_GETFL)) != -1)
		(void)fcntl(fd, F_SETFL, fl & ~O_NONBLOCK);
	for (;;) {
		n = read(fd, piece, sizeof(piece));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			fail_set(f, EXIT_IO, "the log's pipe: %s",
			    strerror(errno));
			return (-1);
		}
		if (n == 0)
			return (0);
		if (cb(piece, (size_t)n, arg, f) == -1)
			return (-1);
	}
}

static int
wrong(struct fail *f, const char *what)
{
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: %s", what);
	return (-1);
}

static int
answers(struct conn *c, query_cb cb, conn_row_cb row, void *arg,
    struct fail *f)
{
	struct ipc_msg m;
	int fd, r = 0, piped = 0;

	memset(&m, 0, sizeof(m));
	while (r == 0) {
		if (conn_recv(c, &m, -1, f) == -1)
			return (-1);
		if (m.type == MSG_END) {
			r = conn_end(&m, f);
			break;
		}
		if (m.type == MSG_PIPE && !piped) {
			piped = 1;
			fd = ipc_take_fd(&m, 0);
			r = read_pipe(fd, cb, arg, f);
			(void)close(fd);
		} else if (m.type == MSG_ROW && row_check(m.data,
		    m.len) == 0)
			r = row == NULL ? 0 : row(m.data, m.len, arg, f);
		else
			r = wrong(f, msg_name(m.type));
	}
	ipc_msg_done(&m);
	return (r);
}

int
query_log(const struct cli *cli, unsigned query, uint64_t count,
    uint64_t run, query_cb cb, conn_row_cb row, void *arg, struct fail *f)
{
	struct conn *c;
	struct buf b;
	int r;

	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	buf_init(&b, 64);
	buf_put_u8(&b, (uint8_t)query);
	buf_put_u64(&b, count);
	buf_put_u64(&b, run);
	r = conn_ask(c, MSG_AUDIT, b.data, b.len, f);
	buf_free(&b);
	if (r == 0)
		r = answers(c, cb, row, arg, f);
	conn_free(c);
	return (r);
}
